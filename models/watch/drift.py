"""Whether the ads that come are still those that the model in use was judged on: scores, languages, lengths, rates of
indicators, words. The weeks of late are held against the weeks before them; an alarm needs a change that lasts.

A distribution is compared by the population stability index, the sum over its bins of (p - q) ln(p / q), each count
raised by 1/2. Where nothing has changed, PSI · nm / (n + m) is distributed as χ² with one degree less than there are
bins (Yurdakul 2018): a week is off where PSI is `PSI` and more, and chance explains it in fewer than `CHANCE` of cases.
A rate is off where it is `RATIO` times as high or as low, and the same test of its two bins says so.

Ads pass by one at a time, twice: what is kept are counts, and of words that may be new an example.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scipy.special import chdtrc

from models.watch.vocabulary import NewWord, Slots, new_words
from zorya.domain.runs import StageReport
from zorya.settings import Settings
from zorya.store import Store, traffic
from zorya.store.traffic import SeenAd

WINDOW, LATE, REFERENCE = timedelta(days=7), 4, 8
"""Length of a window; windows that are looked at; windows before them that they are held against."""
LASTS = 3
"""Of the late windows, how many must be off for an alarm."""
LEAST = 50
"""Ads below which a window is not judged."""
PSI, RATIO, CHANCE = 0.2, 2.0, 0.001


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that is watched. `indices` has a PSI a window, oldest first, None where there were too few ads; `off`
    says which windows are off.
    """

    what: str
    indices: tuple[float | None, ...]
    off: tuple[bool, ...]
    says: str

    @property
    def alarm(self) -> bool:
        """It has lasted."""
        return sum(self.off) >= LASTS


@dataclass(frozen=True, slots=True)
class Watched:
    """What was found: `ads` in the reference and in each late window."""

    as_of: datetime
    ads: tuple[int, ...]
    drifts: tuple[Drift, ...]
    words: tuple[NewWord, ...]

    @property
    def alarms(self) -> tuple[str, ...]:
        """What has lasted, a sentence each."""
        found = [f"{each.what}: {each.says}" for each in self.drifts if each.alarm]
        words = [
            f"“{word.word}” ({word.ads} ads, {word.before} before)" for word in self.words if word.windows >= LASTS
        ]
        return (*found, *([f"new words: {', '.join(words)}"] if words else []))

    @property
    def is_judged(self) -> bool:
        """Whether there were ads enough to say anything."""
        return self.ads[0] >= LEAST and any(each >= LEAST for each in self.ads[1:])


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """Stage: look for drift; alarms are the report's messages."""
    found = watch(store, as_of=as_of)
    return StageReport("drift", as_of, {"ads": sum(found.ads), "alarms": len(found.alarms)}, found.alarms)


def watch(store: Store, *, as_of: datetime) -> Watched:
    """Hold the late windows, which end at `as_of`, against the reference before them."""
    middle = as_of - LATE * WINDOW
    with store.reading() as connection:

        def passing() -> Iterator[tuple[int, SeenAd]]:
            for ad in traffic.assessed(connection, since=middle - REFERENCE * WINDOW, until=as_of):
                yield 0 if ad.seen_at < middle else 1 + (ad.seen_at - middle) // WINDOW, ad

        return compared(passing, as_of=as_of)


Passing = Callable[[], Iterable[tuple[int, SeenAd]]]
"""The ads, each time from the beginning, with the number of their window: 0 the reference, 1 … `LATE` of late."""


@dataclass
class Tally:
    """Counts of one window."""

    ads: int = 0
    bins: dict[str, Counter[Hashable]] = field(default_factory=lambda: {what: Counter() for what in _WATCHED})
    codes: Counter[str] = field(default_factory=Counter)

    def add(self, ad: SeenAd) -> None:
        """Count an ad."""
        self.ads += 1
        self.codes.update(ad.codes)
        for what, of in _WATCHED.items():
            self.bins[what][of(ad)] += 1

    def presence(self, code: str) -> Counter[Hashable]:
        """Ads with and without an indicator."""
        return Counter({True: self.codes[code], False: self.ads - self.codes[code]})


def compared(passing: Passing, *, as_of: datetime) -> Watched:
    """What differs between the reference and each late window."""
    tallies, slots = [Tally() for _ in range(1 + LATE)], Slots()
    for window, ad in passing():
        tallies[window].add(ad)
        if window:
            slots.add(ad)
    before, *late = tallies
    ads = tuple(tally.ads for tally in tallies)
    if before.ads < LEAST:
        return Watched(as_of, ads, (), ())
    drifts = [_distribution(what, before, late) for what in _WATCHED]
    codes = sorted({code for tally in tallies for code in tally.codes})
    drifts += [_rate(code, before, late, tests=len(codes)) for code in codes]
    return Watched(as_of, ads, tuple(drifts), tuple(new_words(passing(), slots, before=before.ads)))


def psi(before: Counter[Hashable], late: Counter[Hashable]) -> tuple[float, float]:
    """Population stability index of two sets of counts, and the chance of one as large where nothing has changed."""
    bins = sorted(before.keys() | late.keys(), key=repr)
    if len(bins) < 2:
        return 0.0, 1.0
    n, m = before.total(), late.total()
    index = 0.0
    for each in bins:
        p, q = ((counts[each] + 0.5) / (total + len(bins) / 2) for counts, total in ((late, m), (before, n)))
        index += (p - q) * math.log(p / q)
    return index, float(chdtrc(len(bins) - 1, index * n * m / (n + m)))


def _score(ad: SeenAd) -> Hashable:
    return min(int(ad.score * 10), 9)


def _length(ad: SeenAd) -> Hashable:
    """Doublings of 50 letters."""
    return max(0, min(7, int(math.log2(max(len(ad.body), 1) / 50)))) if len(ad.body) > 50 else 0


_WATCHED: dict[str, Callable[[SeenAd], Hashable]] = {
    "scores": _score,
    "languages": lambda ad: ad.language or "unknown",
    "lengths": _length,
}


def _distribution(what: str, before: Tally, late: Sequence[Tally]) -> Drift:
    reference = before.bins[what]
    found = [psi(reference, window.bins[what]) if window.ads >= LEAST else None for window in late]
    off = tuple(each is not None and each[0] >= PSI and each[1] < CHANCE for each in found)
    now: Counter[Hashable] = sum((window.bins[what] for window in late), Counter())
    return Drift(what, tuple(each and round(each[0], 3) for each in found), off, _moved(reference, now))


def _moved(before: Counter[Hashable], now: Counter[Hashable]) -> str:
    """The bin whose share moved most."""
    if not now:
        return "no ads of late"
    shares = {each: (before[each] / before.total(), now[each] / now.total()) for each in before | now}
    most = max(sorted(shares, key=repr), key=lambda each: abs(shares[each][1] - shares[each][0]))
    return f"{most}: {shares[most][0]:.0%} before, {shares[most][1]:.0%} of late"


def _rate(code: str, before: Tally, late: Sequence[Tally], *, tests: int) -> Drift:
    reference = before.presence(code)
    indices: list[float | None] = []
    off = []
    for window in late:
        if window.ads < LEAST:
            indices.append(None)
            off.append(False)
            continue
        index, chance = psi(reference, window.presence(code))
        was, is_ = (max(c[True], 0.5) / c.total() for c in (reference, window.presence(code)))
        indices.append(round(index, 3))
        off.append(max(is_ / was, was / is_) >= RATIO and chance * tests < CHANCE)
    now, ads = sum(window.codes[code] for window in late), sum(window.ads for window in late)
    says = f"{reference[True] / before.ads:.1%} before, {now / max(ads, 1):.1%} of late"
    return Drift(f"indicator {code}", tuple(indices), tuple(off), says)
