"""Folds inside a training set: what one of them holds is never learnt from in another dress."""

from collections.abc import Sequence

from models.evaluation.splits import Split, folds
from models.examples import Example

LEAST = 3
"""Sets of languages from which whole languages are held out."""


def folds_of(examples: Sequence[Example]) -> list[int]:
    """A fold per example: whole languages together with those they share a group with (campaign or mirrored scenario);
    where these are fewer than three, whole campaigns, contacts and wordings (`Split.STRICT`).
    """
    by_language = _languages(examples)
    if len(set(by_language)) >= LEAST:
        return by_language
    parts = folds(examples, Split.STRICT)
    side = [len(parts)] * len(examples)  # what no fold tests stays together in one more
    for number, fold in enumerate(parts):
        for example in fold.test:
            side[example] = number
    return side


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
