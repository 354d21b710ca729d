"""Ads that no list page of a crawl led to: which of them are asked for at their own address, and what that shows.

Only an ad's own page tells that it is gone (crawlers/revisits.py). A page that still shows the ad's title shows the ad;
reading it anew could store "this offer has ended" as a version of the ad.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crawlers.account import AdFacts
from crawlers.draft import canonical_url
from crawlers.revisit_rules import UNLISTED, is_due, own_page, shows
from crawlers.spec import Engine, SourceSpec
from zorya.domain import ids
from zorya.store import postings, presence, visited
from zorya.store.postings import Sighting
from zorya.store.visited import Visited


def missing(connection: Connection, spec: SourceSpec, swept: datetime | None, *, at: datetime, limit: int) -> list[str]:
    """Addresses of ads that a sweep missed, or that nothing was heard of for `recheck_days`; longest unchecked first.

    An ad whose page outlives its listing is asked for once in `recheck_days`. A channel's messages have no own pages.
    """
    if spec.engine is Engine.TELEGRAM or limit <= 0:
        return []
    recheck = timedelta(days=spec.limits.recheck_days)
    found = presence.missing(connection, spec.id, before=at, swept=swept, unseen_since=at - recheck, limit=limit * 4)
    keys = {url: ids.url_key(canonical_url(url)) for url, _ in found if own_page(spec, url)}
    known = visited.pages(connection, spec.id, keys.values())
    urls = []
    for url, checked_at in found:
        page = known.get(keys.get(url, ""))
        waits = page and page.card == UNLISTED and checked_at and at - checked_at < recheck
        if url in keys and not waits and not (page and page.is_list):
            urls.append(url)
    return list(dict.fromkeys(urls))[:limit]


def overdue(connection: Connection, spec: SourceSpec, *, at: datetime, limit: int) -> list[Visited]:
    """Pages of ads not known to be gone that are due to be read again, longest unread first."""
    recheck = timedelta(days=spec.limits.recheck_days)
    if limit <= 0:
        return []
    found: list[Visited] = []
    for old in visited.read_until(connection, spec.id, at - recheck):
        due = [one for one in old if not one.is_list and one.card != UNLISTED and is_due(one, now=at, recheck=recheck)]
        alive = presence.alive(connection, (identity for one in due for identity in one.posting_ids))
        found += [one for one in due if not alive.isdisjoint(one.posting_ids)]
        if len(found) >= limit:
            break
    return found[:limit]


def facts(connection: Connection, posting_ids: Iterable[str]) -> list[AdFacts]:
    """What is stored about ads that were sighted."""
    stored = postings.currents(connection, posting_ids)
    return [AdFacts.of(one.posting, Sighting.UNCHANGED, read=False) for one in stored]


def still_there(connection: Connection, posting_ids: Iterable[str], text: str, *, at: datetime) -> tuple[str, ...]:
    """The own page of ads was answered with a text: those whose title it shows have been seen."""
    behind = list(posting_ids)
    stored = postings.currents(connection, behind)
    there = tuple(one.posting_id for one in stored if shows(text, one.posting.title))
    presence.sighted(connection, there, at)
    presence.checked(connection, behind, at)
    return there
