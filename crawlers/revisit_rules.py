"""The rules of crawlers/revisits.py as plain functions of what is known: no store, no clock, no network."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from crawlers.spec import SourceSpec
from zorya.domain import ids
from zorya.store.visited import Sweep, Visited

READING_REVISION = 1
"""Raise it when reading a page yields something else than before: every page is then read again."""
SWEEP_AFTER = timedelta(days=1)
UNLISTED = "unlisted"
"""In place of the card of an ad that the lists miss and whose own page was asked for all the same."""
LIST_SHARE = 0.1
"""Requests for list pages per new ad that an early sweep may cost."""


class Step(StrEnum):
    """What a list page's link to an ad calls for."""

    ASK = "ask"
    SIGHT = "sight"
    DUE = "due"
    """A sighting now, and a reading at the end of the crawl."""


def step(card: str, known: Visited | None, *, reading: str, now: datetime, recheck: timedelta) -> Step:
    """The step for a link with a card. An empty card says nothing about changes; an ad listed again is one."""
    if known is None or known.reading != reading:
        return Step.ASK
    if known.card == UNLISTED or (card and card != known.card):
        return Step.ASK
    return Step.DUE if is_due(known, now=now, recheck=recheck) else Step.SIGHT


def is_due(known: Visited, *, now: datetime, recheck: timedelta) -> bool:
    """True when a page was last read `recheck` ago or earlier, and not in the very crawl that asks.

    A page that was missing when it was asked for (it has no digest), and that a list shows all the same, waits a day.
    """
    after = recheck if known.sha256 else min(recheck, SWEEP_AFTER)
    return known.read_at < now and now - known.read_at >= after


def sweep_due(last: Sweep | None, *, now: datetime, recheck: timedelta, asked: int | None, list_pages: int) -> bool:
    """True when a crawl that could stop should read all list pages; `asked` ads are new or changed so far.

    With `asked` None, true only when it is due whatever it costs.
    """
    if last is None or not last.ordered or now - last.at >= recheck:
        return True
    if asked is None:
        return False
    cheap = not asked or list_pages <= asked * LIST_SHARE
    return now - last.at >= SWEEP_AFTER and cheap


def reading_of(spec: SourceSpec) -> str:
    """Digest of everything in a source that reading a page depends on."""
    names = {"engine", "kind", "country", "languages", "encoding", "javascript", "fields", "follow", "maps", "json_"}
    told = spec.model_dump(mode="json", include=names, by_alias=True)
    return ids.content_digest({"revision": READING_REVISION, "spec": told})


def card_now(card: str, known: Visited | None, *, listed: bool) -> str:
    """The card to remember of an ad whose page was just asked for, by way of a list or not."""
    if not listed:
        return UNLISTED
    before = known.card if known and known.card != UNLISTED else ""
    return card or before


def own_page(spec: SourceSpec, url: str) -> bool:
    """True for an address on the source's own hosts."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    ours = [urlsplit(one).hostname or "" for one in (*spec.start, spec.homepage)]
    wide = [one.removeprefix("www.") for one in (*ours, *spec.hosts)]
    return any(host == one or host.endswith(f".{one}") for one in wide if one)


def shows(text: str, title: str) -> bool:
    """True when a page's text holds an ad's title, but for spacing, case and punctuation."""
    wanted = _words(title)
    return bool(wanted) and f" {wanted} " in f" {_words(text)} "


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
