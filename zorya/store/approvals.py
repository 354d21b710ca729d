"""Who approved or sent back which revision of an alert, and what recipients are told afterwards. Append-only."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, insert, select

from zorya.domain.sharing import Act, Alert, Approval, Notice, NoticeKind
from zorya.store import campaigns
from zorya.store.people_schema import users
from zorya.store.rows import insert_ignore
from zorya.store.schema import verdicts
from zorya.store.sharing_schema import alert_notices, approvals


def add(connection: Connection, approval: Approval) -> bool:
    """Append a decision; False when this revision has one. Triggers refuse an approver who may not decide."""
    return insert_ignore(connection, approvals, asdict(approval))


def of(connection: Connection, alert: Alert) -> Approval | None:
    """The decision on an alert as it stands; None when this revision has none."""
    found = (approvals.c.alert_id == alert.id, approvals.c.content_hash == alert.content_hash)
    row = connection.execute(select(approvals).where(*found)).mappings().first()
    return _approval(dict(row)) if row else None


def history(connection: Connection, alert_id: str) -> list[Approval]:
    """Every decision on an alert, oldest first."""
    query = select(approvals).where(approvals.c.alert_id == alert_id).order_by(approvals.c.seq)
    return [_approval(dict(row)) for row in connection.execute(query).mappings()]


def judges(connection: Connection, alert: Alert) -> dict[str, str]:
    """Everybody who ever judged the campaign of an alert or one merged with it: account → name as shown."""
    family = [*campaigns.family(connection, alert.campaign_id), alert.campaign_id]
    query = (
        select(verdicts.c.analyst, users.c.display_name)
        .join(users, users.c.name == verdicts.c.analyst, isouter=True)
        .where(verdicts.c.campaign_id.in_(family) | verdicts.c.id.in_(alert.verdict_ids))
        .distinct()
    )
    return {row.analyst: row.display_name or row.analyst for row in connection.execute(query)}


def add_notice(connection: Connection, alert: Alert, kind: NoticeKind, *, at: datetime, by: str, reason: str) -> None:
    """Note that the recipients of an alert must be told."""
    row = {"alert_id": alert.id, "kind": kind, "revision": alert.revision, "at": at, "actor": by, "reason": reason}
    connection.execute(insert(alert_notices).values(row))


def notices(connection: Connection, alert_ids: list[str]) -> list[Notice]:
    """What became of alerts, oldest first."""
    query = select(alert_notices).where(alert_notices.c.alert_id.in_(alert_ids)).order_by(alert_notices.c.seq)
    return [Notice(**(dict(row) | {"kind": NoticeKind(row["kind"])})) for row in connection.execute(query).mappings()]


def recalled(connection: Connection, alert_ids: list[str]) -> bool:
    """True when one of the alerts was recalled."""
    found = (alert_notices.c.alert_id.in_(alert_ids), alert_notices.c.kind == NoticeKind.RECALLED)
    return connection.execute(select(alert_notices.c.seq).where(*found).limit(1)).first() is not None


def _approval(row: dict[str, object]) -> Approval:
    values = {name: row[name] for name in ("alert_id", "content_hash", "approver", "at", "reason", "seal")}
    return Approval(**values, act=Act(str(row["act"])))  # type: ignore[arg-type]
