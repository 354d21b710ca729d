"""Verbs that fetch and read: `crawl`, `extract`."""

import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from zorya.cli.output import NOTHING_TO_DO, OK, PARTIAL, emit, now, say
from zorya.errors import ExtractionError, PolicyRefusal, ZoryaError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crawlers.extract import Document
    from crawlers.spec import SourceSpec
    from zorya.domain.ads import Posting
    from zorya.domain.runs import RunReport

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command(rich_help_panel="Operators")(crawl)
    app.command(rich_help_panel="Everybody")(extract)


def crawl(
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE…", help="Ids of sources.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every active source.")] = False,
    from_warc: Annotated[
        list[Path] | None,
        typer.Option("--from-warc", metavar="FILE", help="Read this archive instead of the network; repeatable."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Crawl sources now; each in its own process, each with a report in which every request has an outcome."""
    from crawlers.catalog import load_catalog
    from crawlers.lifecycle import must_not_rest
    from crawlers.replay import replay
    from crawlers.runner import crawl_spec
    from zorya.settings import load_settings
    from zorya.store import open_store

    if bool(sources) == every:
        raise ZoryaError("name the sources to crawl, or give --all")
    if from_warc and len(sources or ()) != 1:
        raise ZoryaError("--from-warc reads an archive for one source: name it")
    settings = load_settings()
    catalog = load_catalog(settings.source_folders)
    for error in catalog.errors if every else ():
        say(f"zorya: {error}")
    specs = catalog.active if every else tuple(catalog.get(name) for name in sources or ())
    if not specs:
        say("zorya: no active source; `zorya source list` shows what each still lacks")
        raise typer.Exit(PARTIAL if catalog.errors else NOTHING_TO_DO)
    store = open_store(settings)

    def one(spec: "SourceSpec") -> "RunReport":
        if from_warc:
            return replay(store, settings, spec, from_warc)
        must_not_rest(spec)
        if spec.standing == "draft":
            say(f"{spec.id} is a draft: what it brings waits until `zorya source activate {spec.id}`")
        return crawl_spec(store, settings, spec, as_of=now())

    reports = _each(specs, one, as_json=as_json)
    store.close()
    if len(reports) < len(specs) or (every and catalog.errors):
        raise typer.Exit(PARTIAL)
    if from_warc:
        raise typer.Exit(OK if all(report.status == "ok" for report in reports) else PARTIAL)
    raise typer.Exit(exit_code(reports))


def _each(
    specs: "Sequence[SourceSpec]", crawl_one: "Callable[[SourceSpec], RunReport]", *, as_json: bool
) -> "list[RunReport]":
    """Crawl sources one by one and tell of each; of several, one that cannot be crawled now keeps no other from it."""
    reports = []
    for spec in specs:
        try:
            report = crawl_one(spec)
        except ZoryaError as exc:
            if len(specs) == 1:
                raise
            say(f"zorya: {spec.id}: {exc}")
            continue
        reports.append(report)
        _tell(report, as_json=as_json)
    return reports


def _tell(report: "RunReport", *, as_json: bool) -> None:
    if as_json:
        emit(asdict(report) | {"accounted": report.accounted, "requests": report.requests})
        return
    say(f"{report.source}: {report.status}, {report.postings} postings ({report.new} new, {report.changed} changed)")
    for message in report.messages:
        say(f"  {message}")


def extract(
    what: Annotated[
        str, typer.Argument(metavar="FILE|URL|-", help="A saved page or feed, an address, or - for stdin.")
    ],
    *,
    url: Annotated[str, typer.Option(help="The address a saved page came from; links are read relative to it.")] = "",
) -> None:
    """Read one page, feed, preview, JSON answer or WARC; print one JSON object per ad, a line each."""
    from crawlers.countries import country_of_address
    from crawlers.extract import extract as read

    if url and not (re.match(r"https?://", url) and urlsplit(url).hostname):
        raise ZoryaError(f"--url {url}: give the whole address, such as https://board.example/ad/1")
    found = 0
    faults: list[str] = []
    for document in _documents(what, url, faults):
        try:
            country = country_of_address(document.url)
            lines = [contract_line(posting, country) for posting in read(document, today=now().date())]
        except RecursionError as exc:
            faults.append(f"{document.url}: cannot be read: {exc}")
            continue
        for line in lines:
            emit(line)
        found += len(lines)
    for fault in faults:
        say(f"zorya: {fault}")
    if not found and not faults:
        say(f"zorya: {what}: no ad in it; expected the text of a page, a feed, a preview or a JSON answer")
    raise typer.Exit(PARTIAL if faults else OK if found else NOTHING_TO_DO)


def _documents(what: str, url: str, faults: list[str]) -> "list[Document]":
    """The documents a name stands for: one, or every answer of a WARC file; its damages go into `faults`."""
    from crawlers.extract import Document
    from crawlers.warc_answers import warc_documents
    from crawlers.warcs import looks_like_warc

    if what.startswith(("http://", "https://")):
        from crawlers.fetch import fetch
        from zorya.settings import load_settings

        return [fetch(what, load_settings(), as_of=now())]
    try:
        body = sys.stdin.buffer.read() if what == "-" else Path(what).read_bytes()
    except OSError as exc:
        raise ExtractionError(f"{what}: cannot be read ({exc.strerror})") from exc
    if looks_like_warc(body):
        return warc_documents(body, faults, what)
    return [Document(body, url or ("stdin:" if what == "-" else Path(what).resolve().as_uri()))]


_PAY_KEYS = ("min", "max", "currency", "period", "eur_month", "tax", "rate_date")


def contract_line(posting: "Posting", country: str | None) -> dict[str, Any]:
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
        "pay": {key: getattr(pay, key) for key in _PAY_KEYS} if pay else None,
        "contacts": [{"kind": str(one.kind), "value": one.value, "raw": one.raw} for one in posting.contacts],
        "flags": list(posting.flags),
    }


def exit_code(reports: "list[RunReport]") -> int:
    """How a verb that crawled ends; PolicyRefusal when robots.txt, the guard or the site let nothing be read."""
    from crawlers.probing.refusing import with_remedy

    if not reports:
        return NOTHING_TO_DO
    if all(_refused(report) for report in reports):
        raise PolicyRefusal("; ".join(f"{report.source}: {with_remedy(report.messages[0])}" for report in reports))
    return OK if all(report.status == "ok" for report in reports) else PARTIAL


def _refused(report: "RunReport") -> bool:
    """True for a crawl that was kept out altogether; what a halt then left unasked is skipped."""
    fates = set(report.outcomes)
    return bool(fates & {"robots", "blocked"}) and fates <= {"robots", "blocked", "skipped"}
