"""Folds inside a training set: what one of them holds is never learnt from in another dress."""

from collections import Counter
from collections.abc import Sequence

from models.evaluation.splits import Split, folds
from models.examples import Example

LEAST = 3
"""Sets of languages from which whole languages are held out."""


def folds_of(examples: Sequence[Example]) -> list[int]:
    """A fold per example: whole languages together with those they share a group with (campaign or mirrored scenario);
    where these are too few or too uneven, whole campaigns, contacts and wordings (`Split.STRICT`).
    """
    by_language = _languages(examples)
    if _can_teach(by_language, examples):
        return by_language
    parts = folds(examples, Split.STRICT)
    side = [len(parts)] * len(examples)  # what no fold tests stays together in one more
    for number, fold in enumerate(parts):
        for example in fold.test:
            side[example] = number
    return side


def _can_teach(side: Sequence[int], examples: Sequence[Example]) -> bool:
    """At least `LEAST` folds hold concern and other ads, and none more than half of all ads: what is left must teach.
    A set of one language with three stray ads of others has no folds by language."""
    sizes = Counter(side)
    held = {(fold, example.ad.is_concern) for fold, example in zip(side, examples, strict=True)}
    both = sum((fold, True) in held and (fold, False) in held for fold in sizes)
    return both >= LEAST and 2 * max(sizes.values()) <= len(side)


def _languages(examples: Sequence[Example]) -> list[int]:
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for example in examples:
        parent[root(f"group {example.ad.group}")] = root(f"language {example.ad.language}")
    roots = sorted({root(f"group {example.ad.group}") for example in examples})
    return [roots.index(root(f"group {example.ad.group}")) for example in examples]
