"""Who finds campaigns at scale: each takes batches of imprints and tells in the end which ads are together."""

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from models.bench_campaigns.agreement import Partition
from models.bench_campaigns.clusterers import Sets, five_characters, three_words
from models.campaigns.grouping import group
from models.campaigns.imprint import Imprint
from models.campaigns.live import LiveIndex

ONE_BATCH, LIVE = "Zorya, one batch", "Zorya, live"
SHARDS = (1, 2, 4, 8)
"""Indexes that share the ads and are merged."""


class Finder(Protocol):
    """What `zorya bench campaigns` measures at scale."""

    def add(self, ads: Sequence[Imprint]) -> None:
        """Take a batch."""

    def settle(self) -> None:
        """Do now what was put off."""

    def partition(self) -> Partition:
        """Id of each ad → its campaign."""

    @property
    def nbytes(self) -> int | None:
        """Bytes that the index holds, where it can be told."""


class Batch:
    """All at once: collects, and groups in the end."""

    nbytes = None

    def __init__(self) -> None:
        self.ads: list[Imprint] = []

    def add(self, ads: Sequence[Imprint]) -> None:
        """Collect."""
        self.ads += ads

    def settle(self) -> None:
        """Nothing is done before the end."""

    def partition(self) -> Partition:
        """Group what was collected."""
        return group(self.ads).campaign_of


class Live:
    """Fed in batches; what each changes is found out when `settle` or the end asks. With `shards` ads go to as many
    indexes in turn, which are merged in the end."""

    def __init__(self, shards: int = 0) -> None:
        self._index = LiveIndex()
        self._shards = [LiveIndex() for _ in range(shards)]

    def add(self, ads: Sequence[Imprint]) -> None:
        """File them."""
        for at, shard in enumerate(self._shards):
            shard.add(ads[at :: len(self._shards)])
        if not self._shards:
            self._index.add(ads)

    def settle(self) -> None:
        """Bring the campaigns up to date."""
        self._index.settle()

    def partition(self) -> Partition:
        """What a grouping of all would say."""
        while self._shards:
            shard = self._shards.pop()
            shard.settle()
            self._index.take(shard)
        return self._index.partition()

    @property
    def nbytes(self) -> int:
        """Bytes in memory; the imprints are on disk."""
        return self._index.nbytes


class MinHash:
    """datasketch: `update_batch` (the quickest way that it has), MinHashLSH at 0.7, joined as found. The wording is
    what Zorya has too: slots masked, boilerplate in.
    """

    nbytes = None

    def __init__(self, shingles: Callable[[str], set[str]]) -> None:
        self._shingles = shingles
        datasketch: Any = import_module("datasketch")
        self._sketch: Callable[..., Any] = datasketch.MinHash
        self._blank = self._sketch(num_perm=128)
        self._index: Any = datasketch.MinHashLSH(threshold=0.7, num_perm=128)
        self._sets = Sets(())

    def add(self, ads: Sequence[Imprint]) -> None:
        """Sketch, look up, join and insert, ad by ad."""
        for ad in ads:
            sketch = self._blank.copy()
            sketch.update_batch([part.encode() for part in self._shingles(ad.wording)])
            self._sets.add(ad.id)
            for other in self._index.query(sketch):
                self._sets.join(ad.id, other)
            self._index.insert(ad.id, sketch)

    def settle(self) -> None:
        """Nothing is put off."""

    def partition(self) -> Partition:
        """As joined."""
        return self._sets.all()


def finders(count: int) -> dict[str, Callable[[], Finder]]:
    """Name → a new finder, of those that bear so many ads."""
    found: dict[str, Callable[[], Finder]] = {LIVE: Live}
    if count <= BATCH_LIMIT:
        found[ONE_BATCH] = Batch
    if count <= MINHASH_LIMIT and find_spec("datasketch"):
        found["MinHashLSH, 3 words"] = partial(MinHash, three_words)
        found["MinHashLSH, 5 characters"] = partial(MinHash, five_characters)
    return found


BATCH_LIMIT, MINHASH_LIMIT = 1_000_000, 100_000
"""Ads that each bears: a batch keeps some five kilobytes of each ad, the others' index more."""
