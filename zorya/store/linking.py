"""What ads of a campaign have in common beyond their words: the rows behind indicator group H.

A handful of queries for a whole batch of campaigns, none per ad; of a campaign its `MOST` oldest members count.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from zorya.domain.ads import ContactKind, Kind, Place
from zorya.domain.findings import CampaignHit, State, Strength
from zorya.store import campaigns as live_campaigns
from zorya.store.campaign_schema import campaign_hits, campaign_members, campaigns, imprints
from zorya.store.presence import chunks
from zorya.store.rows import contact_of, place_of
from zorya.store.schema import (
    assessments,
    contacts,
    postings,
    sources,
    versions,
)
from zorya.store.sharing_schema import alerts

_BAND = 8
MOST = 500
"""Members of one campaign that are looked at."""


@dataclass(frozen=True, slots=True)
class LinkedContact:
    """A contact as links need it: keyed token, and the normalised value for the country of a number."""

    kind: ContactKind
    token: str
    value: str
    says_country: bool = True
    """False for a number whose country was guessed: it says nothing about countries."""


@dataclass(frozen=True, slots=True)
class LinkedAd:
    """One member of a campaign. `present` are the text indicators of its newest screening, by code."""

    posting_id: str
    campaign_id: str
    source: str
    country: str | None
    """Of the board, ISO alpha-2, lower case; None when the source is unknown."""
    kind: Kind
    url: str
    language: str | None
    employer: str | None
    places: tuple[Place, ...]
    pay: tuple[float, float, str] | None
    contacts: tuple[LinkedContact, ...]
    present: Mapping[str, Strength]
    bands: frozenset[str]
    """Keys of the bands of its wording: ads that share many have nearly the same text."""
    first_seen: datetime
    gone_at: datetime | None
    repost_of: str | None

    @property
    def codes(self) -> frozenset[str]:
        """Codes of the text indicators present."""
        return frozenset(self.present)

    @property
    def tokens(self) -> frozenset[str]:
        """Tokens of contacts that are a person's or a firm's; links stand for boards and shops as often."""
        return frozenset(each.token for each in self.contacts if each.kind is not ContactKind.URL)


def ads_of(connection: Connection, campaign_ids: Iterable[str]) -> dict[str, list[LinkedAd]]:
    """Members of each campaign with what ties them, oldest first."""
    found: dict[str, list[LinkedAd]] = {}
    for chunk in chunks(campaign_ids):
        rows = [dict(row) for row in connection.execute(_members(chunk)).mappings()]
        reached = contacts_of(connection, [row["version_id"] for row in rows])
        present = present_in(connection, [row["version_id"] for row in rows])
        bands = _bands(connection, [row["posting_id"] for row in rows])
        for row in rows:
            ad = _ad_of(row, reached[row["version_id"]], present.get(row["version_id"], {}), bands[row["posting_id"]])
            found.setdefault(ad.campaign_id, []).append(ad)
    return found


def alerted(connection: Connection, campaign_id: str) -> list[tuple[str, datetime]]:
    """(partner, when) of every alert about a campaign or about one merged into it, oldest first."""
    family = live_campaigns.family(connection, campaign_id)
    query = select(alerts.c.partner, alerts.c.created_at).where(alerts.c.campaign_id.in_(family))
    return [(row.partner, row.created_at) for row in connection.execute(query.order_by(alerts.c.created_at))]


def set_hits(connection: Connection, campaign_id: str, hits: Iterable[CampaignHit], *, at: datetime) -> None:
    """Replace what is known of a campaign, and of those merged into it; an unchanged hit keeps its moment."""
    family = live_campaigns.family(connection, campaign_id)
    known = select(campaign_hits).where(campaign_hits.c.campaign_id == campaign_id)
    before = {row["code"]: dict(row) for row in connection.execute(known).mappings()}
    connection.execute(delete(campaign_hits).where(campaign_hits.c.campaign_id.in_(family)))
    rows = []
    for hit in hits:
        row = _row_of(campaign_id, hit)
        old = before.get(hit.code)
        same = old is not None and row == {name: value for name, value in old.items() if name != "found_at"}
        rows.append(row | {"found_at": old["found_at"] if old and same else at})
    if rows:
        connection.execute(insert(campaign_hits), rows)


def hits_of(connection: Connection, campaign_id: str) -> list[CampaignHit]:
    """Group H hits of a live campaign, in the order of their codes."""
    query = select(campaign_hits).where(campaign_hits.c.campaign_id == campaign_id)
    hits = [_hit_of(dict(row)) for row in connection.execute(query).mappings()]
    return sorted(hits, key=lambda hit: (hit.code[0], int(hit.code[1:])))


def set_decision(connection: Connection, campaign_id: str, sentence: str) -> None:
    """Keep what the decision rule says of a campaign as a whole; empty where no hit that it counts is present."""
    same = campaigns.c.id == campaign_id
    connection.execute(update(campaigns).where(same, campaigns.c.decision != sentence).values(decision=sentence))


def decision_of(connection: Connection, campaign_id: str) -> str:
    """What the decision rule says of a campaign as a whole."""
    query = select(campaigns.c.decision).where(campaigns.c.id == campaign_id)
    return connection.execute(query).scalar() or ""


def campaigns_with(connection: Connection, code: str) -> list[tuple[str, CampaignHit]]:
    """(campaign, hit) of every campaign with this indicator, the newest finding first."""
    query = select(campaign_hits).where(campaign_hits.c.code == code)
    ordered = query.order_by(campaign_hits.c.found_at.desc(), campaign_hits.c.campaign_id)
    return [(row["campaign_id"], _hit_of(dict(row))) for row in connection.execute(ordered).mappings()]


def _members(campaign_ids: list[str]) -> Select[Any]:
    place = func.row_number().over(
        partition_by=campaign_members.c.campaign_id,
        order_by=(campaign_members.c.added_at, campaign_members.c.posting_id),
    )
    members = (
        select(campaign_members.c.posting_id, campaign_members.c.campaign_id, place.label("place"))
        .where(campaign_members.c.campaign_id.in_(campaign_ids))
        .subquery()
    )
    return (
        select(
            members.c.posting_id,
            members.c.campaign_id,
            postings.c.source,
            sources.c.country,
            postings.c.kind,
            postings.c.url,
            postings.c.first_seen,
            postings.c.gone_at,
            postings.c.repost_of,
            versions.c.id.label("version_id"),
            versions.c.language,
            versions.c.employer,
            versions.c.places,
            versions.c.pay,
        )
        .join(postings, postings.c.id == members.c.posting_id)
        .join(versions, versions.c.id == postings.c.current_version)
        .outerjoin(sources, sources.c.id == postings.c.source)
        .where(members.c.place <= MOST)
        .order_by(postings.c.first_seen, postings.c.id)
    )


def contacts_of(connection: Connection, version_ids: Iterable[str]) -> defaultdict[str, list[LinkedContact]]:
    """Contacts of each version, in the order of its text."""
    found: defaultdict[str, list[LinkedContact]] = defaultdict(list)
    for chunk in chunks(version_ids):
        query = select(contacts).where(contacts.c.version_id.in_(chunk))
        for row in connection.execute(query.order_by(contacts.c.version_id, contacts.c.position)).mappings():
            one = contact_of(dict(row))
            found[row["version_id"]].append(LinkedContact(one.kind, row["token"], one.value, one.says_country))
    return found


def present_in(connection: Connection, version_ids: Iterable[str]) -> dict[str, dict[str, Strength]]:
    """Code → strength of the indicators present at the newest assessment of each version."""
    found: dict[str, dict[str, Strength]] = {}
    for chunk in chunks(version_ids):
        query = select(assessments.c.version_id, assessments.c.hits).where(assessments.c.version_id.in_(chunk))
        for row in connection.execute(query.order_by(assessments.c.created_at, assessments.c.id)):
            present = [hit for hit in row.hits if hit["state"] == State.PRESENT]
            found[row.version_id] = {hit["code"]: Strength(hit["strength"]) for hit in present}
    return found


def _bands(connection: Connection, posting_ids: list[str]) -> defaultdict[str, frozenset[str]]:
    """Sixteen bands of eight bytes of each wording's sketch (`models.campaigns.sketch`)."""
    found: dict[str, frozenset[str]] = {}
    for chunk in chunks(posting_ids):
        query = select(imprints.c.posting_id, imprints.c.sketch).where(imprints.c.posting_id.in_(chunk))
        for row in connection.execute(query.where(imprints.c.sketch.is_not(None))):
            parts = (row.sketch[start : start + _BAND].hex() for start in range(0, len(row.sketch), _BAND))
            found[row.posting_id] = frozenset(f"{band}:{part}" for band, part in enumerate(parts))
    return defaultdict(frozenset, found)


def _ad_of(
    row: dict[str, Any], reached: list[LinkedContact], present: dict[str, Strength], bands: frozenset[str]
) -> LinkedAd:
    pay = row["pay"]
    return LinkedAd(
        posting_id=row["posting_id"],
        campaign_id=row["campaign_id"],
        source=row["source"],
        country=row["country"],
        kind=Kind(row["kind"]),
        url=row["url"],
        language=row["language"],
        employer=row["employer"],
        places=tuple(place_of(place) for place in row["places"]),
        pay=(pay["min"], pay["max"], pay["currency"]) if pay else None,
        contacts=tuple(reached),
        present=present,
        bands=bands,
        first_seen=row["first_seen"],
        gone_at=row["gone_at"],
        repost_of=row["repost_of"],
    )


def _row_of(campaign_id: str, hit: CampaignHit) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "code": hit.code,
        "revision": hit.revision,
        "title": hit.title,
        "state": hit.state,
        "strength": hit.strength,
        "why": hit.why,
        "posting_ids": list(hit.posting_ids),
    }


def _hit_of(row: dict[str, Any]) -> CampaignHit:
    return CampaignHit(
        row["code"],
        row["revision"],
        row["title"],
        State(row["state"]),
        Strength(row["strength"]),
        row["why"],
        tuple(row["posting_ids"]),
    )
