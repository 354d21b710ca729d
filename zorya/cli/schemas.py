"""JSON Schemas of the data files, for editors: `zorya settings schema` writes them, a test keeps them current."""

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from zorya.cli.output import emit, say
from zorya.errors import ZoryaError
from zorya.settings import REPOSITORY

FOLDER = REPOSITORY / "docs" / "schemas"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("schema", rich_help_panel="Operators")(schema)


def schema(
    name: Annotated[str, typer.Argument(help="One kind of file; all of them are listed without it.")] = "",
    *,
    write: Annotated[bool, typer.Option("--write", help="Write all of them to docs/schemas.")] = False,
) -> None:
    """JSON Schemas of the files that experts edit: sources, partners, indicators, word lists, recipes, labelled ads."""
    known = models()
    if write:
        for path, text in rendered().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        say(f"{len(known)} schemas in {FOLDER}")
    elif not name:
        for each in known:
            print(each)
    elif name in known:
        emit(known[name].model_json_schema(by_alias=True))
    else:
        raise ZoryaError(f"no file kind `{name}`; there are {', '.join(known)}")


def models() -> dict[str, type[BaseModel]]:
    """Name of the file kind → its model."""
    from alerts.offers.advice import Advice
    from crawlers.probing.words import Words
    from crawlers.spec import SourceSpec
    from labeling.imports.mapping import Mapping
    from models.audit.words import AuditWords
    from models.campaigns.roles import OfferRoles
    from models.campaigns.style import StyleFile
    from models.catalogue_card import Remedies
    from models.decision_rule_file import DecisionRuleFile
    from models.indicator_lock import LockFile
    from models.indicator_spec import IndicatorFile
    from models.linked_spec import LinkedFile
    from models.recipe import RecipeFile
    from models.registry.card import StandingSections
    from zorya.evidence.report_words import WordFile
    from zorya.labelled import LabelledAd

    return {
        "source": SourceSpec,
        **_partners(),
        "offer-advice": Advice,
        "indicators": IndicatorFile,
        "indicator-lock": LockFile,
        "linked-indicators": LinkedFile,
        "decision-rule": DecisionRuleFile,
        "remedies": Remedies,
        "offer-roles": OfferRoles,
        "style-formulas": StyleFile,
        "recipe": RecipeFile,
        "model-card": StandingSections,
        "labelled-ad": LabelledAd,
        "label-mapping": Mapping,
        "probe-words": Words,
        "audit-words": AuditWords,
        "evidence-words": WordFile,
        **_lexicons(),
        **_review(),
    }


def _review() -> dict[str, type[BaseModel]]:
    """What the review app reads: the mix of its queue, its keys, its questions, the files of care."""
    from labeling.care.files import HotlineFile, SupportFile, TopicFile
    from labeling.queue_mix import QueueMix
    from labeling.web.keymap import KeyFile
    from labeling.web.questions import QuestionFile
    from labeling.web.romanising import RomanisationFile

    care: dict[str, type[BaseModel]] = {"topics": TopicFile, "support-lines": SupportFile, "hotlines": HotlineFile}
    app: dict[str, type[BaseModel]] = {"keys": KeyFile, "questions": QuestionFile, "romanisation": RomanisationFile}
    return {"queue-mix": QueueMix, **app, **care}


def _partners() -> dict[str, type[BaseModel]]:
    """Who is told, in which codes, and who is asked next."""
    from alerts.exports.htcds import HtcdsFile
    from alerts.partner_spec import PartnerSpec
    from alerts.routes import RouteFile

    return {"partner": PartnerSpec, "route": RouteFile, "htcds": HtcdsFile}


def _lexicons() -> dict[str, type[BaseModel]]:
    """The word lists by which an ad is read."""
    from models.campaigns.organisation_words import OrganisationFile
    from models.facts.fact_file import FactFile
    from models.indicator_spec import WarningFrame
    from models.lexicon_files import (
        FunctionWords,
        IdentityWords,
        NegationFile,
        NumberFile,
        PlaceFile,
        RoleFile,
        WageFile,
    )

    return {
        "warning-frame": WarningFrame,
        "negation": NegationFile,
        "fact": FactFile,
        "number-words": NumberFile,
        "function-words": FunctionWords,
        "identity-words": IdentityWords,
        "wages": WageFile,
        "places": PlaceFile,
        "place-roles": RoleFile,
        "organisation-words": OrganisationFile,
    }


def rendered() -> dict[Path, str]:
    """Path → text of every schema file."""
    return {
        FOLDER / f"{name}.schema.json": json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema"} | model.model_json_schema(by_alias=True),
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
        for name, model in models().items()
    }
