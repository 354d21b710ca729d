"""draft → active → paused → retired: the only code that edits a source file, one line at a time.

Comments, order and layout of the file stay. Every step is noted in the audit log and in the store, so that what follows
the crawl knows at once.
"""

import os
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection

from crawlers.catalog import load_source, read_draft
from crawlers.spec import SourceSpec, SourceStatus
from zorya.errors import DataFileError, NothingToDo, PolicyRefusal, ZoryaError
from zorya.store import Store, audit, sources

STEPS: Mapping[str, tuple[frozenset[SourceStatus], SourceStatus]] = {
    "activate": (frozenset({SourceStatus.DRAFT}), SourceStatus.ACTIVE),
    "pause": (frozenset({SourceStatus.ACTIVE}), SourceStatus.PAUSED),
    "resume": (frozenset({SourceStatus.PAUSED}), SourceStatus.ACTIVE),
    "retire": (frozenset({SourceStatus.DRAFT, SourceStatus.ACTIVE, SourceStatus.PAUSED}), SourceStatus.RETIRED),
}
"""Verb → (standings it is for, standing it leads to)."""
_ASKED = {
    "owner": "owner: NAME OR TEAM            # who looks when the crawl turns red",
    "basis": "basis: WHY                     # why we may and should read this board, in law and in purpose",
    "review": "review: {terms: YYYY-MM-DD, robots: YYYY-MM-DD, by: NAME}   # the day each was read",
}


def note(connection: Connection, spec: SourceSpec, *, at: datetime) -> None:
    """Tell the store how a source stands now."""
    sources.record(
        connection,
        spec.id,
        title=spec.title,
        country=spec.country,
        engine=str(spec.engine),
        owner=spec.owner,
        standing=str(spec.standing),
        spec=spec.model_dump(mode="json", by_alias=True),
        at=at,
    )


def note_all(store: Store, specs: Iterable[SourceSpec], *, at: datetime) -> None:
    """Tell the store how every source stands now: files are also written by hand."""
    with store.writing() as connection:
        for spec in specs:
            note(connection, spec, at=at)


def must_not_rest(spec: SourceSpec) -> None:
    """PolicyRefusal for a source that somebody has taken out of crawling; says what to do about it."""
    if spec.standing is SourceStatus.PAUSED:
        raise PolicyRefusal(f"source `{spec.id}` is paused: `zorya source resume {spec.id}` first")
    if spec.standing is SourceStatus.RETIRED:
        raise PolicyRefusal(f"source `{spec.id}` is retired: it was ended for good and is not crawled again")


def step(
    store: Store, path: Path, verb: str, *, by: str, at: datetime, reason: str = "", answers: Mapping[str, Any] = {}
) -> SourceSpec:
    """Take a source one step on; `answers` may bring owner, basis and review. Returns it as it stands after.

    NothingToDo when it stands there already, ZoryaError when the step does not fit, PolicyRefusal when nobody answers
    for the source yet: it says what to write where.
    """
    spec = load_source(path)
    for_standings, target = STEPS[verb]
    if spec.standing is target:
        raise NothingToDo(f"source `{spec.id}` is {spec.standing} already")
    if spec.standing not in for_standings:
        wanted = " or ".join(sorted(for_standings))
        raise ZoryaError(f"source `{spec.id}` is {spec.standing}; `{verb}` is for a source that is {wanted}")
    text = path.read_text(encoding="utf-8")
    for name, value in answers.items():
        if name in spec.missing_for_active:
            text = with_key(text, name, value)
    text = with_key(text, "status", str(target))
    changed = _checked(path, text, target, at.date())
    _write(path, text)
    with store.writing() as connection:
        audit.add(connection, at=at, actor=by, action=f"source-{verb}", object=spec.id, reason=reason)
        note(connection, changed, at=at)
    return changed


def with_key(text: str, key: str, value: Any) -> str:
    """The text of a source file with one top-level key set; its comment and all other lines stay as they are."""
    dumped = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6, sort_keys=False)
    plain = dumped.removesuffix("\n").removesuffix("\n...").strip()
    found = re.search(rf"^{key}:(?P<value>[^#\n]*?)(?P<comment>#[^\n]*)?(?:\n[ \t]+[^\n]*)*$", text, re.MULTILINE)
    if found:
        comment = (found["comment"] or "").lstrip()
        column = found.start("comment") - found.start()
        line = f"{key}: {plain}".ljust(column - 1) + f" {comment}" if comment else f"{key}: {plain}"
        return text[: found.start()] + line + text[found.end() :]
    invited = re.search(rf"^#[ \t]*{key}:[^\n]*$", text, re.MULTILINE)
    if invited:
        return text[: invited.start()] + f"{key}: {plain}" + text[invited.end() :]
    before = re.search(r"^(?:schedule|status|engine):", text, re.MULTILINE)
    at = before.start() if before else len(text)
    return f"{text[:at]}{key}: {plain}\n{text[at:]}"


def _checked(path: Path, text: str, target: SourceStatus, today: date) -> SourceSpec:
    """The source the edited text describes, if it may stand so."""
    spec = read_draft(text, called=path)
    if target in {SourceStatus.ACTIVE, SourceStatus.PAUSED} and spec.standing is not target:
        lines = "\n".join(f"  {_ASKED[name]}" for name in spec.missing_for_active)
        raise PolicyRefusal(f"source `{spec.id}` stays a draft until {path} says\n{lines}")
    if spec.review and max(spec.review.terms, spec.review.robots) > today:
        raise PolicyRefusal(f"source `{spec.id}`: a review cannot lie in the future")
    return spec


def _write(path: Path, text: str) -> None:
    """Whole or not at all; the file keeps its rights."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(path.stat().st_mode & 0o777)
        fresh.replace(path)
    except OSError as exc:
        raise DataFileError(path, f"cannot be written ({exc.strerror}); edit it by hand or change its owner") from exc
