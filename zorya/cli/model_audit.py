"""The verb that audits a model for bias: model audit."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.output import emit, now, say, table

if TYPE_CHECKING:
    from models.audit.between_languages import Ratio
    from models.score import Scorer


def register(group: typer.Typer) -> None:
    """Add the verb to `zorya model`."""
    group.command("audit")(model_audit)


def model_audit(
    model: Annotated[str | None, typer.Argument(help="A stored model (name@version); the one in use.")] = None,
    ordinary: Annotated[
        Path | None, typer.Option(help="A folder of ordinary ads, to compare false alarms between languages.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first ordinary ads of every set.")] = None,
    ads: Annotated[int, typer.Option(min=4, help="Ads a language in which words are swapped.")] = 20,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Swap words of nation, people, language and place in seed ads: does the score move? And are false alarms as
    rare in every language? Into the model's card.
    """
    from models.audit.swapping import drawn, swapped
    from models.audit.telling import COLUMNS, Audit
    from models.registry.exhibits import Exhibit, put
    from zorya.cli.model_eval import scorer_of
    from zorya.labelled import load_corpus
    from zorya.settings import load_settings

    if ordinary is not None and not ordinary.is_dir():
        raise typer.BadParameter(f"{ordinary} is not a folder")
    settings = load_settings()
    scorer = scorer_of(settings, model)
    moved = swapped(drawn(load_corpus(settings.corpus_dir).ads, ads), scorer, as_of=now(), heard=say)
    found = Audit(moved, None if ordinary is None else _ratios(ordinary, scorer, limit))
    about = scorer.manifest
    exhibit = Exhibit(found.says(), COLUMNS, found.rows(), "zorya model audit", now().isoformat())
    put(settings.models_dir, about.name, about.version, "bias_audit", exhibit)
    if as_json:
        emit({"model": scorer.reference} | found.plain())
        return
    table(COLUMNS, found.rows(), title=f"bias audit of {scorer.reference}")
    for sentence in found.says():
        print(sentence)


def _ratios(folder: Path, scorer: "Scorer", limit: int | None) -> "list[Ratio]":
    from models.audit.between_languages import ratios
    from models.evaluation.false_alarms import count

    say("counting false alarms on ordinary ads …")
    return ratios(count(folder, scorer, as_of=now(), limit=limit).wordings)
