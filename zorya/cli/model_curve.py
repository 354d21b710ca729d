"""The verb that simulates buying labels: model learning-curve."""

from pathlib import Path
from typing import Annotated

import typer

from zorya.cli.output import emit, now, say, table


def register(group: typer.Typer) -> None:
    """Add the verb to `zorya model`."""
    group.command("learning-curve")(model_learning_curve)


def model_learning_curve(
    who: Annotated[str | None, typer.Argument(help="A recipe or a baseline; the configured recipe.")] = None,
    snapshot: Annotated[
        str | None, typer.Option(help="A snapshot's version, or `seed`; the newest, or the seed corpus.")
    ] = None,
    ads: Annotated[
        Path | None,
        typer.Option(help="A folder of labelled ads (*.jsonl): labels are bought of these, on top of the seed corpus."),
    ] = None,
    at: Annotated[str, typer.Option(help="Numbers of labels, with commas.")] = "50,100,200",
    seeds: Annotated[int, typer.Option(min=1, help="How often it is repeated.")] = 5,
    out: Annotated[Path | None, typer.Option(help="A folder for CSV and PNG.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """What the next labels bring: ads chosen as the queue chooses them, against ads drawn at random."""
    from dataclasses import asdict

    from models.evaluation.contenders import deployment_prevalence, named
    from models.examples import read_examples
    from models.learning import curve, files
    from models.train import SEED, labels_of
    from zorya.domain.reviews import VerdictLabel
    from zorya.labelled import load_corpus
    from zorya.settings import load_settings

    numbers = _numbers(at)
    if ads is not None and snapshot is not None:
        raise typer.BadParameter("give --ads or --snapshot, not both")
    settings = load_settings()
    prevalence = deployment_prevalence(who or settings.model_recipe, settings.models_dir, default=settings.model_recipe)
    classifier = named(who or settings.model_recipe, settings.models_dir, prevalence).classifier
    bought = labels_of(settings, snapshot).ads if ads is None else load_corpus(ads).ads
    known = () if ads is None else labels_of(settings, SEED).ads
    sure = [ad for ad in bought if ad.label is not VerdictLabel.UNSURE]
    say(f"reading {len(sure) + len(known)} ads …")
    points = curve.simulate(
        read_examples(sure), classifier, base=read_examples(known), numbers=numbers, seeds=range(seeds), heard=say
    )
    found = curve.steps(points)
    if out is not None:
        for path in files.save(points, found, out):
            say(f"wrote {path}")
    if as_json:
        emit({"classifier": classifier.name, "at": now().isoformat(), "points": [asdict(point) for point in points]})
        return
    rows = [(step.labels, *(each.text(3) for each in (step.active, step.random, step.ahead))) for step in found]
    title = f"average precision of {classifier.name} by labels bought, {seeds} seeds"
    table(("labels", "active", "random", "difference"), rows, title=title)


def _numbers(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isdigit() and int(part) > 0 for part in parts):
        raise typer.BadParameter(f"--at takes whole numbers with commas, as 50,100,200; not {text!r}")
    return sorted({int(part) for part in parts})
