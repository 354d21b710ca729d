"""Phones in folded text: the stretches of a chain of digits that dial a number.

A stretch is a number when its digits fit a plan (`numbering`), what separates its groups is what people write inside
numbers, and it begins and ends where a number may. Dates, prices, years, accounts and register numbers are none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from models.contacts.chains import Chain, Group, chains
from models.contacts.folding import Folded
from models.contacts.lexicon import alternation, words
from models.contacts.numbering import Number, Regions, number_of
from zorya.domain.ads import REPAIRED, Contact, ContactKind

_FEWEST, _MOST = 8, 15
_USUAL = re.compile(r"[\s().\[\]{}\-‐-―−/\\·•*_'’]*")
_BREAK = re.compile(r"[\n,|/\\]|\s\s|\s\(")
_NEW_LINE = re.compile(r"[ \-‐-―]*\r?\n[ ]*")
_TRUNK = re.compile(r"0[1-9]\d|00[1-9]\d")
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_DATE = re.compile(rf"(?<!\d)(?:{_DAY}([./-]){_MONTH}\1{_YEAR}|{_YEAR}([./-]){_MONTH}\2{_DAY})(?!\d)")
_MONTHS = re.compile(rf"(?<!\d){_MONTH}[./]{_YEAR}\D{{1,3}}{_MONTH}[./]{_YEAR}(?!\d)")
_HOUSE_AND_POSTCODE = re.compile(r"[/ ]\d\d-\d{3}\Z")
_TOWN = re.compile(r"\s[^\W\d_a-z]")
_YEARS = re.compile(rf"{_YEAR}\D{{1,3}}{_YEAR}")
_NOT_BEFORE = re.compile(r"(?:[\w/=#№@]|\d:|[\d*]\*\*|[A-Z][-–.])\Z")
_TIMES = re.compile(r"(?<!\d)[0-2]?\d[.:][0-5]\d\s?[-‐-―−(]{1,2}\s?[0-2]?\d[.:][0-5]\d(?!\d)")
_NOT_AFTER = re.compile(r"\s?[%€$£₴₽]|:\d|@\w")
_CARD_DIGITS, _CARD_GROUP, _CARD_GROUPS = 16, 4, 8
_LOOK_BACK = 30
_TAIL = 3
"""Digits from which what follows a number belongs to it rather than to the hours after it."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Groups [first, after) of a chain, and what the text says around them."""

    text: str
    chain: Chain
    first: int
    after: int

    @property
    def groups(self) -> Sequence[Group]:
        return self.chain.groups[self.first : self.after]

    @property
    def digits(self) -> str:
        return "".join(group.meant for group in self.groups)

    @property
    def plus(self) -> bool:
        return self.chain.plus and self.first == 0

    @property
    def start(self) -> int:
        return self.chain.start if self.first == 0 else self.chain.groups[self.first].start

    @property
    def end(self) -> int:
        return self.chain.groups[self.after - 1].end

    @property
    def singles(self) -> bool:
        """Written digit by digit."""
        return all(group.end - group.start == 1 for group in self.groups[1:])

    @property
    def announced(self) -> bool:
        """A word like `tel.` or the name of a messenger stands before it."""
        return bool(_patterns().phone.search(self.text, max(0, self.start - _LOOK_BACK), self.start))


@dataclass(frozen=True, slots=True)
class _Patterns:
    phone: re.Pattern[str]
    no_phone: re.Pattern[str]
    dialled: re.Pattern[str]
    units: re.Pattern[str]
    before: tuple[tuple[ContactKind, re.Pattern[str]], ...]
    after: tuple[tuple[ContactKind, re.Pattern[str]], ...]


@cache
def _patterns() -> _Patterns:
    """The lexicon compiled: each list is sought right before or right after a stretch only."""
    known = words()
    kinds = (ContactKind.WHATSAPP, ContactKind.VIBER, ContactKind.TELEGRAM)
    named = {kind: rf"(?<![^\W\d_])(?<!-)(?:{alternation(known.channels[kind])})" for kind in kinds}
    every = [*known.dialled, *known.phone, *(name for kind in kinds for name in known.channels[kind])]
    return _Patterns(
        re.compile(rf"(?<![^\W\d_])(?:{alternation(every)})[^\w\n]{{0,8}}(?:[^\W\d]{{1,9}}[^\w\n]{{1,3}})?\Z", re.I),
        re.compile(
            rf"(?<!\w)(?:{alternation(known.no_phone)})[^\w\n]{{0,6}}(?:[^\W\d]{{1,9}}[^\w\n]{{1,3}}){{0,2}}\Z", re.I
        ),
        re.compile(rf"(?<![^\W\d_])(?:{alternation(known.dialled)})", re.I),
        re.compile(rf"\s?(?:{alternation(known.units)})", re.I),
        tuple((kind, re.compile(rf"{named[kind]}\W{{0,14}}\Z", re.I)) for kind in kinds),
        tuple((kind, re.compile(rf"\W{{0,4}}{named[kind]}(?!\W{{0,3}}[\d+@])", re.I)) for kind in kinds[:2]),
    )


def find_phones(folded: Folded, regions: Regions) -> Iterator[Contact]:
    """Numbers in the order of the text, each with its messenger where one is named beside it."""
    for chain in chains(folded.text):
        first, taken = 0, False
        while first < len(chain.groups):
            found = _number_at(folded, chain, first, regions, follows=taken)
            taken = found is not None
            if found is None:
                first += 1
            else:
                stretch, number = found
                yield _contact(folded, stretch, number)
                first = stretch.after


def _number_at(
    folded: Folded, chain: Chain, first: int, regions: Regions, *, follows: bool
) -> tuple[_Stretch, Number] | None:
    """The number that begins at a group: the longest assigned one, else the longest that is only possible.

    `follows`: the group before ends a number.
    """
    if not (first == 0 or follows or _breaks(chain, first) or _trunk(chain, first)):
        return None
    length, possible = 0, None
    stretches: list[_Stretch] = []
    for after in range(first + 1, len(chain.groups) + 1):
        length += len(chain.groups[after - 1].meant)
        if length > _MOST:
            break
        if length >= _FEWEST:
            stretches.append(_Stretch(folded.text, chain, first, after))
    for stretch in reversed(stretches):
        number = number_of(stretch.plus, stretch.digits, regions)
        if number is None and stretch.plus and stretch.digits[0] == "0":
            number = number_of(False, stretch.digits, regions)
        if number is None and not stretch.plus and folded.changed(stretch.start, stretch.end):
            # Nobody disguises the digits of anything but a telephone: the plus of any country may be left out.
            number = number_of(True, stretch.digits, regions)
        if number is None or (possible and not number.valid) or not _reads_as_number(stretch, number):
            continue
        if number.valid:
            return possible if possible and _torn(stretch, possible[0]) else (stretch, number)
        possible = stretch, number
    return possible


def _torn(short: _Stretch, long: _Stretch) -> bool:
    """True when the shorter stretch leaves out more than hours, or a group like its own last one: `07700 900 123` is
    no Bulgarian `07700 900`, `06 39 98 00 12` no Irish `06 39 98 00`.
    """
    if short.plus or _breaks(short.chain, short.after):
        return False
    last, left = short.groups[-1], short.chain.groups[short.after]
    alike = (last.before, len(last.meant)) == (left.before, len(left.meant))
    return alike or len(long.digits) - len(short.digits) >= _TAIL


def _breaks(chain: Chain, place: int) -> bool:
    """True where a number may end and another begin: before the group at `place`, unless all is separated so."""
    groups = chain.groups
    mark = groups[place].before
    around = (groups[near].before for near in (place - 1, place + 1) if 0 < near < len(groups))
    small = groups[place].end - groups[place].start == 1
    return bool(_BREAK.search(mark)) and not (small and mark in around)


def _trunk(chain: Chain, first: int) -> bool:
    """True for a group that opens a number as nothing else does: `0722`, `0040`."""
    return bool(_TRUNK.match(chain.groups[first].meant))


def _reads_as_number(stretch: _Stretch, number: Number) -> bool:
    """What stands inside, before and after is what may stand there."""
    return (
        _letters_fit(stretch)
        and _separators_fit(stretch)
        and _ends_well(stretch, number)
        and not _is_account(stretch)
        and _surroundings_fit(stretch)
    )


def _letters_fit(stretch: _Stretch) -> bool:
    """Letters for digits: few, beside digits, and no series letter at the end (`0281000000S`)."""
    groups = stretch.groups
    real = sum(group.real for group in groups)
    length = sum(len(group.meant) for group in groups)
    if real == length:
        return True
    if real < 6 or real < 0.6 * length or (stretch.text[stretch.end - 1] in "SIlІ" and not stretch.announced):
        return False
    return stretch.singles or all(group.real or (0 < at < len(groups) - 1) for at, group in enumerate(groups))


def _separators_fit(stretch: _Stretch) -> bool:
    """Between groups: blanks, dots, dashes, slashes, brackets; anything else when it is the same all along."""
    between = [group.before for group in stretch.groups[1:]]
    odd = [mark for mark in between if "\n" in mark or not _USUAL.fullmatch(mark)]
    if not odd:
        return True
    alike = len(set(between)) == 1 and len(between) > 1
    if any("\n" in mark for mark in odd):
        broken_once = len(odd) == 1 and bool(_NEW_LINE.fullmatch(odd[0]))
        return (alike and stretch.singles) or (broken_once and (stretch.plus or stretch.announced))
    return alike and (stretch.singles or ", " not in odd[0])


def _ends_well(stretch: _Stretch, number: Number) -> bool:
    """False where the stretch tears a longer row of digits apart."""
    groups, after = stretch.chain.groups, stretch.after
    if after == len(groups):
        return not stretch.chain.letter_end or stretch.plus or stretch.announced
    if _breaks(stretch.chain, after):
        return True
    if not number.valid or (stretch.singles and len(stretch.groups) > 2):
        return False
    if stretch.plus or stretch.digits[0] == "0" or stretch.announced or _trunk(stretch.chain, after):
        return True
    rest = sum(len(group.meant) for group in groups[after : after + _MOST])
    return rest % len(stretch.digits) == 0


def _is_account(stretch: _Stretch) -> bool:
    """A bank account or card: sixteen digits and more in fours, without a break."""
    groups = stretch.chain.groups
    low, high = stretch.first, stretch.after
    least, most = low - _CARD_GROUPS, high + _CARD_GROUPS
    while low > max(0, least) and not _breaks(stretch.chain, low):
        low -= 1
    while high < min(len(groups), most) and not _breaks(stretch.chain, high):
        high += 1
    row = groups[low:high]
    fours = sum(len(group.meant) == _CARD_GROUP for group in row)
    return sum(len(group.meant) for group in row) >= _CARD_DIGITS and fours >= len(row) - 2 and fours >= 3


def _surroundings_fit(stretch: _Stretch) -> bool:
    """False for dates, years, what is counted or paid, numbers of registers, and parts of longer words."""
    text, start, end = stretch.text, stretch.start, stretch.end
    if _NOT_AFTER.match(text, end):
        return False
    if stretch.first == 0 and _NOT_BEFORE.search(text, max(0, start - 3), start):
        label_glued_on = text[start - 1] not in "/=#№@*_:" and (stretch.plus or stretch.announced)
        if not label_glued_on:
            return False
    if stretch.plus:
        return True
    written = text[start:end]
    if any(pattern.search(written) for pattern in (_DATE, _MONTHS, _TIMES)) or _YEARS.match(written):
        return False
    if _HOUSE_AND_POSTCODE.search(written) and _TOWN.match(text, end):
        return False
    if text[max(0, start - 2) : start].strip()[-1:] in {"€", "$", "£"} or _registered(stretch):
        return False
    return stretch.announced or not _patterns().units.match(text, end)


def _registered(stretch: _Stretch) -> bool:
    """True after the name of a register, an account, a code, unless a telephone is named in between."""
    low = max(0, stretch.start - _LOOK_BACK)
    label = _patterns().no_phone.search(stretch.text, low, stretch.start)
    return label is not None and not _patterns().dialled.search(stretch.text, label.start(), stretch.start)


def _contact(folded: Folded, stretch: _Stretch, number: Number) -> Contact:
    text = folded.text
    low = max(0, stretch.start - 24)
    kind = next((k for k, before in _patterns().before if before.search(text, low, stretch.start)), None)
    if kind is None:
        kind = next((k for k, after in _patterns().after if after.match(text, stretch.end)), ContactKind.PHONE)
    start, end = folded.span(stretch.start, stretch.end)
    repaired = folded.changed(stretch.start, stretch.end) or any(g.real < len(g.meant) for g in stretch.groups)
    confidence = number.confidence * (REPAIRED if repaired else 1)
    return Contact(kind, number.value, folded.original[start:end], start, end, round(confidence, 3))
