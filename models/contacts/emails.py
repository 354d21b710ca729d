"""E-mail addresses in folded text, also where `@` and dots are written out: `ana [at] jobs (dot) example`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from models.contacts.folding import Folded
from models.contacts.lexicon import alternation, bare, words
from models.contacts.scripts import one_script
from zorya.domain.ads import LINKED, REPAIRED, Contact, ContactKind

_LOCAL = 64
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_LOCAL_BACKWARDS = re.compile(r"[\w.+-]{1,64}")
_LAST_LABEL = re.compile(r"[^\W\d_]+\Z")
_GLUED = re.compile(r"[a-z]{2,}(?=[^a-z])")
"""A last label with a word stuck to it: `example.comTel`."""
_NEXT_SENTENCE = re.compile(r"(?<=\.)[A-ZА-ЯĄĆĘŁŃÓŚŹŻІЇЄҐ][^.]*$")
_SPLIT_END = r"\s?\.\s?(?:com|net|org|info|eu|[a-z]{2})(?!\w)"
"""A last dot with a blank beside it: `ana@jobs. com`."""
_SPLIT_HOST = re.compile(rf"[A-Za-z0-9-]{{2,63}}(?:\.[A-Za-z0-9-]{{2,63}}){{0,2}}{_SPLIT_END}")
_USUAL_END = re.compile(r"\.(?:com|net|org|info|eu|example|[a-z]{2})\Z", re.I)


@dataclass(frozen=True, slots=True)
class _Patterns:
    bracketed: re.Pattern[str]
    """What stands for `@` in brackets."""
    sure: re.Pattern[str]
    """Words that are nothing else beside a domain, and the plain `at`."""
    local: re.Pattern[str]
    dotted: re.Pattern[str]
    """A domain with at least one dot written out."""
    domain: re.Pattern[str]
    dot: re.Pattern[str]
    labels: re.Pattern[str]
    """Names of messengers: `Telegram @luna.jobs` is no address."""


@cache
def _hints() -> tuple[str, ...]:
    """Beginnings of the words for `@`: a text without any needs no search."""
    return tuple({form[:5] for word in words().at["sure"] for form in (bare(word), word.lower())})


@cache
def _patterns() -> _Patterns:
    known = words()
    sure = alternation(known.at["sure"])
    bracketed = alternation((*known.at["sure"], *known.at["weak"], "@"), end=False)
    dot_word = alternation(known.dot)
    dot = rf"(?:\s?[\[({{<]\s?(?:\.|{dot_word})\s?[\])}}>]\s?|\s(?:{dot_word})\s)"
    top = r"[^\W\d_]{2,24}(?![\w-])"
    channels = alternation(name for names in known.channels.values() for name in names)
    return _Patterns(
        re.compile(rf"[\[({{<*]\s?(?:{bracketed})\s?[\])}}>*]", re.I),
        re.compile(rf"(?<!\w)(?:{sure}|at(?!\w))", re.I),
        re.compile(rf"[\w+-](?:[\w.+-]|{dot}(?=\w)){{0,{_LOCAL}}}\Z", re.I),
        re.compile(rf"{_LABEL}(?:(?:\.|{dot}){_LABEL}){{0,4}}?{dot}{top}", re.I),
        re.compile(rf"{_LABEL}(?:(?:\.|{dot}){_LABEL}){{0,4}}(?:\.|{dot}){top}", re.I),
        re.compile(dot, re.I),
        re.compile(rf"(?:{channels})\Z", re.I),
    )


def find_emails(folded: Folded) -> Iterator[Contact]:
    """Addresses in the order of the text, first those with a real `@`; `raw` runs from local part to domain."""
    text = folded.text
    at = text.find("@")
    while at >= 0:
        if found := _plain(text, at):
            yield _contact(folded, *found, spelled=False)
        at = text.find("@", at + 1)
    for pattern in _spelled_patterns(folded):
        for match in pattern.finditer(text):
            if found := _spelled(text, match):
                yield _contact(folded, *found, spelled=True)


def _spelled_patterns(folded: Folded) -> Iterator[re.Pattern[str]]:
    """Those that may match: words are sought only in a text that has their beginnings."""
    low = folded.low
    if any(mark in low for mark in "[({<*"):
        yield _patterns().bracketed
    at_and_dot = " at " in low and any(dot in low for dot in words().dot)
    if at_and_dot or any(hint in low for hint in _hints()):
        yield _patterns().sure


_Parts = tuple[int, int, str, str]
"""Start and end of an address, its local part, its domain."""


def _plain(text: str, at: int) -> _Parts | None:
    """The address around a real `@`, with a blank at most on each side of it."""
    blank = text[at - 1 : at].isspace()
    before = at - blank
    local = _LOCAL_BACKWARDS.match(text[max(0, before - _LOCAL) : before][::-1])
    gap = text[at + 1 : at + 2].isspace()
    domain = _patterns().domain.match(text, at + 1 + gap)
    if not domain and (gap or not blank):
        domain = _SPLIT_HOST.match(text, at + 1 + gap)
    if not local or not domain:
        return None
    name = local.group()[::-1].lstrip(".-")
    host = domain.group()
    if not name or (blank and not _stands_apart(name, host, gap=gap)):
        return None
    return before - len(name), domain.end(), name, host


def _stands_apart(name: str, host: str, *, gap: bool) -> bool:
    """False where `@` opens a handle after a word: `Instagram @luna.jobs`."""
    if not name.isascii() or _patterns().labels.search(name):
        return False
    return gap or bool(_USUAL_END.search(host))


def _spelled(text: str, match: re.Match[str]) -> _Parts | None:
    """The address around a written `@`; the word `at` needs a written dot too."""
    plain_word = match.group().lower() == "at"
    after = match.end() + text[match.end() : match.end() + 1].isspace()
    domain = (_patterns().dotted if plain_word else _patterns().domain).match(text, after)
    if not domain:
        return None
    before = match.start() - text[: match.start()][-1:].isspace()
    local = _patterns().local.search(text, max(0, before - _LOCAL), before)
    if not local:
        return None
    name = _patterns().dot.sub(".", local.group()).lstrip(".-")
    return before - len(local.group().lstrip(".-")), domain.end(), name, domain.group()


def _contact(folded: Folded, start: int, end: int, name: str, host: str, *, spelled: bool) -> Contact:
    """The address as it is matched; what is stuck to the end of its domain is cut off."""
    last = _LAST_LABEL.search(host)
    if last and (glued := _GLUED.match(last.group())):
        host, end = host[: last.start() + glued.end()], end - len(last.group()) + glued.end()
    if host.count(".") > 1 and not spelled and (sentence := _NEXT_SENTENCE.search(host)):
        end -= len(host) - sentence.start() + 1
        host = host[: sentence.start() - 1]
    dotted = re.sub(r"\s", "", _patterns().dot.sub(".", host))
    value, mended = one_script(f"{name}@{dotted}")
    first, after = folded.span(start, end)
    sure = REPAIRED if spelled or mended or dotted != host or folded.changed(start, end) else 1
    return Contact(ContactKind.EMAIL, value.lower(), folded.original[first:after], first, after, LINKED * sure)
