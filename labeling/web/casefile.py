"""Everything a page shows about one campaign and one of its ads, contacts masked. Reads the store, draws nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from labeling.web.adview import AdView, ad_view, contacts_of, hide, titled
from labeling.web.speech import N_, Speech
from labeling.web.telling import Told, told
from zorya.domain.findings import CampaignHit
from zorya.store import assessments, campaigns, glances, indicator_texts, linking, overview, postings
from zorya.store.campaigns import Member
from zorya.store.overview import CampaignView

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
class CaseFile:
    """One campaign: what it is, its ads, and the one that is open."""

    campaign: CampaignView
    members: list[MemberRow]
    more: str | None
    """The last ad listed, where others follow it."""
    linked: list[tuple[CampaignHit, Told]]
    """What links, metadata and time show of the whole campaign (indicator group H)."""
    decision: Told
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
    listed = _members(connection, members, chosen)
    place = next((row.number for row in listed if row.shown), 1) - 1
    titles = indicator_texts.titles(connection, spoken.code)
    opened = assessments.latest(connection, version.id)
    return CaseFile(
        campaign=replace(view, title=title_of(connection, view.version_id, view.title)),
        members=listed,
        more=more,
        linked=[(titled(hit, titles), told(hit.why, spoken, {})) for hit in linking.hits_of(connection, campaign_id)],
        decision=told(linking.decision_of(connection, campaign_id), spoken, {}),
        ties=_ties(members),
        ad=ad_view(connection, version, opened, titles, spoken, reveal=reveal),
        previous=listed[place - 1].posting_id if place > 0 else None,
        following=listed[place + 1].posting_id if place + 1 < len(listed) else None,
    )


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
    return hide(title, contacts_of(connection, version_id)) or NO_TITLE


def titles_of(connection: Connection, views: Iterable[CampaignView]) -> dict[str, str]:
    """Titles of campaigns fit for a list, by campaign."""
    listed = list(views)
    contacts = assessments.contacts_in(connection, [view.version_id for view in listed])
    return {view.campaign_id: hide(view.title, contacts.get(view.version_id, [])) or NO_TITLE for view in listed}


def _members(connection: Connection, members: Sequence[Member], opened: str) -> list[MemberRow]:
    seen = glances.glances(connection, [member.posting_id for member in members])
    listed = [member for member in members if member.posting_id in seen]
    numbers = {member.posting_id: number for number, member in enumerate(listed, 1)}
    rows = []
    for member in listed:
        ad = seen[member.posting_id]
        rows.append(
            MemberRow(
                posting_id=ad.posting_id,
                number=numbers[ad.posting_id],
                source=ad.source,
                title=hide(ad.title, ad.contacts) or NO_TITLE,
                language=ad.language,
                band=ad.band,
                score=ad.score,
                tie=EDGE_WORDS.get(member.edge, member.edge),
                tie_to=numbers.get(member.edge_to or ""),
                first_seen=ad.first_seen,
                shown=ad.posting_id == opened,
            )
        )
    return rows
