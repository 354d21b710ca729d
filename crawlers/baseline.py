"""What is usual for a source: a tolerance band per measure, learned from its sound runs by robust statistics.

Counts: median ± a multiple of the median absolute deviation, with floors. Shares: pooled over the runs, and a run is
outside only when chance does not explain it, so that three ads without pay raise no alarm and thirty do.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from zorya.domain.health import Band, Checkup

LEAST_RUNS = 5
MOST_RUNS = 30
FOUR_WEEKS = timedelta(days=27, hours=12)
CHANCE, KEPT_CHANCE = 1e-4, 1e-3
"""How improbable a share must be before it counts: some twenty shares are judged in every run, ads still there once."""
LOW_COUNTS = frozenset({"seen", "body", "kept", "fill", "language", "yield"})
HIGH_COUNTS = frozenset({"seen", "quiet_days", "alike", "garbled", "language", "flag"})
"""Measures (or their groups) for which too little, or too much, means that something broke. The rest is shown only."""
_POOLED_ADS, _POOLED_RUNS = 20, 7
_COUNT_FLOOR, _CHANCE_FLOOR = 0.25, 2.5
"""Boards swing by a quarter, and small ones by two and a half times the root of their size, without being broken."""
_SHARE_FLOOR, _KEPT_FLOOR = 0.10, 0.15
_QUIET_FLOOR_DAYS = 5.0
_PATIENCE = timedelta(days=1, hours=6)
_MAD_TO_DEVIATION = 1.4826
_DEVIATIONS = 4.0


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier run: when it began, and its checkup."""

    at: datetime
    checkup: Checkup


@dataclass(frozen=True, slots=True)
class Breach:
    """A measure outside its band; `far` when no ordinary day explains it."""

    name: str
    value: float
    band: Band
    far: bool = False


class Baseline:
    """What earlier runs of one source teach. `past` is newest first; runs that were off or broken teach nothing.

    After a person said that a run is the new normal, older ones are forgotten.
    """

    def __init__(self, past: Sequence[Past] = ()) -> None:
        accepted = next((place for place, one in enumerate(past) if one.checkup.accepted), len(past))
        self._past = past[: accepted + 1]
        self.sound = [one for one in self._past if one.checkup.grade == "sound" or one.checkup.accepted][:MOST_RUNS]

    @property
    def ready(self) -> bool:
        """Enough sound runs to say what is usual."""
        return len(self.sound) >= LEAST_RUNS

    def last_sound(self, at: datetime) -> datetime | None:
        """When the last sound run began; None when it is so much older than usual that its ads may well be gone."""
        if not self.sound:
            return None
        pairs = zip(self.sound, self.sound[1:], strict=False)
        gaps = [(newer.at - older.at).total_seconds() for newer, older in pairs] or [0.0]
        patience = max(timedelta(seconds=2.5 * median(gaps)), _PATIENCE)
        return self.sound[0].at if at - self.sound[0].at <= patience else None

    def bands(self, now: Checkup, at: datetime) -> dict[str, Band]:
        """The band of every measure that this run and enough sound runs have."""
        if not self.ready:
            return {}
        found: dict[str, Band] = {}
        for name in now.numbers:
            values = self._values(name, at)
            if len(values) >= LEAST_RUNS:
                found[name] = _number_band(name, values, now)
        for name in self._share_names(now):
            pairs = [pair for one in self.sound if (pair := _pair(one.checkup, name))[1]]
            if len(pairs) >= LEAST_RUNS and _pair(now, name)[1]:
                found[name] = _share_band(pairs, floor=_KEPT_FLOOR if name == "kept" else _SHARE_FLOOR)
        return found

    def breaches(self, now: Checkup, bands: Mapping[str, Band]) -> list[Breach]:
        """What ordinary days do not explain, gravest first."""
        found: list[Breach] = []
        for name, band in bands.items():
            breach = _number_breach(name, now, band) if name in now.numbers else self._share_breach(name, now, band)
            if breach:
                found.append(breach)
        return sorted(found, key=lambda breach: (not breach.far, breach.name != "seen", breach.name))

    def _values(self, name: str, at: datetime) -> list[float]:
        """A number in earlier runs; of the same part of the week once four weeks are known.

        A weekend that was off counts among weekends: nobody could learn what they are like if the first one, being
        unlike the working days before it, taught nothing.
        """
        taught = self.sound
        if name == "seen" and at - self._past[-1].at >= FOUR_WEEKS:
            weekend = [one for one in self._past if _is_weekend(one.at) and one.checkup.grade != "broken"]
            taught = weekend if _is_weekend(at) else [one for one in self.sound if not _is_weekend(one.at)]
        return [one.checkup.numbers[name] for one in taught if name in one.checkup.numbers][:MOST_RUNS]

    def _share_names(self, now: Checkup) -> set[str]:
        """Every share of this run, and every language that was usual: none of it is news too."""
        usual = {name for one in self.sound for name in one.checkup.shares if name.startswith("language.")}
        return usual | set(now.shares)

    def _share_breach(self, name: str, now: Checkup, band: Band) -> Breach | None:
        """Alone, or together with the sound runs just before: a few ads a day prove something in the end."""
        for some, of in (_pair(now, name), self._pooled(name, now)):
            value, group = some / of, name.partition(".")[0]
            chance = KEPT_CHANCE if name == "kept" else CHANCE
            below = group in LOW_COUNTS and value < band.low and at_most(some, of, band.low) < chance
            above = group in HIGH_COUNTS and value > band.high and at_most(of - some, of, 1 - band.high) < chance
            if below or above:
                far = _is_far_below(name, value, band) if below else _is_far_above(name, value)
                return Breach(name, value, band, far)
        return None

    def _pooled(self, name: str, now: Checkup) -> tuple[int, int]:
        some, of = _pair(now, name)
        for one in self.sound[: _POOLED_RUNS - 1] if name != "kept" else ():
            if of >= _POOLED_ADS:
                break
            before = _pair(one.checkup, name)
            some, of = some + before[0], of + before[1]
        return some, of


def at_most(some: int, of: int, share: float) -> float:
    """Probability of at most `some` hits in `of` draws with that chance each (binomial, by logarithms)."""
    if share <= 0 or some >= of:
        return 1.0
    if share >= 1:
        return 0.0
    logs = [
        math.lgamma(of + 1)
        - math.lgamma(k + 1)
        - math.lgamma(of - k + 1)
        + k * math.log(share)
        + (of - k) * math.log1p(-share)
        for k in range(some + 1)
    ]
    top = max(logs)
    return math.exp(top) * sum(math.exp(value - top) for value in logs)


def _pair(checkup: Checkup, name: str) -> tuple[int, int]:
    """A share; a language or flag that a run does not name was in none of the ads it read."""
    unnamed = int(checkup.numbers.get("read", 0)) if name.startswith(("language.", "flag.")) else 0
    return checkup.shares.get(name, (0, unnamed))


def _is_weekend(at: datetime) -> bool:
    return at.weekday() >= 5


def _spread(values: Sequence[float]) -> float:
    """Robust deviation, widened where few runs are known."""
    middle = median(values)
    return _MAD_TO_DEVIATION * median([abs(value - middle) for value in values]) * (1 + 3 / len(values))


def _number_band(name: str, values: Sequence[float], now: Checkup) -> Band:
    middle = median(values)
    if name == "quiet_days":
        return Band(0.0, middle, max(_QUIET_FLOOR_DAYS, 3 * max(values)), len(values))
    if name == "body":
        logs = [math.log(max(value, 1.0)) for value in values]
        # The median of few texts wanders: 0.75 is its deviation for one text of usual variety.
        width = max(math.log(2), _DEVIATIONS * _spread(logs)) + 2.5 / math.sqrt(max(now.numbers.get("read", 1), 1))
        return Band(middle / math.exp(width), middle, middle * math.exp(width), len(values))
    width = max(_DEVIATIONS * _spread(values), _COUNT_FLOOR * middle, _CHANCE_FLOOR * math.sqrt(middle))
    return Band(max(0.0, middle - width), middle, middle + width, len(values))


def _share_band(pairs: Sequence[tuple[int, int]], *, floor: float) -> Band:
    """The pooled share ± a floor, or more where the runs differ by more than chance."""
    some, of = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    share = some / of
    told = [pair[0] / pair[1] for pair in pairs if pair[1] >= LEAST_RUNS]
    chance = share * (1 - share) / median([pair[1] for pair in pairs])
    excess = math.sqrt(max(0.0, _spread(told) ** 2 - chance)) if len(told) >= LEAST_RUNS else 0.0
    width = max(floor, 3 * excess)
    return Band(max(0.0, share - width), share, min(1.0, share + width), len(pairs))


def _number_breach(name: str, now: Checkup, band: Band) -> Breach | None:
    value = now.numbers[name]
    below = name in LOW_COUNTS and value < band.low
    above = name in HIGH_COUNTS and value > band.high
    if not (below or above):
        return None
    return Breach(name, value, band, far=below and name == "seen" and value < band.low / 3)


def _is_far_below(name: str, value: float, band: Band) -> bool:
    """Gone, not merely fewer: the ads themselves, their text, or the language most of them are in."""
    grave = name in {"kept", "fill.title", "fill.body"} or (name.startswith("language.") and band.usual >= 0.5)
    return grave and value < band.low / 3


def _is_far_above(name: str, value: float) -> bool:
    return name in {"alike", "garbled"} and value >= 0.8
