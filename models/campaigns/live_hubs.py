"""The keys of a live index: which ads hold each, and which of them are hubs."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from sys import getsizeof

import numpy as np

from models.campaigns.archive import Archive
from models.campaigns.edges import HUB_ORGANISATIONS, HUB_SAMPLE, is_hub, telling
from models.campaigns.footers import in_footer
from models.campaigns.imprint import Imprint
from models.campaigns.names import apart
from models.campaigns.runs import Runs
from models.campaigns.sketch import Flags, Ints, Words64

TextsAndGroups = Callable[[Ints], tuple[Ints, Words64, Ints]]
"""Numbers of ads → the text of each, its rank and its text group."""
_AT_ONCE = 64


@dataclass(frozen=True)
class Fellows:
    """Keys by their 64-bit `hashes`; the new ad `ads[i]` holds the key `key_of[i]`; `holders[j]` is an ad, new or not,
    under the key `under[j]` or under one whose hash begins alike."""

    hashes: Words64
    key_of: Ints
    ads: Ints
    under: Ints
    holders: Ints


class Hubs:
    """Ads by key, and the hubs with the organisations that their ads name: a key of many organisations is a hub for
    good (ads only come), one of many texts only until these turn out to be few."""

    def __init__(self) -> None:
        self._holders = Runs()
        self._fresh: tuple[list[int], list[int]] = ([], [])
        self._named: dict[str, frozenset[str]] = {}
        self._for_good: set[str] = set()

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        named = sum(getsizeof(key) + getsizeof(names) for key, names in self._named.items())
        good = sum(map(getsizeof, self._for_good))
        return self._holders.nbytes + getsizeof(self._named) + named + getsizeof(self._for_good) + good

    def add(self, ads: Sequence[Imprint], start: int) -> None:
        """File ads under their keys; they are numbered from `start` on."""
        hashes, numbers = list[int](), list[int]()
        for number, ad in enumerate(ads, start):
            for key in dict.fromkeys(keys_of(ad)):
                hashes.append(_hash(key))
                numbers.append(number)
                if key in self._named:
                    self._name(key, self._named[key] | telling(key, ad.organisations))
                elif key not in self._for_good:
                    self._fresh[0].append(hashes[-1])
                    self._fresh[1].append(number)
        self._holders.add(np.array(hashes, dtype=np.uint64), np.array(numbers, dtype=np.int64))

    def fellows(self) -> Fellows:
        """Who shares a key with the ads added since this was asked last, hubs excepted."""
        hashes, ads = np.array(self._fresh[0], dtype=np.uint64), np.array(self._fresh[1], dtype=np.int64)
        self._fresh = ([], [])
        distinct, key_of = np.unique(hashes, return_inverse=True)
        return Fellows(distinct, key_of, ads, *self._holders.under(distinct))

    def doubtful(self, ads: Sequence[Imprint]) -> Flags:
        """Ads with a hub that may yet be none."""
        return np.array([any(key in self._named for key in keys_of(ad)) for ad in ads], dtype=bool)

    def among(self, ads: Sequence[Imprint]) -> frozenset[str]:
        """Hubs that some ads hold."""
        keys = {key for ad in ads for key in keys_of(ad)}
        return frozenset((keys & self._for_good) | (keys & self._named.keys()))

    def keep(self, hubs: Set[str], ads: Sequence[Imprint]) -> None:
        """Keys that turned out to be hubs; every ad that holds one is among `ads`."""
        named: dict[str, set[str]] = {key: set() for key in hubs}
        for ad in ads if hubs else ():
            for key in hubs & set(keys_of(ad)):
                named[key] |= telling(key, ad.organisations)
        for key, names in named.items():
            self._name(key, frozenset(names))

    def judge(self, ads: Sequence[Imprint], archive: Archive, known: TextsAndGroups) -> Ints:
        """Holders of those hubs among the keys of some ads that are none any more; these are forgotten."""
        freed = [np.zeros(0, dtype=np.int64)]
        for key in sorted(self.among(ads) & self._named.keys()):
            holders = self._holders.under(np.array([_hash(key)], dtype=np.uint64))[1]
            if not _is_hub(key, self._named[key], holders, archive, known):
                del self._named[key]
                freed.append(holders)
        return np.concatenate(freed)

    def _name(self, key: str, names: frozenset[str]) -> None:
        self._named[key] = names
        if apart(names, HUB_ORGANISATIONS):
            del self._named[key]
            self._for_good.add(key)


def keys_of(ad: Imprint) -> Iterator[str]:
    """Contacts, pictures and offer of an ad."""
    return chain(ad.contacts, ad.images, ad.offer.keys if ad.offer else ())


def holds(ad: Imprint, key: int) -> bool:
    """Whether an ad holds the key of this hash."""
    return any(_hash(each) == key for each in keys_of(ad))


def _hash(key: str) -> int:
    """64 bits, of this process alone."""
    return hash(key) & 0xFFFFFFFFFFFFFFFF


def _is_hub(key: str, names: frozenset[str], holders: Ints, archive: Archive, known: TextsAndGroups) -> bool:
    groups, held = _sample(key, holders, archive, known)
    return is_hub(names, groups) or in_footer(key, held)


def _sample(key: str, holders: Ints, archive: Archive, known: TextsAndGroups) -> tuple[Ints, list[tuple[int, Imprint]]]:
    """Text groups of the texts of lowest rank under a key, and these with their ads; of an offer, of all texts until
    they are enough."""
    texts, ranks, groups = known(holders)
    order = np.argsort(ranks, kind="stable")
    found: dict[int, int] = {}
    held: list[tuple[int, Imprint]] = []
    for start in range(0, len(order), _AT_ONCE):
        part = order[start : start + _AT_ONCE]
        for at, ad in zip(part.tolist(), archive.read(holders[part].tolist()), strict=True):
            text = int(texts[at])
            enough = len(set(found.values())) if key.startswith("o:") else len(found)
            if enough >= HUB_SAMPLE and text not in found:
                return np.array(list(found.values())), held
            if key in keys_of(ad):
                found[text] = int(groups[at])
                held.append((text, ad))
    return np.array(list(found.values())), held
