"""A package in the words of HTCDS, IOM's case data standard: JSON, one advertisement an alert, never a person."""

import json
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from alerts.exports import tags, words
from alerts.exports.package import Item, Package
from zorya.datafiles import DataModel, load

FILE = Path(__file__).with_name("htcds.yml")
PERSONAL = ("prs_", "vic_", "per_", "cas_", "hte_", "con_")
"""Prefixes of HTCDS records of people and their cases: no field of ours bears one."""


class HtcdsField(DataModel):
    """A field, the list of the card that fills it, and which code stands for which fact; without codes the fact
    itself, in capitals where `iso` is true.
    """

    name: str
    fact: Literal["kinds", "contacts", "patterns", "countries", "places"]
    codes: dict[str, str] = Field(default_factory=dict)
    iso: bool = False

    @model_validator(mode="after")
    def _is_no_persons(self) -> Self:
        if self.name.startswith(PERSONAL):
            raise ValueError(f"`{self.name}` belongs to a record of a person; an ad fills none: remove it")
        return self

    def of(self, item: Item) -> list[str]:
        """The codes of an alert, each once, in the order of the card."""
        said = words.listed(item, self.fact)
        if self.fact == "contacts":
            said = [told.partition(" ")[0] for told in said]
        if not self.codes:
            return [value.upper() if self.iso else value for value in said]
        return list(dict.fromkeys(self.codes[value] for value in said if value in self.codes))


class HtcdsFile(DataModel):
    """`htcds.yml`: the standard, who receives, and the fields."""

    standard: str
    recipients: dict[str, str]
    fields: tuple[HtcdsField, ...]


@cache
def mapping() -> HtcdsFile:
    """The file as shipped."""
    return load(FILE, HtcdsFile)


def render(package: Package) -> bytes:
    """JSON, UTF-8."""
    told = {
        "standard": mapping().standard,
        "about": "Code lists of HTCDS used for advertisements. No record of a person, a victim or a case.",
        "marking": package.marking.value,
        "recipient": {"org_Type": mapping().recipients.get(package.partner.spec.org_type)},
        "advertisements": [_advertisement(item) for item in package.items],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _advertisement(item: Item) -> dict[str, object]:
    state = "withdrawn" if item.withdrawn else "confirmed"
    head: dict[str, object] = {"alert": item.alert.id, "state": state, "marking": item.alert.marking.value}
    if item.withdrawn:
        return head
    head |= {"severity": tags.SEVERITY[item.alert.severity], "likelihood": words.band_of(item)}
    head |= {"first_seen": words.moment(item, "first_seen").date().isoformat()}
    head |= {"last_seen": words.moment(item, "last_seen").date().isoformat()}
    return head | {field.name: field.of(item) for field in mapping().fields}
