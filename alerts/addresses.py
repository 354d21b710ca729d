"""Addresses of ads as a card holds them: to read, not to click, and without a path that reaches somebody."""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from zorya.domain.ads import Contact, ContactKind

_MESSENGER_HOSTS = re.compile(r"(?:^|\.)(?:t\.me|telegram\.me|wa\.me|instagram\.com|viber\.me|facebook\.com|vk\.com)$")
_NUMBER = re.compile(r"\d[\d ().+-]{8,}\d")
_DEFANGED = re.compile(r"hxxps?://[^\s…]+")


def defang(url: str, contacts: Iterable[Contact]) -> str:
    """`hxxps://jobs[.]example/ad/7`: an address to read, not to click; its path goes where it holds a contact."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if not host:
        return ""
    scheme = visible(parts.scheme).replace("http", "hxxp", 1)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    path = "/…" if _reaches(host, unquote(path), contacts) else cut(visible(path.replace("://", ":// ")), 120)
    return f"{scheme}://{visible(host).replace('.', '[.]')}{path}"


def whole(address: str) -> str | None:
    """The address behind a defanged one, for machines; None where a part of it was taken away."""
    if not _DEFANGED.fullmatch(address):
        return None
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.replace('hxxp', 'http', 1)}://{host.replace('[.]', '.')}{slash}{path}"


def visible(text: str) -> str:
    """Text on one line, without control and direction characters."""
    kept = (char for char in text if char.isspace() or unicodedata.category(char)[0] != "C")
    return " ".join("".join(kept).split())


def cut(text: str, limit: int) -> str:
    """At most so many characters; an ellipsis ends what was longer."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _reaches(host: str, path: str, contacts: Iterable[Contact]) -> bool:
    """True when a path would let the reader call or write to somebody."""
    if _MESSENGER_HOSTS.search(host) or "@" in path or _has_number(path):
        return True
    low, digits = path.lower(), re.sub(r"\D", "", path)
    for contact in contacts:
        if contact.number_or_kind is ContactKind.PHONE:
            number = re.sub(r"\D", "", contact.value)
            if len(number) >= 6 and number[-8:] in digits:
                return True
        elif contact.kind is not ContactKind.URL and contact.value and contact.value.lower() in low:
            return True
    return False


def _has_number(path: str) -> bool:
    """True when ten or more digits stand together, as in a phone number; a date has eight."""
    return any(sum(char.isdigit() for char in found.group()) >= 10 for found in _NUMBER.finditer(path))
