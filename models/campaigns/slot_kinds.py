"""What kind of thing the values of a slot are."""

from collections import Counter
from collections.abc import Sequence

from models.campaigns.units import CONTACTS, Unit
from models.folding import fold
from models.known_words import known_words
from zorya.domain.portraits import SlotKind

_MOST_WORDS = 3
"""Words of a name."""


def kind_of(values: Sequence[Sequence[Unit]], texts: Sequence[str]) -> SlotKind:
    """Kind of a slot from its distinct values, as units and as written: what more than half of them hold."""
    held = Counter(kind for units in values for kind in {unit.kind for unit in units} if kind is not None)
    contacts = sum(bool(CONTACTS & {unit.kind for unit in units}) for units in values)
    half = len(values) / 2
    if contacts > half:
        kinds = [kind for kind in CONTACTS if held[kind]]
        return kinds[0] if len(kinds) == 1 else SlotKind.CONTACT
    ranked = sorted(held.items(), key=lambda item: (item[0] is SlotKind.NUMBER, -item[1], item[0]))
    for kind, count in ranked:
        if count > half:
            return kind
    names = sum(_is_name(units, text) for units, text in zip(values, texts, strict=True))
    return SlotKind.NAME if names > half else SlotKind.OTHER


def _is_name(units: Sequence[Unit], text: str) -> bool:
    """One word or a few, each with a capital letter, none a word of the field."""
    words = [unit for unit in units if unit.key[:1].isalpha()]
    capital = text.split()
    return (
        0 < len(words) == len(units) <= _MOST_WORDS
        and len(capital) == len(words)
        and all(word[:1].isupper() and not word[1:].isupper() for word in capital)
        and not any(fold(word) in known_words() for word in capital)
    )
