"""False alarms on ordinary ads: how many of each set and language a model flags, and every flag for the eye."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scipy.special import betaincinv

from models.campaigns.forest import Forest
from models.campaigns.wording import wording
from models.evaluation.errors import pieces
from models.evaluation.splits import alike_wordings
from models.ordinary import name_of, read_set, sets_of
from models.reading import Reading, read
from models.score import Scorer
from zorya.domain.findings import Assessment, State

_SHOWN = 400
"""Characters of a flagged ad that are shown."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A flagged ordinary ad, contacts masked."""

    set: str
    id: str
    language: str
    score: float
    indicators: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Ads of a folder that are worded alike: the language of the first, and what the flags among them rest on; None
    where none is flagged.
    """

    language: str
    flagged: tuple[str, ...] | None


@dataclass(frozen=True)
class Counted:
    """Ads and flags of each set and language; `wordings` counts near-duplicates once."""

    ads: Counter[tuple[str, str]]
    flags: tuple[Flag, ...]
    wordings: tuple[Wording, ...] = ()

    def rows(self) -> list[dict[str, Any]]:
        """Share flagged with its exact 95 % interval: of every set and language, of every language, of all."""
        flagged = Counter((flag.set, flag.language) for flag in self.flags)
        made = [_row(*key, number, flagged[key]) for key, number in sorted(self.ads.items())]
        for language in sorted({language for _, language in self.ads}):
            every = [sum(n for key, n in counts.items() if key[1] == language) for counts in (self.ads, flagged)]
            made.append(_row("all", language, *every))
        return [*made, _row("all", "all", self.ads.total(), flagged.total())]


def exact_interval(found: int, of: int) -> tuple[float, float]:
    """95 % interval of a share (Clopper and Pearson 1934); (0, 1) of nothing."""
    low = float(betaincinv(found, of - found + 1, 0.025)) if found else 0.0
    return low, float(betaincinv(found + 1, of - found, 0.975)) if found < of else 1.0


def count(folder: Path, scorer: Scorer, *, as_of: datetime, limit: int | None = None) -> Counted:
    """Assess the first `limit` ads of every set of a folder (about 5 ms each). Nothing is stored."""
    ads: Counter[tuple[str, str]] = Counter()
    flags: list[Flag] = []
    texts, each = [], []
    for path in sets_of(folder):
        for posting in read_set(path, limit=limit):
            reading = read(posting)
            assessment = scorer.assess([reading], [posting.native_id], as_of=as_of)[0]
            language = reading.language or "unknown"
            ads[name_of(path), language] += 1
            flag = _flag(name_of(path), posting.native_id, reading, assessment) if assessment.band.flagged else None
            flags += [flag] if flag else []
            texts.append(wording(reading))
            each.append(Wording(language, flag.indicators if flag else None))
    return Counted(ads, tuple(sorted(flags, key=lambda flag: (-flag.score, flag.id))), _told_once(texts, each))


def _told_once(texts: Sequence[str], each: Sequence[Wording]) -> tuple[Wording, ...]:
    """One for all that are worded alike, with the indicators of every flag among them."""
    forest = Forest(len(texts))
    for one, other in alike_wordings(texts):
        forest.tie(one, other)
    found: dict[int, Wording] = {}
    for number, own in enumerate(each):
        first = found.setdefault(forest.root(number), own)
        if own.flagged is not None and own is not first:
            both = tuple(dict.fromkeys((*(first.flagged or ()), *own.flagged)))
            found[forest.root(number)] = Wording(first.language, both)
    return tuple(found.values())


def _flag(name: str, id: str, reading: Reading, assessment: Assessment) -> Flag:
    present: Iterable[str] = dict.fromkeys(hit.code for hit in assessment.hits if hit.state is State.PRESENT)
    text = "".join(piece.text for piece in pieces(reading, longest=_SHOWN))
    return Flag(name, id, reading.language or "unknown", assessment.score, tuple(present), " ".join(text.split()))


def _row(name: str, language: str, ads: int, flagged: int) -> dict[str, Any]:
    low, high = exact_interval(flagged, ads)
    return {
        "set": name,
        "language": language,
        "ads": ads,
        "flagged": flagged,
        "share": round(flagged / ads, 5),
        "low": round(low, 5),
        "high": round(high, 5),
    }
