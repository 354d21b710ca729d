"""Verbs for sources: `source list|add|try`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.crawling import Json, contract_line, exit_code
from zorya.cli.output import NOTHING_TO_DO, OK, PARTIAL, emit, now, say, table
from zorya.cli.probes import named, open_desk, told
from zorya.errors import PolicyRefusal

if TYPE_CHECKING:
    from crawlers.spec import SourceSpec
    from zorya.domain.ads import Posting
    from zorya.domain.runs import RunReport

source_app = typer.Typer(no_args_is_help=True, help="Sources: what is crawled, and how it fares.")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(source_app, name="source", rich_help_panel="Operators")


@source_app.command("list")
def list_sources(*, as_json: Json = False) -> None:
    """Every source, how it stands and what it still lacks; broken files are named on stderr."""
    from crawlers.catalog import load_catalog
    from zorya.settings import load_settings

    catalog = load_catalog(load_settings().source_folders)
    names = ("id", "title", "kind", "country", "engine", "schedule", "standing")
    rows = [[*(str(getattr(one, name)) for name in names), ", ".join(one.missing_for_active)] for one in catalog.specs]
    if as_json:
        for row in rows:
            emit(dict(zip((*names, "missing"), row, strict=True)))
    elif rows:
        table((*names, "missing"), rows)
    for error in catalog.errors:
        say(f"zorya: {error}")
    raise typer.Exit(PARTIAL if catalog.errors else OK if rows else NOTHING_TO_DO)


@source_app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="A board's list page, a feed, a JSON answer, or a channel (@name).")],
    *,
    store: Annotated[bool, typer.Option("--store", help="Keep the draft in the home folder's sources.")] = False,
    source_id: Annotated[str, typer.Option("--id", help="The source's id, if the proposed one does not suit.")] = "",
    as_json: Json = False,
) -> None:
    """Look at an address and draft the source file for it: a dozen polite requests, no ad stored.

    The draft goes to stdout, or with --store into a file that is never overwritten. Exit code 5: the board may not be
    read (robots.txt, a challenge, a log-in), or is one that Zorya does not read.
    """
    from zorya.settings import load_settings
    from zorya.store import open_store

    settings = load_settings()
    opened = open_store(settings)
    try:
        desk = open_desk(opened, settings)
        probe = desk.probe(url)
        draft = named(probe.draft, source_id) if source_id else probe.draft
        if as_json:
            emit(asdict(probe) | {"draft": draft})
        else:
            for line in told(probe):
                say(line)
        if probe.refusal:
            raise PolicyRefusal(probe.refusal)
        if not draft:
            raise typer.Exit(NOTHING_TO_DO)
        if store:
            path = desk.keep(draft, by="command line")
            say(f"\nkept as {path}")
            say(f"next: zorya source try {path.stem} · then: zorya source activate {path.stem} --by YOU")
        elif not as_json:
            print(draft, end="")
    finally:
        opened.close()


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
        emit({"report": asdict(report), "postings": [contract_line(posting, spec.country) for posting in found]})
    else:
        from crawlers.account import FILLED

        shares = [[name, f"{sum(bool(getattr(one, name)) for one in found)}/{len(found)}"] for name in FILLED]
        table(("field", "filled"), shares, title=f"{spec.id}: {report.status}")
        for posting in found:
            print(f"\n{posting.title}\n  {posting.url}\n  {posting.body[:300]}")
        for message in report.messages:
            say(message)
    raise typer.Exit(exit_code([report]))


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
