"""Contacts that an ad's page gives as links or attributes: `tel:`, `mailto:`, wa.me, viber://, t.me, data-phone.

What stands in the head, foot or side of a page is the board's own and would tie all its ads together: left out.
An address that the page hides from readers like us (Cloudflare's data-cfemail) is not decoded, only noted.
"""

import re
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from crawlers.contacts import page_contacts
from crawlers.page import Page
from zorya.domain.ads import Contact, ContactKind

HIDDEN = "hidden_contact"
_REACHES = re.compile(r"(?:tel|mailto|viber|tg):|wa\.me/|whatsapp|t\.me/")
_SCRAMBLED_LINK = "/cdn-cgi/l/email-protection"
_TOLD = "[data-phone], [data-tel], [data-email]"
CODED = f"{_TOLD}, [data-cfemail]"
"""Elements whose data attributes hold a contact, in clear or scrambled."""
_BOARDS_OWN = frozenset({"header", "footer", "nav", "aside"})
_BOARDS_WORDS = ("footer", "header", "navbar", "menu", "social", "share", "sidebar", "support", "related", "similar")
_MESSAGE = re.compile(r"t\.me/(?:s/)?\w+/\d+")
"""A link to one message of a channel: something to read, nobody to answer."""
_MOST = 12
"""More links than one ad would have: a list of somebody else's."""


def linked_contacts(page: Page, *, coded: bool = True, country: str | None = None) -> tuple[Contact, ...]:
    """Contacts of the ad on a page, each once; () when there are so many that they are not one ad's.

    Mail to the host of the page itself goes to the board and is left out. `coded` False: it has no data attribute.
    """
    nodes = [node for node in page.links if _REACHES.search(node.attrs.sget("href") or "")]
    nodes += page.lexbor.css(_TOLD) if coded else []
    values = [value for node in nodes if not _boards_own(node) for value in _values(node) if _tellable(value)]
    if not values:
        return ()
    url = page.url
    host = (urlsplit(url).hostname or "").removeprefix("www.") if url.startswith(("http://", "https://")) else ""
    found = [
        one
        for one in page_contacts(values, country=country)
        if one.kind is not ContactKind.URL and not (host and one.value.endswith((f"@{host}", f"@www.{host}")))
    ]
    return tuple(found) if len(found) <= _MOST else ()


def hides_contact(page: Page, *, coded: bool = True) -> bool:
    """True when the ad has an address that the page scrambles for machines."""
    marked = [node for node in page.links if _SCRAMBLED_LINK in (node.attrs.sget("href") or "")]
    marked += page.lexbor.css("[data-cfemail]") if coded else []
    return any(not _boards_own(node) for node in marked)


def _values(node: LexborNode) -> list[str]:
    given = node.attributes
    names = ("data-phone", "data-tel", "data-email", "href")
    values = [unquote(value) for name in names if (value := given.get(name))]
    return values[:1] if len(values) > 1 and node.tag != "a" else values


def _tellable(value: str) -> bool:
    """False for a masked number, a message of a channel, and a link that shares the page."""
    share = any(part in value for part in ("t.me/share", "send?text", "/share", "share?", "mailto:?"))
    return not (share or "*" in value or "xxx" in value.lower() or _MESSAGE.search(value))


def _boards_own(node: LexborNode) -> bool:
    around: LexborNode | None = node
    while around is not None:
        if around.tag in _BOARDS_OWN:
            return True
        if around.tag in {"body", "html"}:
            return False
        named = f"{around.attributes.get('class') or ''} {around.attributes.get('id') or ''}".lower()
        if any(word in named for word in _BOARDS_WORDS):
            return True
        around = around.parent
    return False
