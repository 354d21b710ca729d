"""Verbs for sources and crawls: `source list|try|health`, `crawl`, `extract`."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zorya.cli.output import NOTHING_TO_DO, OK, PARTIAL, emit, now, say, table
from zorya.errors import ExtractionError, PolicyRefusal, ZoryaError

if TYPE_CHECKING:
    from crawlers.extract import Document
    from crawlers.spec import SourceSpec
    from zorya.domain.ads import Posting
    from zorya.domain.runs import RunReport

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]

source_app = typer.Typer(no_args_is_help=True, help="Sources: what is crawled, and how it fares.")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(source_app, name="source", rich_help_panel="Operators")
    app.command(rich_help_panel="Operators")(crawl)
    app.command(rich_help_panel="Everybody")(extract)


@source_app.command("list")
def list_sources(*, as_json: Json = False) -> None:
    """Every source with its engine, schedule and status; broken files are named on stderr."""
    from crawlers.catalog import load_catalog
    from zorya.settings import load_settings

    catalog = load_catalog(load_settings().source_folders)
    names = ("id", "title", "kind", "country", "engine", "schedule", "status")
    rows = [[str(getattr(spec, name)) for name in names] for spec in catalog.specs]
    if as_json:
        for row in rows:
            emit(dict(zip(names, row, strict=True)))
    elif rows:
        table(names, rows)
    for error in catalog.errors:
        say(f"zorya: {error}")
    raise typer.Exit(PARTIAL if catalog.errors else OK if rows else NOTHING_TO_DO)


@source_app.command("try")
def try_source(
    which: Annotated[str, typer.Argument(metavar="ID_OR_FILE", help="A source's id or the path of its YAML file.")],
    *,
    ads: Annotated[int, typer.Option(help="How many ads to read.", min=1)] = 3,
    as_json: Json = False,
) -> None:
    """Crawl one page and a few ads of a source, whatever its status, and show what was read. Nothing is stored."""
    spec, report, found = _trial(which, ads)
    if as_json:
        emit({"report": asdict(report), "postings": [_line(posting, spec.country) for posting in found]})
    else:
        from crawlers.ledger import FILLED

        shares = [[name, f"{sum(bool(getattr(one, name)) for one in found)}/{len(found)}"] for name in FILLED]
        table(("field", "filled"), shares, title=f"{spec.id}: {report.status}")
        for posting in found:
            print(f"\n{posting.title}\n  {posting.url}\n  {posting.body[:300]}")
        for message in report.messages:
            say(message)
    raise typer.Exit(_exit_code([report]))


@source_app.command("health")
def health(*, as_json: Json = False) -> None:
    """The last run of every source, and what was wrong with it."""
    from crawlers.catalog import load_catalog
    from zorya.settings import load_settings
    from zorya.store import open_store, runs

    settings = load_settings()
    store = open_store(settings)
    rows: list[list[Any]] = []
    with store.reading() as connection:
        for spec in load_catalog(settings.source_folders).specs:
            last = next(iter(runs.latest(connection, spec.id, limit=1)), None)
            if last is None:
                rows.append([spec.id, str(spec.status), "never crawled", None, None, ""])
            else:
                message = "; ".join(last["messages"][:2])
                rows.append([spec.id, str(spec.status), last["status"], last["started_at"], last["postings"], message])
    store.close()
    names = ("source", "status", "last_run", "at", "postings", "messages")
    if as_json:
        for row in rows:
            emit(dict(zip(names, row, strict=True)))
    elif rows:
        table(names, rows)
    bad = any(row[2] in {"failed", "partial"} for row in rows)
    raise typer.Exit(PARTIAL if bad else OK if rows else NOTHING_TO_DO)


def crawl(
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE…", help="Ids of sources.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every active source.")] = False,
    as_json: Json = False,
) -> None:
    """Crawl sources now; each in its own process, each with a report in which every request has an outcome."""
    from crawlers.catalog import load_catalog
    from crawlers.runner import crawl_spec
    from zorya.settings import load_settings
    from zorya.store import open_store

    if bool(sources) == every:
        raise ZoryaError("name the sources to crawl, or give --all")
    settings = load_settings()
    catalog = load_catalog(settings.source_folders)
    for error in catalog.errors if every else ():
        say(f"zorya: {error}")
    specs = catalog.active if every else tuple(catalog.get(name) for name in sources or ())
    store = open_store(settings)
    reports = []
    for spec in specs:
        report = crawl_spec(store, settings, spec, as_of=now())
        reports.append(report)
        if as_json:
            emit(asdict(report) | {"accounted": report.accounted})
        else:
            say(f"{spec.id}: {report.status}, {report.postings} postings ({report.new} new, {report.changed} changed)")
            for message in report.messages:
                say(f"  {message}")
    store.close()
    if every and catalog.errors:
        raise typer.Exit(PARTIAL)
    raise typer.Exit(_exit_code(reports))


def extract(
    what: Annotated[
        str, typer.Argument(metavar="FILE|URL|-", help="A saved page or feed, an address, or - for stdin.")
    ],
    *,
    url: Annotated[str, typer.Option(help="The address a saved page came from; links are read relative to it.")] = "",
) -> None:
    """Read one page, feed, preview, JSON answer or WARC; print one JSON object per ad, a line each."""
    from crawlers.extract import extract as read

    failed = found = 0
    for document in _documents(what, url):
        try:
            lines = [_line(posting, None) for posting in read(document, today=now().date())]
        except RecursionError as exc:
            say(f"zorya: {document.url}: cannot be read: {exc}")
            failed += 1
            continue
        for line in lines:
            emit(line)
        found += len(lines)
    raise typer.Exit(PARTIAL if failed else OK if found else NOTHING_TO_DO)


def _trial(which: str, ads: int) -> "tuple[SourceSpec, RunReport, list[Posting]]":
    """Crawl a few ads into a store that is thrown away."""
    import tempfile

    from crawlers.catalog import load_catalog, load_source
    from crawlers.runner import crawl_spec
    from zorya.settings import load_settings
    from zorya.store import open_store, postings

    settings = load_settings()
    path = Path(which)
    is_file = path.suffix in {".yml", ".yaml"}
    spec = load_source(path) if is_file else load_catalog(settings.source_folders).get(which)
    limits = spec.limits.model_copy(update={"ads": ads, "pages": 1})
    few = spec.model_copy(update={"limits": limits, "expect": spec.expect.model_copy(update={"min_postings": 1})})
    with tempfile.TemporaryDirectory(prefix="zorya-try-") as folder:
        aside = settings.model_copy(update={"home": Path(folder), "database_url": ""})
        store = open_store(aside)
        report = crawl_spec(store, aside, few, as_of=now())
        with store.reading() as connection:
            found = [version.posting for version in postings.all_current(connection)]
        store.close()
    return spec, report, found


def _documents(what: str, url: str) -> "list[Document]":
    """The documents a name stands for: one, or every answer of a WARC file."""
    from crawlers.extract import Document
    from crawlers.warcs import looks_like_warc, warc_documents

    if what.startswith(("http://", "https://")):
        from crawlers.fetch import fetch
        from zorya.settings import load_settings

        return [fetch(what, load_settings(), as_of=now())]
    try:
        body = sys.stdin.buffer.read() if what == "-" else Path(what).read_bytes()
    except OSError as exc:
        raise ExtractionError(f"{what}: cannot be read ({exc.strerror})") from exc
    if looks_like_warc(body):
        return warc_documents(body)
    return [Document(body, url or ("stdin:" if what == "-" else Path(what).resolve().as_uri()))]


def _line(posting: "Posting", country: str | None) -> dict[str, Any]:
    """The batch contract of `extract` (design §6)."""
    from models.reading import complete

    posting = complete(posting, country=country)
    pay = posting.pay
    return {
        "url": posting.url,
        "kind": str(posting.kind),
        "title": posting.title,
        "body": posting.body,
        "language": posting.language,
        "posted_on": posting.posted_on.isoformat() if posting.posted_on else None,
        "employer": posting.employer,
        "places": [asdict(place) for place in posting.places],
        "pay": {key: getattr(pay, key) for key in ("min", "max", "currency", "period", "eur_month")} if pay else None,
        "contacts": [{"kind": str(one.kind), "value": one.value, "raw": one.raw} for one in posting.contacts],
        "flags": list(posting.flags),
    }


def _exit_code(reports: "list[RunReport]") -> int:
    if not reports:
        return NOTHING_TO_DO
    if all(set(report.outcomes) == {"robots"} for report in reports):
        raise PolicyRefusal("robots.txt does not let us read this source")
    return OK if all(report.status == "ok" for report in reports) else PARTIAL
