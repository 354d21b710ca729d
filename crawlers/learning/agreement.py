"""How far two texts say the same: F1 over their words, counted with repetition."""

import re
from collections import Counter

_WORD = re.compile(r"\w+")


def words(text: str) -> Counter[str]:
    """Words of a text in lower case, with how often each stands there."""
    return Counter(_WORD.findall(text.lower()))


def f1(one: Counter[str], other: Counter[str]) -> float:
    """Harmonic mean of precision and recall, 0 to 1; two empty texts agree."""
    total = one.total() + other.total()
    if not total:
        return 1.0
    return 2 * shared(one, other) / total


def shared(one: Counter[str], other: Counter[str]) -> int:
    """Words that both have."""
    if len(one) > len(other):
        one, other = other, one
    return sum(min(count, other[word]) for word, count in one.items() if word in other)


def token_f1(one: str, other: str) -> float:
    """F1 of two texts."""
    return f1(words(one), words(other))
