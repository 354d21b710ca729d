"""Verbs of the evidence archive: `evidence verify`. Reads only, and asks nobody outside this machine."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.output import OK, PARTIAL, emit

if TYPE_CHECKING:
    from zorya.store import Store

evidence_app = typer.Typer(no_args_is_help=True, help="What servers sent, unchanged.")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(evidence_app, name="evidence", rich_help_panel="Operator")


@evidence_app.callback()
def _group() -> None:
    """Keep `verify` a verb of its own while it is the only one."""


@evidence_app.command("verify")
def evidence_verify(
    *,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Read so many captures, chosen at random, instead of all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value on stdout.")] = False,
) -> None:
    """Compare archive and database both ways, every byte: missing, altered, orphan; exit code 4 when there is one."""
    from zorya.settings import load_settings
    from zorya.store import open_store, postings
    from zorya.store.archive import verify

    settings = load_settings()
    store = open_store(settings)
    chosen = None
    if sample is not None:
        with store.reading() as connection:
            rows = postings.captures_from(connection, secrets.token_hex(32), limit=sample)
        chosen = frozenset(row["id"] for row in rows)
    with _progress(store) as progress:
        found = verify(store, settings.evidence_dir, chosen=chosen, progress=progress)
    store.close()
    if as_json:
        emit({**asdict(found), **found.counts})
    else:
        for fault in found.faults:
            typer.echo(f"{fault.kind:<8} {fault.file}: {fault.detail}")
        read = "" if found.read == found.captures else f"; {found.read} of them read"
        faults = ", ".join(f"{count} {kind}" for kind, count in found.counts.items())
        typer.echo(f"{found.captures} captures and {found.files} files{read}, {found.sound} sound; {faults}")
    raise typer.Exit(PARTIAL if found.faults else OK)


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
