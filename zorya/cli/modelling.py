"""Verbs of data scientists: screen, campaigns, model."""

from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli import model_audit, model_curve, model_eval, model_registry, model_watch, model_weak, screening
from zorya.cli.output import NOTHING_TO_DO, OK, PARTIAL, emit, now, say, table

if TYPE_CHECKING:
    from models.registry.manifest import Manifest
    from zorya.domain.ads import Posting
    from zorya.settings import Settings

Source = Annotated[str, typer.Argument(help="JSON lines file, or - for standard input")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("screen", rich_help_panel="Data scientists")(screen)
    app.command("campaigns", rich_help_panel="Data scientists")(campaigns)
    model = typer.Typer(no_args_is_help=True, help="Train, list and show models.")
    model.command("train")(model_train)
    model_registry.register(model)
    model_eval.register(model)
    model_watch.register(model)
    model_audit.register(model)
    model_curve.register(model)
    model_weak.register(model)
    app.add_typer(model, name="model", rich_help_panel="Data scientists")


def screen(
    source: Source,
    no_store: Annotated[
        bool, typer.Option("--no-store", help="kept for scripts: screening a file never stores")
    ] = True,
) -> None:
    """Read ads as JSON lines, print one assessment a line (design §6)."""
    raise typer.Exit(screening.screen(source))


def campaigns(source: Source) -> None:
    """Group ads given as JSON lines, print one {"id", "campaign"} a line (design §6)."""
    from models.campaigns.grouping import group
    from models.campaigns.imprint import imprint
    from models.reading import read

    bad = screening.BadLines()
    ads = list(screening.ads(source, bad))
    if not ads and not bad.count:
        say("zorya: there is no ad in it")
        raise typer.Exit(NOTHING_TO_DO)
    found = group(
        imprint(read(posting), id=posting.native_id, employer=posting.employer, board=posting.url) for posting in ads
    ).campaign_of
    for posting in ads:
        emit({"id": posting.native_id, "campaign": found[posting.native_id]})
    raise typer.Exit(PARTIAL if bad.count else OK)


def model_train(
    recipe: Annotated[str | None, typer.Option(help="A recipe of models/recipes; the configured one.")] = None,
    snapshot: Annotated[
        str | None, typer.Option(help="A snapshot's version, `newest`, or `seed` for the seed corpus.")
    ] = None,
    base: Annotated[
        str | None, typer.Option(help="Encoder a transformer fine-tunes: a folder, or a hub's id (owner/name).")
    ] = None,
    weak: Annotated[
        str | None,
        typer.Option(help="Learn from ads without a label too, as indicators vote on them: a file of ads, or `store`."),
    ] = None,
    track: Annotated[str | None, typer.Option(help="Tell an MLflow store too: a folder, or a server.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Train a recipe on the newest snapshot, or on the seed corpus where there is none; the first model of a name is
    put in use.
    """
    import time
    from dataclasses import asdict

    from models.train import train
    from zorya.settings import load_settings

    began = time.perf_counter()
    settings = load_settings()
    unlabelled = _unlabelled(settings, weak) if weak else ()
    manifest, is_new = train(settings, as_of=now(), recipe=recipe, snapshot=snapshot, base=base, weak=unlabelled)
    took = f"trained in {time.perf_counter() - began:.0f} s"
    say(f"{manifest.reference} {took if is_new else 'exists: same recipe, labels and indicators'}")
    say(_standing(settings, manifest))
    if track is not None:
        _track(track, settings, manifest)
    if as_json:
        emit(asdict(manifest))
        return
    rows = [(target, *numbers.values()) for target, numbers in manifest.metrics["out_of_fold"].items()]
    columns = ("target", "average precision", "ROC AUC", "Brier", "positives")
    table(columns, rows, title=f"held-out ads of {manifest.snapshot or 'the seed corpus'}")


def _standing(settings: "Settings", manifest: "Manifest") -> str:
    """What comes next for a stored model."""
    from models.registry.aliases import champion

    if manifest.name != settings.model_recipe:
        return f"ads are screened by {settings.model_recipe} models (`model_recipe`): this one is there to compare with"
    if champion(settings.models_dir, manifest.name) == manifest.version:
        return "it is in use"
    return f"it waits until a person says `zorya model promote {manifest.version} --reason …`"


def _track(store: str, settings: "Settings", manifest: "Manifest") -> None:
    from models.tracking import track

    say(f"told {store}: run {track(store, settings.models_dir, manifest)}")


def _unlabelled(settings: "Settings", source: str) -> "list[Posting]":
    """The ads of a file in the batch form, or the newest of the store; a file with a bad line is refused whole."""
    from models.learning.unlabelled import newest

    if source == "store":
        from zorya.store import open_store

        return newest(open_store(settings))
    bad = screening.BadLines()
    found = list(screening.ads(source, bad))
    if bad.count:
        raise typer.Exit(PARTIAL)
    return found
