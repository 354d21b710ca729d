"""Pages made fit for the repository: every way to reach a person is replaced, the same one always by the same.

Telephone numbers become numbers of ranges reserved for fiction, in the format they had; e-mail addresses end in
`.example`, handles in `_example`; names beside contact labels are replaced. Scripts other than JSON-LD go.
"""

import re
from collections.abc import Callable, Iterable

from zorya.domain.ads import Contact, ContactKind

Finder = Callable[[str], Iterable[Contact]]
"""Contacts in a text; the models' room has the one that knows all spellings."""

_SCRIPT = re.compile(r"<script\b(?![^>]*ld\+json)[^>]*>.*?</script\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_HANDLER = re.compile(r"\son\w+\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_HIDDEN = re.compile(r"<input\b[^>]*type\s*=\s*[\"']?hidden[^>]*>", re.IGNORECASE)
_EMAIL = re.compile(r"([\w.+-]{1,64})@((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})", re.IGNORECASE)
_HANDLE = re.compile(
    r"((?:t\.me/(?:s/)?|telegram\.me/|tg://resolve\?domain=|instagram\.com/|(?<![\w@./\"'])@\s?))([A-Za-z]\w{3,31})"
)
_DIALLED = re.compile(r"((?:tel:|wa\.me/|phone=|number=)(?:%2B|\+)?)(\d[\d().-]{5,18}\d)", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w/=.,:-])(\+?\(?\d(?:[ ().\-/]{0,2}\d){8,13})(?![\w%€$£.,-]*\d)")
_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d")
_CAPITAL = "[A-ZА-ЯІЇЄҐȘȚĂÂÎŁŚŻŹČŘŠŽ]"
_NAMED = re.compile(
    r"((?i:contact person|contact|ansprechpartner(?:in)?|kontakt(?:person)?|osoba kontaktowa|kontaktní osoba"
    r"|kapcsolattartó|persoană de contact|contactpersoon|контактное лицо|контактна особа|лице за контакт|имя|ім'я)"
    r"\s*:?\s*(?:<[^>]{1,80}>\s*){0,4})"
    rf"({_CAPITAL}[\w'’-]{{1,20}}(?:\s+{_CAPITAL}[\w'’-]{{1,24}}){{1,2}})(?![\w@])"
)
_RANGES = {
    (True, 13): "49176040690{:02d}",
    (True, 12): "447700900{:03d}",
    (True, 11): "33639980{:03d}",
    (False, 11): "07700900{:03d}",
    (False, 10): "0639980{:03d}",
}
"""(written with its country, digits) → numbers that nobody has."""
_FICTION = re.compile(
    r"447700900\d{3}|49176040690\d\d|493023125\d{3}|3363998\d{4}|120255501\d\d|063998\d{4}|07700900\d{3}"
)
_NO_HANDLES = frozenset(
    {"media", "font", "import", "charset", "keyframes", "context", "type", "supports", "graph", "value"}
)


class Pseudonyms:
    """One recording's replacements: the same contact gets the same stand-in on all its pages."""

    def __init__(self, find: Finder | None = None) -> None:
        self._find: Finder = find or (lambda text: ())
        self._known: dict[str, str] = {}

    def apply(self, source: str, visible: str) -> str:
        """The source of a page or feed without contacts; `visible` is its text, in which contacts are sought."""
        source = _HIDDEN.sub("", _HANDLER.sub("", _SCRIPT.sub("", source)))
        for contact in sorted(self._find(visible), key=lambda one: -len(one.raw)):
            if contact.number_or_kind is ContactKind.PHONE and "/" not in contact.raw and not is_fiction(contact):
                source = source.replace(contact.raw, self._phone(contact.raw))
        source = _EMAIL.sub(lambda match: self._email(match[0]), source)
        source = _HANDLE.sub(lambda match: match[1] + self._handle(match[2]), source)
        source = _DIALLED.sub(lambda match: match[1] + self._dialled(match), source)
        source = _PHONE.sub(lambda match: match[0] if _is_no_phone(match[0]) else self._phone(match[0]), source)
        return _NAMED.sub(lambda match: match[1] + self._name(match[2]), source)

    def left(self, visible: str) -> list[Contact]:
        """Contacts of a text that are nobody's stand-in: such a page must not be kept."""
        reached = (one for one in self._find(visible) if one.kind is not ContactKind.URL)
        return [contact for contact in reached if not is_fiction(contact)]

    def _phone(self, raw: str) -> str:
        digits = re.sub(r"\D", "", raw)
        if _FICTION.fullmatch(digits) or not digits:
            return raw
        abroad = "+" in raw or raw.startswith("00")
        pattern = _RANGES.get((abroad, len(digits)))
        if pattern is None:
            return "+" * abroad + _RANGES[True, 12].format(self._number(digits))
        fresh = iter(pattern.format(self._number(digits)))
        return "".join(next(fresh) if character.isdigit() else character for character in raw)

    def _dialled(self, match: re.Match[str]) -> str:
        """The number of a link: messengers want it with its country, `tel:` as it is."""
        abroad = match[1].endswith(("+", "%2B", "%2b")) or not match[1].lower().startswith("tel:")
        return self._phone("+" * abroad + match[2]).removeprefix("+" * abroad)

    def _number(self, digits: str) -> int:
        """A number below 100 for the last nine digits: with and without the country, it is the same telephone."""
        numbers = [key for key in self._known if key.isdigit()]
        self._known.setdefault(digits[-9:], f"{len(numbers) + 10}")
        return int(self._known[digits[-9:]]) % 100

    def _email(self, raw: str) -> str:
        if raw.lower().endswith(".example"):
            return raw
        return self._known.setdefault(raw.lower(), f"person{len(self._known) + 1}@board.example")

    def _handle(self, raw: str) -> str:
        if raw.endswith("_example") or raw.lower() in {
            "media",
            "font",
            "import",
            "charset",
            "keyframes",
            "context",
            "type",
        }:
            return raw
        return self._known.setdefault("@" + raw.lower(), f"person{len(self._known) + 1}_example")

    def _name(self, raw: str) -> str:
        return self._known.setdefault("name " + raw.lower(), f"Person {chr(65 + len(self._known) % 26)}. Example")


def is_fiction(contact: Contact) -> bool:
    """True for a contact that reaches nobody: reserved numbers, `.example`, `_example`."""
    if contact.number_or_kind is ContactKind.PHONE:
        return any(_FICTION.fullmatch(re.sub(r"\D", "", text)) for text in (contact.value, contact.raw))
    return contact.value.lower().rstrip("/").endswith((".example", "_example"))


def _is_no_phone(text: str) -> bool:
    """Days, sums and numbers of ads are written with many digits too."""
    grouped = " " in text or "-" in text
    called = text.lstrip("(").startswith(("+", "0"))
    return bool(_DAY.match(text)) or not (called or grouped) or len(set(re.sub(r"\D", "", text))) < 3
