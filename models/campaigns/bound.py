"""The partition of some ads as people's words bind it: what they split stays apart, what they merged stays together.

Without such words it is the grouping's own. Else the strongest ties are granted first, and a tie across what a person
said to be different is none: it becomes a proposal. The later of two words that disagree holds.
"""

from collections.abc import Iterable
from dataclasses import replace

from models.campaigns.edges import Edge
from models.campaigns.forest import Forest
from models.campaigns.grouping import Grouping
from zorya.store.campaign_words import Words


def parts_of(found: Grouping, *, bound: Iterable[list[str]], words: Words) -> tuple[list[list[str]], list[Edge]]:
    """(parts, ties that were denied). `bound` are ads that stay together; ads that are not of the grouping are left
    out. Parts and their ads are in the order of their names."""
    names = sorted(found.campaign_of)
    number_of = {name: number for number, name in enumerate(names)}
    forest, apart = Forest(len(names)), list[tuple[int, int]]()

    def may(one: int, other: int) -> bool:
        ends = {forest.root(one), forest.root(other)}
        return all({forest.root(first), forest.root(second)} != ends for first, second in apart)

    for names_together in (*bound, *words.together):
        inside = [number_of[name] for name in names_together if name in number_of]
        for number in inside[1:]:
            forest.tie(inside[0], number)
    for first, second, same in words.links:
        pair = (number_of.get(first), number_of.get(second))
        if pair[0] is None or pair[1] is None or forest.root(pair[0]) == forest.root(pair[1]):
            continue
        if not same:
            apart.append((pair[0], pair[1]))
        elif may(pair[0], pair[1]):
            forest.tie(pair[0], pair[1])
    denied = []
    for edge in sorted(found.edges, key=lambda edge: (not edge.strong, -edge.weight, edge.one, edge.other)):
        one, other = number_of[edge.one], number_of[edge.other]
        if may(one, other):
            forest.tie(one, other)
        else:
            denied.append(replace(edge, reason=f"{edge.reason} A person said they differ.", strong=False))
    parts: dict[int, list[str]] = {}
    for name, root in zip(names, forest.roots(), strict=True):
        parts.setdefault(root, []).append(name)
    return list(parts.values()), denied
