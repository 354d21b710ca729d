"""The card of a stored model: generated from its manifest, from what measuring left beside it, and from a file of what
holds for every model (`models/cards/model_card.yml`). A section that is missing or empty is named, and stops promotion.

Sections follow "Model cards for model reporting" (Mitchell et al. 2019), in our words.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field

from models.registry.exhibits import SECTIONS, Exhibit, held
from models.registry.manifest import Manifest, manifest_of
from models.sureness import surenesses
from zorya.datafiles import DataModel, load

STANDING = Path(__file__).parent.parent / "cards" / "model_card.yml"
TITLES = {
    "purpose": "What it is for",
    "not_for": "What it is not for",
    "data": "What it learnt from",
    "recipe": "How it learnt",
    "figures": "Figures, with 95 % intervals",
    "weaknesses": "Where it is weak",
    "false_alarms": "False alarms on ordinary ads",
    "bias_audit": "Bias audit",
    "limits": "Limits",
    "contact": "Whom to ask",
}
"""Sections in their order."""


class StandingSections(DataModel):
    """What the cards of all models say."""

    purpose: str = Field(min_length=1)
    not_for: tuple[str, ...] = Field(min_length=1)
    limits: tuple[str, ...] = Field(min_length=1)
    contact: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Card:
    """A model's card: every section that there is, in order."""

    manifest: Manifest
    sections: dict[str, Exhibit]

    @property
    def missing(self) -> dict[str, str]:
        """Section → the verb that fills it, of those that are missing or empty."""
        empty = [name for name in TITLES if name not in self.sections or self.sections[name].is_empty]
        return {name: SECTIONS.get(name, "zorya model train") for name in empty}


def card_of(folder: Path, name: str, version: str) -> Card:
    """The card of a stored model, whole or not; see `missing`."""
    manifest = manifest_of(folder, name, version)
    fixed = standing()
    purpose = fixed.purpose.replace("{name}", name).replace("{version}", version)
    found: dict[str, Exhibit | None] = {
        "purpose": Exhibit((purpose,)),
        "not_for": Exhibit(fixed.not_for),
        "data": _data(manifest),
        "recipe": Exhibit((), ("setting", "value"), tuple(_flat(manifest.recipe))),
        **{section: held(folder, name, version, section) for section in SECTIONS},
        "limits": Exhibit(fixed.limits),
        "contact": Exhibit(fixed.contact),
    }
    return Card(manifest, {name: each for name in TITLES if (each := found[name]) is not None})


@lru_cache
def standing() -> StandingSections:
    """The sections of every card."""
    return load(STANDING, StandingSections)


def _data(manifest: Manifest) -> Exhibit:
    rows = [
        ("snapshot", manifest.snapshot or "the seed corpus of invented ads alone"),
        ("digest of the labels", manifest.corpus),
        ("indicators (ruleset)", manifest.ruleset),
        ("trained at", manifest.trained_at),
        *((f"file {name}", f"SHA-256 {digest}") for name, digest in manifest.files.items()),
    ]
    if "concern" in (sure := surenesses(manifest.metrics)):
        held = sure["concern"]
        about = f"below {held.ceiling:.1%}: no error seen in {held.without:,} groups of other ads bears out no more"
        rows.append(("surest score", f"{about} (rule of three)"))
    if "ads" in manifest.metrics:
        rows.insert(1, ("ads", f"{manifest.metrics['ads']:,}"))
    return Exhibit((), ("what", "which"), tuple(rows))


def _flat(values: dict[str, Any], before: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{before}{name}.")
        else:
            rows.append((f"{before}{name}", ", ".join(map(str, value)) if isinstance(value, list) else str(value)))
    return rows
