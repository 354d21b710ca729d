"""The verb that lets indicators label: model weak."""

from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.model_curve import classifier_of, numbers_of, sure
from zorya.cli.output import emit, say, table

if TYPE_CHECKING:
    from models.learning.votes import Function
    from models.learning.weak import Gain


def register(group: typer.Typer) -> None:
    """Add the verb to `zorya model`."""
    group.command("weak")(model_weak)


def model_weak(
    who: Annotated[str | None, typer.Argument(help="A recipe or a baseline; the configured recipe.")] = None,
    snapshot: Annotated[
        str | None, typer.Option(help="A snapshot's version, or `seed`; the newest, or the seed corpus.")
    ] = None,
    only_table: Annotated[bool, typer.Option("--table", help="Only how indicators vote, without any fit.")] = False,
    at: Annotated[str, typer.Option(help="Numbers of labels by people, with commas.")] = "0,50,200,800",
    seeds: Annotated[int, typer.Option(min=1, help="How often it is repeated.")] = 5,
    out: Annotated[Path | None, typer.Option(help="A folder for the tables and pictures: CSV, PNG.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Indicators as labelling functions: coverage, overlap and conflict of their votes, and what their labels add to
    few labels by people.
    """
    from dataclasses import asdict

    from models.joined_groups import read_labelled
    from models.learning import files, votes, weak
    from models.train import labels_of
    from zorya.settings import load_settings

    numbers = numbers_of(at, least=0)
    settings = load_settings()
    classifier = classifier_of(settings, who)
    ads = sure(labels_of(settings, snapshot).ads)
    say(f"reading {len(ads)} ads …")
    examples = read_labelled(ads)
    functions = votes.table(examples, votes.codes())
    gains = [] if only_table else weak.gains(examples, classifier, numbers=numbers, seeds=range(seeds), heard=say)
    for path in files.save_weak(functions, gains, out) if out else ():
        say(f"wrote {path}")
    if as_json:
        emit({"functions": [asdict(each) for each in functions], "gains": [asdict(each) for each in gains]})
        return
    _show_votes(functions, len(ads))
    if gains:
        _show_gains(gains, f"average precision of {classifier.name} with and without weak labels, {seeds} seeds")


def _show_votes(functions: "list[Function]", ads: int) -> None:
    shown = [["–" if share != share else f"{share:.1%}" for share in astuple(each)[1:]] for each in functions]
    rows = [(each.code, *cells) for each, cells in zip(functions, shown, strict=True)]
    table(("indicator", "coverage", "overlap", "conflict", "right"), rows, title=f"votes of indicators on {ads} ads")


def _show_gains(gains: "list[Gain]", title: str) -> None:
    rows = [(e.labels, e.alone.text(3), e.weak.text(3), e.gain.text(3), e.finding) for e in gains]
    table(("labels", "alone", "with weak labels", "difference", "finding"), rows, title=title)
