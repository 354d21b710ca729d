"""Who finds campaigns in `zorya bench campaigns`: Zorya, plain MinHash, and the coarse step that InfoShield published.

All get the same raw ads. MinHash is datasketch's, as its documentation shows it: lower-case shingles, an LSH index,
every candidate that it returns is one campaign with the ad. The line with contacts also joins ads that share a
telephone, handle or address, whoever else does.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from models.bench_campaigns.ads import BenchAd
from models.campaigns.grouping import group
from models.campaigns.imprint import imprint
from models.reading import read

MISSING = "not installed: pip install -e '.[bench]'"
ZORYA = "Zorya"
INFOSHIELD = "InfoShield idea"
"""Its coarse step re-implemented by us from what was published: not its authors' program."""
_TELEPHONE = re.compile(r"(?:\+|00)\d[\d\s().-]{6,}\d")
_HANDLE = re.compile(r"\S+@\S+\.\w+|(?:@|t\.me/)(\w{4,})")
_TOP = 5
"""Phrases of an ad that InfoShield links it by, and words of a phrase."""

Found = dict[str, int | str]
Clusterer = Callable[[Sequence[BenchAd]], Found]


def zorya(ads: Sequence[BenchAd]) -> Found:
    """Campaigns as the batch verb finds them: every ad is read, imprinted and grouped."""
    return dict(group(imprint(read(ad.posting), id=ad.id) for ad in ads).campaign_of)


def clusterers() -> dict[str, Clusterer]:
    """Name → clusterer; those of datasketch only where it is installed."""
    found: dict[str, Clusterer] = {ZORYA: zorya}
    if find_spec("datasketch"):
        found |= {
            f"MinHash {name} {threshold}": _minhash(shingles, threshold)
            for name, shingles in (("5 chars", five_characters), ("3 words", three_words))
            for threshold in (0.7, 0.5)
        }
        found["MinHash 5 chars 0.7 + contacts"] = _minhash(five_characters, 0.7, contacts=True)
    return found | {INFOSHIELD: _infoshield}


class Sets:
    """Union-find over names; a set is called by its first name."""

    def __init__(self, names: Iterable[str]) -> None:
        self._parent = {name: name for name in names}

    def add(self, name: str) -> None:
        """A new name, alone in its set."""
        self._parent.setdefault(name, name)

    def root(self, name: str) -> str:
        """The first name of its set."""
        while self._parent[name] != name:
            self._parent[name] = self._parent[self._parent[name]]
            name = self._parent[name]
        return name

    def join(self, one: str, other: str) -> None:
        """Make one set of two."""
        first, second = sorted((self.root(one), self.root(other)))
        self._parent[second] = first

    def all(self) -> Found:
        """Name → its set."""
        return {name: self.root(name) for name in self._parent}


def five_characters(text: str) -> set[str]:
    """Shingles of five characters."""
    plain = " ".join(text.lower().split())
    return {plain[at : at + 5] for at in range(max(1, len(plain) - 4))}


def three_words(text: str) -> set[str]:
    """Shingles of three words."""
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))}


def _minhash(shingles: Callable[[str], set[str]], threshold: float, *, contacts: bool = False) -> Clusterer:
    def cluster(ads: Sequence[BenchAd]) -> Found:
        datasketch: Any = import_module("datasketch")
        index = datasketch.MinHashLSH(threshold=threshold, num_perm=128)
        sets = Sets(ad.id for ad in ads)
        texts = ([part.encode() for part in shingles(ad.posting.text)] for ad in ads)
        for ad, sketch in zip(ads, datasketch.MinHash.generator(texts, num_perm=128), strict=True):
            for other in index.query(sketch):
                sets.join(ad.id, other)
            index.insert(ad.id, sketch)
        if contacts:
            _join_contacts(ads, sets)
        return sets.all()

    return cluster


def _join_contacts(ads: Sequence[BenchAd], sets: Sets) -> None:
    first: dict[str, str] = {}
    for ad in ads:
        numbers = {re.sub(r"\D", "", found).removeprefix("00") for found in _TELEPHONE.findall(ad.posting.text)}
        handles = {(found[1] or found[0]).lower() for found in _HANDLE.finditer(ad.posting.text)}
        for contact in sorted(numbers | handles):
            sets.join(ad.id, first.setdefault(contact, ad.id))


def _infoshield(ads: Sequence[BenchAd]) -> Found:
    """Ads that share one of their five weightiest phrases of five words, in text stripped of digits and of every
    character that is not ASCII. After Lee et al., InfoShield (ICDE 2021) and what its public code does to a text.
    """
    text: Any = import_module("sklearn.feature_extraction.text")
    texts = [re.sub(r"[^\x00-\x7f]+", " ", re.sub(r"\d+", "", ad.posting.text)) for ad in ads]
    sets = Sets(ad.id for ad in ads)
    words = r"\S+"
    weigher = text.TfidfVectorizer(token_pattern=words, lowercase=False, ngram_range=(_TOP, _TOP), sublinear_tf=True)
    try:
        weights = weigher.fit_transform(texts)
    except ValueError:  # no ad keeps five words: it crashes there, we say that it finds nothing
        return sets.all()
    first: dict[int, str] = {}
    for ad, row in zip(ads, weights, strict=True):
        best = sorted(zip(row.data, row.indices, strict=True), reverse=True)[:_TOP]
        for _, phrase in best:
            sets.join(ad.id, first.setdefault(int(phrase), ad.id))
    return sets.all()
