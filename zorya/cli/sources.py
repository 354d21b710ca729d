"""Verbs for sources: `source list|add|try`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.crawling import Json, contract_line, exit_code
from zorya.cli.output import NOTHING_TO_DO, OK, PARTIAL, emit, now, say, table
from zorya.cli.probes import coverage_line, excerpts, fit_id, must_give_draft, named, open_desk, told

if TYPE_CHECKING:
    from crawlers.spec import SourceSpec

Which = Annotated[str, typer.Argument(metavar="ID_OR_FILE", help="A source's id or the path of its YAML file.")]

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
    else:
        say("zorya: no source yet; draft one with `zorya source add URL --store`")
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
    read (robots.txt, a challenge, a log-in), or is one that Zorya does not read. 4: no page came. 3: no ads, or known.
    """
    from zorya.settings import load_settings
    from zorya.store import open_store

    settings = load_settings()
    if source_id:
        fit_id(source_id, settings)
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
        must_give_draft(probe, to_keep=store)
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
    which: Which,
    *,
    ads: Annotated[
        int, typer.Option(help="How many ad pages to ask for; a feed or a JSON answer is read whole.", min=1)
    ] = 3,
    as_json: Json = False,
) -> None:
    """Crawl one page and a few ads of a source, whatever its standing, and show what was read. Nothing is stored.

    Contacts are masked. A field is counted when the page states it or the text says it.
    """
    from crawlers.trial import trial
    from models.reading import complete
    from zorya.settings import load_settings

    spec, _ = _found(which)
    done = trial(
        spec,
        load_settings(),
        ads=ads,
        as_of=now(),
        complete=lambda posting, country: complete(posting, country=country),
    )
    if as_json:
        lines = [contract_line(posting, spec.country) for posting in done.ads]
        emit({"report": asdict(done.report), "coverage": done.coverage, "languages": done.languages, "postings": lines})
    else:
        print(f"{spec.id} ({spec.standing}): {done.report.status}, {len(done.ads)} ads read")
        print("  " + coverage_line(done.coverage, done.optional))
        print("  languages: " + (", ".join(f"{name} {share:.0%}" for name, share in done.languages.items()) or "none"))
        for line in excerpts(done.ads):
            print(line)
        told_of = [message for message in done.report.messages if " capped: limits." not in message]  # our own limits
        for remark in (*done.remarks, *told_of):
            say(f"! {remark}")
        if spec.missing_for_active and done.report.status == "ok":
            lacking = ", ".join(spec.missing_for_active)
            say(f"a draft: {lacking} missing; zorya source activate {spec.id} --by YOU")
    raise typer.Exit(exit_code([done.report]))


@source_app.command("learned")
def learned(which: Which, *, as_json: Json = False) -> None:
    """Selectors that crawls of a source learned, as `fields:` for its file; --json adds the record they rest on."""
    from crawlers.learning import propose
    from zorya.settings import load_settings
    from zorya.store import learned as memory
    from zorya.store import open_store

    spec, _ = _found(which)
    with open_store(load_settings()).reading() as connection:
        state = memory.load(connection, spec.id)
    fields = propose(state)
    if as_json:
        emit({"source": spec.id, "fields": fields, "learned": state})
    else:
        print(fields, end="")
    if not fields:
        say(f"nothing is learned about {spec.id} yet; its pages state their data, or three that agree are wanting")
        raise typer.Exit(NOTHING_TO_DO)


@source_app.command("record")
def record(
    which: Which,
    *,
    pages: Annotated[int, typer.Option(help="How many ad pages to keep.", min=0, max=20)] = 2,
) -> None:
    """Keep a source's list page and a few ads, redacted, with what is read from them: a test of its rules.

    The results are written once and marked unread; the test of recorded pages fails until a person has read them.
    """
    from crawlers import recorded
    from models.contacts import find_contacts
    from zorya.settings import load_settings

    spec, path = _found(which)
    settings = load_settings()
    folder = recorded.folder_for(settings, spec.id, path)
    written = recorded.record(
        spec,
        settings,
        folder,
        pages=pages,
        today=now().date(),
        find=lambda text: find_contacts(text, country=spec.country),
    )
    for one in written:
        print(one)
    say(f"compare each *.expected.json with its page: {recorded.UNREAD}")


@source_app.command("verify")
def verify(which: Which) -> None:
    """Read a source's recorded pages again and say, field by field, what is now read otherwise."""
    from crawlers import recorded
    from zorya.settings import load_settings

    spec, path = _found(which)
    folder = recorded.folder_for(load_settings(), spec.id, path)
    if not (folder / "index.json").exists():
        say(f"nothing recorded in {folder}; zorya source record {spec.id}")
        raise typer.Exit(NOTHING_TO_DO)
    wrong = recorded.problems(folder, spec)
    for line in wrong:
        print(line)
    say(f"{spec.id}: {len(wrong)} differences" if wrong else f"{spec.id}: every recorded page reads as expected")
    raise typer.Exit(PARTIAL if wrong else OK)


def _found(which: str) -> "tuple[SourceSpec, Path]":
    """A source by id or by the path of its file."""
    from crawlers.catalog import load_catalog, load_source, path_of
    from zorya.settings import load_settings

    path = Path(which)
    if path.suffix in {".yml", ".yaml"}:
        return load_source(path), path
    folders = load_settings().source_folders
    return load_catalog(folders).get(which), path_of(folders, which)
