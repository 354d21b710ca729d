"""Everything a page shows about one campaign and one of its ads, contacts masked. Reads the store, draws nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from labeling.web.marking import Piece, masked_text, pieces, split_lines
from labeling.web.speech import N_, Speech
from labeling.web.wording import WORDS
from zorya.domain.ads import Contact, Posting, PostingVersion
from zorya.domain.findings import Assessment, CampaignHit, IndicatorHit, Reason, State
from zorya.redact import mask_value
from zorya.store import assessments, campaigns, indicator_texts, linking, overview, postings
from zorya.store.campaigns import Member
from zorya.store.indicator_texts import Titles
from zorya.store.overview import CampaignView

_Hit = TypeVar("_Hit", IndicatorHit, CampaignHit)
SHOWN_MEMBERS = 60
NO_TITLE = "—"
EDGE_WORDS = {
    "first": N_("first seen of the campaign"),
    "text": N_("nearly the same text"),
    "contact": N_("the same contact"),
    "offer": N_("the same offer in another language"),
    "image": N_("the same picture"),
}


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One ad of the campaign, as listed."""

    posting_id: str
    number: int
    source: str
    title: str
    language: str | None
    band: str | None
    score: float | None
    tie: str
    tie_to: int | None
    """The number of the ad it is tied to, where that one is listed."""
    first_seen: datetime
    shown: bool


@dataclass(frozen=True, slots=True)
class NumberedHit:
    """An indicator with the number that marks it in the text."""

    number: int
    hit: IndicatorHit


@dataclass(frozen=True, slots=True)
class AdView:
    """The ad that is shown."""

    posting_id: str
    version_id: str
    source: str
    url: str
    kind: str
    language: str | None
    title: list[Piece]
    body: list[Piece]
    facts: list[tuple[str, str]]
    contacts: list[tuple[str, str]]
    first_seen: datetime
    last_seen: datetime
    gone_at: datetime | None
    read_at: datetime
    capture: dict[str, Any] | None
    assessment: Assessment | None
    present: list[NumberedHit]
    contradicted: list[NumberedHit]
    not_stated: list[NumberedHit]
    raised: list[Reason]
    lowered: list[Reason]
    beside: list[Reason]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One campaign: what it is, its ads, and the one that is open."""

    campaign: CampaignView
    members: list[MemberRow]
    more: str | None
    """The last ad listed, where others follow it."""
    linked: list[CampaignHit]
    """What links, metadata and time show of the whole campaign (indicator group H)."""
    decision: str
    """What the ILO/EC decision rule says of its ads and links together."""
    ties: list[tuple[str, int]]
    ad: AdView
    previous: str | None
    following: str | None


def open_case(
    connection: Connection,
    campaign_id: str,
    *,
    posting_id: str | None = None,
    after: str | None = None,
    reveal: bool = False,
    spoken: Speech,
) -> CaseFile | None:
    """The case file of a live campaign, opened at one ad (the highest-scored by default); None when it has none.

    `after`: the ad after which the list of members begins. `spoken`: the reader's language.
    """
    view = overview.campaign_views(connection, [campaign_id]).get(campaign_id)
    if view is None:
        return None
    members, more = _page_of_members(connection, campaign_id, after)
    is_here = posting_id and campaigns.of_posting(connection, posting_id) == campaign_id
    chosen = posting_id if is_here and posting_id else view.posting_id
    version = postings.current(connection, chosen)
    if version is None:
        return None
    scores = assessments.current_of_campaign(connection, [member.posting_id for member in members])
    listed = _members(connection, members, scores, chosen)
    place = next((row.number for row in listed if row.shown), 1) - 1
    titles = indicator_texts.titles(connection, spoken.code)
    opened = scores.get(chosen) or assessments.latest(connection, version.id)
    return CaseFile(
        campaign=replace(view, title=title_of(connection, view.version_id, view.title)),
        members=listed,
        more=more,
        linked=[_told(hit, titles) for hit in linking.hits_of(connection, campaign_id)],
        decision=linking.decision_of(connection, campaign_id),
        ties=_ties(members),
        ad=_ad(connection, version, opened, titles, spoken, reveal=reveal),
        previous=listed[place - 1].posting_id if place > 0 else None,
        following=listed[place + 1].posting_id if place + 1 < len(listed) else None,
    )


def open_ad(connection: Connection, posting_id: str, *, spoken: Speech, reveal: bool = False) -> AdView | None:
    """One ad by itself, in its newest wording; None when there is none. `spoken`: the reader's language."""
    version = postings.current(connection, posting_id)
    if version is None:
        return None
    opened = assessments.latest(connection, version.id)
    return _ad(connection, version, opened, indicator_texts.titles(connection, spoken.code), spoken, reveal=reveal)


def _ties(members: Sequence[Member]) -> list[tuple[str, int]]:
    counted = Counter(member.edge for member in members if member.edge != "first")
    return [(EDGE_WORDS.get(edge, edge), number) for edge, number in sorted(counted.items())]


def _page_of_members(connection: Connection, campaign_id: str, after: str | None) -> tuple[list[Member], str | None]:
    """Members from the one after `after` on, and the last of them when it is not the campaign's last."""
    last = campaigns.member(connection, after) if after else None
    begin = (last.added_at, last.posting_id) if last and last.campaign_id == campaign_id else None
    found = campaigns.members(connection, campaign_id, limit=SHOWN_MEMBERS + 1, after=begin)
    shown = found[:SHOWN_MEMBERS]
    return shown, shown[-1].posting_id if len(found) > SHOWN_MEMBERS else None


def title_of(connection: Connection, version_id: str, title: str) -> str:
    """A title fit for a list: contacts masked, never empty."""
    return hide(title, _contacts(connection, version_id)) or NO_TITLE


def titles_of(connection: Connection, views: Iterable[CampaignView]) -> dict[str, str]:
    """Titles of campaigns fit for a list, by campaign."""
    listed = list(views)
    contacts = assessments.contacts_in(connection, [view.version_id for view in listed])
    return {view.campaign_id: hide(view.title, contacts.get(view.version_id, [])) or NO_TITLE for view in listed}


def hide(text: str, contacts: Sequence[Contact]) -> str:
    """Any wording with these contacts masked wherever they recur."""
    return masked_text(text, [replace(contact, start=-1, end=-1) for contact in contacts])


def _contacts(connection: Connection, version_id: str) -> list[Contact]:
    return [contact for contact, _ in assessments.contacts_of(connection, version_id)]


def _members(
    connection: Connection, members: Sequence[Member], scores: dict[str, Assessment], chosen: str
) -> list[MemberRow]:
    rows = []
    numbers = {member.posting_id: number for number, member in enumerate(members, 1)}
    for number, member in enumerate(members, 1):
        version = postings.current(connection, member.posting_id)
        if version is None:
            continue
        score = scores.get(member.posting_id)
        rows.append(
            MemberRow(
                posting_id=member.posting_id,
                number=number,
                source=version.posting.source,
                title=hide(version.posting.title, [*_contacts(connection, version.id), *version.posting.contacts])
                or NO_TITLE,
                language=(score.language if score else None) or version.posting.language,
                band=score.band if score else None,
                score=score.score if score else None,
                tie=EDGE_WORDS.get(member.edge, member.edge),
                tie_to=numbers.get(member.edge_to or ""),
                first_seen=postings.sighting_times(connection, member.posting_id)[0],
                shown=member.posting_id == chosen,
            )
        )
    return [replace(row, number=number) for number, row in enumerate(rows, 1)]


def _ad(
    connection: Connection,
    version: PostingVersion,
    assessment: Assessment | None,
    titles: Titles,
    spoken: Speech,
    *,
    reveal: bool,
) -> AdView:
    posting = version.posting
    contacts = list({(c.kind, c.value): c for c in (*posting.contacts, *_contacts(connection, version.id))}.values())
    every = [*posting.contacts, *_contacts(connection, version.id)]
    numbered = [NumberedHit(number, _told(hit, titles)) for number, hit in enumerate(_ordered(assessment), 1)]
    marked = [row.hit for row in numbered if row.hit.state is not State.NOT_STATED]
    title, body = split_lines(pieces(posting.text, marked, every, reveal=reveal))
    first_seen, last_seen, gone_at = postings.sighting_times(connection, version.posting_id)
    hidden = [] if reveal else every
    return AdView(
        posting_id=version.posting_id,
        version_id=version.id,
        source=posting.source,
        url=hide(posting.url, hidden),
        kind=posting.kind.value,
        language=(assessment.language if assessment else None) or posting.language,
        title=title,
        body=body,
        facts=[(name, hide(value, hidden)) for name, value in _facts(posting, spoken) if value],
        contacts=[(c.kind.value, c.value if reveal else mask_value(c.kind, c.value)) for c in contacts],
        first_seen=first_seen,
        last_seen=last_seen,
        gone_at=gone_at,
        read_at=version.seen_at,
        capture=postings.capture_of(connection, version.id),
        assessment=assessment,
        present=[row for row in numbered if row.hit.state is State.PRESENT],
        contradicted=[row for row in numbered if row.hit.state is State.CONTRADICTED],
        not_stated=[row for row in numbered if row.hit.state is State.NOT_STATED],
        **_by_direction(assessment, hidden),
    )


def _by_direction(assessment: Assessment | None, hidden: Sequence[Contact]) -> dict[str, list[Reason]]:
    """What raised the score, lowered it, or stands beside it; contacts masked."""
    told = [replace(reason, text=hide(reason.text, hidden)) for reason in (assessment.reasons if assessment else ())]
    directions = {"raised": 1, "lowered": -1, "beside": 0}
    return {name: [reason for reason in told if reason.direction == each] for name, each in directions.items()}


def _facts(posting: Posting, spoken: Speech) -> list[tuple[str, str]]:
    """What the page itself states, named; empty where it says nothing."""
    return [
        (N_("Employer"), posting.employer or ""),
        (N_("Places"), ", ".join(place.raw for place in posting.places)),
        (N_("Pay"), posting.pay.raw if posting.pay else ""),
        (N_("Kind"), spoken.told(WORDS["kind"], posting.kind.value)),
        (N_("Posted on"), spoken.day(posting.posted_on) if posting.posted_on else ""),
    ]


def _told(hit: _Hit, titles: Titles) -> _Hit:
    """The hit with its title in the reader's language, where there is one."""
    return replace(hit, title=titles.get((hit.code, hit.revision), hit.title))


def _ordered(assessment: Assessment | None) -> list[IndicatorHit]:
    """Hits by state, then by where they stand in the text: the numbers a reader meets rise."""
    order = {State.PRESENT: 0, State.CONTRADICTED: 1, State.NOT_STATED: 2}
    hits = assessment.hits if assessment else ()
    return sorted(hits, key=lambda hit: (order[hit.state], min(hit.spans, default=(10**9, 0)), hit.code))
