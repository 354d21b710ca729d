"""Which confirmed campaign goes to which partner. No alert without two people's verdicts; scope and marking decide.

A run looks at the campaigns that changed since the last one (`zorya.store.selection_backlog`), and at all of them after
a change of partners. An alert waits for the approval of a lead (`alerts.approvals`). Until it was told it follows its
campaign: what changes makes a new revision, which waits again. The same rules are asked again when a digest is rendered
and once more at the channel (`standing`, `obstacle`).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alerts import approvals, card
from alerts.partners import Catalog, Partner, load_all
from alerts.redaction import Redaction
from alerts.routes import next_after
from alerts.sealing import ACTOR
from zorya.domain import ids
from zorya.domain.runs import StageReport
from zorya.domain.sharing import Alert, AlertState, Exclusion, Marking
from zorya.logs import get
from zorya.settings import Settings
from zorya.store import Store, audit, campaigns, exclusions, selection_backlog, sharing
from zorya.store.reviews import Confirmed, confirmed_campaigns

BATCH = 500
"""Campaigns of one transaction: others who write wait no longer than these take."""
_TELL = 10
"""So many unclaimed campaigns are named in a report; all of them are counted."""


@dataclass(slots=True)
class Choice:
    """What selection found: new alerts, for whom a campaign is newly not, and how the pairs of both ended."""

    alerts: list[Alert] = field(default_factory=list)
    excluded: list[tuple[str, str, Exclusion]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unclaimed: list[str] = field(default_factory=list)


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """Offer every confirmed campaign once to each partner whose scope and clearance it fits.

    `looked_at`, `confirmed`, `known`, `fitting` and the refusals count what this run looked at; `unclaimed` and
    `waiting_for_approval` all there are.
    """
    catalog = load_all(settings)
    with store.writing() as connection:
        revised = _follow(connection, catalog, as_of=as_of)
        selection_backlog.follow_partners(connection, catalog.fingerprints)
    counts, last = Counter(offered=0, looked_at=0), ""
    while True:
        with store.writing() as connection:
            taken = selection_backlog.take(connection, after=last, limit=BATCH)
            counts.update(_decide(connection, catalog, taken, as_of=as_of))
        if len(taken) < BATCH:
            break
        last = taken[-1]
    with store.reading() as connection:
        waiting = sharing.count_alerts(connection, AlertState.WAITING)
        unclaimed = selection_backlog.unclaimed(connection)
    messages = [str(fault) for fault in catalog.faults]
    messages += [f"campaign {campaign} is confirmed, yet fits no partner" for campaign in unclaimed[:_TELL]]
    for message in messages:
        get("alerts.selection").warning("selection", stage="alert", message=message)
    told = {"revised": revised, "waiting_for_approval": waiting, "unclaimed": len(unclaimed)}
    return StageReport("alert", as_of, {**counts, **told, "faulty_partners": len(catalog.faults)}, tuple(messages))


def _decide(connection: Connection, catalog: Catalog, taken: Collection[str], *, as_of: datetime) -> Counter[str]:
    """Offer what fits of the campaigns taken off the list, and note for whom the rest is not; returns counts."""
    if not taken:
        return Counter()
    choice = choose(connection, catalog, taken, as_of=as_of)
    for alert in choice.alerts:
        _offer(connection, alert, as_of=as_of)
    for partner, campaign, reason in choice.excluded:
        exclusions.note(connection, partner, campaign, reason, at=as_of)
    live = set(campaigns.resolve_all(connection, taken).values())
    selection_backlog.set_unclaimed(connection, campaigns.kin(connection, live), choice.unclaimed)
    return choice.counts + Counter(offered=len(choice.alerts), looked_at=len(live))


def pending(connection: Connection, catalog: Catalog) -> Collection[str] | None:
    """The campaigns that the next run will look at; None when that is all of them, because partners changed."""
    if not selection_backlog.is_current(connection, catalog.fingerprints):
        return None
    return selection_backlog.waiting(connection)


def choose(connection: Connection, catalog: Catalog, among: Collection[str] | None, *, as_of: datetime) -> Choice:
    """What is not offered or noted yet of these campaigns, or of all (None), as it stands; writes nothing.

    Ids that were merged away stand for where they went; what was offered or noted of a part counts for the whole.
    """
    choice = Choice()
    live = None if among is None else set(campaigns.resolve_all(connection, among).values())
    home = campaigns.merges(connection) if live is None else campaigns.kin(connection, live)
    kin = None if live is None else home
    offered, noted = sharing.alerted_pairs(connection, kin), exclusions.noted(connection, kin)
    known = {(partner, home.get(campaign, campaign)) for partner, campaign in offered}
    noted = {(partner, home.get(campaign, campaign)) for partner, campaign in noted}
    for confirmed in confirmed_campaigns(connection, live):
        choice.counts["confirmed"] += 1
        if not campaigns.size(connection, confirmed.campaign_id):  # its ads were erased: there is nothing to tell
            choice.counts["without_ads"] += 1
            continue
        holders = [partner for partner in catalog.partners.values() if (partner.id, confirmed.campaign_id) in known]
        choice.counts["known"] += len(holders)
        others = [partner for partner in catalog.partners.values() if partner not in holders]
        fitting = _choose_one(connection, catalog, confirmed, others, choice, noted, as_of=as_of) if others else 0
        if not (holders or fitting):
            choice.unclaimed.append(confirmed.campaign_id)
    return choice


def _choose_one(
    connection: Connection,
    catalog: Catalog,
    confirmed: Confirmed,
    partners: Iterable[Partner],
    choice: Choice,
    noted: Collection[tuple[str, str]],
    *,
    as_of: datetime,
) -> int:
    """Add to a choice what one campaign is to those partners who have no alert of it; returns how many it fits."""
    facts, fitting = card.read(connection, confirmed), 0
    for partner in partners:
        content = facts.card(partner.spec.redact)
        refusal = unfit(partner, confirmed, content)
        choice.counts[refusal or "fitting"] += 1
        if refusal is None:
            fitting += 1
            route = next_after(partner.id, catalog.routes, content)
            choice.alerts.append(_alert(partner, confirmed, content, route, as_of=as_of))
        elif (partner.id, confirmed.campaign_id) not in noted:
            choice.excluded.append((partner.id, confirmed.campaign_id, refusal))
    return fitting


def unfit(partner: Partner, confirmed: Confirmed, content: Mapping[str, Any]) -> Exclusion | None:
    """Why a campaign is not for a partner, the first reason that holds; None when it is.

    Each list of the scope must be empty, met, or ask what the campaign does not say.
    """
    scope = partner.spec.scope
    if not (_meets(scope.countries, content["countries"]) and _meets(scope.destinations, content["destinations"])):
        return Exclusion.COUNTRIES
    if not _on_corridor(scope.corridors, content["origins"], content["destinations"]):
        return Exclusion.COUNTRIES
    if not _meets(scope.patterns, confirmed.patterns):
        return Exclusion.PATTERNS
    if not _meets(scope.languages, content["languages"]):
        return Exclusion.LANGUAGES
    if confirmed.severity < scope.min_severity:
        return Exclusion.SEVERITY
    return None if card.marking_of(content).within(partner.spec.tlp_ceiling) else Exclusion.CEILING


def _meets(wanted: Iterable[str], said: Iterable[str]) -> bool:
    return not set(wanted) or not set(said) or bool(set(wanted) & set(said))


def _on_corridor(corridors: Iterable[str], origins: list[str], destinations: list[str]) -> bool:
    """True when one of the corridors is open at both ends: met, any country, or not said."""
    ends = [corridor.split(">") for corridor in corridors]
    return not ends or any(
        (one == "*" or _meets([one], origins)) and (other == "*" or _meets([other], destinations))
        for one, other in ends
    )


def standing(connection: Connection, alerts: Iterable[Alert]) -> dict[str, Confirmed]:
    """Those of the campaigns of these alerts that two people confirm at this moment, by their live ids."""
    live = campaigns.resolve_all(connection, {alert.campaign_id for alert in alerts})
    confirmed = confirmed_campaigns(connection, set(live.values()))
    return {each.campaign_id: each for each in confirmed}


def obstacle(
    connection: Connection, alert: Alert, partner: Partner, confirmed_now: dict[str, Confirmed], key: bytes
) -> str | None:
    """Why an alert that was offered may not leave now; None when it may. `key` seals approvals."""
    live = campaigns.resolve(connection, alert.campaign_id)
    confirmed = confirmed_now.get(live)
    if confirmed is None:
        return f"alert {alert.id}: the concern is no longer in force from two people"
    if outdated := _outdated(alert, confirmed):
        return f"alert {alert.id}: {outdated} after it was made"
    if alert.marking not in set(Marking) or not alert.marking.within(partner.spec.tlp_ceiling):
        return f"alert {alert.id}: {alert.marking} is above the partner's {partner.spec.tlp_ceiling}"
    return approvals.missing(connection, key, alert)


def _outdated(alert: Alert, confirmed: Confirmed) -> str | None:
    """What changed of the decision that an alert rests on. A further person of the same mind changes nothing."""
    if alert.campaign_id != confirmed.campaign_id:
        return f"its campaign was merged into {confirmed.campaign_id}"
    if alert.severity != confirmed.severity:
        return "the severity was changed"
    return "a verdict was changed" if set(alert.verdict_ids) - set(confirmed.verdict_ids) else None


def _follow(connection: Connection, catalog: Catalog, *, as_of: datetime) -> int:
    """Bring alerts that no digest has told up to date with their campaigns; returns how many were revised."""
    untold, revised = sharing.untold_alerts(connection), 0
    now = standing(connection, untold)
    for alert in untold:
        confirmed = now.get(campaigns.resolve(connection, alert.campaign_id))
        if confirmed is None or alert.origin:
            continue
        # What was approved or sent back is touched only where the decision it rests on has changed.
        if alert.state is not AlertState.WAITING and not _outdated(alert, confirmed):
            continue
        fresh = revision(connection, catalog, alert, confirmed)
        if fresh is None:
            continue
        if fresh.campaign_id != alert.campaign_id and sharing.has_alert(connection, fresh):
            sharing.set_alert_state(connection, [alert.id], AlertState.RECALLED)
            why = f"merged into {fresh.campaign_id}, which has its own alert"
            audit.add(connection, at=as_of, actor=ACTOR, action="alert.drop", object=alert.id, reason=why)
            continue
        sharing.revise_alert(connection, fresh)
        why = f"revision {fresh.revision}"
        audit.add(connection, at=as_of, actor=ACTOR, action="alert.revise", object=alert.id, reason=why)
        revised += 1
    return revised


def revision(
    connection: Connection, catalog: Catalog, alert: Alert, confirmed: Confirmed, *, marking: Marking | None = None
) -> Alert | None:
    """The next revision of an alert, with the card as it would be made today; None when nothing differs.

    A card that shows a contact whole keeps a marking that allows it.
    """
    partner = catalog.partners.get(alert.partner)
    content = card.read(connection, confirmed).card(partner.spec.redact if partner else Redaction())
    chosen, needed = marking or alert.marking, card.marking_of(content)
    if needed is not card.CARD_MARKING and chosen.within(needed):
        chosen = needed
    new = replace(
        alert,
        campaign_id=confirmed.campaign_id,
        verdict_ids=confirmed.verdict_ids,
        severity=confirmed.severity,
        marking=chosen,
        content=content,
    )
    if new.bound == alert.bound:
        return None
    return approvals.bound(replace(new, revision=alert.revision + 1, state=AlertState.WAITING))


def _alert(
    partner: Partner, confirmed: Confirmed, content: dict[str, object], route: tuple[str, ...], *, as_of: datetime
) -> Alert:
    made = Alert(
        id=ids.alert_id(partner.id, confirmed.campaign_id, confirmed.verdict_ids),
        partner=partner.id,
        campaign_id=confirmed.campaign_id,
        verdict_ids=confirmed.verdict_ids,
        marking=card.marking_of(content),
        severity=confirmed.severity,
        created_at=as_of,
        content=content,
        route=route,
    )
    return approvals.bound(made)


def _offer(connection: Connection, alert: Alert, *, as_of: datetime) -> None:
    """Keep a new alert; of campaigns that were one for a while, one that was dropped is taken up again."""
    if before := sharing.dropped(connection, alert.partner, alert.campaign_id):
        alert = approvals.bound(replace(alert, id=before.id, revision=before.revision + 1))
        sharing.revise_alert(connection, alert)
    else:
        if other := sharing.alert(connection, alert.id):  # it followed its campaign into another, and stayed there
            again = (*alert.verdict_ids, other.campaign_id)
            alert = replace(alert, id=ids.alert_id(alert.partner, alert.campaign_id, again))
        if not sharing.add_alert(connection, alert):
            return
    reason = f"{alert.marking}, verdicts {', '.join(alert.verdict_ids)}"
    audit.add(connection, at=as_of, actor=ACTOR, action="alert.offer", object=alert.id, reason=reason)
