"""Search: words, contacts and filters over all stored ads, newest first. What is asked stands in the address, except a
contact: that is sent in a form and looked up by its keyed token.

A filter by verdict walks back through the ads that fit the rest, so many at a time; the page says how far it looked.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from labeling.web import casefile, contact_lookup, search_filters, snippets
from labeling.web.ad_desk import is_blind
from labeling.web.adview import hide
from labeling.web.gate import Call
from labeling.web.policy import REVIEWERS
from labeling.web.search_filters import Sought, day_of
from labeling.web.wording import PATTERN_WORDS, WORDS
from zorya.domain.ads import Contact
from zorya.domain.findings import Band
from zorya.domain.reviews import Verdict, VerdictLabel
from zorya.domain.search_words import Question, question
from zorya.redact import mask_value, redact
from zorya.store import (
    assessments,
    campaigns,
    indicator_texts,
    postings,
    reviews,
    search,
    search_filing,
)
from zorya.store.search import Found

SHOWN = 30
STEP, LOOKED_AT = 200, 2000
"""Ads a filter by verdict reads at once, and at most for one page."""
OFFERED_DAYS = 90


def show(call: Call) -> Response:
    """The form, and what fits it. A contact in the address is taken out of it at once."""
    sought = search_filters.of_query(call.request.query_params)
    found = contact_lookup.read(sought.q)
    if found:
        return _look_up(call, sought)
    before = call.request.query_params.get("before", "")
    place = int(before) if before.isdecimal() and len(before) < 20 else None
    asked = question(sought.q)
    with call.app.store.reading() as connection:
        rows, more, looked = page_of(connection, sought, asked, place, hidden=partial(is_blind, call))
        shown = _results(connection, call, sought, asked, rows)
        offered = _offered(connection, call)
    action = "search.contact" if sought.contact else "search"
    call.log(action, redact(sought.as_query())[:200] or "all")
    return call.page(
        "search.html",
        sought=sought,
        rows=shown,
        more=sought.as_query(before=more) if more else "",
        looked=looked,
        is_first=place is None,
        offered=offered,
        own_only=sought.by_verdict and call.person.role in REVIEWERS,
        labels=list(VerdictLabel),
    )


def look(call: Call) -> Response:
    """The form as sent: on to the address that says the same; a contact becomes its tokens."""
    sought = search_filters.of_query({name: call.text(name, 200) for name in Sought.__slots__})
    return _look_up(call, sought) if contact_lookup.read(sought.q) else call.go(f"/search?{sought.as_query()}")


def _look_up(call: Call, sought: Sought) -> Response:
    tokens = contact_lookup.tokens(contact_lookup.read(sought.q), call.app.store.contact_key)
    with call.app.store.reading() as connection:
        known = [each for each in tokens if search.find(connection, Question(), [f"contact:{each}"], limit=1)]
    return call.go(f"/search?{replace(sought, q='', contact='.'.join(known or tokens[:1])).as_query()}")


def page_of(
    connection: Connection,
    sought: Sought,
    asked: Question,
    before: int | None,
    *,
    hidden: Callable[[list[Verdict]], bool],
    most: int = SHOWN,
) -> tuple[list[tuple[Found, tuple[Verdict, ...]]], int | None, int]:
    """Results with the decisions they were chosen by, the key to go on from, and how many ads were looked at.

    `hidden`: whether who asks may not know these decisions of a campaign.
    """
    found: list[tuple[Found, tuple[Verdict, ...]]] = []
    looked, size = 0, STEP if sought.by_verdict else most + 1
    while True:
        batch = search.find(
            connection,
            asked,
            sought.facets,
            any_of=[f"contact:{token}" for token in sought.tokens],
            before=before,
            first_day=day_of(sought.since),
            last_day=day_of(sought.until),
            limit=size,
        )
        decided = _decided(connection, batch, hidden) if sought.by_verdict else {}
        for each in batch:
            looked += 1
            fitting = tuple(v for v in decided.get(each.posting_id, ()) if _fits(v, sought))
            if sought.by_verdict and not fitting:
                continue
            if len(found) == most:
                return found, found[-1][0].key, looked
            found.append((each, fitting))
        if len(batch) < size:
            return found, None, looked
        before = batch[-1].key
        if looked >= LOOKED_AT:
            return found, before, looked


def _fits(verdict: Verdict, sought: Sought) -> bool:
    label = not sought.verdict or verdict.label == sought.verdict
    return label and (not sought.severity or str(verdict.severity) == sought.severity)


def _decided(
    connection: Connection, batch: list[Found], hidden: Callable[[list[Verdict]], bool]
) -> dict[str, tuple[Verdict, ...]]:
    """Ad → decisions in force on its campaign, of those that who asks may see: a reviewer's own campaigns only."""
    homes = campaigns.of_postings(connection, [each.posting_id for each in batch])
    kin = {name: home for home in set(homes.values()) for name in campaigns.family(connection, home)}
    held: dict[str, list[Verdict]] = {}
    for verdict in reviews.verdicts_in_force(connection, kin):
        held.setdefault(kin[verdict.campaign_id], []).append(verdict)
    seen = {home: tuple(given) for home, given in held.items() if not hidden(given)}
    return {name: seen.get(home, ()) for name, home in homes.items()}


def _results(
    connection: Connection,
    call: Call,
    sought: Sought,
    asked: Question,
    rows: list[tuple[Found, tuple[Verdict, ...]]],
) -> list[dict[str, Any]]:
    """Each result as the page shows it, contacts masked."""
    names = [found.posting_id for found, _ in rows]
    current = {each.posting_id: each for each in postings.currents(connection, names)}
    scores = assessments.current_of_campaign(connection, names)
    homes = campaigns.of_postings(connection, names)
    seen = postings.sightings(connection, names)
    because = _because(call, sought, indicator_texts.names(connection, call.speech.code))
    shown = []
    for name, verdicts in ((found.posting_id, given) for found, given in rows if found.posting_id in current):
        posting, score = current[name].posting, scores.get(name)
        reached = assessments.contacts_of(connection, current[name].id)
        secrets = [*(contact for contact, _ in reached), *posting.contacts]
        title, body = (hide(text, secrets) for text in (posting.title, posting.body))
        if score is None:  # nobody has looked for its contacts yet
            title, body = redact(title), redact(body)
        shown.append(
            {
                "posting_id": name,
                "campaign": homes.get(name, ""),
                "title": snippets.marked(title or casefile.NO_TITLE, asked),
                "text": snippets.snippet(body, asked),
                "language": (score.language if score else None) or posting.language,
                "source": posting.source,
                "first_seen": seen[name][0],
                "band": score.band if score else None,
                "verdicts": verdicts,
                "because": [*_shared(call, sought, reached), *because],
            }
        )
    return shown


def _shared(call: Call, sought: Sought, reached: list[tuple[Contact, str]]) -> list[str]:
    """The ad's contacts that were looked for, masked."""
    fitting = [each for each, token in reached if token[: search_filing.TOKEN_LETTERS] in sought.tokens]
    kinds = WORDS["channel"]
    return [f"{call.speech.told(kinds, each.kind)} {mask_value(each.kind, each.value)}" for each in fitting]


def _because(call: Call, sought: Sought, told: dict[str, str]) -> list[str]:
    """The filters every result fits, in words."""
    found = [told.get(code.upper(), code.upper()) for code in (sought.indicator, sought.sector) if code]
    if sought.pattern:
        found.append(call.speech.told(PATTERN_WORDS, sought.pattern))
    return found + ([call.speech.country(sought.destination)] if sought.destination else [])


def _offered(connection: Connection, call: Call) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: what ads of the last months have, by name."""
    told = indicator_texts.names(connection, call.speech.code)
    since = (call.now - timedelta(days=OFFERED_DAYS)).date()
    seen = search.values(connection, since=since)
    said: dict[str, Callable[[str], str]] = {
        "language": lambda code: call.speech.language("" if code == search_filing.UNKNOWN else code),
        "source": str,
        "sector": lambda code: told.get(code.upper(), code.upper()),
        "destination": call.speech.country,
        "pattern": lambda name: call.speech.told(PATTERN_WORDS, name),
        "indicator": lambda code: f"{code.upper()} {told.get(code.upper(), '')}",
    }
    offered = {
        name: sorted(((value, words(value)) for value in seen.get(name, ())), key=lambda row: row[1].casefold())
        for name, words in said.items()
    }
    return offered | {"band": [(band.value, "") for band in reversed(Band)]}
