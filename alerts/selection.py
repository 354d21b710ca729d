"""Which confirmed campaign goes to which partner. No alert without two people's verdicts; scope and marking decide.

The same rules are asked again when a digest is rendered and once more at the channel (`standing`, `obstacle`).
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from alerts import card
from alerts.partner_spec import Scope
from alerts.partners import Catalog, Partner, load_all
from zorya.domain import ids
from zorya.domain.runs import StageReport
from zorya.domain.sharing import Alert, Marking, Referral, ReferralState
from zorya.logs import get
from zorya.settings import Settings
from zorya.store import Store, audit, campaigns, sharing
from zorya.store.reviews import Confirmed, confirmed_campaigns

ACTOR = "stage:alerts"
ANSWER_WITHIN = timedelta(days=7)
_TELL = 10
"""So many unclaimed campaigns are named in a report; all of them are counted."""


@dataclass(slots=True)
class Choice:
    """What selection found: new alerts, and how the other pairs of campaign and partner ended."""

    alerts: list[Alert] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unclaimed: list[str] = field(default_factory=list)


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """Offer every confirmed campaign once to each partner whose scope and clearance it fits."""
    catalog = load_all(settings)
    with store.writing() as connection:
        choice = choose(connection, catalog, as_of=as_of)
        for alert in choice.alerts:
            _offer(connection, alert, as_of=as_of)
    messages = [str(fault) for fault in catalog.faults]
    messages += [f"campaign {campaign} is confirmed, yet fits no partner" for campaign in choice.unclaimed[:_TELL]]
    for message in messages:
        get("alerts.selection").warning("selection", stage="alert", message=message)
    counts = {"offered": len(choice.alerts), "unclaimed": len(choice.unclaimed), "faulty_partners": len(catalog.faults)}
    return StageReport("alert", as_of, {**counts, **choice.counts}, tuple(messages))


def choose(connection: Connection, catalog: Catalog, *, as_of: datetime) -> Choice:
    """The alerts that are not offered yet; writes nothing."""
    choice = Choice()
    merged = campaigns.merges(connection)
    known = {(partner, merged.get(campaign, campaign)) for partner, campaign in sharing.alerted_pairs(connection)}
    for confirmed in confirmed_campaigns(connection):
        choice.counts["confirmed"] += 1
        holders = [partner for partner in catalog.partners.values() if (partner.id, confirmed.campaign_id) in known]
        others = [partner for partner in catalog.partners.values() if partner not in holders]
        choice.counts["known"] += len(holders)
        if not others:
            continue
        content = card.storable(card.build(connection, confirmed))
        for partner in others:
            refusal = unfit(partner, confirmed, content)
            choice.counts[refusal or "fitting"] += 1
            if refusal is None:
                choice.alerts.append(_alert(partner, confirmed, content, as_of=as_of))
                holders.append(partner)
        if not holders:
            choice.unclaimed.append(confirmed.campaign_id)
    return choice


def unfit(partner: Partner, confirmed: Confirmed, content: dict[str, Any]) -> str | None:
    """Why a campaign is not for a partner: `out_of_scope` or `above_ceiling`; None when it is."""
    if not within_scope(partner.spec.scope, confirmed, content):
        return "out_of_scope"
    return None if card.CARD_MARKING.within(partner.spec.tlp_ceiling) else "above_ceiling"


def within_scope(scope: Scope, confirmed: Confirmed, content: dict[str, Any]) -> bool:
    """True when each list of the scope is empty, met, or asks what the campaign does not say."""
    if confirmed.severity < scope.min_severity:
        return False
    asked = (
        (scope.countries, content["countries"]),
        (scope.patterns, confirmed.patterns),
        (scope.languages, content["languages"]),
    )
    return all(not wanted or not said or set(wanted) & set(said) for wanted, said in asked)


def standing(connection: Connection) -> set[str]:
    """Campaigns that two people confirm at this moment."""
    return {confirmed.campaign_id for confirmed in confirmed_campaigns(connection)}


def obstacle(connection: Connection, alert: Alert, partner: Partner, confirmed_now: set[str]) -> str | None:
    """Why an alert that was offered may not leave now; None when it may."""
    if campaigns.resolve(connection, alert.campaign_id) not in confirmed_now:
        return f"alert {alert.id}: the concern is no longer in force from two people"
    if alert.marking not in set(Marking) or not alert.marking.within(partner.spec.tlp_ceiling):
        return f"alert {alert.id}: {alert.marking} is above the partner's {partner.spec.tlp_ceiling}"
    if ids.content_digest(alert.content) != alert.content_hash:
        return f"alert {alert.id}: its content was changed after it was made"
    return None


def _alert(partner: Partner, confirmed: Confirmed, content: dict[str, object], *, as_of: datetime) -> Alert:
    return Alert(
        id=ids.alert_id(partner.id, confirmed.campaign_id, confirmed.verdict_ids),
        partner=partner.id,
        campaign_id=confirmed.campaign_id,
        verdict_ids=confirmed.verdict_ids,
        marking=card.CARD_MARKING,
        severity=confirmed.severity,
        created_at=as_of,
        content=content,
        content_hash=ids.content_digest(content),
    )


def _offer(connection: Connection, alert: Alert, *, as_of: datetime) -> None:
    referral = Referral(
        id=ids.referral_id(alert.id),
        alert_id=alert.id,
        partner=alert.partner,
        state=ReferralState.OFFERED,
        owner=alert.partner,
        due_at=as_of + ANSWER_WITHIN,
        updated_at=as_of,
    )
    if sharing.add_alert(connection, alert, referral):
        reason = f"{alert.marking}, verdicts {', '.join(alert.verdict_ids)}"
        audit.add(connection, at=as_of, actor=ACTOR, action="alert.offer", object=alert.id, reason=reason)
