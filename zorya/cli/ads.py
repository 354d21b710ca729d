"""`zorya ads search`: what the page /search finds, as a table or JSON lines."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zorya.cli.output import NOTHING_TO_DO, emit, now, say, table
from zorya.domain.findings import Band
from zorya.domain.reviews import VerdictLabel
from zorya.errors import ZoryaError
from zorya.redact import redact
from zorya.settings import load_settings
from zorya.store import audit, open_store

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from zorya.domain.reviews import Verdict
    from zorya.store.search import Found

ACTOR = "command line"
COLUMNS = ("id", "campaign", "first_seen", "language", "source", "band", "title")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    group = typer.Typer()
    group.callback()(_ads)
    group.command("search")(search)
    words = "Ads that are stored: find them by words, contacts and filters."
    app.add_typer(group, name="ads", help=words, no_args_is_help=True, rich_help_panel="Review")


def _ads() -> None:
    """Ads that are stored: find them by words, contacts and filters."""


def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(help='Words, "a phrase", -without; or one contact alone. `-` reads them from stdin.'),
    ] = None,
    language: Annotated[str, typer.Option(help="Of the ad, as uk.")] = "",
    source: str = "",
    sector: Annotated[str, typer.Option(help="Indicator code of the sector.")] = "",
    destination: Annotated[str, typer.Option(help="Country of the work, as nl.")] = "",
    pattern: str = "",
    indicator: Annotated[str, typer.Option(help="Code, as B2.")] = "",
    band: Annotated[Band | None, typer.Option()] = None,
    verdict: Annotated[VerdictLabel | None, typer.Option(help="In force on its campaign.")] = None,
    severity: Annotated[str, typer.Option(help="1, 2 or 3, of a concern.")] = "",
    since: Annotated[str, typer.Option(help="First seen on this day or later, as 2026-11-01.")] = "",
    until: Annotated[str, typer.Option(help="First seen on this day or before.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 30,
    before: Annotated[int | None, typer.Option(help="The key that the page before ended with.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per ad, a line each.")] = False,
) -> None:
    """Find stored ads, newest first, contacts masked; the search is logged. Exit code 3 when none fits."""
    typed = " ".join(words or ())
    asked = {"q": sys.stdin.read() if typed == "-" else typed, "language": language, "source": source}
    asked |= {"sector": sector, "destination": destination, "pattern": pattern, "indicator": indicator}
    asked |= {"band": band.value if band else "", "verdict": verdict.value if verdict else ""}
    asked |= {"severity": severity, "since": since, "until": until}
    rows, more = _found(asked, limit, before)
    if not rows:
        say("zorya: no stored ad fits")
        raise typer.Exit(NOTHING_TO_DO)
    if as_json:
        for row in rows:
            emit(row)
    else:
        table(COLUMNS, [[row[name] for name in COLUMNS] for row in rows])
    if more:
        say(f"there may be more: --before {more}")


def _found(given: dict[str, str], limit: int, before: int | None) -> tuple[list[dict[str, Any]], int | None]:
    from labeling.web import contact_lookup, search_filters
    from labeling.web.searching import page_of
    from zorya.domain.search_words import question

    sought, store = search_filters.of_query(given), open_store(load_settings())
    for name, value in given.items():
        if value.strip() and not getattr(sought, name):
            raise ZoryaError(f"--{name} {value!r} is not understood; `zorya ads search --help` says what is")
    tokens = contact_lookup.tokens(contact_lookup.read(sought.q), store.contact_key)
    if tokens:
        sought = replace(sought, q="", contact=".".join(tokens))
    with store.writing() as connection:
        found, more, _ = page_of(connection, sought, question(sought.q), before, hidden=lambda _: False, most=limit)
        told = redact(sought.as_query())[:200] or "all"
        action = "search.contact" if tokens else "search"
        audit.add(connection, at=now(), actor=ACTOR, action=action, object=told)
        return _rows(connection, found), more


def _rows(connection: "Connection", found: "list[tuple[Found, tuple[Verdict, ...]]]") -> list[dict[str, Any]]:
    """What is told of each ad, in the order it was found."""
    from labeling.web.casefile import title_of
    from zorya.store import assessments, campaigns, postings

    names = [each.posting_id for each, _ in found]
    current = {each.posting_id: each for each in postings.currents(connection, names)}
    scores = assessments.current_of_campaign(connection, names)
    homes, seen = campaigns.of_postings(connection, names), postings.sightings(connection, names)
    rows = []
    for name, verdicts in ((each.posting_id, given) for each, given in found if each.posting_id in current):
        version, score = current[name], scores.get(name)
        title = title_of(connection, version.id, version.posting.title)
        rows.append(
            {
                "id": name,
                "campaign": homes.get(name, ""),
                "first_seen": seen[name][0].date().isoformat(),
                "language": (score.language if score else None) or version.posting.language,
                "source": version.posting.source,
                "band": score.band.value if score else None,
                "score": score.score if score else None,
                "title": title if score else redact(title),
                "verdicts": [verdict.label.value for verdict in verdicts],
            }
        )
    return rows
