"""False alarms of each language beside those of all others, on ordinary ads; what is worded alike counts once, because
a text that is posted eight times is one alarm, and the test below takes flags as independent.

Flags are rare, so the two rates are compared by the exact conditional test of two Poisson rates (Przyborowski and
Wilenski 1940): given x + y flags, x is binomial with p = r·n / (r·n + m), r the ratio of the rates; the interval of p
is Clopper and Pearson's.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from models.evaluation.false_alarms import Wording, exact_interval

AIM = 1.25
"""Largest ratio that is aimed at."""
LEAST = 100
"""Wordings of a language below which nothing is said."""
_TOLD = 3


@dataclass(frozen=True, slots=True)
class Ratio:
    """Share flagged in one language over the share flagged in the others; `high` may be infinite. `ads` and `flagged`
    count wordings; `rests_on`: the indicators that most of the flagged ones show, at most three.
    """

    language: str
    ads: int
    flagged: int
    ratio: float
    low: float
    high: float
    rests_on: tuple[str, ...] = ()

    @property
    def finding(self) -> str:
        """What the interval allows to say."""
        if self.high <= AIM:
            return "within the aim"
        return "more false alarms than in other languages" if self.low > AIM else "cannot be told"


def ratios(wordings: Sequence[Wording]) -> list[Ratio]:
    """Every language with `LEAST` wordings or more beside the others of these, the worst first."""
    sizes = Counter(each.language for each in wordings if each.language != "unknown")
    enough = {language for language, number in sizes.items() if number >= LEAST}
    if len(enough) < 2:
        return []
    flagged = Counter(each.language for each in wordings if each.flagged is not None and each.language in enough)
    ads, flags = sum(sizes[each] for each in enough), flagged.total()
    found = [
        _ratio(
            language,
            (sizes[language], flagged[language]),
            (ads - sizes[language], flags - flagged[language]),
            _shown([each.flagged for each in wordings if each.flagged is not None and each.language == language]),
        )
        for language in enough
    ]
    return sorted(found, key=lambda each: (-each.low, -each.ratio, each.language))


def _ratio(language: str, here: tuple[int, int], others: tuple[int, int], rests_on: tuple[str, ...]) -> Ratio:
    (n, x), (m, y) = here, others
    low, high = exact_interval(x, x + y) if x + y else (0.0, 1.0)
    ratio = (x / n) / (y / m) if y else (float("inf") if x else float("nan"))
    return Ratio(language, n, x, ratio, _odds(low) * m / n, _odds(high) * m / n, rests_on)


def _shown(flagged: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    counts = Counter(code for codes in flagged for code in codes)
    return tuple(code for code, number in counts.most_common(_TOLD) if 2 * number > len(flagged))


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else float("inf")
