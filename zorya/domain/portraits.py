"""What is stored of a campaign for people to read: the common text of its ads, with the slots that vary.

Plain records with a JSON form: `models` computes them, the store keeps them, pages and the command line draw them.
Contacts stand in them masked, never raw.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class SlotKind(StrEnum):
    """What stands in a slot, as far as the reader knows."""

    PHONE = "phone"
    EMAIL = "email"
    HANDLE = "handle"
    LINK = "link"
    CONTACT = "contact"
    """Contacts of several kinds in one place."""
    PLACE = "place"
    PAY = "pay"
    AGE = "age"
    DATE = "date"
    NUMBER = "number"
    NAME = "name"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Value:
    """What stands in a part in `count` ads; `posting_id` is one of them. Contacts are masked."""

    text: str
    count: int
    posting_id: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """Constant text, in `present` of the ads compared; `lead` is the white space before it.

    `otherwise` is what stands there in the rest (the most frequent first, an empty text where nothing does): a word
    changed by few, or nothing at all where a sentence is optional.
    """

    text: str
    present: int
    lead: str = ""
    otherwise: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A place where the ads differ. `values` are the most frequent of `distinct` ones; `absent` ads have nothing
    there. `lead` is the white space before it.
    """

    kind: SlotKind
    values: tuple[Value, ...]
    distinct: int
    absent: int = 0
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """Common text of nearly alike ads: `aligned` were compared of `members` that share it.

    `posting_id` is the ad whose wording stands for all; `cut` is True when an ad was too long to be compared whole.
    """

    posting_id: str
    language: str | None
    parts: tuple[Fixed | Slot, ...]
    aligned: int
    members: int
    cut: bool = False

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots in the order of the text."""
        return tuple(part for part in self.parts if isinstance(part, Slot))

    def as_json(self) -> dict[str, Any]:
        """Plain form: parts with `part` = `fixed` or `slot`."""
        names = {Fixed: "fixed", Slot: "slot"}
        plain = asdict(self)
        plain["parts"] = [{"part": names[type(part)], **asdict(part)} for part in self.parts]
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Template":
        """The template of a plain form made by `as_json`."""
        return cls(**{**plain, "parts": tuple(_part(part) for part in plain["parts"])})


def _part(plain: Mapping[str, Any]) -> Fixed | Slot:
    rest = {name: value for name, value in plain.items() if name != "part"}
    if plain["part"] == "fixed":
        return Fixed(**{**rest, "otherwise": _values(plain["otherwise"])})
    return Slot(**{**rest, "kind": SlotKind(plain["kind"]), "values": _values(plain["values"])})


def _values(plain: list[Mapping[str, Any]]) -> tuple[Value, ...]:
    return tuple(Value(**value) for value in plain)
