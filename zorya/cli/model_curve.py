"""The verb that simulates buying labels: model learning-curve."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.output import emit, now, say, table

if TYPE_CHECKING:
    from models.classifiers.contract import Classifier
    from models.examples import Example
    from models.learning.curve import Point, Step
    from zorya.labelled import LabelledAd
    from zorya.settings import Settings


Ads = Annotated[
    Path | None,
    typer.Option(help="Labelled ads (*.jsonl or a folder), to buy labels of on top of the seed corpus."),
]


def register(group: typer.Typer) -> None:
    """Add the verb to `zorya model`."""
    group.command("learning-curve")(model_learning_curve)


def model_learning_curve(
    who: Annotated[str | None, typer.Argument(help="A recipe or a baseline; the configured recipe.")] = None,
    snapshot: Annotated[
        str | None, typer.Option(help="A snapshot's version, or `seed`; the newest, or the seed corpus.")
    ] = None,
    ads: Ads = None,
    at: Annotated[str, typer.Option(help="Numbers of labels, with commas.")] = "50,100,200",
    seeds: Annotated[int, typer.Option(min=1, help="How often it is repeated.")] = 5,
    out: Annotated[Path | None, typer.Option(help="A folder for the report: HTML, CSV, PNG.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """What the next labels bring: ads chosen as the queue chooses them, against ads drawn at random."""
    from dataclasses import asdict

    from models.examples import read_examples
    from models.learning.curve import simulate, steps
    from models.train import SEED, labels_of
    from zorya.labelled import load_corpus
    from zorya.settings import load_settings

    numbers = numbers_of(at)
    if ads is not None and snapshot is not None:
        raise typer.BadParameter("give --ads or --snapshot, not both")
    settings = load_settings()
    classifier = classifier_of(settings, who)
    bought = labels_of(settings, snapshot).ads if ads is None else load_corpus(ads).ads
    known = () if ads is None else labels_of(settings, SEED).ads
    say(f"reading {len(bought) + len(known)} ads …")
    learnt, base = read_examples(sure(bought)), read_examples(known)
    points = simulate(learnt, classifier, base=base, numbers=numbers, seeds=range(seeds), heard=say)
    if out is not None:
        name = ads.name if ads else f"snapshot {snapshot}" if snapshot else "the newest snapshot or the seed corpus"
        _save(points, classifier.name, (name, learnt), out, on_seed=bool(base))
    if as_json:
        emit({"classifier": classifier.name, "points": [asdict(point) for point in points]})
    else:
        _show(steps(points), f"average precision of {classifier.name} by labels bought, {seeds} seeds")


def _save(
    points: "list[Point]", classifier: str, bought: "tuple[str, list[Example]]", out: Path, *, on_seed: bool
) -> None:
    from models.catalogue import catalogue
    from models.learning import files
    from models.learning.curve import steps
    from models.learning.page import About

    name, ads = bought
    about = About(
        classifier=classifier,
        bought=f"{len(ads):,} ads of {name}",
        concern=sum(example.ad.is_concern for example in ads),
        base="the seed corpus without what reads like these ads" if on_seed else "",
        seeds=len({point.seed for point in points}),
    )
    made = f"Made {now():%Y-%m-%d %H:%M} UTC, indicators {catalogue().ruleset[:12]}."
    for path in files.save_curve(points, steps(points), about, out, made=made):
        say(f"wrote {path}")


def _show(found: "list[Step]", title: str) -> None:
    rows = [(step.labels, *(each.text(3) for each in (step.active, step.random, step.ahead))) for step in found]
    table(("labels", "active", "random", "difference"), rows, title=title)


def sure(ads: "Iterable[LabelledAd]") -> "list[LabelledAd]":
    """Without those that nobody is sure of."""
    from zorya.domain.reviews import VerdictLabel

    return [ad for ad in ads if ad.label is not VerdictLabel.UNSURE]


def classifier_of(settings: "Settings", who: str | None) -> "Classifier":
    """What a recipe or a baseline learns by; the configured recipe by none."""
    from models.evaluation.contenders import deployment_prevalence, named

    chosen = who or settings.model_recipe
    prevalence = deployment_prevalence(chosen, settings.models_dir, default=settings.model_recipe)
    return named(chosen, settings.models_dir, prevalence).classifier


def numbers_of(text: str, *, least: int = 1) -> list[int]:
    """Ascending whole numbers written with commas; what is none is refused."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isdigit() and int(part) >= least for part in parts):
        raise typer.BadParameter(f"--at takes whole numbers from {least} on, with commas, as 50,100,200; not {text!r}")
    return sorted({int(part) for part in parts})
