"""Verbs that measure: model eval, compare, ordinary."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zorya.cli.output import emit, now, say, table

if TYPE_CHECKING:
    from models.evaluation.contenders import Contender
    from models.evaluation.data import Data
    from models.evaluation.evaluation import Evaluation
    from models.examples import Example
    from models.score import Scorer
    from zorya.labelled import LabelledAd
    from zorya.settings import Settings

WHO = "a recipe, a stored model (name@version, name@champion) or a baseline (tfidf-svm, ilo-rule, …)"
PRINTED = ("average_precision", "roc_auc", "f1", "recall_at_budget", "recall_at_ppv_half", "false_alerts_per_10000")
Snapshot = Annotated[
    str | None, typer.Option(help="A snapshot's version, or `seed`; the newest, or the seed corpus if there is none.")
]
Imported = Annotated[
    list[str] | None, typer.Option(help="Measure on imported sets instead, by name; may be given several times.")
]
Target = Annotated[
    str, typer.Option(help="Labels that count as the target, with commas: sets of fraud say `other_harm`.")
]
SplitName = Annotated[
    str,
    typer.Option(
        "--split",
        help="strict (groups, contacts and wording together), campaign, contact, near-duplicate, time, language, "
        "source, random.",
    ),
]
Out = Annotated[Path | None, typer.Option(help="A folder for the report: HTML, CSV, JSON, PNG.")]
AsJson = Annotated[bool, typer.Option("--json")]


def register(group: typer.Typer) -> None:
    """Add the verbs to `zorya model`."""
    group.command("eval")(model_eval)
    group.command("compare")(model_compare)
    group.command("ordinary")(model_ordinary)


def model_eval(
    who: Annotated[str | None, typer.Argument(help=f"{WHO}; the configured recipe")] = None,
    snapshot: Snapshot = None,
    imported: Imported = None,
    target: Target = "concern",
    split: SplitName = "strict",
    out: Out = None,
    reviews: Annotated[int, typer.Option(min=1, help="Ads a day that analysts can review.")] = 100,
    traffic: Annotated[int, typer.Option(min=1, help="Ads a day that boards bring.")] = 10_000,
    learning_curve: Annotated[bool, typer.Option(help="Fit on growing parts of the labels as well.")] = True,
    as_json: AsJson = False,
) -> None:
    """Measure a recipe on held-out ads beside the baselines: every figure with an interval; --out writes a report."""
    from models.evaluation import contenders, evaluation, files
    from zorya.settings import load_settings

    settings = load_settings()
    prevalence = _prevalence(settings, who)
    main = contenders.named(who or settings.model_recipe, settings.models_dir, prevalence)
    others = [each for each in contenders.of_baselines(prevalence) if each.classifier.name != main.classifier.name]
    _checked(split)
    examples, data = _examples(settings, snapshot, imported, target)
    found = _measured(examples, [main, *others], data, split, prevalence, (reviews, traffic), curve=learning_curve)
    if out is not None:
        for path in files.save(found, out, made=_made()):
            say(f"wrote {path}")
    if who and "@" in who and not imported:
        _keep(settings, who, evaluation.card_figures(found))
    if as_json:
        emit(evaluation.card_figures(found))
    else:
        _show(found)


def model_compare(
    one: Annotated[str, typer.Argument(help=WHO)],
    other: Annotated[str, typer.Argument(help="the same")],
    snapshot: Snapshot = None,
    imported: Imported = None,
    target: Target = "concern",
    split: SplitName = "strict",
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Hold two classifiers side by side on the same folds: each figure, the difference and its paired interval."""
    from models.evaluation import contenders, evaluation, files
    from zorya.settings import load_settings

    if one == other:
        raise typer.BadParameter(f"{one} is no different from itself; name two")
    settings = load_settings()
    prevalence = _prevalence(settings, one)
    both = [contenders.named(each, settings.models_dir, prevalence) for each in (one, other)]
    _checked(split)
    examples, data = _examples(settings, snapshot, imported, target)
    found = _measured(examples, both, data, split, prevalence, None, curve=False)
    second = both[1].classifier.name
    if out is not None:
        for path in files.save_comparison(found, second, out, made=_made()):
            say(f"wrote {path}")
    if as_json:
        emit(evaluation.card_figures(found))
    else:
        _show_comparison(found, second)


def model_ordinary(
    folder: Annotated[Path, typer.Argument(help="a folder of ordinary ads: *.jsonl or *.jsonl.gz, {id, title, body}")],
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first ads of every set.")] = None,
    model: Annotated[str | None, typer.Option(help="A stored model (name@version); the one in use.")] = None,
    as_json: AsJson = False,
) -> None:
    """Count what a model flags among ordinary ads, per set and language, list every flag, masked; into its card."""
    from models.evaluation.false_alarms import count
    from models.registry.measured import keep_false_alarms
    from zorya.settings import load_settings

    if not folder.is_dir():
        raise typer.BadParameter(f"{folder} is not a folder")
    settings = load_settings()
    scorer = scorer_of(settings, model)
    found = count(folder, scorer, as_of=now(), limit=limit)
    about = scorer.manifest
    keep_false_alarms(settings.models_dir, about.name, about.version, found.rows(), at=now())
    if as_json:
        emit({"model": scorer.reference, "rows": found.rows(), "flags": [asdict(flag) for flag in found.flags]})
        return
    rows = found.rows()
    table(tuple(rows[0]), [tuple(row.values()) for row in rows], title=f"flagged by {scorer.reference}")
    for flag in found.flags:
        print(f"\n{flag.score:.3f} {flag.set} {flag.id} {flag.language} {' '.join(flag.indicators)}\n  {flag.text}")


def scorer_of(settings: "Settings", model: str | None) -> "Scorer":
    """A stored model by its name (name@version, name@champion), the one in use by none."""
    from models.registry.aliases import resolve
    from models.registry.kinds import load_model
    from models.score import Scorer, load_scorer

    if model is None:
        return load_scorer(settings, as_of=now())
    name, _, version = model.partition("@")
    return Scorer(*load_model(settings.models_dir, name, resolve(settings.models_dir, name, version or "@champion")))


def _keep(settings: "Settings", who: str, found: dict[str, Any]) -> None:
    """The figures of a stored model go into its card."""
    from models.evaluation.figures import NAMES
    from models.registry.aliases import resolve
    from models.registry.measured import keep_evaluation

    name, _, version = who.partition("@")
    version = resolve(settings.models_dir, name, version)
    keep_evaluation(settings.models_dir, name, version, found, NAMES, at=now())
    say(f"wrote the figures into the card of {name}@{version}")


def _prevalence(settings: "Settings", who: str | None) -> float:
    """The deployment prevalence: of the recipe in question, of the configured one where that is a baseline."""
    from models.evaluation.contenders import deployment_prevalence

    return deployment_prevalence(who or settings.model_recipe, settings.models_dir, default=settings.model_recipe)


def _examples(
    settings: "Settings", snapshot: str | None, imported: list[str] | None, target: str
) -> "tuple[list[Example], Data]":
    from models.evaluation.data import Data, aimed
    from models.joined_groups import read_labelled

    if snapshot and imported:
        raise typer.BadParameter("give --snapshot or --imported, not both")
    wanted = tuple(part.strip() for part in target.split(",") if part.strip())
    name, digest, ads = _imported(settings, imported) if imported else _snapshot(settings, snapshot)
    chosen = aimed(ads, wanted)
    say(f"reading {len(chosen)} ads of {name} …")
    return read_labelled(chosen), Data(name, digest, wanted)


def _checked(split: str) -> None:
    """Before anything is read: a slip of the keys should not cost a minute."""
    from models.evaluation.splits import Split

    if split not in {each.value for each in Split}:
        raise typer.BadParameter(f"no split {split}; there are {', '.join(each.value for each in Split)}")


def _snapshot(settings: "Settings", version: str | None) -> "tuple[str, str, tuple[LabelledAd, ...]]":
    from zorya import snapshots
    from zorya.labelled import load_corpus

    home = None if version == "seed" else snapshots.newest(settings.snapshots_dir)
    if version and version != "seed":
        home = snapshots.find(settings.snapshots_dir, version)
    if home is None:
        corpus = load_corpus(settings.corpus_dir)
        return "the seed corpus", corpus.digest, corpus.ads
    held = snapshots.read_snapshot(home)
    return f"snapshot {held.manifest.version}", held.manifest.digest, held.ads


def _imported(settings: "Settings", names: list[str]) -> "tuple[str, str, tuple[LabelledAd, ...]]":
    from labeling.imports.stored import read_set
    from zorya.domain.ids import content_digest

    sets = [read_set(settings.imports_dir / name) for name in names]
    digest = content_digest({each.manifest.name: each.manifest.sha256 for each in sets})
    return f"imported {', '.join(names)}", digest, tuple(ad for each in sets for ad in each.ads)


def _measured(
    examples: "list[Example]",
    who: "list[Contender]",
    data: "Data",
    split: str,
    prevalence: float,
    budget: tuple[int, int] | None,
    *,
    curve: bool,
) -> "Evaluation":
    from models.evaluation.evaluation import evaluate
    from models.evaluation.figures import Terms
    from models.evaluation.splits import Split

    terms = Terms(prevalence, reviews=budget[0], traffic=budget[1]) if budget else Terms(prevalence)
    return evaluate(examples, who, data=data, split=Split(split), terms=terms, learning_curve=curve, heard=say)


def _show(found: "Evaluation") -> None:
    from models.evaluation.figures import NAMES
    from models.evaluation.page import shown

    for prevalence in found.figures[found.main]:
        rows: list[tuple[Any, ...]] = [
            (name, *(shown(each, held[prevalence][each]) for each in PRINTED)) for name, held in found.figures.items()
        ]
        table(("classifier", *(NAMES[each] for each in PRINTED)), rows, title=f"{_title(found)}, {prevalence}")
    if found.abstention:
        kept = [(e.language, e.kind, e.ads, e.covered, e.unsure) for e in found.abstention]
        table(("language", "kind", "ads", "true answer possible", "unsure"), kept, title="answers left possible")


def _show_comparison(found: "Evaluation", second: str) -> None:
    from models.evaluation.figures import NAMES
    from models.evaluation.page import shown, verdict

    for prevalence_named, rows in found.ahead[second].items():
        values = [found.figures[name][prevalence_named] for name in (found.main, second)]
        lines = [
            (
                NAMES[name],
                shown(name, values[0][name]),
                shown(name, values[1][name]),
                shown(name, gap),
                verdict(name, gap),
            )
            for name, gap in rows.items()
        ]
        columns = ("figure", found.main, second, "difference", f"{found.main} is")
        table(columns, lines, title=f"{_title(found)}, {prevalence_named}")


def _title(found: "Evaluation") -> str:
    target = " or ".join(found.data.target)
    return f"{found.data.name}: {found.ads} ads, {found.concern} {target}, split {found.split}"


def _made() -> str:
    from models.catalogue import catalogue

    return f"Made {now():%Y-%m-%d %H:%M} UTC, indicators {catalogue().ruleset[:12]}."
