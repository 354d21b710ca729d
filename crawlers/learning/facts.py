"""Small facts beside title and body that a page states in an element of their own: date, pay, place, employer, contact.

An element is taken for a fact by what its class or item property is called, and only if its text can be that fact.
"""

import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.contacts import page_contacts
from crawlers.dates import parse_date
from crawlers.fields import Reading
from crawlers.learning.paths import only, selectors
from crawlers.page import Page
from crawlers.posted import announced, labelled
from crawlers.text import node_text, one_line
from zorya.domain.ads import Place
from zorya.domain.pay import parse_pay

NAMES = ("posted_on", "pay", "place", "employer", "contact")
_CALLED = {
    "posted_on": re.compile(r"date|posted|publi|datum|opubl"),
    "pay": re.compile(r"salary|\bpay\b|wage|zarplat|oplata|wynagrodz|gehalt|salari|\bplata"),
    "place": re.compile(r"location|\bplace|city|gorod|lokaliz|miasto|\bort\b|oras\b|address|\bloc\b"),
    "employer": re.compile(r"employer|company|firma|organi[sz]ation|kompani"),
}
_LONGEST = 90


def candidates(document: LexborHTMLParser, reading: Reading, *, dated: bool) -> Iterator[tuple[str, str]]:
    """(field, selector) of every element that could state a fact. `dated`: the page has a day, maybe behind a label."""
    for key in ("property", "name", "itemprop"):
        for name in ("article:published_time", "datePublished", "date"):
            if only(document, meta := f'meta[{key}="{name}"]') is not None:
                yield "posted_on", f"{meta}::attr(content)"
    for node in document.css("time[datetime]")[:3]:
        yield from (("posted_on", f"{selector}::attr(datetime)") for selector in selectors(document, node)[:3])
    for node in document.css("span, div, p, li, td, dd, small") if dated else ():
        if len(text := node.text()) <= _LONGEST and announced(text) and labelled(node_text(node), reading):
            yield from (("posted_on", selector) for selector in selectors(document, node)[:3])
    for node in document.css('a[href^="tel:"], a[href^="mailto:"]')[:4]:
        yield from (("contact", f"{selector}::attr(href)") for selector in _contact_selectors(document, node))
    for node in document.css("[itemprop], span[class], div[class], p[class], li[class], td[class], dd[class]"):
        named = f"{node.attrs.sget('class')} {node.attrs.sget('itemprop')}".lower()
        for name, called in _CALLED.items():
            if called.search(named) and len(node.text()) <= 3 * _LONGEST and state(name, node_text(node), reading):
                yield from ((name, selector) for selector in selectors(document, node)[:3])


def _contact_selectors(document: LexborHTMLParser, node: LexborNode) -> list[str]:
    scheme = "tel:" if node.attrs.sget("href").startswith("tel:") else "mailto:"
    plain = f'a[href^="{scheme}"]'
    return ([plain] if only(document, plain) else []) + selectors(document, node)[:2]


def value(root: LexborHTMLParser | LexborNode, selector: str) -> str:
    """Text or attribute that a selector finds; "" unless there is exactly one."""
    css, _, attribute = selector.partition("::attr(")
    node = only(root, css)
    if node is None:
        return ""
    if attribute:
        return node.attrs.sget(attribute[:-1]) or ""
    first = node.first_child
    plain = first is None or (first.next is None and first.tag == "-text")
    return node.text() if plain else node_text(node)


def state(name: str, text: str, reading: Reading) -> dict[str, Any]:
    """Draft fields that a text gives as this fact; {} when it cannot be that fact."""
    text = one_line(text)
    if not text or len(text) > _LONGEST:
        return {}
    found: Any
    match name:
        case "posted_on":
            found = parse_date(text, today=reading.today, languages=reading.languages)
        case "pay":
            found = parse_pay(text, country=reading.country)
        case "contact":
            found = page_contacts([text], country=reading.country)
        case "place":
            found = (Place(text),) if re.search(r"[^\W\d]{2}", text) else ()
        case _:
            found = text if re.search(r"[^\W\d]{2}", text) else None
    key = {"place": "places", "contact": "contacts"}.get(name, name)
    return {key: found} if found else {}


def read(page: Page, near: LexborNode, learned: dict[str, str], reading: Reading) -> dict[str, Any]:
    """Draft fields by learned selectors: looked for near the body first, then on the whole page."""
    found: dict[str, Any] = {}
    for name in NAMES:
        if (selector := learned.get(name)) and (text := value(near, selector) or value(page.lexbor, selector)):
            found |= state(name, text, reading)
    return found
