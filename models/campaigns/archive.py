"""Imprints outside the memory, in a file of this process: an index needs them again only where its answer changes."""

import marshal
import os
from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile
from typing import Any
from weakref import finalize

import numpy as np

from models.campaigns.imprint import Imprint
from models.campaigns.offer import Offer
from models.campaigns.runs import Column


class Archive:
    """Imprints by number, as added. The file has no name, is read by nobody else and is gone with the process."""

    def __init__(self) -> None:
        self._file = TemporaryFile(prefix="zorya-", buffering=1 << 20)  # noqa: SIM115 — closed with the archive
        finalize(self, self._file.close)
        self._ids = TemporaryFile(prefix="zorya-")  # noqa: SIM115 — closed with the archive
        finalize(self, self._ids.close)
        self._ends = Column(np.uint64)
        self._length = 0

    def __len__(self) -> int:
        return len(self._ends)

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""
        return self._ends.nbytes

    def add(self, ads: Iterable[Imprint]) -> None:
        """Keep imprints."""
        ads = list(ads)
        marshal.dump([ad.id for ad in ads], self._ids)
        written = [marshal.dumps(_plain(ad)) for ad in ads]
        self._file.writelines(written)
        ends = self._length + np.cumsum([len(each) for each in written], dtype=np.int64)
        self._length = int(ends[-1]) if len(ends) else self._length
        self._ends.add(ends)

    def ids(self) -> list[str]:
        """The ids of all imprints."""
        end, found = self._ids.tell(), list[str]()
        self._ids.seek(0)
        while self._ids.tell() < end:
            found += marshal.load(self._ids)  # noqa: S302 — our own file
        return found

    def read(self, numbers: Sequence[int]) -> list[Imprint]:
        """Some imprints, in the order asked for."""
        self._file.flush()
        file, ends = self._file.fileno(), self._ends.rows
        found = []
        for number in numbers:
            start = int(ends[number - 1]) if number else 0
            id, wording, contacts, stated, images, source, language, offer, stands = marshal.loads(  # noqa: S302 — our own file
                os.pread(file, int(ends[number]) - start, start)
            )
            told = Offer.of_stored(offer) if offer else None
            found.append(Imprint(id, wording, contacts, frozenset(stated), images, source, language, told, stands))
        return found


def _plain(ad: Imprint) -> Any:
    offer = ad.offer.stored() if ad.offer else None
    stated = tuple(ad.organisations)
    return (ad.id, ad.wording, tuple(ad.contacts), stated, tuple(ad.images), ad.source, ad.language, offer, ad.stands)
