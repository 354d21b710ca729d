"""Verbs of the evidence archive: `evidence capture|verify|export`. Only `capture` asks anybody outside this machine."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

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
    app.add_typer(evidence_app, name="evidence", rich_help_panel="Operators")


@evidence_app.command("verify")
def evidence_verify(
    *,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Read so many captures, chosen at random, instead of all.")
    ] = None,
    package: Annotated[
        Path | None, typer.Option("--package", help="Check this exported folder or zip; needs nothing but it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare archive and database both ways, every byte: missing, altered, orphan; exit code 4 when there is one.

    With --package an exported package instead, its files against its own digests and its manifest against the WARCs.
    """
    from zorya.settings import load_settings
    from zorya.store import open_store
    from zorya.store.archive import verify

    if package is not None:
        if sample is not None:
            raise ZoryaError("a package is checked whole: `--sample` is for the archive")
        _verify_package(package, as_json=as_json)
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


def _verify_package(path: Path, *, as_json: bool) -> NoReturn:
    from zorya.evidence.checking import check

    found = check(path)
    if as_json:
        emit({**asdict(found), "sound": not found.damages})
    else:
        for damage in found.damages:
            typer.echo(f"{damage.kind:<8} {damage.file}: {damage.detail}")
        typer.echo(f"{found.captures} captures, {found.files} files, {len(found.damages)} faults")
        typer.echo(f"{found.digest}  SHA256SUMS")
        say("compare the digest with the one that its maker tells you by another way")
    raise typer.Exit(PARTIAL if found.damages else OK)


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


@evidence_app.command("export")
def evidence_export(
    names: Annotated[
        list[str],
        typer.Argument(metavar="ID…", help="Campaigns (c-…), postings (p-…), versions (v-…), captures (k-…)."),
    ],
    *,
    to: Annotated[Path, typer.Option("--to", help="A new folder, or a new file that ends in .zip.")],
    by: Annotated[str, typer.Option(help="Who hands it on; in the package and in the audit log.")],
    reason: Annotated[str, typer.Option(help="For whom and what for; in the package and in the audit log.")],
    as_json: Json = False,
) -> None:
    """Put captures into a package for a lawyer or the police: WARCs, a manifest, digests, and a README that explains.

    Prints the package's digest: tell it to the receiver by another way than the package. The pages name people.
    """
    from zorya import __version__
    from zorya.evidence import Archive
    from zorya.evidence.packaging import Occasion, pack
    from zorya.settings import load_settings
    from zorya.store import audit, exhibits, open_store

    settings, at = load_settings(), now()
    store = open_store(settings)
    with closing(store):
        with store.reading() as connection:
            found = exhibits.behind(connection, names)
        if not found:
            raise NothingToDo(f"no capture stands behind {', '.join(names)}: nothing to export")
        occasion = Occasion(at, by, reason, tuple(names), f"zorya {__version__}")
        pairs = [(one.capture, one.ads) for one in found]
        digest = pack(Archive(settings.evidence_dir), pairs, occasion, to)
        with store.writing() as connection:
            noted = {"object": ",".join(names)[:200], "reason": f"{reason} [{digest}]"}
            audit.add(connection, at=at, actor=by, action="evidence-export", **noted)
    if as_json:
        emit({"package": str(to), "captures": len(found), "sums_sha256": digest})
        return
    print(f"{digest}  SHA256SUMS")
    say(f"{to}: {len(found)} captures; check it with: zorya evidence verify --package {to}")


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
