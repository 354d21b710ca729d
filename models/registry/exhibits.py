"""What measuring found out about a stored model, kept beside it: the parts of its card that training cannot know.

`<version>/card/<section>.json`, one file a section; measuring again replaces it. They are no part of the manifest,
which is fixed when the model is stored.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from models.registry.manifest import checked_name, home_of, manifest_of
from zorya.errors import ModelError

FOLDER = "card"
SECTIONS = {
    "figures": "zorya model eval",
    "weaknesses": "zorya model eval",
    "false_alarms": "zorya model ordinary",
    "bias_audit": "zorya model audit",
}
"""Sections that are measured, and the verb that fills each."""
_LIMIT = 4 * 1024**2


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Sentences and a table, all of it text. `made_by` is the verb, or the person who wrote it."""

    says: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    made_by: str = ""
    made_at: str = ""

    @property
    def is_empty(self) -> bool:
        """Neither a sentence nor a row."""
        return not any(each.strip() for each in self.says) and not self.rows


def put(folder: Path, name: str, version: str, section: str, exhibit: Exhibit) -> None:
    """Keep an exhibit beside a stored model, in the place of the one before; raises ModelError where there is none."""
    path = _path(folder, name, version, section)
    manifest_of(folder, name, version)
    path.parent.mkdir(exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(asdict(exhibit), indent=1, ensure_ascii=False), encoding="utf-8")
    draft.replace(path)


def held(folder: Path, name: str, version: str, section: str) -> Exhibit | None:
    """What is kept of a section; None where nothing is. Raises ModelError where the file says what it cannot."""
    path = _path(folder, name, version, section)
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > _LIMIT:
            raise ValueError("too large")
        values = json.loads(path.read_text(encoding="utf-8"))
        texts = {each: str(values.pop(each, "")) for each in ("made_by", "made_at")}
        rows = tuple(tuple(map(str, row)) for row in values.pop("rows", ()))
        lists = {each: tuple(map(str, values.pop(each, ()))) for each in ("says", "columns")}
        if values or any(len(row) != len(lists["columns"]) for row in rows):
            raise ValueError("unknown keys, or rows that do not fit the columns")
    except (ValueError, TypeError, AttributeError, RecursionError) as exc:
        raise ModelError(f"{path}: no section of a card ({exc}); run `{SECTIONS[section]}` again") from exc
    return Exhibit(lists["says"], lists["columns"], rows, texts["made_by"], texts["made_at"])


def _path(folder: Path, name: str, version: str, section: str) -> Path:
    if section not in SECTIONS:
        raise ModelError(f"{section!r} is no measured section of a card; there are: {', '.join(SECTIONS)}")
    return home_of(folder, name, version) / FOLDER / f"{checked_name(section, 'section')}.json"
