"""The card of a model as pages show it: what the review app asks of the room `models`."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CardSection:
    """One part of a card: sentences and a table of texts. `made_by` is the verb or the person it comes from; a part
    that nothing has filled names the verb that does (`missing`)."""

    name: str
    says: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    made_by: str = ""
    made_at: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A stored model: what it is, and its sections in their order."""

    reference: str
    kind: str
    trained_at: str
    ruleset: str
    sections: tuple[CardSection, ...]


class ModelShelf(Protocol):
    """Where the cards of stored models stand."""

    def card(self, reference: str) -> ModelCard | None:
        """The card of `name@version`; None where no such model is stored here, or its files cannot be read."""
        ...

    def in_use(self) -> tuple[str, ...]:
        """`name@version` of what serves, one of each name, sorted: chosen by somebody or the first of its name."""
        ...
