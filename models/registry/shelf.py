"""The shelf of stored models: their cards, for pages that know nothing of this room."""

from pathlib import Path

from models.registry.files import names
from zorya.domain.model_cards import CardSection, ModelCard
from zorya.errors import ModelError
from zorya.logs import get


class Shelf:
    """Cards of the models in one folder; a card is read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def card(self, reference: str) -> ModelCard | None:
        """The card of `name@version`; None where no such model is stored here, or its files cannot be read."""
        from models.registry.card import TITLES, card_of  # with what measures: a start needs none of it

        name, _, version = reference.partition("@")
        try:
            card = card_of(self._folder, name, version)
        except ModelError as exc:
            get("models.registry").warning("no card", reference=reference[:80], why=str(exc))
            return None
        sections = []
        for title in TITLES:
            each = card.sections.get(title)
            if each is None or each.is_empty:
                sections.append(CardSection(title, missing=card.missing[title]))
            else:
                sections.append(CardSection(title, each.says, each.columns, each.rows, each.made_by, each.made_at))
        made = card.manifest
        return ModelCard(made.reference, made.kind, made.trained_at, made.ruleset, tuple(sections))

    def in_use(self) -> tuple[str, ...]:
        """`name@version` of what serves, one of each name, sorted."""
        from models.registry.aliases import champion

        versions = {name: champion(self._folder, name) for name in names(self._folder)}
        return tuple(f"{name}@{version}" for name, version in versions.items() if version)
