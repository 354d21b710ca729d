"""Ads of different labelled sets that are worded alike are one group: sets are grouped one by one as they are imported,
and people label what a set holds already, so that one ad would else stand on both sides of a split.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from models.campaigns.forest import Forest
from models.evaluation.splits import alike
from models.examples import Example, read_examples
from zorya.labelled import LabelledAd, Origin


def read_labelled(ads: Iterable[LabelledAd]) -> list[Example]:
    """`read_examples` of labelled ads of one or several sets, groups joined."""
    return joined(read_examples(ads))


def joined(examples: Sequence[Example]) -> list[Example]:
    """The examples, in order, with one group for those groups that hold ads worded alike in two sets: the name of the
    first. Ads of a single set are as they were: its own makers grouped them.
    """
    sets = [_set_of(example.ad) for example in examples]
    if len(set(sets)) < 2:
        return list(examples)
    wordings = Forest(len(examples))
    for one, other in alike(examples):
        wordings.tie(one, other)
    spread: dict[int, set[str]] = {}
    for number, name in enumerate(sets):
        spread.setdefault(wordings.root(number), set()).add(name)
    forest = Forest(len(examples))
    first: dict[str, int] = {}
    for number, example in enumerate(examples):
        forest.tie(first.setdefault(example.ad.group, number), number)
        root = wordings.root(number)
        if len(spread[root]) > 1:
            forest.tie(root, number)
    return [
        replace(example, ad=example.ad.model_copy(update={"group": examples[forest.root(number)].ad.group}))
        for number, example in enumerate(examples)
    ]


def _set_of(ad: LabelledAd) -> str:
    """An imported set by its name, with which its ids begin; else where the label comes from."""
    return ad.id.partition(":")[0] if ad.origin is Origin.IMPORT else ad.origin.value
