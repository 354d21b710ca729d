"""One digest per partner and period: rendered once, stored with its outbox rows in one transaction.

Who has no alert gets no digest. Alerts of a paused partner wait and go out with the first digest after the pause.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from alerts import links, periods, sealing, selection
from alerts.partners import Catalog, Partner, load_all
from alerts.render import Asked, Issue, Rendered, render
from zorya.domain import ids
from zorya.domain.referrals import ANSWER_WITHIN
from zorya.domain.runs import StageReport
from zorya.domain.sharing import Alert, Digest, ReferralState
from zorya.settings import Settings
from zorya.store import Store, indicator_texts, referrals, sharing


def run(store: Store, settings: Settings, *, as_of: datetime, partner: str | None = None) -> StageReport:
    """Render what is due for every partner, or for one."""
    catalog = load_all(settings)
    counts: Counter[str] = Counter({"rendered": 0, "empty": 0, "paused": 0, "withheld": 0})
    messages: list[str] = []
    for each in _chosen(catalog, partner):
        with store.writing() as connection:
            messages += _prepare(connection, settings, each, counts, as_of=as_of)
    return StageReport("digest", as_of, dict(counts), tuple(messages))


def preview(store: Store, settings: Settings, partner_id: str, *, as_of: datetime) -> Rendered | None:
    """The running period of a partner, with the alerts that selection would offer now; stores nothing."""
    catalog = load_all(settings)
    partner = catalog.get(partner_id)
    with store.reading() as connection:
        alerts, _held = _waiting(connection, settings, partner, before=as_of)
        alerts = [*alerts, *sharing.unapproved_alerts(connection, partner.id)]
        only = Catalog({partner.id: partner}, ())
        alerts = [*alerts, *selection.choose(connection, only, as_of=as_of).alerts]
        last = sharing.last_digest(connection, partner.id)
        titles = indicator_texts.titles(connection, partner.spec.language)
        sequence = sharing.next_sequence(connection, partner.id)
    if not alerts:
        return None
    alerts.sort(key=_order)
    previous = last.period_end if last else None
    oldest = min(alert.created_at for alert in alerts)
    start = periods.running_start(partner.spec.cadence, partner.spec.zone, as_of, previous=previous, oldest=oldest)
    sender = settings.digest.sender
    return render(Issue(partner, start, as_of, sequence, tuple(alerts), sender, titles, preview=True))


def due(connection: Connection, settings: Settings, partner: Partner, *, as_of: datetime) -> Issue | None:
    """The issue that is due for a partner and not stored yet; None when there is none."""
    return _due(connection, settings, partner, as_of=as_of)[0]


def _due(
    connection: Connection, settings: Settings, partner: Partner, *, as_of: datetime
) -> tuple[Issue | None, list[str]]:
    cadence, zone = partner.spec.cadence, partner.spec.zone
    end = periods.last_end(cadence, zone, as_of)
    alerts, held = _waiting(connection, settings, partner, before=end)
    last = sharing.last_digest(connection, partner.id)
    previous = last.period_end if last else None
    oldest = min((alert.created_at for alert in alerts), default=None)
    start = periods.start_of(cadence, zone, end, previous=previous, oldest=oldest)
    if not alerts or start >= end:
        return None, held
    sequence = sharing.next_sequence(connection, partner.id)
    titles = indicator_texts.titles(connection, partner.spec.language)
    return Issue(partner, start, end, sequence, tuple(alerts), settings.digest.sender, titles), held


def _prepare(
    connection: Connection, settings: Settings, partner: Partner, counts: Counter[str], *, as_of: datetime
) -> list[str]:
    if partner.spec.paused:
        counts["paused"] += 1
        return []
    issue, held = _due(connection, settings, partner, as_of=as_of)
    counts["withheld"] += len(held)
    if issue is None:
        counts["empty"] += 1
    else:
        counts["rendered"] += _store(connection, settings, issue, as_of=as_of)
    return held


def _store(connection: Connection, settings: Settings, issue: Issue, *, as_of: datetime) -> bool:
    asked = {alert.id: _asked(connection, settings, alert, at=as_of) for alert in issue.alerts}
    rendered = render(replace(issue, asked=asked))
    digest = Digest(
        id=ids.digest_id(issue.partner.id, issue.start, issue.end),
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


def _chosen(catalog: Catalog, partner: str | None) -> list[Partner]:
    return list(catalog.partners.values()) if partner is None else [catalog.get(partner)]


def _order(alert: Alert) -> tuple[int, datetime, str]:
    return (-alert.severity, alert.created_at, alert.id)
