"""False alarms of each language beside those of all others, on ordinary ads.

Flags are rare, so the two rates are compared by the exact conditional test of two Poisson rates (Przyborowski and
Wilenski 1940): given x + y flags, x is binomial with p = r·n / (r·n + m), r the ratio of the rates; the interval of p
is Clopper and Pearson's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.evaluation.false_alarms import exact_interval

AIM = 1.25
"""Largest ratio that is aimed at."""
LEAST = 100
"""Ads of a language below which nothing is said."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Share flagged in one language over the share flagged in the others; `high` may be infinite."""

    language: str
    ads: int
    flagged: int
    ratio: float
    low: float
    high: float

    @property
    def finding(self) -> str:
        """What the interval allows to say."""
        if self.high <= AIM:
            return "within the aim"
        return "more false alarms than in other languages" if self.low > AIM else "cannot be told"


def ratios(rows: Sequence[Mapping[str, Any]]) -> list[Ratio]:
    """Of the rows that `zorya model ordinary` prints: every language with `LEAST` ads or more, the worst first."""
    held = [row for row in rows if row["set"] == "all" and row["language"] not in {"all", "unknown"}]
    enough = [row for row in held if row["ads"] >= LEAST]
    ads, flagged = (sum(row[each] for row in enough) for each in ("ads", "flagged"))
    found = [
        _ratio(row["language"], (row["ads"], row["flagged"]), (ads - row["ads"], flagged - row["flagged"]))
        for row in enough
        if len(enough) > 1
    ]
    return sorted(found, key=lambda each: (-each.low, -each.ratio, each.language))


def _ratio(language: str, here: tuple[int, int], others: tuple[int, int]) -> Ratio:
    (n, x), (m, y) = here, others
    low, high = exact_interval(x, x + y) if x + y else (0.0, 1.0)
    ratio = (x / n) / (y / m) if y else (float("inf") if x else float("nan"))
    return Ratio(language, n, x, ratio, _odds(low) * m / n, _odds(high) * m / n)


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else float("inf")
