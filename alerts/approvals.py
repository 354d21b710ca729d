"""Four eyes: an alert leaves only after a lead who has not judged its campaign approved what the partner will read.

An approval is bound to the hash of one revision and sealed with a key outside the database. Whatever changes of an
alert makes a new revision, which nobody has approved. Rules: only leads (the role that confirms others' work), the
account open, none of those who judged the campaign or one merged with it, and nobody of the same name.
"""

from dataclasses import replace

from sqlalchemy import Connection

from zorya.domain import ids
from zorya.domain.reviews import Role
from zorya.domain.sharing import Act, Alert, AlertState
from zorya.errors import PolicyRefusal, ZoryaError
from zorya.store import approvals, people, sharing

COPIED = ("campaign_id", "verdict_ids", "marking", "severity", "content")
"""What a handed-over copy shares with the alert it was made from."""


def bound(alert: Alert) -> Alert:
    """An alert with the hash of what it says now."""
    return replace(alert, content_hash=ids.content_digest(alert.bound))


def missing(connection: Connection, key: bytes, alert: Alert) -> str | None:
    """Why an alert has no approval in force; None when it has one. A handed-over copy rests on its origin's."""
    if ids.content_digest(alert.bound) != alert.content_hash:
        return f"alert {alert.id}: its content was changed after it was made"
    root = sharing.alert(connection, alert.origin) if alert.origin else alert
    if root is None or ids.content_digest(root.bound) != root.content_hash:
        return f"alert {alert.id}: what it was copied from was changed"
    if alert.origin and not _is_copy(alert, root):
        return f"alert {alert.id}: it is not what was approved for {root.partner} and its route"
    if approvals.recalled(connection, [alert.id, root.id]) or AlertState.RECALLED in {alert.state, root.state}:
        return f"alert {alert.id}: it was recalled"
    decision = approvals.of(connection, root)
    if decision is None or decision.act is not Act.APPROVE:
        return f"alert {alert.id}: nobody has approved what it says now"
    if decision.seal != ids.seal(key, decision.sealed):
        return f"alert {alert.id}: its approval is not one of ours"
    if involved := _involvement(connection, root, decision.approver):
        return f"alert {alert.id}: {decision.approver} approved it, but {involved}"
    return None


def known(connection: Connection, alert_id: str) -> Alert:
    """An alert by id; says where to look for ids."""
    found = sharing.alert(connection, alert_id)
    if found is None:
        raise ZoryaError(f"there is no alert {alert_id!r}; `zorya alert list` shows them")
    return found


def _is_copy(alert: Alert, root: Alert) -> bool:
    same = all(getattr(alert, name) == getattr(root, name) for name in COPIED)
    return same and root.origin is None and alert.partner in root.route


def may_decide(connection: Connection, alert: Alert, by: str) -> None:
    """Raise PolicyRefusal unless somebody may approve an alert or send it back."""
    account = people.user(connection, by)
    if account is None or account["role"] != Role.LEAD:
        raise PolicyRefusal(f"{by!r} may not decide on alerts: that takes the open account of a lead")
    if involved := _involvement(connection, alert, by):
        raise PolicyRefusal(f"{involved}; another lead must approve its alerts")


def _involvement(connection: Connection, alert: Alert, name: str) -> str | None:
    """How somebody has a part in the decision on a campaign, by this account or one of the same name."""
    judges, account = approvals.judges(connection, alert), people.user(connection, name)
    if name in judges:
        return f"{name} judged this campaign"
    shown = {_plain(word) for word in (*judges, *judges.values())}
    if account and _plain(account["display_name"]) in shown:
        return f"somebody called {account['display_name']} judged this campaign"
    return None


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _why(alert: Alert, reason: str) -> str:
    hashed = f"revision {alert.revision}, {alert.content_hash[:12]}"
    return f"{hashed}: {reason.strip()}" if reason.strip() else hashed
