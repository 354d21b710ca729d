"""Splits of labelled ads into folds, such that what the test side holds was not learnt from in another dress.

Ads that belong together (one campaign, one contact, one wording, one scenario in two languages) form a *unit*. Splits
by chance deal whole units to folds; splits by time, language or source draw a line and take out of the training side
every unit that the test side touches.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from models.campaigns.edges import HUB
from models.campaigns.forest import Forest
from models.campaigns.grouping import Known, group
from models.campaigns.imprint import Imprint
from models.campaigns.wording import wording
from models.examples import Array, Example, truths
from zorya.domain.ads import ContactKind
from zorya.errors import ModelError

PARTS = 5
"""Folds of a split by chance, and test periods of a split by time."""
SEED = 20261126


class Split(StrEnum):
    """How ads are divided into what is learnt from and what is measured on."""

    RANDOM = "random"
    """Each ad by itself: for comparison with published figures only, it flatters."""
    CAMPAIGN = "campaign"
    """Whole campaigns and groups."""
    CONTACT = "contact"
    """Whole groups, and whatever shares a contact that is no hub."""
    NEAR_DUPLICATE = "near-duplicate"
    """Whole groups, and whatever is worded alike."""
    STRICT = "strict"
    """All of these together."""
    TIME = "time"
    """Learnt from earlier ads, measured on later ones; ads without a date are only learnt from."""
    LANGUAGE = "language"
    """Each language measured by what other languages teach."""
    SOURCE = "source"
    """Each source measured by what other sources teach."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Numbers of the examples learnt from and of those measured on, ascending."""

    name: str
    train: tuple[int, ...]
    test: tuple[int, ...]


def folds(examples: Sequence[Example], split: Split, *, parts: int = PARTS, seed: int = SEED) -> list[Fold]:
    """The folds of a split, in order. Deterministic; a fold whose training side lacks concern or ordinary ads, or whose
    test side is empty, is left out; raises ModelError where no fold is left.
    """
    units = units_of(examples, split)
    if split is Split.TIME:
        sides = _by_time([example.ad.posted_on for example in examples], parts)
    elif split in _LEFT_OUT:
        sides = _left_out([_LEFT_OUT[split](example) for example in examples])
    else:
        sides = _by_chance(examples, units, parts, seed)
    concern = truths(examples, "concern")
    made = [_purged(name, train, test, units) for name, train, test in sides]
    usable = [fold for fold in made if fold.test and len(set(concern[list(fold.train)])) == 2]
    if not usable:
        raise ModelError(
            f"the split `{split}` leaves no fold with concern and ordinary ads to learn from ({len(examples)} ads, "
            f"{len(set(units))} units, {int(concern.sum())} concern): take another split, or label more"
        )
    return usable


def units_of(examples: Sequence[Example], split: Split) -> list[int]:
    """A number per example; what shares one stays on one side. Unit numbers are those of their first examples."""
    keys: list[list[Hashable]] = [[] for _ in examples]
    if split is not Split.RANDOM:
        for number, example in enumerate(examples):
            keys[number] += [("group", example.ad.group)] if example.ad.group else []
            keys[number] += [("campaign", example.ad.campaign)] if example.ad.campaign else []
    if split in {Split.CONTACT, Split.STRICT}:
        for number, contacts in enumerate(_tying_contacts(examples)):
            keys[number] += [("contact", contact) for contact in contacts]
    forest = Forest(len(examples))
    first: dict[Hashable, int] = {}
    for number, held in enumerate(keys):
        for key in held:
            forest.tie(first.setdefault(key, number), number)
    if split in {Split.NEAR_DUPLICATE, Split.STRICT}:
        for one, other in alike(examples):
            forest.tie(one, other)
    return [forest.root(number) for number in range(len(examples))]


def contacts_of(example: Example) -> tuple[str, ...]:
    """Tokens of an ad's contacts where its label came with them, else the contacts in its text; links are none, many
    lead to boards."""
    tying = (contact for contact in example.reading.contacts if contact.kind is not ContactKind.URL)
    return example.ad.contacts or tuple(f"{contact.number_or_kind}:{contact.value}" for contact in tying)


def _tying_contacts(examples: Sequence[Example]) -> list[list[str]]:
    """Contacts of each example without hubs: what more than `HUB` wordings share is a switchboard or a mask of the
    set's makers, and would make one unit of everything."""
    wordings: dict[str, set[str]] = {}
    for example in examples:
        if held := contacts_of(example):
            text = wording(example.reading)
            for contact in held:
                wordings.setdefault(contact, set()).add(text)
    return [[each for each in contacts_of(example) if len(wordings[each]) <= HUB] for example in examples]


def alike(examples: Sequence[Example]) -> Iterable[tuple[int, int]]:
    """Pairs of examples that are worded alike (similarity of 5-grams as in `models.campaigns`, weak ties too), and
    of those too short to tell whose masked wording is the same. Enough pairs to connect whatever is alike.
    """
    return alike_wordings([wording(example.reading) for example in examples])


def alike_wordings(wordings: Sequence[str]) -> Iterable[tuple[int, int]]:
    """`alike`, of masked wordings by their places."""
    nothing_known = Known(frozenset(), frozenset(), frozenset())  # a shared footer may teach too: no boilerplate is cut
    found = group((Imprint(f"{number:08}", text) for number, text in enumerate(wordings)), nothing_known)
    for edge in (*found.edges, *found.proposals):
        yield int(edge.one), int(edge.other)
    first: dict[str, int] = {}
    for number, masked in enumerate(wordings):
        yield first.setdefault(" ".join(masked.split()), number), number


Sides = Iterable[tuple[str, Sequence[int], Sequence[int]]]


def _by_chance(examples: Sequence[Example], units: Sequence[int], parts: int, seed: int) -> Sides:
    """Whole units in folds with about equal shares of concern (scikit-learn's StratifiedGroupKFold)."""
    from sklearn.model_selection import StratifiedGroupKFold

    concern = truths(examples, "concern").astype(int)
    smallest = min(
        len({unit for unit, is_concern in zip(units, concern, strict=True) if is_concern == k}) for k in (0, 1)
    )
    parts = min(parts, smallest)
    if parts < 2:
        return
    splitter = StratifiedGroupKFold(parts, shuffle=True, random_state=seed)
    for number, (train, test) in enumerate(splitter.split(np.zeros(len(units)), concern, units), 1):
        yield f"fold {number}", train.tolist(), test.tolist()


def _by_time(days: Sequence[date | None], parts: int) -> Sides:
    """Dated ads in `parts` + 1 periods with about equal numbers of ads; each period but the first is measured once, by
    what was posted before it began and by ads without a date.
    """
    dated = sorted({day for day in days if day})
    if len(dated) < 2:
        raise ModelError("the split `time` needs ads of two days at least (`posted_on`): take another split")
    every = sorted(day for day in days if day)
    starts = sorted({every[len(every) * part // (parts + 1)] for part in range(1, parts + 1)} - {dated[0]})
    for start, end in zip(starts, [*starts[1:], date.max], strict=False):
        train = [number for number, day in enumerate(days) if day is None or day < start]
        test = [number for number, day in enumerate(days) if day and start <= day < end]
        yield f"from {start}", train, test


def _left_out(names: Sequence[str]) -> Sides:
    for name in sorted(set(names)):
        train = [number for number, other in enumerate(names) if other != name]
        yield name, train, [number for number, other in enumerate(names) if other == name]


_LEFT_OUT: dict[Split, Callable[[Example], str]] = {
    Split.LANGUAGE: lambda example: example.ad.language or "unknown",
    Split.SOURCE: lambda example: example.ad.source or example.ad.origin.value,
}


def _purged(name: str, train: Sequence[int], test: Sequence[int], units: Sequence[int]) -> Fold:
    """The fold without those training examples whose unit is measured."""
    measured = {units[number] for number in test}
    return Fold(name, tuple(number for number in train if units[number] not in measured), tuple(test))


def clusters(units: Sequence[int], rows: Sequence[int]) -> Array:
    """Cluster number 0 … of each row, for the bootstrap: rows of one unit fall together."""
    return np.unique([units[row] for row in rows], return_inverse=True)[1].astype(np.float64)
