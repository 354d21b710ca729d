"""Ways around what was approved: edits after the approval and after rendering, replays, copies; nothing leaves.

Triggers are dropped where a way says so: then the seal stands alone.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError

from alerts import approvals, outbox, sealing
from zorya.domain import ids
from zorya.domain.reviews import Role, VerdictLabel
from zorya.domain.sharing import Act, AlertState, Marking, NoticeKind
from zorya.errors import NothingToDo, PolicyRefusal
from zorya.store import approvals as rows
from zorya.store import campaign_changes, sharing
from zorya.store.sharing_schema import alerts, digests
from zorya.store.sharing_schema import approvals as approval_rows
from zorya.store.sharing_schema import outbox as deliveries

START = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def _forged(alert: Any, by: str, seal: str) -> Any:
    row = {"alert_id": alert.id, "content_hash": alert.content_hash, "act": "approve", "approver": by}
    return insert(approval_rows).values(**row, at=START, reason="", seal=seal)


EDITS: dict[str, Any] = {
    "content": {"campaign": "c-1", "severity": 3, "patterns": [], "reviewers": 2, "band": None, "why": []},
    "severity": 3,
    "marking": "TLP:CLEAR",
    "verdict_ids": ["d-forged", "d-other"],
    "partner": "elsewhere",
    "route": ["elsewhere"],
    "origin": "l-forged",
    "revision": 7,
    "content_hash": "0" * 64,
}


def _bare(alert: Any, column: str) -> dict[str, Any]:
    return {column: EDITS[column]}


def _with_revision(alert: Any, column: str) -> dict[str, Any]:
    return {"revision": alert.revision + 1, "content_hash": "1" * 64} | _bare(alert, column)


def _with_true_hash(alert: Any, column: str) -> dict[str, Any]:
    values = {"revision": alert.revision + 1} | _bare(alert, column)
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    if "marking" in values:
        values["marking"] = Marking(values["marking"])
    return {"content_hash": ids.content_digest(replace(alert, **values).bound)} | values


@pytest.mark.parametrize("stage", ["approved", "rendered"])
@pytest.mark.parametrize("how", [_bare, _with_revision, _with_true_hash], ids=lambda how: how.__name__.strip("_"))
@pytest.mark.parametrize("column", EDITS)
def test_an_edit_after_the_approval_voids_it(own_world: Any, stage: str, how: Any, column: str) -> None:
    alert = own_world.prepare(stage)
    own_world.without("alerts_new_revision")
    values = how(alert, column)
    own_world.sql(update(alerts).where(alerts.c.id == alert.id).values(**_listed(values)))
    assert own_world.sent(alert) == []


def _listed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


@pytest.mark.parametrize("column", ["subject", "text", "html", "alert_ids", "marking", "notices", "kind", "seal"])
@pytest.mark.parametrize("blank", [False, True], ids=["seal kept", "seal blank"])
def test_a_digest_edited_after_rendering_is_refused(world: Any, column: str, blank: bool) -> None:
    alert = world.prepare("rendered")
    values: dict[str, Any] = {column: {"alert_ids": [], "notices": [1], "kind": "notice"}.get(column, "FORGED")}
    if column == "marking":
        values = {"marking": "TLP:CLEAR"}
    world.sql(
        update(digests).where(digests.c.partner == alert.partner).values(values | ({"seal": ""} if blank else {}))
    )
    outbox.deliver(world.town.store, world.settings, as_of=world.now)
    sent = [path.name for path in world.settings.outbox_dir.rglob("*.eml") if alert.id in path.read_text()]
    assert sent == []


def _withdrawn(world: Any, alert: Any) -> None:
    world.town.withdraw(alert.campaign_id)


def _harmless(world: Any, alert: Any) -> None:
    first = world.town.verdicts[alert.campaign_id][1]
    world.town.verdict(alert.campaign_id, "bohdan", VerdictLabel.NO_CONCERN, supersedes=first)


def _graver(world: Any, alert: Any) -> None:
    world.town.verdict(alert.campaign_id, "carla", severity=3)


def _merged(world: Any, alert: Any) -> None:
    other = world.town.campaign()
    pair = [other, alert.campaign_id]
    with world.town.store.writing() as connection:
        campaign_changes.merge(connection, pair, at=world.now, by="ana", reason="one number")
        connection.execute(text("UPDATE campaigns SET merged_into = :a WHERE id = :b"), {"a": other, "b": pair[1]})
        connection.execute(text("UPDATE campaigns SET merged_into = NULL WHERE id = :a"), {"a": other})


def _approver_judges(world: Any, alert: Any) -> None:
    world.town.verdict(alert.campaign_id, "lena")


def _recalled(world: Any, alert: Any) -> None:
    with world.town.store.writing() as connection:
        rows.add_notice(connection, alert, NoticeKind.RECALLED, at=world.now, by="lena", reason="a lawful firm")
    world.sql(update(alerts).where(alerts.c.id == alert.id).values(state="approved"))


CHANGES = (_withdrawn, _harmless, _graver, _merged, _approver_judges, _recalled)


@pytest.mark.parametrize("stage", ["approved", "rendered"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_what_the_approval_rested_on_has_changed(own_world: Any, stage: str, change: Any) -> None:
    alert = own_world.prepare(stage)
    change(own_world, alert)
    assert own_world.sent(alert) == []


def _delivery(world: Any, alert: Any, *, copied: bool) -> None:
    """A digest of the attacker's own, with the seal of another one where there is one."""
    last = None
    with world.town.store.reading() as connection:
        last = sharing.last_digest(connection, alert.partner)
    row = {"partner": alert.partner, "period_start": START, "period_end": START, "sequence": 9, "subject": "FORGED"}
    row |= {"marking": "TLP:AMBER", "alert_ids": [alert.id], "text": "FORGED", "html": "FORGED", "created_at": START}
    seal = last.seal if copied and last else "0" * 64
    world.sql(
        insert(digests).values(id="g-forged", **row, kind="digest", notices=[], seal=seal),
        insert(deliveries).values(
            message_id="<x@zorya.example>", digest_id="g-forged", channel="folder", state="pending", next_at=START
        ),
    )


@pytest.mark.parametrize("copied", [False, True], ids=["no seal", "a seal of another"])
@pytest.mark.parametrize("guarded", [False, True], ids=["without triggers", "with triggers"])
@pytest.mark.parametrize("stage", ["waiting", "sent_back", "approved"])
def test_a_digest_made_by_hand_is_not_sent(own_world: Any, stage: str, guarded: bool, copied: bool) -> None:
    if copied:
        assert own_world.sent(own_world.prepare("rendered"))
    alert = own_world.prepare(stage)
    if not guarded:
        own_world.without("outbox_approved_insert", "outbox_approved_update")
    _delivery(own_world, alert, copied=copied)
    outbox.deliver(own_world.town.store, own_world.settings, as_of=own_world.now)
    bodies = [path.read_text() for path in own_world.settings.outbox_dir.rglob("*.eml")]
    assert [body for body in bodies if "FORGED" in body or alert.id in body] == []


@pytest.mark.parametrize("back", ["the row", "the state", "both"])
@pytest.mark.parametrize("edits", [1, 2])
def test_an_approval_is_not_replayed(own_world: Any, back: str, edits: int) -> None:
    """A → B → A: the words are those that were approved, the revision is another."""
    alert = own_world.prepare("approved")
    once = alert
    for _ in range(edits):
        once = approvals.bound(replace(once, revision=once.revision + 1))
        with own_world.town.store.writing() as connection:
            sharing.revise_alert(connection, once)
    with own_world.town.store.reading() as connection:
        (approval,) = rows.history(connection, alert.id)
    if back != "the state":
        own_world.sql(_forged(replace(alert, content_hash=once.content_hash), "lena", approval.seal))
    if back != "the row":
        own_world.sql(update(alerts).values(state="approved"))
    assert own_world.sent(alert) == []


@pytest.mark.parametrize("change", ["partner", "content", "origin of a copy", "severity"])
def test_a_copy_that_was_not_approved_for_its_recipient_is_not_sent(own_world: Any, change: str) -> None:
    root = own_world.prepare("approved")
    copy = replace(root, id="l-copy", partner="elsewhere", origin=root.id, state=AlertState.APPROVED)
    if change == "content":
        copy = replace(copy, content=root.content | {"severity": 1})
    if change == "severity":
        copy = replace(copy, severity=1)
    if change == "origin of a copy":
        copy = replace(copy, origin="l-copy")
    with own_world.town.store.writing() as connection:
        connection.execute(insert(alerts).values(sharing._alert_row(approvals.bound(copy))))
        stored = sharing.alert(connection, "l-copy")
        assert stored is not None
        assert approvals.missing(connection, sealing.key_of(own_world.settings), stored)


def test_a_card_that_changed_under_the_reader_is_not_approved(world: Any) -> None:
    alert = world.prepare("waiting")
    with pytest.raises(PolicyRefusal, match="read it again"):
        world.decide(alert, Act.APPROVE, by="lena", content_hash="of an hour ago")


def test_the_second_of_two_decisions_changes_nothing(world: Any) -> None:
    alert = world.prepare("sent_back")
    with pytest.raises(NothingToDo):
        world.decide(alert, Act.APPROVE, by="lena")
    assert world.sent(alert) == []


def test_another_lead_does_let_it_leave(world: Any) -> None:
    """The control: what is approved and untouched is sent, once."""
    alert = world.prepare("approved")
    assert len(world.sent(alert)) == 1


def test_both_engines_refuse_by_themselves(town: Any, store: Any, settings: Any, add_partner: Any) -> None:
    add_partner()
    town.lead("bohdan")
    town.lead("emil", Role.ADMIN)
    town.confirmed()
    town.offer(settings, as_of=START - timedelta(days=1))
    with store.reading() as connection:
        (told,) = sharing.all_alerts(connection)
    other = approvals.bound(replace(told, id="l-other", partner="other", state=AlertState.WAITING))
    with store.writing() as connection:
        connection.execute(insert(alerts).values(sharing._alert_row(other)))
    stale = replace(other, content_hash="0" * 64)
    refused = [
        (_forged(other, "emil", "x"), "only a lead"),
        (_forged(other, "bohdan", "x"), "judged"),
        (_forged(stale, "lena", "x"), "bound to what the alert says"),
        (update(alerts).values(severity=3), "new revision"),
        (update(alerts).values(content={"a": 1}, revision=9), "new revision"),
        (update(approval_rows).values(act="approve"), "append-only"),
    ]
    for statement, why in refused:
        with pytest.raises(DBAPIError, match=why), store.writing() as connection:
            connection.execute(statement)
    with store.writing() as connection:
        row = {"id": "g-x", "partner": "other", "period_start": START, "period_end": START, "sequence": 1, "html": ""}
        row |= {"marking": "TLP:AMBER", "alert_ids": ["l-other"], "subject": "", "text": "", "created_at": START}
        connection.execute(insert(digests).values(**row))
    for state in ("pending", "sent"):
        values = {"message_id": f"<{state}>", "digest_id": "g-x", "channel": "folder", "state": state}
        with pytest.raises(DBAPIError, match="no approval in force"), store.writing() as connection:
            connection.execute(insert(deliveries).values(**values, next_at=START))
