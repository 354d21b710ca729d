"""The card of an alert: self-contained, redacted facts about a confirmed campaign. JSON-ready; words come later.

Nothing here names a person: contacts are masked unless the partner's profile says otherwise (`alerts.redaction`),
addresses defanged, titles and bodies of ads left out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from alerts.addresses import cut, defang, visible
from alerts.redaction import Redaction, whole
from zorya.domain.ads import Contact, Place, PostingVersion
from zorya.domain.findings import Assessment, CampaignHit, IndicatorHit, State, Strength
from zorya.domain.reviews import VerdictLabel
from zorya.domain.sharing import Marking
from zorya.redact import redact
from zorya.store import assessments, campaigns, linking, postings, reviews, sources
from zorya.store.reviews import Confirmed

CARD_MARKING = Marking.AMBER
"""A card of masked contacts holds no names: fit for the partner's organisation and its clients who need to know."""

_MOST = {"why": 6, "places": 8, "contacts": 6, "addresses": 5, "sources": 8}


@dataclass(frozen=True, slots=True)
class _Ad:
    version: PostingVersion
    first_seen: datetime
    last_seen: datetime
    contacts: tuple[Contact, ...]
    assessment: Assessment | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a campaign's card says, before its contacts are redacted for a partner."""

    facts: dict[str, object]
    contacts: tuple[Contact, ...]

    def card(self, redact: Redaction) -> dict[str, object]:
        """The card for a partner of this profile, as it is stored and hashed."""
        return {**self.facts, "contacts": _ranked(map(redact.show, self.contacts), "contacts")}


def read(connection: Connection, confirmed: Confirmed) -> Facts:
    """The facts of a campaign as it stands now."""
    ads = _ads(connection, confirmed)
    contacts = tuple(contact for ad in ads for contact in ad.contacts)
    places = [place for ad in ads for place in ad.version.posting.places]
    readings = [ad.assessment for ad in ads if ad.assessment]
    bands = [reading.band for reading in readings if not reading.abstain]
    languages = {ad.version.posting.language or (ad.assessment.language if ad.assessment else None) for ad in ads}
    facts: dict[str, object] = {
        "campaign": confirmed.campaign_id,
        "severity": confirmed.severity,
        "patterns": list(confirmed.patterns),
        "reviewers": len(confirmed.verdict_ids),
        "band": max(bands, key=lambda band: band.rank).value if bands else None,
        "why": _why(readings, linking.hits_of(connection, confirmed.campaign_id), confirmed.indicators),
        "ads": campaigns.size(connection, confirmed.campaign_id),
        "kinds": sorted({ad.version.posting.kind.value for ad in ads}),
        "sources": _ranked((plain(ad.version.posting.source) for ad in ads), "sources"),
        "languages": sorted(language for language in languages if language),
        "first_seen": min(ad.first_seen for ad in ads).isoformat() if ads else None,
        "last_seen": max(ad.last_seen for ad in ads).isoformat() if ads else None,
        "places": _ranked((_place(place.name or place.raw) for place in places), "places"),
        "countries": sorted({place.country.lower() for place in places if place.country}),
        "origins": sorted(_origins(connection, ads)),
        "destinations": sorted(_countries(places, "destination")),
        "addresses": _ranked((defang(ad.version.posting.url, contacts) for ad in ads), "addresses"),
    }
    return Facts(facts, contacts)


def _countries(places: Iterable[Place], role: str) -> set[str]:
    return {place.country.lower() for place in places if place.country and place.role == role}


def _origins(connection: Connection, ads: Iterable[_Ad]) -> set[str]:
    """Countries whose people the ads speak to: as their words say, else those of the boards they stand on."""
    boards, found = sources.countries(connection), set[str]()
    for ad in ads:
        board = boards.get(ad.version.posting.source)
        found |= _countries(ad.version.posting.places, "origin") or ({board.lower()} if board else set())
    return found


def marking_of(content: Mapping[str, object]) -> Marking:
    """The most open marking a card may have: TLP:AMBER+STRICT where it shows a contact whole."""
    return Marking.AMBER_STRICT if whole(content) else CARD_MARKING


def plain(text: str, limit: int = 80) -> str:
    """Foreign text on one line: control and direction characters dropped, contacts redacted, cut to size."""
    return cut(redact(visible(text)), limit)


def _ads(connection: Connection, confirmed: Confirmed) -> list[_Ad]:
    """The campaign's ads without those that somebody who confirms it calls something else than a concern."""
    others = {
        posting
        for word in reviews.verdicts_in_force(connection, campaigns.family(connection, confirmed.campaign_id))
        for posting, label in word.ads
        if word.id in confirmed.verdict_ids and label is not VerdictLabel.CONCERN
    }
    every = [member.posting_id for member in campaigns.members(connection, confirmed.campaign_id)]
    members = [posting for posting in every if posting not in others]
    readings = assessments.current_of_campaign(connection, members)
    seen = postings.sightings(connection, members)
    current = {version.posting_id: version for version in postings.currents(connection, members)}
    screened = assessments.contacts_in(connection, [version.id for version in current.values()])
    return [
        _Ad(
            version,
            *seen[posting_id],
            tuple(screened.get(version.id) or version.posting.contacts),
            readings.get(posting_id),
        )
        for posting_id in members
        if (version := current.get(posting_id))
    ]


def _why(
    readings: Iterable[Assessment], linked: Iterable[CampaignHit], confirmed_codes: tuple[str, ...]
) -> list[dict[str, str | int]]:
    """Titles of the indicators present: the confirmed first, then strong ones, then by number of ads.

    Code and revision say which title of another language stands for the English one copied here.
    """
    seen: Counter[str] = Counter()
    named: dict[str, IndicatorHit | CampaignHit] = {}
    for reading in readings:
        present = {hit.code: hit for hit in reading.hits if hit.state is State.PRESENT}
        seen.update(present.keys())
        named |= present
    strong = set()
    for linked_hit in linked:
        if linked_hit.state is State.PRESENT:
            seen[linked_hit.code] = len(linked_hit.posting_ids)
            named[linked_hit.code] = linked_hit
            strong |= {linked_hit.code} if linked_hit.strength is Strength.STRONG else set()
    order = sorted(seen, key=lambda code: (code not in confirmed_codes, code not in strong, -seen[code], code))
    chosen = [named[code] for code in order[: _MOST["why"]]]
    return [{"code": hit.code, "revision": hit.revision, "title": plain(hit.title, 120)} for hit in chosen]


def _place(name: str) -> str:
    """A place as named, unless what stands there is a number."""
    shown = plain(name, 60)
    return "" if sum(char.isdigit() for char in shown) > 5 else shown


def _ranked(values: Iterable[str], kind: str) -> list[str]:
    """Distinct values, the most frequent first; what is left out is counted as `+n`."""
    counted = Counter(value for value in values if value)
    ranked = sorted(counted, key=lambda value: (-counted[value], value))
    most = _MOST[kind]
    return ranked if len(ranked) <= most else [*ranked[:most], f"+{len(ranked) - most}"]
