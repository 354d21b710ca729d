"""What a crawl measured, what is usual for its source, and what was wrong: the record that `runs.measures` holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from zorya.domain.language_names import name_of

Grade = Literal["sound", "off", "broken"]
"""`sound` runs teach the baseline; `off` is outside the band, `broken` is far outside or failed."""

_WORDS = {
    "seen": "ads seen",
    "read": "ads read",
    "new": "new ads",
    "kept": "ads still there",
    "quiet_days": "days without a new ad",
    "body": "median characters of text",
    "requests": "requests",
    "not_modified": "answers not modified",
    "alike": "texts shared by several ads",
    "garbled": "ads with damaged characters",
    "yield": "ad pages that gave an ad",
}


@dataclass(frozen=True, slots=True)
class Band:
    """What is usual, learned from `runs` sound runs: `usual` is the middle, low and high the tolerance."""

    low: float
    usual: float
    high: float
    runs: int


@dataclass(frozen=True, slots=True)
class Checkup:
    """One run's measures. `numbers` are plain; `shares` are (how many, of how many); both by the same names.

    `why` are the sentences that made the run red, gravest first. `accepted` names who said that this is the new
    normal: older runs teach nothing after it.
    """

    numbers: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    bands: Mapping[str, Band] = field(default_factory=dict)
    why: tuple[str, ...] = ()
    grade: Grade = "broken"
    accepted: str = ""

    def value(self, name: str) -> float | None:
        """A number, or a share between 0 and 1; None when it was not measured."""
        if name in self.numbers:
            return self.numbers[name]
        some, of = self.shares.get(name, (0, 0))
        return some / of if of else None

    @property
    def names(self) -> tuple[str, ...]:
        """Everything measured, in the order people read it."""
        order = {name: place for place, name in enumerate(_WORDS)}
        found = {name for name in (*self.numbers, *self.shares) if self.value(name) is not None}
        return tuple(sorted(found, key=lambda name: (order.get(name, len(order)), name)))

    def as_json(self) -> dict[str, Any]:
        """As the column holds it."""
        return {
            "numbers": dict(self.numbers),
            "shares": {name: list(pair) for name, pair in self.shares.items()},
            "bands": {name: [band.low, band.usual, band.high, band.runs] for name, band in self.bands.items()},
            "why": list(self.why),
            "grade": self.grade,
            "accepted": self.accepted,
        }


def checkup_of(measures: Mapping[str, Any]) -> Checkup | None:
    """The checkup a row holds; None for a run that did not get so far."""
    if "grade" not in measures:
        return None
    return Checkup(
        numbers=measures["numbers"],
        shares={name: (pair[0], pair[1]) for name, pair in measures["shares"].items()},
        bands={name: Band(*values) for name, values in measures["bands"].items()},
        why=tuple(measures["why"]),
        grade=measures["grade"],
        accepted=measures["accepted"],
    )


def words(name: str) -> str:
    """A measure in words: `fill.pay` → ads with pay."""
    group, _, rest = name.partition(".")
    if group == "fill":
        return f"ads with {rest.replace('posted_on', 'a date')}"
    if group == "language":
        return f"ads in {'no known language' if rest == 'none' else name_of(rest)}"
    if group == "flag":
        return f"ads flagged {rest.replace('_', ' ')}"
    return _WORDS.get(name, name)


def shown(name: str, value: float) -> str:
    """A value as people read it: shares in per cent."""
    if name in {"kept", "not_modified", "alike", "garbled", "yield"} or "." in name:
        return f"{value:.0%}"
    return f"{value:,.1f}".removesuffix(".0") if name == "quiet_days" else f"{value:,.0f}"


def usual(name: str, band: Band) -> str:
    """A band as people read it: `41–58`."""
    low, high = shown(name, band.low), shown(name, band.high)
    return low if low == high else f"{low.removesuffix('%')}–{high}"
