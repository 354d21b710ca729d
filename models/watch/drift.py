"""Whether the ads that come are still those that the model in use was judged on: scores, languages, lengths, rates of
indicators, words. The weeks of late are held against the weeks before them; an alarm needs a change that lasts.

A distribution is compared by the population stability index, the sum over its bins of (p - q) ln(p / q), each count
raised by 1/2. Where nothing has changed, PSI · nm / (n + m) is distributed as χ² with one degree less than there are
bins (Yurdakul 2018): a week is off where PSI is `PSI` and more, and chance explains it in fewer than `CHANCE` of cases.
A rate is off where it is `RATIO` times as high or as low, and the same test of its two bins says so.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scipy.special import chdtrc

from models.watch.vocabulary import NewWord, new_words
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
        seen = list(traffic.assessed(connection, since=middle - REFERENCE * WINDOW, until=as_of))
    before = [ad for ad in seen if ad.seen_at < middle]
    late: list[list[SeenAd]] = [[] for _ in range(LATE)]
    for ad in seen[len(before) :]:
        late[(ad.seen_at - middle) // WINDOW].append(ad)
    return compared(before, late, as_of=as_of)


def compared(before: Sequence[SeenAd], late: Sequence[Sequence[SeenAd]], *, as_of: datetime) -> Watched:
    """What differs between the reference and each late window."""
    ads = (len(before), *map(len, late))
    if len(before) < LEAST:
        return Watched(as_of, ads, (), ())
    drifts = [_distribution(what, of, before, late) for what, of in _WATCHED.items()]
    codes = sorted({code for ad in (*before, *(ad for window in late for ad in window)) for code in ad.codes})
    drifts += [_rate(code, before, late, tests=len(codes)) for code in codes]
    return Watched(as_of, ads, tuple(drifts), tuple(new_words(before, late)))


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


def _distribution(
    what: str, of: Callable[[SeenAd], Hashable], before: Sequence[SeenAd], late: Sequence[Sequence[SeenAd]]
) -> Drift:
    reference = Counter(map(of, before))
    found = [psi(reference, Counter(map(of, window))) if len(window) >= LEAST else None for window in late]
    off = tuple(each is not None and each[0] >= PSI and each[1] < CHANCE for each in found)
    now = Counter(of(ad) for window in late for ad in window)
    return Drift(what, tuple(each and round(each[0], 3) for each in found), off, _moved(reference, now))


def _moved(before: Counter[Hashable], now: Counter[Hashable]) -> str:
    """The bin whose share moved most."""
    if not now:
        return "no ads of late"
    shares = {each: (before[each] / before.total(), now[each] / now.total()) for each in before | now}
    most = max(sorted(shares, key=repr), key=lambda each: abs(shares[each][1] - shares[each][0]))
    return f"{most}: {shares[most][0]:.0%} before, {shares[most][1]:.0%} of late"


def _rate(code: str, before: Sequence[SeenAd], late: Sequence[Sequence[SeenAd]], *, tests: int) -> Drift:
    reference = _presence(code, before)
    indices: list[float | None] = []
    off = []
    for window in late:
        if len(window) < LEAST:
            indices.append(None)
            off.append(False)
            continue
        index, chance = psi(reference, _presence(code, window))
        was, is_ = (max(c[True], 0.5) / c.total() for c in (reference, _presence(code, window)))
        indices.append(round(index, 3))
        off.append(max(is_ / was, was / is_) >= RATIO and chance * tests < CHANCE)
    now = _presence(code, (ad for window in late for ad in window))
    says = f"{reference[True] / reference.total():.1%} before, {now[True] / max(now.total(), 1):.1%} of late"
    return Drift(f"indicator {code}", tuple(indices), tuple(off), says)


def _presence(code: str, ads: Iterable[SeenAd]) -> Counter[Hashable]:
    return Counter(code in ad.codes for ad in ads)
