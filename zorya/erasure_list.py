"""The erasure list: whose data must be gone and whose must stay, kept outside the database, so that it survives a
restore of an older one.

A file of JSON lines that only grows. A line names a subject by a keyed token (key `erasures`): the list alone tells
nothing of anybody. A subject is an ad (posting id) or a contact (its token in the database).
"""

import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from zorya.errors import DataFileError, PolicyRefusal
from zorya.settings import Settings, secret_key

ACTS = ("erase", "hold", "release")
REVIEW_WITHIN = timedelta(days=183)
"""A legal hold is looked at again after half a year at the latest."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an act is about: `ad` and a posting id, or `contact` and its token in the database."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Act:
    """One line: `erase`, `hold` or `release`, of whom, when, by whom, and on what grounds (a case number, no name)."""

    act: str
    token: str
    at: datetime
    by: str
    grounds: str


class ErasureList:
    """The list of a home folder. Read when it is first asked for; who appends reads it anew."""

    def __init__(self, settings: Settings) -> None:
        self.path = settings.home / "erasures.jsonl"
        self._settings = settings

    @property
    def size(self) -> int:
        """Bytes of it; 0 where nothing was ever erased or held."""
        return self.path.stat().st_size if self.path.exists() else 0

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        """Every act, oldest first; DataFileError names a line that cannot be read."""
        if not self.path.exists():
            return ()
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return tuple(_act(self.path, number, line) for number, line in enumerate(lines, 1) if line.strip())

    @cached_property
    def erased(self) -> dict[str, Act]:
        """Token → the last wish to erase it. A hold does not end the wish: it is met once the hold is released."""
        return {act.token: act for act in self.acts if act.act == "erase"}

    @cached_property
    def held(self) -> dict[str, Act]:
        """Token → the legal hold in force on it."""
        found: dict[str, Act] = {}
        for act in self.acts:
            if act.act == "hold":
                found[act.token] = act
            elif act.act == "release":
                found.pop(act.token, None)
        return found

    def token(self, subject: Subject) -> str:
        """How the list names a subject."""
        return hmac.new(self._key, f"{subject.kind}|{subject.value}".encode(), "sha256").hexdigest()

    def is_held(self, subjects: Iterable[Subject]) -> bool:
        """True when one of these is on hold."""
        return bool(self.held) and any(self.token(subject) in self.held for subject in subjects)

    def wish(self, subjects: Iterable[Subject]) -> Act | None:
        """The last wish to erase one of these."""
        found = [self.erased[token] for token in map(self.token, subjects) if token in self.erased]
        return max(found, key=lambda act: act.at, default=None)

    def drawn(self, act: str, subjects: Iterable[Subject], *, by: str, grounds: str, at: datetime) -> tuple[Act, ...]:
        """The lines of an act, not yet written. PolicyRefusal where it may not be: no grounds, a hold that is not in
        force, or released by who placed it."""
        if not " ".join(grounds.split()):
            raise PolicyRefusal(f"say on what grounds to {act}: a case number or the wish, no name (--reason)")
        made = []
        for token in dict.fromkeys(map(self.token, subjects)):
            if act == "release" and token not in self.held:
                raise PolicyRefusal("there is no hold on that; `zorya privacy holds` lists those in force")
            if act == "release" and self.held[token].by == by:
                raise PolicyRefusal(f"{by} placed this hold: somebody else must release it")
            made.append(Act(act, token, at, by, " ".join(grounds.split())[:300]))
        return tuple(made)

    def append(self, acts: Iterable[Act]) -> int:
        """Write lines, synced; returns the size of the list now."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(lines_of(acts))
            file.flush()
            os.fsync(file.fileno())
        for name in ("acts", "erased", "held"):
            self.__dict__.pop(name, None)
        return self.size

    @cached_property
    def _key(self) -> bytes:
        path = self._settings.keys_dir / "erasures.key"
        if self.size and not path.exists():
            raise DataFileError(self.path, f"its key {path} is missing: restore your key backup")
        return secret_key(self._settings, "erasures")


def lines_of(acts: Iterable[Act]) -> bytes:
    """Acts as they stand in the file."""
    rows = (asdict(act) | {"at": act.at.isoformat()} for act in acts)
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def _act(path: Path, number: int, line: str) -> Act:
    try:
        row = json.loads(line)
        act = Act(**(row | {"at": datetime.fromisoformat(row["at"])}))
    except (ValueError, TypeError, KeyError) as exc:
        raise DataFileError(path, "not an act of this list; restore the file from a backup", line=number) from exc
    if act.act not in ACTS or act.at.tzinfo is None:
        raise DataFileError(path, f"{act.act!r} is none of {', '.join(ACTS)}, or its moment has no zone", line=number)
    return act
