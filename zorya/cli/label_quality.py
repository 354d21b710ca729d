"""Verbs that doubt labels: `zorya labels agreement` and `issues`."""

from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.output import NOTHING_TO_DO, emit, say, table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from labeling.agreement import Estimate
    from zorya.labelled import LabelledAd
    from zorya.settings import Settings

AsJson = Annotated[bool, typer.Option("--json")]


def register(group: typer.Typer) -> None:
    """Add the verbs to `zorya labels`."""
    group.command("agreement")(agreement)
    group.command("issues")(issues)


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
    with closing(open_store(load_settings())) as store, store.reading() as connection:
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
    if estimate.low is None:
        return f"{estimate.value:.2f} (too few to say more)"
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"


def issues(
    ask: Annotated[
        bool, typer.Option("--ask", help="Queue another look at them by people who have not judged.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many to show, and to queue.")] = 20,
    model: Annotated[str, typer.Option("--model", help="name@version or name@alias; the model in use.")] = "",
    as_json: AsJson = False,
) -> None:
    """Labels that a model which did not learn from them doubts, the surest first (confident learning)."""
    from labeling import issues as doubts
    from zorya.cli.output import now
    from zorya.settings import load_settings
    from zorya.store import open_store

    settings = load_settings()
    ads, file = _learnt_from(settings, model)
    found = doubts.find(ads, doubts.out_of_fold(file))
    answer: dict[str, int] = {}
    if ask:
        with closing(open_store(settings)) as store:
            answer = doubts.ask(store, found, as_of=now(), actor="command line", limit=limit)
    if as_json:
        emit({"issues": [asdict(issue) for issue in found[:limit]], "found": len(found)} | {"queue": answer})
    else:
        rows = [(i.group, i.origin, i.label, i.probability, len(i.ads), i.title) for i in found[:limit]]
        table(("group", "origin", "label", "concern by model", "ads", "title"), rows)
    for name, number in answer.items():
        say(f"{number} {_ASKED[name]}")
    if not found:
        say("zorya: no label is doubted")
        raise typer.Exit(NOTHING_TO_DO)


_ASKED = {
    "asked": "campaigns queued for another look",
    "waiting": "wait in the queue already",
    "answered": "were looked at again before",
    "later": "wait for the next --ask: people's time is short",
    "not_verdicts": "are of the seed corpus or an import: mend them there",
}


def _learnt_from(settings: "Settings", model: str) -> "tuple[Sequence[LabelledAd], Path]":
    """The ads a model learnt from and the file of its out-of-fold probabilities."""
    from models.registry.aliases import resolve
    from models.registry.manifest import home_of, manifest_of
    from zorya import snapshots
    from zorya.labelled import load_corpus

    name = model.partition("@")[0] or settings.model_recipe
    version = resolve(settings.models_dir, name, model or "@champion")
    manifest = manifest_of(settings.models_dir, name, version)
    file = home_of(settings.models_dir, name, version) / "out_of_fold.jsonl"
    if not manifest.snapshot:
        return load_corpus(settings.corpus_dir).ads, file
    home = snapshots.find(settings.snapshots_dir, manifest.snapshot)
    return snapshots.read_snapshot(home).ads, file
