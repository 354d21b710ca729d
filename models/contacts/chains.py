"""Chains of digit groups in folded text: `+373 (69) 12-34-56, 24/7` is one chain of six groups.

Letters drawn like digits count as digits where digits stand beside them, and a plus or a letter before the chain
belongs to it. Which stretches of a chain dial a number is for `phones` to say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from models.contacts.lexicon import alternation, words

_ALIKE = "OОoоЗзlIІS"
_DIGITS_MEANT = str.maketrans(_ALIKE, "0000331115")
_LETTER = r"[^\W\d_]"
_ITEM = rf"(?:\d|(?<!{_LETTER})[{_ALIKE}]{{1,3}}(?!{_LETTER}))"
_BETWEEN = r"(?:[^\w+%€$£₴₽:;#№@&<>=!?\"]{0,4}|_)"
_CHAIN = re.compile(rf"\d(?:{_BETWEEN}{_ITEM})*")
_GROUP = re.compile(rf"[\d{_ALIKE}]+")
_FEWEST_REAL = 6
_SPACED_LETTER = " .-"


@dataclass(frozen=True, slots=True)
class Group:
    """Digits with nothing between them: `meant` has look-alikes read as digits, `real` counts the true ones."""

    start: int
    end: int
    meant: str
    real: int
    before: str
    """What separates it from the group before it; empty for the first."""


@dataclass(frozen=True, slots=True)
class Chain:
    """`start` is where the plus, bracket or letter before the first group stands."""

    groups: tuple[Group, ...]
    start: int
    plus: bool
    letter_end: bool
    """A letter follows right after the last digit."""


def chains(text: str) -> Iterator[Chain]:
    """Chains long enough to hold a number, in the order of the text."""
    for match in _CHAIN.finditer(text):
        if match.end() - match.start() >= _FEWEST_REAL and sum(map(str.isdigit, match.group())) >= _FEWEST_REAL:
            yield _chain(text, *match.span())


def _chain(text: str, start: int, end: int) -> Chain:
    groups: list[Group] = []
    at = start
    for found in _GROUP.finditer(text, start, end):
        token = found.group()
        real = sum(map(str.isdigit, token))
        groups.append(Group(found.start(), found.end(), token.translate(_DIGITS_MEANT), real, text[at : found.start()]))
        at = found.end()
    lead = _lead().search(text, max(0, start - 12), start)
    opens = start
    if lead and (letter := lead["letter"]) and (not lead["gap"] or groups[0].end - groups[0].start == 1):
        first = groups[0]
        groups[0] = Group(
            lead.start("letter"), first.end, letter.translate(_DIGITS_MEANT) + first.meant, first.real, ""
        )
        opens = lead.start("letter")
    if lead and lead["plus"] and (opens < start or not lead["letter"]):
        opens = lead.start("plus")
    elif start and text[start - 1] in "([" and any(mark in group.before for group in groups for mark in ")]"):
        opens = start - 1
    plus = bool(lead and lead["plus"] and opens == lead.start("plus"))
    return Chain(tuple(groups), opens, plus, text[end : end + 1].isalpha())


@cache
def _lead() -> re.Pattern[str]:
    """What may belong to a chain before its first digit: a plus or the word for it, a bracket, a letter for a digit."""
    said = alternation(words().plus)
    return re.compile(
        rf"(?P<plus>(?<!\d)\+\s?|(?<!\w)(?:{said}),?\s)?[(\[]?\s?(?:(?P<letter>(?<!\w)[oOоОЗз])(?P<gap>[{_SPACED_LETTER}]?))?\Z",
        re.I,
    )
