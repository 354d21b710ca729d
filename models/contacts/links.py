"""Links in folded text: those that reach somebody, and every other address of a page."""

import re
from collections.abc import Iterator

from models.contacts.folding import Folded
from zorya.domain.ads import LINKED, REPAIRED, Contact, ContactKind
from zorya.domain.contact_links import contact_links

_URL = re.compile(r"https?://[^\s<>\"')\]]{4,200}", re.I)
_BARE_URL = re.compile(
    r"(?<![\w@./-])(?:(?:[\w-]{1,20}\.)?(?:facebook\.com|fb\.com|fb\.me|m\.me|ok\.ru|tiktok\.com)/|www\.[\w-]{1,63}\.)[^\s<>\"')\]]{2,200}",
    re.I,
)
_BARE_HINTS = ("www.", "facebook.", "fb.", "m.me/", "ok.ru/", "tiktok.")


def find_links(folded: Folded) -> Iterator[Contact]:
    """Links to messengers and networks."""
    for link in contact_links(folded.text, folded.low):
        start, end = folded.span(link.start, link.end)
        repaired = link.spelled or folded.changed(link.start, link.end)
        sure = LINKED * (REPAIRED if repaired else 1)
        yield Contact(link.kind, link.value, folded.original[start:end], start, end, sure)


def find_urls(folded: Folded) -> Iterator[Contact]:
    """Every other address of a page; one without its scheme when it opens with `www.` or a known network."""
    text = folded.original
    for match in _URL.finditer(text) if "://" in text else ():
        url = match.group().rstrip(".,;!?")
        yield Contact(ContactKind.URL, url, url, match.start(), match.start() + len(url))
    if any(hint in folded.low for hint in _BARE_HINTS):
        for match in _BARE_URL.finditer(text):
            url = match.group().rstrip(".,;!?")
            yield Contact(ContactKind.URL, f"https://{url}", url, match.start(), match.start() + len(url))
