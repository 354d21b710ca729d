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
    """Kind of a slot from its distinct values, as units and as written: what more than half of them are."""
    kinds = [_kind(units) or _named(units, text) for units, text in zip(values, texts, strict=True)]
    half = len(values) / 2
    reaching = [kind for kind in kinds if kind in CONTACTS]
    if len(reaching) > half:
        return reaching[0] if len(set(reaching)) == 1 else SlotKind.CONTACT
    ranked = sorted(Counter(kinds).items(), key=lambda item: (-item[1], item[0]))
    return ranked[0][0] if ranked[0][1] > half else SlotKind.OTHER


def _kind(units: Sequence[Unit]) -> SlotKind | None:
    """What at least half of a value's words are; a third is enough for a contact: `WhatsApp to +44 …`."""
    words = [unit for unit in units if unit.kind is not None or unit.key[:1].isalnum()]
    counts = Counter(unit.kind for unit in words if unit.kind is not None)
    ranked = sorted(counts.items(), key=lambda item: (item[0] is SlotKind.NUMBER, -item[1], item[0]))
    for kind, count in ranked:
        if 2 * count >= len(words) or (kind in CONTACTS and 3 * count >= len(words)):
            return kind
    return None


def _named(units: Sequence[Unit], text: str) -> SlotKind:
    return SlotKind.NAME if _is_name(units, text) else SlotKind.OTHER


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
