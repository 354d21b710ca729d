"""Verbs of the evidence archive: `evidence capture|verify`; those of packages and roots are in `evidence_packages`."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.crawling import Json
from zorya.cli.output import NOTHING_TO_DO, OK, PARTIAL, emit, now, say
from zorya.cli.standing import ACTOR, By
from zorya.errors import NothingToDo, ZoryaError

if TYPE_CHECKING:
    from zorya.store import Store
    from zorya.store.archive import Comparison

evidence_app = typer.Typer(no_args_is_help=True, help="What servers sent, unchanged.")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    from zorya.cli.evidence_finding import find
    from zorya.cli.evidence_packages import export, root, roots

    evidence_app.command("find")(find)
    evidence_app.command("export")(export)
    evidence_app.command("root")(root)
    evidence_app.command("roots")(roots)
    app.add_typer(evidence_app, name="evidence", rich_help_panel="Operators")


@evidence_app.command("verify")
def evidence_verify(
    *,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Read so many captures, chosen at random, instead of all.")
    ] = None,
    package: Annotated[
        Path | None, typer.Option("--package", help="Check this package, or the folder it was unpacked into.")
    ] = None,
    digest: Annotated[
        str, typer.Option("--digest", help="With --package: the digest its maker told you by another way.")
    ] = "",
    root: Annotated[
        list[str] | None, typer.Option("--root", help="With --package: a root of a day that you hold (repeatable).")
    ] = None,
    ca: Annotated[
        Path | None, typer.Option("--ca", help="With --package: certificates of a time-stamp authority (PEM).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare archive and database both ways, every byte: missing, altered, orphan; exit code 4 when there is one.

    With --package an exported package instead; that needs no database and no network.
    """
    from zorya.cli.evidence_packages import held_from, verify_package

    if package is not None:
        if sample is not None:
            raise ZoryaError("a package is checked whole: `--sample` is for the archive")
        verify_package(package, held_from(digest, root or [], ca), as_json=as_json)
    if digest or root or ca:
        raise ZoryaError("`--digest`, `--root` and `--ca` say what a package is held against: name it with `--package`")
    _verify_archive(sample, as_json=as_json)


def _verify_archive(sample: int | None, *, as_json: bool) -> None:
    """Archive and database, both ways."""
    from zorya.settings import load_settings
    from zorya.store import open_store
    from zorya.store.archive import verify

    settings = load_settings()
    if not settings.database_url and not settings.home.exists():  # to look is no reason to make one
        raise NothingToDo(f"no evidence yet: there is no {settings.home}")
    store = open_store(settings)
    with _progress(store) as progress:
        found = verify(store, settings.evidence_dir, chosen=_chosen(store, sample), progress=progress)
    store.close()
    if as_json:
        emit({**asdict(found), **found.counts})
    else:
        _tell(found)
    if not found.captures and not found.files:
        say(f"zorya: no evidence in {settings.evidence_dir} yet")
    raise typer.Exit(PARTIAL if found.faults else OK if found.captures else NOTHING_TO_DO)


def _chosen(store: "Store", sample: int | None) -> frozenset[str] | None:
    """Ids of so many captures, at random; None for all."""
    from zorya.store import postings

    if sample is None:
        return None
    with store.reading() as connection:
        rows = postings.captures_from(connection, secrets.token_hex(32), limit=sample)
    return frozenset(row["id"] for row in rows)


def _tell(found: "Comparison") -> None:
    for fault in found.faults:
        typer.echo(f"{fault.kind:<8} {fault.file}: {fault.detail}")
    read = "" if found.read == found.captures else f"; {found.read} of them read"
    faults = ", ".join(f"{count} {kind}" for kind, count in found.counts.items())
    typer.echo(f"{found.captures} captures and {found.files} files{read}, {found.sound} sound; {faults}")


@evidence_app.command("capture")
def evidence_capture(
    url: Annotated[str, typer.Argument(help="The page to keep.")],
    *,
    by: By = ACTOR,
    reason: Annotated[str, typer.Option(help="Why; written into the audit log.")] = "",
    as_json: Json = False,
) -> None:
    """Fetch one page as a crawl would — guard, robots.txt, limits — and keep it. Prints its SHA-256 and its file.

    Exit code 5: it may not be read. 4: no page came.
    """
    from crawlers.capturing import capture
    from zorya.settings import load_settings
    from zorya.store import open_store

    settings = load_settings()
    store = open_store(settings)
    try:
        kept = capture(store, settings, url, as_of=now(), by=by, reason=reason)
    finally:
        store.close()
    path = settings.evidence_dir / kept.warc_file
    if as_json:
        told = {"capture": kept.id, "url": kept.url, "status": kept.status, "fetched_at": kept.fetched_at.isoformat()}
        emit(told | {"sha256": kept.sha256, "file_sha256": kept.file_sha256, "file": str(path)})
        return
    print(f"{kept.sha256}  {path}")
    say(f"{kept.id}: {kept.url}, answer {kept.status}, {kept.fetched_at:%-d %b %Y %H:%M:%S} UTC")


@contextmanager
def _progress(store: "Store") -> Iterator[Callable[[int], None]]:
    """A bar on stderr, on a terminal only."""
    from rich.console import Console
    from rich.progress import Progress
    from sqlalchemy import func, select

    from zorya.store.schema import captures

    console = Console(stderr=True)
    with store.reading() as connection:
        total = connection.execute(select(func.count()).select_from(captures)).scalar_one()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("captures", total=total)
        yield lambda done: bar.update(task, completed=done)
