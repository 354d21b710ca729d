"""Two stored models in a row, as they are used."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from models.calibrated import sigmoid
from models.reading import Reading
from models.serving import FromLogOdds

DOUBT = "doubt.json"
_CHEAP, _CAREFUL = "cheap.", "careful."
"""How the files of either begin."""
_SURE = 1e-9
EVERYTHING = 100.0
"""A half width, in log-odds, that covers every probability."""


@dataclass(frozen=True)
class Doubt:
    """Which ads are doubtful, and what the careful model's word weighs there."""

    threshold: float
    half_width: float
    """In log-odds, to either side of the threshold; what is nearer is doubtful."""
    say: float
    """0: the careful model is not asked at all; 1: it decides."""

    def covers(self, probability: float) -> bool:
        """Whether a cheap probability of concern is doubtful."""
        return abs(log_odds(probability) - log_odds(self.threshold)) < self.half_width

    def weighed(self, cheap: float, careful: float) -> float:
        """Log-odds of both, at one prevalence, as they are taken together."""
        return (1 - self.say) * cheap + self.say * careful


@dataclass(frozen=True)
class ServedCascade(FromLogOdds):
    """A cheap model, a careful one, and when the second is asked."""

    cheap: FromLogOdds
    careful: FromLogOdds
    doubt: Doubt

    @property
    def shift(self) -> float:
        """The cheap model's."""
        return self.cheap.shift

    @property
    def answers(self) -> tuple[str, ...]:
        """The cheap model's."""
        return self.cheap.answers

    def log_odds_of(self, readings: Sequence[Reading]) -> list[dict[str, float]]:
        """The cheap model's, weighed with the careful one's where the ad is doubtful; only there is it asked."""
        said = self.cheap.log_odds_of(readings)
        asked = [n for n, odds in enumerate(said) if self.doubt.covers(sigmoid(odds["concern"] + self.shift))]
        if not asked or not self.doubt.say:
            return said
        moved = self.careful.shift - self.shift
        for number, other in zip(asked, self.careful.log_odds_of([readings[n] for n in asked]), strict=True):
            for target in said[number].keys() & other.keys():
                said[number][target] = self.doubt.weighed(said[number][target], other[target] + moved)
        return said

    def telling_words(self, reading: Reading, limit: int = 4) -> list[tuple[str, float]]:
        """The cheap model's."""
        return self.cheap.telling_words(reading, limit)


def log_odds(probability: float) -> float:
    """Log-odds, finite for any probability."""
    sure = min(max(probability, _SURE), 1 - _SURE)
    return math.log(sure / (1 - sure))


def packed(cheap: Mapping[str, bytes], careful: Mapping[str, bytes], doubt: Doubt) -> dict[str, bytes]:
    """The files of both, and the band of doubt."""
    return {
        **{_CHEAP + name: data for name, data in cheap.items()},
        **{_CAREFUL + name: data for name, data in careful.items()},
        DOUBT: json.dumps(asdict(doubt)).encode(),
    }


Reader = Callable[[Mapping[str, bytes]], FromLogOdds]


def unpacked(files: Mapping[str, bytes], *, cheap: Reader, careful: Reader) -> ServedCascade:
    """The model of its files; raises what the readers raise, and ValueError, KeyError or TypeError."""
    values = json.loads(files[DOUBT])
    doubt = Doubt(*(float(values[name]) for name in ("threshold", "half_width", "say")))
    if not (0 < doubt.threshold < 1 and doubt.half_width >= 0 and 0 <= doubt.say <= 1):
        raise ValueError("no band of doubt")
    first, second = (
        {name.removeprefix(prefix): data for name, data in files.items() if name.startswith(prefix)}
        for prefix in (_CHEAP, _CAREFUL)
    )
    return ServedCascade(cheap(first), careful(second), doubt)
