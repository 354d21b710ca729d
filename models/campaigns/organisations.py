"""Organisations that an ad states: beside a legal form or a sort of house, behind `Employer:`, before `is hiring`, in
brackets behind the job in the title, as a domain, or in the board's field.

Precision first: two ads of one text that state different organisations are not tied (`names.conflict`), so a wrong name
parts a campaign. A sort of house without a proper name (`hotel in Berlin`) is none, and neither is a place, unless a
legal form stands right behind it. Nobody is looked up; the names of sole traders, which are names of people, are not
taken.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from models.campaigns.names import domain_name, name_of
from models.campaigns.organisation_search import Search
from models.campaigns.organisation_words import TOKEN, organisation_words
from models.folding import fold
from models.gazetteer import gazetteer
from models.reading import Reading
from zorya.domain.ads import Contact, ContactKind
from zorya.domain.findings import Span

_BRACKETED = re.compile(r"\s*[^\n(]*\w[ \u00a0]?\(([^\W\d_][^()\n,/:]{2,59})\)[ \u00a0]*\n")
"""A first line up to its end."""
_READ = 5_000
"""Characters of an ad in which a name of the title is sought again."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation: `name` as it is compared, `raw` as the ad has it with its offsets into the text, or -1 when it
    comes from a field outside the text."""

    name: str
    raw: str
    start: int = -1
    end: int = -1


def organisations(reading: Reading, *, employer: str | None = None, board: str | None = None) -> frozenset[str]:
    """Comparable names of the organisations an ad states; see `find_organisations`."""
    return frozenset(found.name for found in find_organisations(reading, employer=employer, board=board))


def find_organisations(
    reading: Reading, *, employer: str | None = None, board: str | None = None
) -> list[Organisation]:
    """Organisations, each name once: the field's, those of the text in its order, those of domains; of a name and its
    part (`Lindner`, `Bäckerei Lindner`) the whole. `employer` is the
    board's own field; `board` the host of the board, whose own addresses name nobody."""
    found: dict[str, Organisation] = {}
    for each in (*_field(employer or ""), *_in_text(reading), *_in_contacts(reading.contacts, board)):
        found.setdefault(each.name, each)
    words = {name: frozenset(name.split()) for name in found}
    return [found[name] for name in found if not any(words[name] < others for others in words.values())]


def _field(employer: str) -> Iterator[Organisation]:
    """A field holds a name and nothing else, in capitals or not; a form in it is no part of the name."""
    known = organisation_words()
    bare = known.after.sub(" ", known.before.sub(" ", f" {employer} "))
    if name := _name(TOKEN.findall(bare)):
        yield Organisation(name, employer)


def _in_text(reading: Reading) -> Iterator[Organisation]:
    for start, end in (*Search(reading.text, reading.language).spans(), *_in_title(reading)):
        raw = reading.text[start:end]
        words = TOKEN.findall(raw)
        if name := _name(words) or (_formed(reading.text, end) and _name(words, places=True)):
            yield Organisation(name, raw, start, end)


def _in_title(reading: Reading) -> Iterator[Span]:
    """`Koch (Bäckerei Lindner)`: what the ad names again and says what it is, `die Firma Bäckerei Lindner wächst`, or
    with the article that Hungarian forms put before names they do not know, `A(z)`. Without that it is as often a town
    or a thing to know: `Developer (Python)`."""
    bracket = _BRACKETED.match(reading.text)
    if not bracket or not bracket[1][0].isupper():
        return
    kinds, raw = organisation_words().kinds, re.escape(bracket[1])
    for again in re.finditer(rf"(\bA\(z\)|\w+)[ \u00a0]{raw}(?!\w)", reading.text[bracket.end() : _READ]):
        if again[1] == "A(z)" or fold(again[1]) in kinds:
            yield bracket.span(1)
            return


def _formed(text: str, end: int) -> bool:
    """True of a name with a legal form right behind it: `Hotel Berlin GmbH` is a firm, `hotel in Berlin` is none."""
    return text[end : end + 1] in {" ", "\u00a0"} and organisation_words().after.match(text, end + 1) is not None


def _in_contacts(contacts: Sequence[Contact], board: str | None) -> Iterator[Organisation]:
    """Domains of addresses, without the board's own."""
    own = _name_of_host(_host(board)) if board else ""
    for contact in contacts:
        if contact.kind not in {ContactKind.EMAIL, ContactKind.URL}:
            continue
        email = contact.kind is ContactKind.EMAIL
        name = _name_of_host(contact.value.rpartition("@")[2] if email else _host(contact.value))
        if name and name != own:
            yield Organisation(name, contact.raw, contact.start, contact.end)


def _host(address: str) -> str:
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


@lru_cache(maxsize=1 << 14)
def _name_of_host(host: str) -> str:
    """`@name` of the label that was registered; empty for what names nobody."""
    known = organisation_words()
    labels = fold(host).removesuffix(".").split(".")[:-1]
    if any(label in known.nobodys for label in labels):
        return ""
    own = next((label for label in reversed(labels) if label not in known.host_parts), "")
    bare = "".join(word for word in own.split("-") if word not in known.silent)
    kind = next((kind for kind in known.glued if bare.startswith(kind) or bare.endswith(kind)), "")
    bare = bare.removeprefix(kind) if bare.startswith(kind) else bare.removesuffix(kind)
    return domain_name(bare) if len(bare) >= 3 and not _is_place(bare) else ""


def _name(words: Sequence[str], *, places: bool = False) -> str:
    """The telling words of a name with its trade or line of business, comparable; empty when none tells. With `places`
    those tell too: for names where nothing else does."""
    known = organisation_words()
    plain = [(word, fold(word)) for word in words]
    beside = known.lines | known.trade.keys()
    kept = [(word, low) for word, low in plain if low in beside or low not in known.silent]
    kept = [(word, low) for word, low in kept if low in beside or places or not _is_place(low)]
    if all(low in beside for _, low in kept):
        return ""
    return name_of(known.trade.get(low, word) for word, low in kept)


def _is_place(word: str) -> bool:
    """True of a name of a place that is not also another word."""
    known = gazetteer().named(word)
    return known is not None and not known.preposition
