"""The audit in words and as a table, for people and for the card of a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.audit.between_languages import AIM, LEAST, Ratio
from models.audit.swapping import MOVES, Moved

COLUMNS = ("language", "what", "ads", "measured, 95 % interval", "beyond noise", "finding")


@dataclass(frozen=True)
class Audit:
    """What was found; `ratios` is None where no ordinary ads were given."""

    moved: Sequence[Moved]
    ratios: Sequence[Ratio] | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        moved = [
            {"language": row.language, "kind": row.kind, "ads": row.ads, "movement": row.movement.plain(),
             "beyond_noise": row.beyond.plain(), "word": row.word, "by": round(row.by, 4), "flips": row.flips,
             "is_noise": row.is_noise}
            for row in self.moved
        ]  # fmt: skip
        if self.ratios is None:
            return {"moved": moved}
        names = ("ratio", "low", "high")
        return {
            "moved": moved,
            "ratios": [
                {"language": each.language, "ads": each.ads, "flagged": each.flagged, "finding": each.finding}
                | {"rests_on": each.rests_on}
                | {name: _finite(getattr(each, name)) for name in names}
                for each in self.ratios
            ],
        }

    def says(self) -> tuple[str, ...]:
        """The findings as sentences."""
        return (*self._swaps(), *self._languages())

    def rows(self) -> tuple[tuple[str, ...], ...]:
        """A row each kind and language, then a row each ratio."""
        swaps = (
            (row.language, f"{row.kind} words", str(row.ads), row.movement.text(3), row.beyond.text(3),
             f"{'noise' if row.is_noise else 'moves the score'}; {row.word} {row.by:+.3f}; {row.flips} flips")
            for row in self.moved
        )  # fmt: skip
        rates = (
            (each.language, "false alarms, ratio to others", str(each.ads), _interval(each), "–",
             f"{each.finding}; {each.flagged} flagged")
            for each in self.ratios or ()
        )  # fmt: skip
        return (*swaps, *rates)

    def _swaps(self) -> list[str]:
        whole = [row for row in self.moved if row.language == "all"]
        loud = [row for row in self.moved if row.language != "all" and not row.is_noise]
        flips, ads = sum(row.flips for row in whole), max((row.ads for row in whole), default=0)
        told = "; ".join(f"{row.kind} {row.movement.text(3)}" for row in whole)
        said = [
            f"Words of nation, people, language and place were swapped in {ads} ads. Mean movement of the score in "
            f"log-odds: {told}; {flips} times an ad is flagged with one word and not another."
        ]
        if loud:
            where = ", ".join(f"{row.kind} in {row.language} ({row.word} {row.by:+.2f})" for row in loud)
            said.append(f"More than colours swapped in the same ads, and than {MOVES} log-odds: {where}.")
        else:
            said.append(f"Nowhere is it both more than colours swapped in the same ads and more than {MOVES} log-odds.")
        return said

    def _languages(self) -> list[str]:
        if self.ratios is None:
            return ["False alarms were not compared between languages: give a folder of ordinary ads with --ordinary."]
        if not self.ratios:
            return [f"False alarms cannot be compared: fewer than two languages have {LEAST} ordinary ads."]
        flagged = sum(each.flagged for each in self.ratios)
        said = [
            f"{flagged} of {sum(each.ads for each in self.ratios):,} ordinary ads in {len(self.ratios)} languages are "
            f"flagged, near-duplicates counted once; the aim is at most {AIM} times as many in one language as in the "
            "others."
        ]
        for finding in sorted({each.finding for each in self.ratios}):
            named = [f"{each.language} {_interval(each)}" for each in self.ratios if each.finding == finding]
            said.append(f"{finding[0].upper()}{finding[1:]}: {', '.join(named)}.")
        over = [each for each in self.ratios if each.flagged and each.ratio > AIM]
        said += [
            f"{each.language}: {each.flagged} of {each.ads:,} are flagged, "
            + (f"most for {', '.join(each.rests_on)}." if each.rests_on else "for no indicator in common.")
            for each in over
        ]
        if any(each.finding == "cannot be told" for each in self.ratios):
            said.append(
                "Where it cannot be told, flags are too few for an interval that narrow: measure more ordinary ads."
            )
        return said


def _interval(each: Ratio) -> str:
    return f"{each.ratio:.2f} [{each.low:.2f}, {each.high:.2f}]"


def _finite(value: float) -> float | None:
    return round(value, 4) if abs(value) < float("inf") else None
