"""Verbs of data scientists: screen, campaigns, model."""

from typing import Annotated

import typer

from zorya.cli import screening
from zorya.cli.output import OK, PARTIAL, emit, now, say, table

Source = Annotated[str, typer.Argument(help="JSON lines file, or - for standard input")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("screen", rich_help_panel="Data scientists")(screen)
    app.command("campaigns", rich_help_panel="Data scientists")(campaigns)
    model = typer.Typer(no_args_is_help=True, help="Train, list and show models.")
    model.command("train")(model_train)
    model.command("list")(model_list)
    model.command("promote")(model_promote)
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
    found = group(
        imprint(read(posting), id=posting.native_id, employer=posting.employer, board=posting.url) for posting in ads
    ).campaign_of
    for posting in ads:
        emit({"id": posting.native_id, "campaign": found[posting.native_id]})
    raise typer.Exit(PARTIAL if bad.count else OK)


def model_train(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Train the configured recipe on the corpus; the first model of a name is put in use."""
    from dataclasses import asdict

    from models.train import train
    from zorya.settings import load_settings

    manifest, is_new = train(load_settings(), as_of=now())
    say(f"{manifest.reference} {'trained' if is_new else 'exists: same recipe, corpus and indicators'}")
    if as_json:
        emit(asdict(manifest))
        return
    rows = [(target, *numbers.values()) for target, numbers in manifest.metrics["out_of_fold"].items()]
    table(
        ("target", "average precision", "ROC AUC", "Brier", "positives"), rows, title="held-out languages, seed corpus"
    )


def model_list(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Stored models, oldest first; * marks the one in use."""
    from dataclasses import asdict

    from models import registry
    from zorya.settings import load_settings

    settings = load_settings()
    in_use = registry.champion(settings.models_dir, settings.model_recipe)
    found = registry.versions(settings.models_dir, settings.model_recipe)
    if as_json:
        emit([asdict(manifest) | {"in_use": manifest.version == in_use} for manifest in found])
        return
    rows = [("*" if m.version == in_use else "", m.reference, m.trained_at, m.sha256[:12]) for m in found]
    table(("", "model", "trained", "sha256"), rows)


def model_promote(version: str, reason: Annotated[str, typer.Option(help="why; goes into the audit log")]) -> None:
    """Put a stored version in use."""
    import getpass

    from models import registry
    from zorya.settings import load_settings
    from zorya.store import audit, open_store

    settings = load_settings()
    registry.promote(settings.models_dir, settings.model_recipe, version)
    with open_store(settings).writing() as connection:
        name = f"{settings.model_recipe}@{version}"
        audit.add(connection, at=now(), actor=getpass.getuser(), action="model.promote", object=name, reason=reason)
    say(f"{name} is in use")
