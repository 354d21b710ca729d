"""Cards: what a list page shows about one ad, and a digest of it that changes when the ad was edited.

The card of a link is the largest element around it that holds no other ad's link, with the siblings up to the next ad
where a board lays its ads out flat (`h3`, `p`, `h3`, `p`). Words that move by themselves are left out: ages ("3 hours
ago", "вчера, 14:05") and counts of views. A false *changed* costs one request; a false *unchanged* hides an edit until
the ad is due to be read again, so nothing else is left out.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from crawlers.text import element_text
from zorya.domain import ids

_CLIMB = 12
"""Levels above a link at which its card may begin: a page nested 100,000 deep must not cost that much per link."""
_BESIDE = 8
"""Siblings that may belong to a card in a flat layout."""
_TOP = frozenset({"html", "body", "main"})

_UNITS = (
    r"(?:s|sec|seconds?|secs?|m|min|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?|wk|months?"
    r"|sekunden?|minuten?|stunden?|tag(?:en)?|wochen?|monat(?:en)?|seconden|uren|uur|dag(?:en)?|weken|week|maand(?:en)?"
    r"|secund[ăae]|minute?|or[ăae]|zile?|zi|săptămân[iă]|lun[iă]|sekund[yę]?|minut[yę]?|godzin[yę]?|dni|dzień"
    r"|tygodni[ea]?|tydzień|miesi\w{2,6}|hodin\w{0,3}|dne[mn]?|týdn\w{1,3}|měsíc\w{0,2}|minutami|perc\w{0,3}|órá\w{0,2}"
    r"|nap\w{0,3}|hét\w{0,2}|сек\w{0,6}|мин\w{0,4}|хв\w{0,6}|час\w{0,2}|годин\w?|дн\w{1,2}|день|ден|дена|недел\w|тиж\w{1,4}"
    r"|седмиц\w|мес\w{0,5}|місяц\w{0,2})"
)
_AGE = re.compile(
    rf"\b\d{{1,3}}\+?\s?{_UNITS}\.?\s(?:ago|geleden|назад|тому|temu|ezelőtt)\b"
    rf"|\b(?:acum|vor|před|преди|przed)\s\d{{1,3}}\s?(?:de\s)?{_UNITS}\b"
    rf"|\b(?:just now|только что|щойно|chiar acum|gerade eben|przed chwilą|zojuist|právě teď|току-що)\b",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\b(?:today|yesterday|azi|astăzi|ieri|сегодня|вчера|сьогодні|вчора|днес|dzisiaj|dziś|wczoraj|dnes|včera|heute"
    r"|gestern|vandaag|gisteren|ma|tegnap)\b(?:[,\s]{1,3}(?:at|la|o|um|om|в|о|у|v)?\s?\d{1,2}[:.]\d{2})",
    re.IGNORECASE,
)
_VIEWS = re.compile(
    r"\b\d[\d\s.,]{0,9}\s?(?:views?|просмотр\w{0,3}|перегляд\w{0,3}|преглед\w{0,3}|vizualizări|afișări|wyświetle\w{1,3}"
    r"|odsłon\w?|zobrazení|megtekintés|aufrufe|weergaven)\b"
    r"|\b(?:views?|просмотр\w{0,3}|перегляд\w{0,3}|преглед\w{0,3}|vizualizări|wyświetle\w{1,3}|zobrazení|aufrufe"
    r"|weergaven)\s?:\s?\d[\d\s.,]{0,9}",
    re.IGNORECASE,
)


def digest(text: str) -> str:
    """Digest of a card's text; empty for a card without text, which says nothing."""
    lasting = _VIEWS.sub(" ", _DAY.sub(" ", _AGE.sub(" ", text)))
    words = " ".join(lasting.casefold().split())
    return ids.sha256_hex(words.encode("utf-8", "surrogatepass")) if words else ""


def of_links(matches: Sequence[tuple[Any, str]]) -> dict[str, str]:
    """Digest of the card of each address, from (lxml element, address) pairs in the page's order.

    An address that several elements link to has the cards of all of them.
    """
    tops = _tops(matches)
    owners = set(tops)
    texts: dict[str, list[str]] = {}
    for (_, url), top in zip(matches, tops, strict=True):
        if top not in owners:
            continue
        owners.discard(top)  # two links of one card (picture and title) show it once
        texts.setdefault(url, []).append(_text(top, set(tops)))
    return {url: digest("\n".join(parts)) for url, parts in texts.items()}


def _tops(matches: Sequence[tuple[Any, str]]) -> list[Any]:
    """The largest ancestor (or self) of each element that holds links to one address only."""
    held: dict[Any, set[str]] = {}
    for element, url in matches:
        for node in _upward(element):
            held.setdefault(node, set()).add(url)
    tops = []
    for element, _ in matches:
        top = element
        for node in _upward(element):
            if len(held[node]) > 1 or node.tag in _TOP:
                break
            top = node
        tops.append(top)
    return tops


def _upward(element: Any) -> Iterable[Any]:
    node = element
    for _ in range(_CLIMB):
        if node is None:
            return
        yield node
        node = node.getparent()


def _text(top: Any, others: set[Any]) -> str:
    parts = [element_text(top)]
    for count, sibling in enumerate(top.itersiblings()):
        if count >= _BESIDE or sibling in others or sibling.tag in {top.tag, "nav", "footer", "script"}:
            break
        parts.append(element_text(sibling))
    return "\n".join(parts)
