"""Verbs that doubt labels: `zorya labels agreement`."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.output import NOTHING_TO_DO, emit, say, table

if TYPE_CHECKING:
    from labeling.agreement import Estimate

AsJson = Annotated[bool, typer.Option("--json")]


def register(group: typer.Typer) -> None:
    """Add the verbs to `zorya labels`."""
    group.command("agreement")(agreement)


def agreement(
    by: Annotated[str, typer.Option("--by", help="label, week or language")] = "label", as_json: AsJson = False
) -> None:
    """How far people who judged the same campaigns agree: Krippendorff's alpha and Gwet's AC1, with 95 % intervals."""
    from labeling.agreement import By, doubles
    from labeling.agreement import agreement as measured
    from zorya.settings import load_settings
    from zorya.store import open_store

    if by not in set(By):
        raise typer.BadParameter(f"one of {', '.join(By)}", param_hint="--by")
    with open_store(load_settings()).reading() as connection:
        found = doubles(connection)
    if not found:
        say("zorya: no campaign was judged by two people yet")
        raise typer.Exit(NOTHING_TO_DO)
    rows = measured(found, By(by))
    if as_json:
        emit([asdict(row) for row in rows])
        return
    say("Second reviews are asked for where a first person saw a concern: this is agreement on the harder ads.")
    columns = (by, "campaigns", "verdicts", "same answer", "alpha", "AC1")
    table(columns, [(r.name, r.units, r.ratings, r.observed, _told(r.alpha), _told(r.ac1)) for r in rows])


def _told(estimate: "Estimate") -> str:
    if estimate.value is None:
        return "–"
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"
