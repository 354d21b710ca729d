"""Handles in folded text: `@name`, and a name after `Telegram:`, `insta -`, `вк`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from models.contacts.folding import Folded
from models.contacts.lexicon import alternation, words
from models.contacts.scripts import one_script
from zorya.domain.ads import GUESSED, REPAIRED, WRITTEN, Contact, ContactKind

_AT = re.compile(r"(?<![\w@./])@(?:\s(?=\w*_))?([a-z][\w.]{3,31})", re.I)
_PLAIN = re.compile(r"\w{4,32}")
_TELLING = re.compile(r"[\d_]")
_ENDS = re.compile(r"\s*(?:$|[\n,;.!?)(|/•·]|[^\w\s])")
_LOOK_BACK = 24
_KINDS = (ContactKind.INSTAGRAM, ContactKind.VK, ContactKind.TELEGRAM)


@dataclass(frozen=True, slots=True)
class _Patterns:
    before: tuple[tuple[ContactKind | None, re.Pattern[str]], ...]
    """Names of a messenger right before a handle; None: a network that is none of ours."""
    labelled: tuple[tuple[ContactKind, re.Pattern[str]], ...]


@cache
def _patterns() -> _Patterns:
    known = words()
    named = {kind: rf"(?<![^\W_])(?:{alternation(known.channels[kind])})" for kind in _KINDS}
    before: list[tuple[ContactKind | None, re.Pattern[str]]] = [
        (kind, re.compile(rf"{named[kind]}\W{{0,6}}\Z", re.I)) for kind in _KINDS
    ]
    before.append((None, re.compile(rf"(?<![^\W_])(?:{alternation(known.other_networks)})\W{{0,6}}\Z", re.I)))
    labelled = tuple(
        (
            kind,
            re.compile(
                rf"{named[kind]}(?P<mark>\s{{0,2}}[:=>→]{{1,2}}\s{{0,2}}|\s{{1,2}}[-–—]{{1,2}}>?\s{{0,2}}|\s)(?P<name>[a-z][\w.]{{3,31}})",
                re.I,
            ),
        )
        for kind in _KINDS
    )
    return _Patterns(tuple(before), labelled)


@cache
def _named() -> tuple[tuple[str, ...], frozenset[str]]:
    """(beginnings of words, whole words) of messengers: a text with none of them announces no handle."""
    entries = {entry for kind in _KINDS for entry in words().channels[kind]}
    return tuple(sorted(entry.removesuffix("*").lower() for entry in entries if entry.endswith("*"))), frozenset(
        entries
    )


def find_handles(folded: Folded) -> Iterator[Contact]:
    """Handles with `@` in the order of the text, then those that only their messenger's name announces."""
    text = folded.text
    if "@" in text:
        for match in _AT.finditer(text):
            kind, sure = _kind_before(text, match.start())
            if kind and (contact := _contact(folded, kind, match.span(), match.start(1), sure)):
                yield contact
    stems, exact = _named()
    if any(stem in folded.low for stem in stems) or not exact.isdisjoint(folded.words):
        for kind, pattern in _patterns().labelled:
            for match in pattern.finditer(text):
                if _is_name(text, match) and (
                    contact := _contact(folded, kind, match.span("name"), match.start("name"), GUESSED)
                ):
                    yield contact


def _kind_before(text: str, at: int) -> tuple[ContactKind | None, float]:
    """What a handle belongs to; a mere `@` is Telegram's, as boards of these countries use it."""
    for kind, before in _patterns().before:
        if before.search(text, max(0, at - _LOOK_BACK), at):
            return kind, WRITTEN
    return ContactKind.TELEGRAM, GUESSED


def _is_name(text: str, match: re.Match[str]) -> bool:
    """True for what is no word of the sentence: it has a digit or `_`, or a mark before and nothing behind it."""
    name = match["name"].rstrip(".")
    if bool(_TELLING.search(name)):
        return True
    return bool(match["mark"].strip()) and bool(_ENDS.match(text, match.end()))


def _contact(folded: Folded, kind: ContactKind, span: tuple[int, int], begins: int, sure: float) -> Contact | None:
    """The contact of a handle whose name begins at `begins`; only Instagram and VK have dots in names."""
    start, end = span
    name = folded.text[begins:end]
    plain = name if kind in {ContactKind.INSTAGRAM, ContactKind.VK} else name.partition(".")[0]
    plain = plain.rstrip(".")
    meant, mended = one_script(plain)
    if not _PLAIN.match(meant) or meant.lower() in words().no_handles:
        return None
    end = begins + len(plain)
    first, after = folded.span(start, end)
    confidence = sure * (REPAIRED if mended or folded.changed(start, end) else 1)
    return Contact(kind, meant.lower(), folded.original[first:after], first, after, round(confidence, 3))
