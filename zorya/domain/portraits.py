"""What is stored of a campaign for people to read: the common text of its ads with the slots that vary, and what the
campaign says as a whole.

Plain records with a JSON form: `models` computes them, the store keeps them, pages and the command line draw them.
Contacts stand in them masked, never raw.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
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
    """Common text of nearly alike ads: `aligned` of `members` that share its words; the others were not compared, or
    have their sentences in another order.

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


@dataclass(frozen=True, slots=True)
class Share:
    """How many ads are of one source, language or kind; an empty name where it is unknown."""

    name: str
    ads: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing a campaign says, for an analyst to read, and the ads behind it: `posting_ids` are the first of `ads`.

    `about` is one word: `size`, `rhythm`, `burst`, `pause`, `weekday`, `lifetime`, `work`, `destinations`,
    `destination-new`, `destination-left`, `pay`, `contacts`.
    """

    about: str
    text: str
    ads: int
    posting_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """One ad on the timeline, from its first sight to its last."""

    posting_id: str
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One source: of its `ads` the newest stand as dots, oldest first."""

    source: str
    ads: int
    first_seen: datetime
    last_seen: datetime
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A contact (its label masked, its id the keyed token), an ad or a source; `ads` behind it."""

    id: str
    kind: str
    label: str
    ads: int


@dataclass(frozen=True, slots=True)
class Link:
    """`ads` in which a contact and a source, or a contact and an ad, stand together."""

    one: str
    other: str
    ads: int


@dataclass(frozen=True, slots=True)
class ContactGraph:
    """Contacts beside the ads or the sources they stand in, the most frequent of them; `more` contacts are left out."""

    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Portrait:
    """What a campaign says. Totals are of all its `ads`; the rest is of the newest `looked_at`."""

    ads: int
    looked_at: int
    gone: int
    first_seen: datetime
    last_seen: datetime
    sources: tuple[Share, ...]
    languages: tuple[Share, ...]
    kinds: tuple[Share, ...]
    sentences: tuple[Sentence, ...]
    timeline: tuple[TimelineRow, ...]
    graph: ContactGraph

    def as_json(self) -> dict[str, Any]:
        """Plain form; moments in ISO 8601, UTC."""
        plain: dict[str, Any] = _dated(asdict(self))
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Portrait":
        """The portrait of a plain form made by `as_json`."""
        shares = {name: tuple(Share(**each) for each in plain[name]) for name in ("sources", "languages", "kinds")}
        told = (Sentence(**{**each, "posting_ids": tuple(each["posting_ids"])}) for each in plain["sentences"])
        graph = plain["graph"]
        nodes, links = (Node(**each) for each in graph["nodes"]), (Link(**each) for each in graph["links"])
        rest = {
            "sentences": tuple(told),
            "timeline": tuple(_row(each) for each in plain["timeline"]),
            "graph": ContactGraph(tuple(nodes), tuple(links), graph["more"]),
        }
        return cls(**{**plain, **shares, **rest, **_moments(plain)})


def _row(plain: Mapping[str, Any]) -> TimelineRow:
    dots = tuple(Dot(**{**dot, **_moments(dot)}) for dot in plain["dots"])
    return TimelineRow(**{**plain, "dots": dots, **_moments(plain)})


def _moments(plain: Mapping[str, Any]) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(plain[name]) for name in ("first_seen", "last_seen")}


def _dated(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _dated(each) for name, each in value.items()}
    return [_dated(each) for each in value] if isinstance(value, list | tuple) else value
