"""Verbs of a source's life: `source activate|pause|resume|retire`."""

import sys
from datetime import date, datetime
from typing import Annotated, Any

import typer

from zorya.cli.output import now, say
from zorya.cli.sources import source_app
from zorya.errors import ZoryaError

ACTOR = "command line"

Source = Annotated[str, typer.Argument(metavar="ID", help="A source's id.")]
By = Annotated[str, typer.Option(help="Who does this; written into the audit log.")]
Reason = Annotated[str, typer.Option(help="Why; written into the audit log.")]


def register(_app: typer.Typer) -> None:
    """The verbs join `source`, which is in the application already."""
    for verb in (activate, pause, resume, retire):
        source_app.command()(verb)


def activate(
    source: Source,
    *,
    by: Annotated[str, typer.Option(help="Who has read the board's terms and robots.txt.")],
    owner: Annotated[str, typer.Option(help="Who looks when the crawl turns red.")] = "",
    basis: Annotated[str, typer.Option(help="Why we may and should read this board.")] = "",
    terms: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day the terms were read.")] = None,
    robots: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day robots.txt was read.")] = None,
) -> None:
    """Let a draft's ads reach people: it needs an owner, a basis, and the days its terms and robots.txt were read."""
    given: dict[str, Any] = {"owner": owner, "basis": basis}
    if terms or robots:
        days = {"terms": terms, "robots": robots}
        lacking = [f"--{name}" for name, day in days.items() if day is None]
        if lacking:
            raise ZoryaError(f"a review names both days: give {' and '.join(lacking)} as YYYY-MM-DD too")
        given["review"] = {name: day.date() for name, day in days.items() if day} | {"by": by}
    answers = {name: value for name, value in given.items() if value}
    _step(source, "activate", by=by, answers=_asked(source, answers, by) if sys.stdin.isatty() else answers)


def pause(source: Source, *, reason: Annotated[str, typer.Option(help="Why.")], by: By = ACTOR) -> None:
    """Stop crawling a source for a while; what it brought stays and goes on through the chain."""
    _step(source, "pause", by=by, reason=reason)


def resume(source: Source, *, by: By = ACTOR, reason: Reason = "") -> None:
    """Crawl a paused source again."""
    _step(source, "resume", by=by, reason=reason)


def retire(source: Source, *, by: By = ACTOR, reason: Reason = "") -> None:
    """End a source for good; its file stays, so that its ads keep their history and its id is not used again."""
    _step(source, "retire", by=by, reason=reason)


def _step(source: str, verb: str, *, by: str, reason: str = "", answers: dict[str, Any] | None = None) -> None:
    from crawlers import lifecycle
    from crawlers.catalog import path_of
    from zorya.settings import load_settings
    from zorya.store import open_store

    settings = load_settings()
    path = path_of(settings.source_folders, source)
    store = open_store(settings)
    try:
        spec = lifecycle.step(store, path, verb, by=by, at=now(), reason=reason, answers=answers or {})
    finally:
        store.close()
    say(f"{spec.id} is {spec.standing} ({path})")


def _asked(source: str, answers: dict[str, Any], by: str) -> dict[str, Any]:
    """At a terminal, what is missing is asked for."""
    from crawlers.catalog import load_catalog
    from zorya.settings import load_settings

    missing = load_catalog(load_settings().source_folders).get(source).missing_for_active
    for name, question in (("owner", "Who looks when the crawl turns red"), ("basis", "Why may we read this board")):
        if name in missing and name not in answers:
            answers[name] = typer.prompt(question, err=True)
    if "review" in missing and "review" not in answers:
        days = [
            typer.prompt(f"Day {what} read (YYYY-MM-DD)", err=True) for what in ("the terms were", "robots.txt was")
        ]
        try:
            terms, robots = (date.fromisoformat(day) for day in days)
        except ValueError as exc:
            raise ZoryaError(f"not a day: {exc}") from exc
        answers["review"] = {"terms": terms, "robots": robots, "by": by}
    return answers
