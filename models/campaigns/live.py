"""A live index of ads in arrays: fed in batches, it says at any time what a grouping of all its ads would say.

What a batch may change is a closed part of the index: ads of near texts, of one over-full bucket, or with one key that
is no hub are of one *web*, and nothing that ties ads crosses from one web to another. New ads that only join a web
(`joining`) are joined; other webs of new ads are grouped anew by `grouping.tie_ads`; the rest is not looked at.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from models.campaigns.alike import nameless_groups
from models.campaigns.archive import Archive
from models.campaigns.components import components
from models.campaigns.grouping import tie_ads
from models.campaigns.imprint import Imprint
from models.campaigns.joining import DOUBTFUL, NAMELESS, Joined, Keyed, Links, joined, keyed, stated
from models.campaigns.live_hubs import Hubs, holds
from models.campaigns.live_texts import LiveTexts, Neighbours
from models.campaigns.region import Region
from models.campaigns.runs import Column
from models.campaigns.sketch import Flags, Ints, Words64
from models.campaigns.texts import names_hash, ranks_of, read_texts
from models.campaigns.webs import Webs
from zorya.domain.ids import campaign_id

_BATCH = 5_000
"""Ads read at once from another index."""
_WAITING = 8_192
"""Ads that wait for `settle` at most."""


class LiveIndex:
    """Ads of unique ids, up to 2^24 of them."""

    def __init__(self) -> None:
        self._archive = Archive()
        self._texts = LiveTexts(
            lambda texts: [ad.wording for ad in self._archive.read(self._first.rows[texts].tolist())]
        )
        self._text_of, self._home, self._first = Column(np.uint32), Column(np.uint32), Column(np.uint32)
        self._groups, self._stated, self._stands = Column(np.uint32), Column(np.uint32), Column(np.bool_)
        self._hubs, self._webs = Hubs(), Webs()
        self._settled = 0

    def __len__(self) -> int:
        return len(self._archive)

    @property
    def nbytes(self) -> int:
        """Bytes held in memory; imprints are on disk."""
        columns = (self._text_of, self._home, self._first, self._groups, self._stated, self._stands)
        parts = (*columns, self._texts, self._archive, self._hubs, self._webs)
        return sum(part.nbytes for part in parts)

    def add(self, ads: Sequence[Imprint]) -> None:
        """File ads; what they change is found out by `settle`, or here once many wait."""
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
        own = stated(ads, names)
        own[self._hubs.doubtful(ads)] = DOUBTFUL
        self._stated.add(own)
        self._stands.add(np.array([bool(ad.stands) for ad in ads], dtype=bool))
        if len(self) - self._settled >= _WAITING:
            self.settle()

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
        changed = self._texts.settle()
        texts = np.union1d(changed, self._text_of.rows[fresh])
        if not len(texts):
            return
        near = self._texts.neighbours(texts)
        found = joined(self._links(fresh, near, changed), self._stated.rows)
        plain = found.plain | self._crowded(found) if found.full.any() else found.plain
        self._join(found.roots[plain], found.roots[found.into[plain]], near)
        self._settled = len(self)
        if not plain.all():
            self._group_anew(self._webs.of(found.roots[~plain]))

    def partition(self) -> dict[str, str]:
        """Id of each ad → its campaign."""
        self.settle()
        roots, names = self._webs.roots, self._archive.ids()
        homes = np.where(self._stated.rows[roots] == DOUBTFUL, self._home.rows, roots).tolist()
        first: dict[int, str] = {}
        for home, name in zip(homes, names, strict=True):
            if name < first.setdefault(home, name):
                first[home] = name
        campaign = {home: campaign_id(name) for home, name in first.items()}
        return {name: campaign[home] for home, name in zip(homes, names, strict=True)}

    def _links(self, fresh: Ints, near: Neighbours, changed: Ints) -> Links:
        """What ties new ads and changed texts to webs and one another."""
        first, root, texts = self._first.rows, self._webs.roots, self._text_of.rows
        copies = fresh[self._texts.sketched.rows[texts[fresh]]]
        keys = keyed(self._hubs.fellows(), self._settled, root, stands=self._stands.rows, groups=self._groups_of)
        alike = root[[first[near.one], first[near.other]]]
        strong = np.concatenate([root[[copies, first[texts[copies]]]], alike[:, near.strong], root[keys.fresh]], axis=1)
        verified = self._verified(strong, keys)
        strong = np.concatenate([strong, root[keys.before[:, verified]]], axis=1).astype(np.int64)
        weak = np.concatenate([alike[:, ~near.strong], root[keys.near]], axis=1).astype(np.int64)
        doubtful = root[np.concatenate([keys.doubtful, first[changed]])].astype(np.int64)
        return Links(fresh, strong, weak, alike[:, near.full].astype(np.int64), doubtful)

    def _verified(self, strong: Ints, keys: Keyed) -> Ints:
        """Pairs of a new ad and one from before that do share a key, of those that nothing else ties."""
        pairs = self._webs.roots[keys.before]
        roots, places = np.unique(np.concatenate([strong, pairs], axis=1), return_inverse=True)
        one, other = places.reshape(2, -1)
        tied = components(len(roots), one[: strong.shape[1]], other[: strong.shape[1]])
        apart = np.flatnonzero(tied[one[strong.shape[1] :]] != tied[other[strong.shape[1] :]])
        ads = self._archive.read(keys.before[1, apart].tolist())
        hold = [holds(ad, key) for ad, key in zip(ads, keys.hashes[apart].tolist(), strict=True)]
        verified: Ints = apart[np.array(hold, dtype=bool)]
        return verified

    def _crowded(self, found: Joined) -> Flags:
        """Webs with over-full buckets that are one by their texts alone: these get one text group."""
        ads = self._webs.of(found.roots[found.full])
        texts = np.unique(self._text_of.rows[ads]).astype(np.int64)
        texts = texts[self._texts.sketched.rows[texts]]
        groups = nameless_groups(self._texts.own(texts))
        web = found.into[np.searchsorted(found.roots, self._webs.roots[self._first.rows[texts]])]
        least, most = np.full(len(found.roots), len(texts)), np.full(len(found.roots), -1)
        np.minimum.at(least, web, groups)
        np.maximum.at(most, web, groups)
        one = (least == most)[found.into]
        kept = one[web]
        self._groups.rows[texts[kept]] = texts[groups[kept]]
        crowded: Flags = one & found.full
        return crowded

    def _groups_of(self, ads: Ints) -> Ints:
        """Text group of some ads."""
        return self._root_groups(self._text_of.rows[ads])

    def _root_groups(self, texts: Ints) -> Ints:
        found = texts.astype(np.int64)
        while True:
            above = self._groups.rows[found].astype(np.int64)
            if (above == found).all():
                return found
            found = above

    def _join(self, roots: Ints, into: Ints, near: Neighbours) -> None:
        """Make one web of those that are joined, and one text group of their texts that tie."""
        np.maximum.at(self._stated.rows, into, self._stated.rows[roots])
        kept = near.strong & np.isin(self._webs.roots[self._first.rows[near.one]], roots)
        one, other = self._root_groups(near.one[kept]), self._root_groups(near.other[kept])
        labels, places = np.unique(np.concatenate([one, other]), return_inverse=True)
        tied = components(len(labels), places[: len(one)], places[len(one) :])
        self._groups.rows[labels] = labels[tied]
        self._webs.join(roots, into)

    def _group_anew(self, reached: Ints) -> None:
        while True:
            region = Region(self._archive.read(reached.tolist()), reached, self._text_of.rows, self._texts)
            self._groups.rows[region.numbers] = region.numbers[region.ties.group_of]
            freed = self._hubs.judge(region.ads, self._archive, self._texts_and_groups)
            wider = self._webs.of(np.union1d(reached, freed)) if len(freed) else reached
            if len(wider) == len(reached):
                break
            reached = wider
        self._regroup(region)

    def _texts_and_groups(self, ads: Ints) -> tuple[Ints, Words64, Ints]:
        texts = self._text_of.rows[ads]
        return texts, self._texts.ranks.rows[texts], self._root_groups(texts)

    def _regroup(self, region: Region) -> None:
        hubs = self._hubs.among(region.ads)
        found = tie_ads(region.ads, region.texts, region.ties, hubs)
        self._hubs.keep(found.hubs - hubs, region.ads)
        first: dict[str, int] = {}
        homes = np.array([first.setdefault(found.campaign_of[ad.id], at) for at, ad in enumerate(region.ads)])
        webs = region.webs(found.hubs)
        self._home.rows[region.members] = region.members[homes]
        self._webs.set(region.members, webs)
        self._state(region, webs, homes)

    def _state(self, region: Region, webs: Ints, homes: Ints) -> None:
        """What webs that were grouped anew state: nothing that is plain where they are several campaigns."""
        names = np.array([names_hash(ad.organisations) for ad in region.ads], dtype=np.uint64)
        own = stated(region.ads, names)
        own[self._hubs.doubtful(region.ads) | (homes != homes[webs])] = DOUBTFUL
        roots, web = np.unique(webs, return_inverse=True)
        least, most = np.full(len(roots), np.iinfo(np.int64).max), np.zeros(len(roots), dtype=np.int64)
        np.minimum.at(least, web, np.where(own == NAMELESS, np.iinfo(np.int64).max, own))
        np.maximum.at(most, web, own)
        plain = (least > DOUBTFUL) & ((most == NAMELESS) | (least == most))
        self._stated.rows[region.members[roots]] = np.where(plain, most, DOUBTFUL)
