"""The lock file of the catalogue: code → revision and a hash of what decides a match.

A match that changes needs a new revision, because old verdicts name the revision that people saw. `zorya doctor
--data-files` and a test compare; `zorya indicators lock` raises the revisions and writes the file anew.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from models.indicator_spec import IndicatorSpec
from zorya.datafiles import DataModel, load
from zorya.domain.ids import content_digest
from zorya.errors import DataFileError

NAME = "lock.yml"
"""The file lies beside the indicator files and is none of them."""
_DECIDING = {"status", "says_no", "phrases", "lists", "when", "strength", "strength_with"}
_HEAD = "# Written by `zorya indicators lock`: revision of each indicator and a hash of what decides its match.\n"


class Locked(DataModel):
    """What was locked of one indicator."""

    revision: int = Field(ge=1)
    match: str = Field(pattern=r"^[0-9a-f]{16}$")


class LockFile(DataModel):
    """The file."""

    indicators: dict[str, Locked]


def match_hash(spec: IndicatorSpec) -> str:
    """Hash of all that decides whether, and how strongly, an indicator is present. The order of phrases is not."""
    deciding = spec.model_dump(mode="json", include=_DECIDING)
    for lists in deciding["phrases"].values():
        lists |= {name: sorted(sources) for name, sources in lists.items()}
    for languages in deciding["lists"].values():
        languages |= {language: sorted(sources) for language, sources in languages.items()}
    return content_digest(deciding)[:16]


def read_lock(folder: Path) -> dict[str, Locked]:
    """Code → what is locked; empty where there is no file yet."""
    path = folder / NAME
    return load(path, LockFile).indicators if path.exists() else {}


def faults(specs: Sequence[IndicatorSpec], folder: Path) -> Iterator[DataFileError]:
    """Where the lock file and the entries disagree, with what to do."""
    locked = read_lock(folder)
    path = folder / NAME
    for spec in specs:
        was = locked.get(spec.code)
        if was is None:
            yield DataFileError(path, f"{spec.code} is new; run `zorya indicators lock`")
        elif spec.revision < was.revision:
            why = f"revision {spec.revision} of {spec.code} comes after {was.revision}; revisions only rise"
            yield DataFileError(path, why)
        elif match_hash(spec) != was.match and spec.revision == was.revision:
            why = f"what {spec.code} matches changed and its revision is still {spec.revision}"
            yield DataFileError(path, f"{why}; run `zorya indicators lock`, which raises it")
        elif spec.revision != was.revision:
            yield DataFileError(path, f"{spec.code} is at revision {spec.revision}; run `zorya indicators lock`")
    for code in sorted(locked.keys() - {spec.code for spec in specs}):
        yield DataFileError(path, f"{code} is gone; keep its entry with `status: retired`, codes are never used again")


class Outcome(NamedTuple):
    """Codes whose revision was raised, and codes that were not in the lock file before."""

    raised: list[str]
    new: list[str]

    def __str__(self) -> str:
        said = [f"new revision of {', '.join(self.raised)}"] if self.raised else []
        said += [f"locked for the first time: {', '.join(self.new)}"] if self.new else []
        return "; ".join(said) or "no match changed"


def lock(specs: Sequence[IndicatorSpec], folder: Path) -> Outcome:
    """Raise the revision of each entry whose match changed, in its file, and write the lock file.

    An indicator that is gone, or a revision that fell, is an error and nothing is written.
    """
    was = read_lock(folder)
    kept = [fault for fault in faults(specs, folder) if "zorya indicators lock" not in str(fault)]
    if kept:
        raise kept[0]
    raised = [spec for spec in specs if _needs_new(spec, was.get(spec.code))]
    for path in sorted(folder.glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        path.write_text(_with_revisions(text, raised), encoding="utf-8")
    codes = {spec.code for spec in raised}
    lines = [
        f"  {spec.code}: {{revision: {spec.revision + (spec.code in codes)}, match: {match_hash(spec)!r}}}\n"
        for spec in sorted(specs, key=lambda spec: (spec.code[0], int(spec.code[1:])))
    ]
    (folder / NAME).write_text("".join((_HEAD, "indicators:\n", *lines)), encoding="utf-8")
    return Outcome(sorted(codes), sorted({spec.code for spec in specs} - was.keys()))


def _needs_new(spec: IndicatorSpec, was: Locked | None) -> bool:
    return was is not None and spec.revision == was.revision and match_hash(spec) != was.match


def _with_revisions(text: str, raised: Sequence[IndicatorSpec]) -> str:
    for spec in raised:
        entry = rf"(^ *- code: {spec.code}\n(?:(?! *- code:).*\n)*? *revision: ){spec.revision}$"
        text = re.sub(entry, rf"\g<1>{spec.revision + 1}", text, count=1, flags=re.MULTILINE)
    return text
