"""Roots of days: made once, in the order of days, never changed; and the proof that a capture is under one.

A root covers every capture that no root covers yet and that was fetched before the day's end: what a replay of an old
archive brings later is under the next root.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, RowMapping, insert, select, text

from zorya.domain import merkle
from zorya.domain.day_roots import DayRoot, Proof, capture_leaf
from zorya.errors import NothingToDo, StoreError
from zorya.store import audit
from zorya.store.evidence_schema import evidence_leaves, evidence_roots, root_stamps
from zorya.store.presence import chunks
from zorya.store.schema import captures

_ROWS = 5000


def make(connection: Connection, day: date, *, at: datetime) -> DayRoot:
    """The root of a day (UTC) that is over; the one that is there where it was made before.

    Raises StoreError for a day that is not over or that a later root covers, NothingToDo where nothing is recorded yet.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7269925)"))  # one maker at a time
    if made := of_day(connection, day):
        return made
    if day >= at.astimezone(UTC).date():
        raise StoreError(f"{day} is not over yet (UTC): its root can be made from the next day on")
    newest = next(iter(latest(connection, limit=1)), None)
    if newest and newest.day > day:
        raise StoreError(f"{day} has no root of its own: what it brought is under the root of {newest.day} or before")
    head = next(iter(audit.page(connection, limit=1)), None)
    leaves = _new_leaves(connection, day)
    if not leaves and head is None:
        raise NothingToDo("nothing is recorded yet: no capture, no audit entry")
    draft = DayRoot(
        day=day,
        made_at=at,
        leaves=len(leaves) + 2,
        root="",
        audit_seq=head["seq"] if head else 0,
        audit_hash=head["hash"] if head else "",
        previous_day=newest.day if newest else None,
        previous_root=newest.root if newest else "",
    )
    root = merkle.root([*draft.first_leaves(), *(leaf for _, leaf in leaves)]).hex()
    row = {name: getattr(draft, name) for name in DayRoot.__slots__} | {"root": root}
    connection.execute(insert(evidence_roots), row)
    for part in _rows(day, leaves):
        connection.execute(insert(evidence_leaves), part)
    audit.add(connection, at=at, actor="zorya", action="evidence.root", object=day.isoformat(), reason=root)
    return DayRoot(**row)


def of_day(connection: Connection, day: date) -> DayRoot | None:
    """The root of a day."""
    row = connection.execute(select(evidence_roots).where(evidence_roots.c.day == day)).mappings().first()
    return _root_of(row) if row else None


def latest(connection: Connection, *, limit: int) -> list[DayRoot]:
    """Roots, the newest first."""
    query = select(evidence_roots).order_by(evidence_roots.c.day.desc()).limit(limit)
    return [_root_of(row) for row in connection.execute(query).mappings()]


def proofs(connection: Connection, capture_ids: Collection[str]) -> dict[str, Proof]:
    """Capture → its place under the root of a day; captures that no root covers yet are left out."""
    places: dict[date, dict[int, str]] = {}
    for part in chunks(capture_ids):
        query = select(evidence_leaves).where(evidence_leaves.c.capture_id.in_(part))
        for row in connection.execute(query).mappings():
            places.setdefault(row["day"], {})[row["position"]] = row["capture_id"]
    found: dict[str, Proof] = {}
    for day, here in places.items():
        leaves = _leaves(connection, day)
        for position, path in merkle.paths(leaves, here).items():
            steps = tuple(step.hex() for step in path)
            found[here[position]] = Proof(day, position, len(leaves), steps)
    return found


def add_stamp(connection: Connection, day: date, authority: str, token: bytes, *, at: datetime) -> None:
    """Keep an authority's time-stamp over the document of a root."""
    connection.execute(insert(root_stamps).values(day=day, authority=authority, at=at, token=token))


def stamps(connection: Connection, day: date) -> dict[str, bytes]:
    """Authority → its time-stamp over the root of a day."""
    rows = connection.execute(select(root_stamps).where(root_stamps.c.day == day)).mappings()
    return {row["authority"]: bytes(row["token"]) for row in rows}


def _new_leaves(connection: Connection, day: date) -> list[tuple[str, bytes]]:
    """(capture, leaf) of all that no root covers, by id."""
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    covered = select(evidence_leaves.c.capture_id).where(evidence_leaves.c.capture_id == captures.c.id)
    columns = (captures.c.id, captures.c.fetched_at, captures.c.sha256, captures.c.file_sha256)
    query = select(*columns).where(captures.c.fetched_at < end, ~covered.exists()).order_by(captures.c.id)
    return [
        (
            row.id,
            capture_leaf(
                capture=row.id, fetched_at=row.fetched_at, payload_sha256=row.sha256, file_sha256=row.file_sha256
            ),
        )
        for row in connection.execute(query)
    ]


def _leaves(connection: Connection, day: date) -> list[bytes]:
    """All leaves under the root of a day, in their order."""
    root = of_day(connection, day)
    query = select(evidence_leaves.c.leaf).where(evidence_leaves.c.day == day).order_by(evidence_leaves.c.position)
    held = [bytes.fromhex(leaf) for leaf in connection.scalars(query)]
    return [*root.first_leaves(), *held] if root else []


def _rows(day: date, leaves: list[tuple[str, bytes]]) -> Iterator[list[dict[str, object]]]:
    for start in range(0, len(leaves), _ROWS):
        yield [
            {"day": day, "position": position, "capture_id": capture, "leaf": leaf.hex()}
            for position, (capture, leaf) in enumerate(leaves[start : start + _ROWS], start + 2)
        ]


def _root_of(row: RowMapping) -> DayRoot:
    return DayRoot(**{name: row[name] for name in DayRoot.__slots__})
