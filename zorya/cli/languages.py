"""The `language` verbs: make the letter profile anew, measure how often languages are told right."""

from pathlib import Path
from typing import Annotated

import typer

from zorya.cli.output import emit, say, table


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    language = typer.Typer(no_args_is_help=True, help="Telling languages apart: train and measure.")
    language.command("train")(train)
    language.command("eval")(evaluate)
    app.add_typer(language, name="language", rich_help_panel="Data scientists")


def train() -> None:
    """Make the shipped letter profile anew from the corpus, the indicators' examples and models/lexicons/language."""
    from models import language_training
    from zorya.domain.language_profile import TABLE
    from zorya.settings import load_settings

    made = language_training.train(language_training.samples(load_settings().corpus_dir))
    TABLE.write_text(made, encoding="utf-8")
    say(f"{TABLE}: {len(made.encode()) // 1000} kB")


def evaluate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="JSON lines with title, body, language; none: our own ads, each judged by a profile that never saw it"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Share of texts whose language is told right: whole, and 40 characters of each; last line CPU µs."""
    from models import language_eval, language_training
    from zorya.settings import load_settings

    if files:
        rows = language_eval.on_files(files)
    else:
        rows = language_eval.held_out(language_training.samples(load_settings().corpus_dir))
    if as_json:
        emit(rows)
        return
    table(tuple(rows[0]), [tuple(row.values()) for row in rows], title="languages told right")
