"""A live index of ads in arrays: fed in batches, it says at any time what a grouping of all its ads would say.

What a batch may change is a closed part of the index: ads of near texts, of one over-full bucket, or with one key that
is no hub are of one *web*, and nothing that ties ads crosses from one web to another. The webs of the new ads are
grouped anew by `grouping.tie_ads`; the others are not looked at.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from models.campaigns.archive import Archive
from models.campaigns.grouping import tie_ads
from models.campaigns.imprint import Imprint
from models.campaigns.live_hubs import Hubs
from models.campaigns.live_texts import LiveTexts
from models.campaigns.region import Region
from models.campaigns.runs import Column
from models.campaigns.sketch import Ints, Words64
from models.campaigns.texts import names_hash, ranks_of, read_texts
from models.campaigns.webs import Webs
from zorya.domain.ids import campaign_id

_BATCH = 5_000
"""Ads read at once from another index."""


class LiveIndex:
    """Ads of unique ids, up to 2^24 of them."""

    def __init__(self) -> None:
        self._archive = Archive()
        self._texts = LiveTexts(
            lambda texts: [ad.wording for ad in self._archive.read(self._first.rows[texts].tolist())]
        )
        self._text_of, self._home, self._first = Column(np.uint32), Column(np.uint32), Column(np.uint32)
        self._groups = Column(np.uint32)
        self._hubs, self._webs = Hubs(), Webs()
        self._settled = 0

    def __len__(self) -> int:
        return len(self._archive)

    @property
    def nbytes(self) -> int:
        """Bytes held in memory; imprints are on disk."""
        columns = (self._text_of, self._home, self._first, self._groups, self._archive, self._hubs, self._webs)
        return self._texts.nbytes + sum(column.nbytes for column in columns)

    def add(self, ads: Sequence[Imprint]) -> None:
        """File ads; what they change is found out by `settle`."""
        hashes, wholes, sketched = read_texts([ad.wording for ad in ads], self._texts.boilerplate)
        names = np.array([names_hash(ad.organisations) for ad in ads], dtype=np.uint64)
        ranks, first, text_of = np.unique(ranks_of(hashes, names), return_index=True, return_inverse=True)
        numbers, start = self._texts.numbers_of(ranks), len(self)
        new = np.flatnonzero(numbers < 0)
        rows = first[new]
        numbers[new] = self._texts.add(ranks[new], wholes.rows(rows), sketched.rows(rows))
        self._first.add(start + rows)
        self._groups.add(numbers[new])
        self._text_of.add(numbers[text_of])
        self._home.add(np.arange(start, start + len(ads)))
        self._webs.add(len(ads))
        self._archive.add(ads)
        self._hubs.add(ads, start)

    def take(self, other: "LiveIndex") -> None:
        """Add the ads of another index, such as another worker's."""
        for batch in other.ads():
            self.add(batch)

    def ads(self) -> Iterator[list[Imprint]]:
        """All ads in batches, as they came."""
        for start in range(0, len(self), _BATCH):
            yield self._archive.read(range(start, min(start + _BATCH, len(self))))

    def settle(self) -> None:
        """Bring the campaigns up to date."""
        fresh = np.arange(self._settled, len(self))
        texts = np.union1d(self._texts.settle(), self._text_of.rows[fresh])
        if not len(texts):
            return
        reached = self._reached(fresh, texts)
        while True:
            region = Region(self._archive.read(reached.tolist()), reached, self._text_of.rows, self._texts)
            self._groups.rows[region.numbers] = region.numbers[region.ties.group_of]
            freed = self._hubs.judge(region.ads, self._archive, self._texts_and_groups)
            wider = self._webs.of(np.union1d(reached, freed)) if len(freed) else reached
            if len(wider) == len(reached):
                break
            reached = wider
        self._regroup(region)
        self._settled = len(self)

    def partition(self) -> dict[str, str]:
        """Id of each ad → its campaign."""
        self.settle()
        names = [ad.id for batch in self.ads() for ad in batch]
        return {name: campaign_id(names[home]) for name, home in zip(names, self._home.rows.tolist(), strict=True)}

    def _wordings(self, texts: Ints) -> list[str]:
        return [ad.wording for ad in self._archive.read(self._first.rows[texts].tolist())]

    def _reached(self, fresh: Ints, texts: Ints) -> Ints:
        """Ads whose campaign may be another now, by number."""
        fellows = self._hubs.fellows()
        if not self._settled:
            return fresh
        mates = self._first.rows[self._texts.mates(texts)].astype(np.int64)
        return self._webs.of(np.unique(np.concatenate([fresh, mates, fellows])))

    def _texts_and_groups(self, ads: Ints) -> tuple[Ints, Words64, Ints]:
        texts = self._text_of.rows[ads]
        return texts, self._texts.ranks.rows[texts], self._groups.rows[texts]

    def _regroup(self, region: Region) -> None:
        hubs = self._hubs.among(region.ads)
        found = tie_ads(region.ads, region.texts, region.ties, hubs)
        self._hubs.keep(found.hubs - hubs, region.ads)
        first: dict[str, int] = {}
        homes = [first.setdefault(found.campaign_of[ad.id], at) for at, ad in enumerate(region.ads)]
        self._home.rows[region.members] = region.members[homes]
        self._webs.set(region.members, region.webs(found.hubs))
