"""Digests: one per partner and period, one at once for what is urgent, a sign of life after a month without any.

Each is rendered once and stored with its outbox rows in one transaction. Who has no alert gets no digest; alerts of a
paused partner wait and go out with the first digest after the pause.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts import links, periods, sealing, selection
from alerts.issue import Issue, render
from alerts.partners import Catalog, Partner, load_all
from alerts.render import Asked, Rendered
from zorya.domain import ids
from zorya.domain.referrals import ANSWER_WITHIN
from zorya.domain.runs import StageReport
from zorya.domain.sharing import Alert, Digest, DigestKind, Exclusion, ReferralState
from zorya.settings import Settings
from zorya.store import Store, digest_chain, exclusions, indicator_texts, partner_standing, referrals, sharing

URGENT = 3
"""The severity that does not wait for the next digest."""
_AN_INSTANT = timedelta(microseconds=1)


def run(store: Store, settings: Settings, *, as_of: datetime, partner: str | None = None) -> StageReport:
    """Render what is due for every partner, or for one."""
    catalog = load_all(settings)
    names = ("rendered", "urgent", "heartbeats", "empty", "paused", "withheld")
    counts: Counter[str] = Counter(dict.fromkeys(names, 0))
    messages: list[str] = []
    for each in _chosen(catalog, partner):
        with store.writing() as connection:
            messages += _prepare(connection, settings, each, counts, as_of=as_of)
    return StageReport("digest", as_of, dict(counts), tuple(messages))


def run_urgent(store: Store, settings: Settings, partner: Partner, *, as_of: datetime) -> bool:
    """Render what is urgent for a partner and nothing else; False when nothing is."""
    with store.writing() as connection:
        issue = None
        if not _is_paused(connection, partner):
            issue = _urgent(connection, settings, partner, as_of=as_of)
        return issue is not None and _store(connection, settings, issue, as_of=as_of)


def preview(store: Store, settings: Settings, partner_id: str, *, as_of: datetime) -> Rendered | None:
    """The running period of a partner, with the alerts that selection would offer now; stores nothing."""
    catalog = load_all(settings)
    partner = catalog.get(partner_id)
    with store.reading() as connection:
        alerts, _held = _waiting(connection, settings, partner, before=as_of)
        alerts = [*alerts, *sharing.unapproved_alerts(connection, partner.id)]
        choice = selection.choose(connection, catalog, selection.pending(connection, catalog), as_of=as_of)
        alerts = [*alerts, *(alert for alert in choice.alerts if alert.partner == partner.id)]
        if not alerts:
            return None
        alerts.sort(key=_order)
        previous, oldest = digest_chain.last_period_end(connection, partner.id), min(a.created_at for a in alerts)
        start = periods.running_start(partner.spec.cadence, partner.spec.zone, as_of, previous=previous, oldest=oldest)
        issue = _issue(connection, settings, partner, DigestKind.DIGEST, start, as_of, tuple(alerts), as_of=as_of)
    fresh = Counter(why for who, _campaign, why in choice.excluded if who == partner.id)
    return render(replace(issue, preview=True, pause="", excluded=dict(Counter(issue.excluded) + fresh)))


def due(connection: Connection, settings: Settings, partner: Partner, *, as_of: datetime) -> list[Issue]:
    """The issues that are due for a partner and not stored yet."""
    if _is_paused(connection, partner):
        return []
    urgent = _urgent(connection, settings, partner, as_of=as_of)
    told = {alert.id for alert in urgent.alerts} if urgent else set()
    periodic, _held = _periodic(connection, settings, partner, without=told, as_of=as_of)
    return [issue for issue in (urgent, periodic) if issue]


def _prepare(
    connection: Connection, settings: Settings, partner: Partner, counts: Counter[str], *, as_of: datetime
) -> list[str]:
    partner_standing.know(connection, partner.id, at=as_of)
    if _is_paused(connection, partner):
        counts["paused"] += 1
        return []
    urgent = _urgent(connection, settings, partner, as_of=as_of)
    if urgent is not None:
        counts["urgent"] += _store(connection, settings, urgent, as_of=as_of)
    issue, held = _periodic(connection, settings, partner, as_of=as_of)
    counts["withheld"] += len(held)
    if issue is None:
        counts["empty"] += 1
    else:
        name = "heartbeats" if issue.kind is DigestKind.HEARTBEAT else "rendered"
        counts[name] += _store(connection, settings, issue, as_of=as_of)
    return held


def _urgent(connection: Connection, settings: Settings, partner: Partner, *, as_of: datetime) -> Issue | None:
    """What does not wait for the next digest. What came back from a refused one does: it would come back each time."""
    if partner.spec.cadence.urgent != "immediate":
        return None
    alerts, _held = _waiting(connection, settings, partner, before=as_of + _AN_INSTANT)
    pressing = [alert for alert in alerts if alert.severity >= URGENT and not sharing.digests_with(connection, alert)]
    if not pressing:
        return None
    return _issue(connection, settings, partner, DigestKind.URGENT, as_of, as_of, tuple(pressing), as_of=as_of)


def _periodic(
    connection: Connection,
    settings: Settings,
    partner: Partner,
    *,
    as_of: datetime,
    without: frozenset[str] | set[str] = frozenset(),
) -> tuple[Issue | None, list[str]]:
    """(the digest of the newest complete period or the sign of life that is due, why other alerts may not leave)."""
    cadence, zone = partner.spec.cadence, partner.spec.zone
    end = periods.last_end(cadence, zone, as_of)
    waiting, held = _waiting(connection, settings, partner, before=end)
    alerts = tuple(alert for alert in waiting if alert.id not in without)
    previous, kind = digest_chain.last_period_end(connection, partner.id), DigestKind.DIGEST
    oldest = min((alert.created_at for alert in alerts), default=None)
    if not alerts:
        kind, oldest = DigestKind.HEARTBEAT, _quiet_since(connection, settings, partner, as_of=as_of)
        if oldest is None or without:
            return None, held
    start = periods.start_of(cadence, zone, end, previous=previous, oldest=oldest)
    if start >= end:
        return None, held
    return _issue(connection, settings, partner, kind, start, end, alerts, as_of=as_of), held


def _quiet_since(connection: Connection, settings: Settings, partner: Partner, *, as_of: datetime) -> datetime | None:
    """Since when a partner has had no mail from us, once that is longer than it may be; None before."""
    longest, zone = settings.digest.heartbeat_days, partner.spec.zone
    since = partner_standing.known_since(connection, partner.id)
    if since is None or longest == 0:
        return None
    since = max(since, digest_chain.last_told_at(connection, partner.id) or since)
    due_at = periods.last_due(partner.spec.cadence, zone, as_of)
    quiet = (due_at.astimezone(zone).date() - since.astimezone(zone).date()).days
    return since if quiet >= longest else None


def _issue(
    connection: Connection,
    settings: Settings,
    partner: Partner,
    kind: DigestKind,
    start: datetime,
    end: datetime,
    alerts: tuple[Alert, ...],
    *,
    as_of: datetime,
) -> Issue:
    link, base = digest_chain.next_link(connection, partner.id), links.base_of(settings)
    is_urgent = kind is DigestKind.URGENT
    excluded = {} if is_urgent else exclusions.counted(connection, partner.id, start=start, end=end)
    return Issue(
        partner,
        start,
        end,
        link.sequence,
        alerts,
        settings.digest.sender,
        indicator_texts.titles(connection, partner.spec.language),
        kind=kind,
        previous=link.previous,
        held_back=link.held_back,
        at_once=() if is_urgent else digest_chain.urgent_since(connection, partner.id),
        excluded=excluded | _above_ceiling(connection, partner, excluded, end=end),
        work=None if is_urgent else exclusions.work_done(connection, start=start, end=end),
        next_at=periods.next_due(partner.spec.cadence, partner.spec.zone, as_of),
        page=f"{base}/referrals" if base else "",
    )


def _above_ceiling(
    connection: Connection, partner: Partner, excluded: dict[Exclusion, int], *, end: datetime
) -> dict[Exclusion, int]:
    """Counts those alerts too that wait and whose marking was raised above what the partner may read."""
    waiting = sharing.undigested_alerts(connection, partner.id, before=end)
    above = sum(not alert.marking.within(partner.spec.tlp_ceiling) for alert in waiting)
    return {Exclusion.CEILING: excluded.get(Exclusion.CEILING, 0) + above} if above else {}


def _store(connection: Connection, settings: Settings, issue: Issue, *, as_of: datetime) -> bool:
    asked = {alert.id: _asked(connection, settings, alert, at=as_of) for alert in issue.alerts}
    if issue.kind is DigestKind.URGENT:
        name = ids.notice_id(issue.partner.id, as_of, issue.sequence)
    else:
        name = ids.digest_id(issue.partner.id, issue.start, issue.end)
    rendered = render(replace(issue, asked=asked, pause=links.pause_address(settings, name)))
    digest = Digest(
        id=name,
        partner=issue.partner.id,
        period_start=issue.start,
        period_end=issue.end,
        sequence=issue.sequence,
        marking=rendered.marking,
        alert_ids=tuple(alert.id for alert in issue.alerts),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        created_at=as_of,
        kind=issue.kind,
        previous=issue.previous,
        held_back=issue.held_back,
    )
    return sealing.keep(connection, settings, issue.partner, digest)


def _asked(connection: Connection, settings: Settings, alert: Alert, *, at: datetime) -> Asked:
    """By when and where to answer an alert; the clock of its referral starts with the digest that tells it."""
    referral = referrals.of_alert(connection, alert.origin or alert.id)
    if referral is None or referral.owner != alert.partner or referral.state is not ReferralState.OFFERED:
        return Asked(at + ANSWER_WITHIN)
    referral = referrals.set_due(connection, referral, at + ANSWER_WITHIN)
    return Asked(referral.due_at, links.link(connection, settings, referral))


def _waiting(
    connection: Connection, settings: Settings, partner: Partner, *, before: datetime
) -> tuple[list[Alert], list[str]]:
    """(alerts that may leave, why the others may not)."""
    alerts = sharing.undigested_alerts(connection, partner.id, before=before)
    if not alerts:
        return [], []
    standing, key = selection.standing(connection, alerts), sealing.key_of(settings)
    held = {alert.id: selection.obstacle(connection, alert, partner, standing, key) for alert in alerts}
    return [alert for alert in alerts if held[alert.id] is None], [reason for reason in held.values() if reason]


def _is_paused(connection: Connection, partner: Partner) -> bool:
    return partner.spec.paused or partner_standing.is_paused(connection, partner.id)


def _chosen(catalog: Catalog, partner: str | None) -> list[Partner]:
    return list(catalog.partners.values()) if partner is None else [catalog.get(partner)]


def _order(alert: Alert) -> tuple[int, datetime, str]:
    return (-alert.severity, alert.created_at, alert.id)
