"""The files of the indicator catalogue: read, checked, and made ready for `models.catalogue` to read ads by."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models.catalogue import (
    ASKING,
    FOLDER,
    FRAME,
    REPORTING,
    WARNING_FRAME,
    Catalogue,
    Entry,
    denying,
    digests,
    files,
    listed,
)
from models.condition_check import faults, in_order
from models.conditions import plain
from models.indicator_lock import NAME as LOCK
from models.indicator_spec import CHECKED, IndicatorFile, IndicatorSpec, WarningFrame
from models.signs import Lists
from models.vocabulary import Language
from zorya.compiled import compiled
from zorya.datafiles import load
from zorya.domain.findings import Strength
from zorya.domain.ids import content_digest
from zorya.errors import DataFileError

_TOLD = {"titles", "whys", "drafts"}
"""Translations: a better word for people reads no ad anew."""


def warning_frame() -> WarningFrame:
    """The shipped words of warnings, reports and questions."""
    return load(WARNING_FRAME, WarningFrame)


def shipped() -> tuple[tuple[IndicatorSpec, ...], WarningFrame]:
    """What the shipped files say, entries in the order of their codes; checked when it was compiled."""
    kept = compiled("indicators", files(), FOLDER.parent, _compiled)
    specs = tuple(IndicatorSpec.model_validate(spec, context=CHECKED) for spec in kept["specs"])
    return specs, WarningFrame.model_validate(kept["frame"], context=CHECKED)


def _compiled() -> dict[str, Any]:
    shipped = Catalogue(load_specs(), warning_frame())
    return {
        "specs": [spec.model_dump(mode="json", by_alias=True, exclude_unset=True) for spec in shipped.specs],
        "frame": shipped.frame.model_dump(mode="json"),
    }


def entry_of(spec: IndicatorSpec) -> Entry:
    """What reading an ad needs of an entry."""
    raised = spec.strength_with.get(Strength.MEDIUM)
    return Entry(
        spec.code,
        spec.revision,
        spec.title,
        spec.strength,
        spec.dimension,
        tuple(spec.lists),
        plain(spec.when),
        None if raised is None else plain(raised),
    )


def ruleset(specs: Sequence[IndicatorSpec], frame: WarningFrame) -> str:
    """A digest of all that decides how an ad is read."""
    return content_digest(
        {
            "specs": [spec.model_dump(mode="json", exclude=_TOLD) for spec in specs],
            "frame": frame.model_dump(mode="json"),
            **digests(),
        }
    )[:16]


def shipped_lists() -> Lists:
    """Every phrase list of the shipped files that is looked for."""
    return lists(in_order([spec for spec in load_specs() if spec.status == "active"]), warning_frame())


def lists(specs: Sequence[IndicatorSpec], frame: WarningFrame) -> Lists:
    """Every phrase list under a name of its own."""
    found: dict[str, Mapping[Language, Sequence[str]]] = {}
    for name, phrases in [*((spec.code, spec.phrases) for spec in specs), (FRAME, frame.phrases)]:
        found[name] = {language: each.present for language, each in phrases.items()}
        found[denying(name)] = {language: each.contradicted for language, each in phrases.items()}
    found |= {REPORTING: frame.reporting, ASKING: frame.asking}
    return found | {listed(spec.code, name): spec.lists[name] for spec in specs for name in spec.lists}


def load_specs(folder: Path = FOLDER) -> list[IndicatorSpec]:
    """Every entry of every file; a code used twice is an error."""
    specs: list[IndicatorSpec] = []
    seen: dict[str, Path] = {}
    for path in sorted(set(folder.glob("*.yml")) - {folder / LOCK}):
        for spec in load(path, IndicatorFile).indicators:
            if spec.code in seen:
                raise DataFileError(
                    path, f"indicator {spec.code} is already in {seen[spec.code].name}; codes are unique"
                )
            seen[spec.code] = path
            specs.append(spec)
    for spec, word, why in faults(specs):
        raise DataFileError(seen[spec.code], why, line=_line_of(seen[spec.code], spec.code, word))
    return specs


def _line_of(path: Path, code: str, word: str) -> int | None:
    """Line of an entry's `when` that holds a word."""
    lines = path.read_text(encoding="utf-8").splitlines()
    entry = next(number for number, line in enumerate(lines) if line.strip(" -") == f"code: {code}")
    return next((number + 1 for number in range(entry, len(lines)) if word in lines[number]), entry + 1)
