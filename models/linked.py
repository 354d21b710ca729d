"""Indicator group H: what links between ads, metadata and time show of a campaign.

Everything is counted from the store as it stands, so the answer does not depend on the order in which ads came, and
doing it again changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from models import link_counts as counted
from models.catalogue import catalogue
from models.decision_rule import decide
from models.link_counts import Finding
from models.linked_spec import Counts, LinkedFile, LinkedSpec, linked_file
from zorya.domain.findings import CampaignHit, IndicatorHit, State, Strength
from zorya.store import campaigns, linking
from zorya.store.linking import LinkedAd

Alerts = list[tuple[str, datetime]]
COUNTERS: dict[str, Callable[[list[LinkedAd], LinkedSpec, LinkedFile, Alerts], Finding | None]] = {
    "H1": counted.other_kind,
    "H2": counted.unrelated_offers,
    "H3": counted.template,
    "H4": counted.language_versions,
    "H5": counted.number_abroad,
    "H7": counted.reposts,
    "H9": counted.earlier_alerts,
}
"""How each active code is counted; a test holds the file and this table together."""


def refresh(connection: Connection, campaign_ids: Iterable[str], *, at: datetime) -> dict[str, list[CampaignHit]]:
    """Count group H anew for these campaigns (those merged away stand for where they went) and store it."""
    live = sorted({campaigns.resolve(connection, campaign) for campaign in campaign_ids})
    members = linking.ads_of(connection, live)
    found = {}
    for campaign in live:
        hits = hits_of(members.get(campaign, []), linking.alerted(connection, campaign))
        linking.set_hits(connection, campaign, hits, at=at)
        linking.set_decision(connection, campaign, decision([ad.present for ad in members.get(campaign, [])], hits))
        found[campaign] = hits
    return found


def hits_of(ads: list[LinkedAd], alerts: Alerts) -> list[CampaignHit]:
    """Group H hits of one campaign's ads, in the order of the file."""
    file = linked_file()
    active = [spec for spec in file.indicators if spec.status == "active"]
    found = {spec.code: COUNTERS[spec.code](ads, spec, file, alerts) for spec in active}
    present = {code for code, finding in found.items() if finding is not None and finding.state is State.PRESENT}
    return [_hit(spec, finding, present) for spec in active if (finding := found[spec.code]) is not None]


def decision(ads: Iterable[Mapping[str, Strength]], linked: Iterable[CampaignHit]) -> str:
    """The decision rule's sentence about a campaign: what any of its `ads` says (code → strength), each indicator once
    and as strong as it ever stands, together with what ties them. Empty where nothing that it counts is present.
    """
    strongest: dict[str, Strength] = {}
    for ad in ads:
        for code, strength in ad.items():
            strongest[code] = max(strength, strongest.get(code, strength), key=list(Strength).index)
    said = [IndicatorHit(code, 0, "", State.PRESENT, strength) for code, strength in strongest.items()]
    dimensions = catalogue().dimension_of | {spec.code: spec.dimension for spec in linked_file().indicators}
    decided = decide([*said, *linked], dimensions)
    return decided.sentence if decided else ""


def _hit(spec: LinkedSpec, finding: Finding, present: set[str]) -> CampaignHit:
    strength = spec.strength
    more = spec.stronger
    if more and ((more.when != Counts() and finding.counts.reach(more.when)) or present & set(more.beside)):
        strength = more.strength
    if finding.at_most is not None:
        strength = min(strength, finding.at_most, key=list(Strength).index)
    return CampaignHit(
        spec.code, spec.revision, spec.title, finding.state, strength, finding.why, tuple(sorted(finding.posting_ids))
    )
