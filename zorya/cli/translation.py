"""Verbs of offline translation: `translation list|add|remove`."""

from pathlib import Path
from typing import Annotated

import typer

from labeling.translating import Translators, is_installed
from zorya.cli.output import say
from zorya.errors import ZoryaError
from zorya.settings import load_settings

translation_app = typer.Typer(help="Offline translation of ads in the review app.", no_args_is_help=True)
INSTALL = (
    'translation needs an extra: type .venv/bin/pip install --constraint constraints.txt --editable ".[translate]"'
)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(translation_app, name="translation", rich_help_panel="Review")


@translation_app.command("list")
def show() -> None:
    """The models that are installed."""
    pairs = Translators(load_settings().translation_dir).pairs()
    for pair in pairs:
        say(f"{pair.name}  version {pair.version}  sha256 {pair.digest}")
    if not pairs:
        say("no model is installed: docs/how-to/read-in-your-language.md says where they come from")
    if not is_installed():
        say(INSTALL)


@translation_app.command()
def add(file: Annotated[Path, typer.Argument(metavar="FILE", help="An Argos package (.argosmodel).")]) -> None:
    """Install a model from a file; nothing is downloaded."""
    if not is_installed():
        raise ZoryaError(INSTALL)
    pair = Translators(load_settings().translation_dir).add(file)
    say(f"{pair.name} is installed; running review apps offer it at once")


@translation_app.command()
def remove(name: Annotated[str, typer.Argument(metavar="FROM-TO", help="As `translation list` says it.")]) -> None:
    """Take a model away."""
    Translators(load_settings().translation_dir).remove(name)
    say(f"{name} was removed")
