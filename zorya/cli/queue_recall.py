"""The verb `zorya queue recall`."""

from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.output import NOTHING_TO_DO, emit, now, say, table

if TYPE_CHECKING:
    from labeling.recall import Recall


def recall(
    days: Annotated[
        int | None, typer.Option(min=1, help="Campaigns seen in the last so many days; all of them.")
    ] = None,
    by_language: Annotated[bool, typer.Option("--by-language", help="A line for each language too.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """What share of all concerns the machine flags, with a 95 % interval: from the sample of unflagged ads alone."""
    from labeling import recall as sentinel
    from zorya.settings import load_settings
    from zorya.store import open_store

    with closing(open_store(load_settings())) as store, store.reading() as connection:
        rows = sentinel.measure(connection, as_of=now(), days=days, by_language=by_language)
    whole = rows[0]
    if as_json:
        emit([asdict(row) for row in rows])
    elif whole.unflagged.judged:
        table(_COLUMNS, [_row(row) for row in rows])
    if not whole.unflagged.judged:
        say("zorya: no sentinel was judged yet; what was never flagged is unknown")
        raise typer.Exit(NOTHING_TO_DO)


_COLUMNS = ("", "flagged: judged of all", "concerns", "unflagged: sentinels of all", "concerns", "recall", "passed")


def _row(row: "Recall") -> tuple[object, ...]:
    told = "–" if row.recall is None else f"{row.recall:.2f}"
    return (
        row.name,
        f"{row.flagged.judged} of {row.flagged.all}",
        row.flagged.concerns,
        f"{row.unflagged.judged} of {row.unflagged.all}",
        row.unflagged.concerns,
        f"{told} ({row.low:.2f} to {row.high:.2f})",
        f"{row.passed:g} (at most {row.passed_at_most:.0f})",
    )
