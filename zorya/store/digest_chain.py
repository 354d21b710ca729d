"""The chain of a partner's digests: numbers without gaps, the check value of the one before, what was held back."""

from datetime import datetime

from sqlalchemy import Connection, and_, func, select, text

from zorya.domain.sharing import PERIODIC, ChainLink, DigestKind
from zorya.store.sharing_schema import digests, outbox

_LOCK = 7_269_926


def next_link(connection: Connection, partner: str) -> ChainLink:
    """Where the partner's next digest or notice stands. Two that render at once take turns until their transactions
    end: SQLite has one writer, PostgreSQL a lock for each partner.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock, hashtext(:who))"), {"lock": _LOCK, "who": partner})
    query = select(digests.c.sequence, digests.c.chain).where(digests.c.partner == partner)
    last = connection.execute(query.order_by(digests.c.sequence.desc()).limit(1)).first()
    if last is None:
        return ChainLink(1)
    return ChainLink(last.sequence + 1, last.chain, held_back(connection, partner))


def held_back(connection: Connection, partner: str) -> tuple[int, ...]:
    """Numbers of digests that every channel refused before a first attempt, and that no digest which left has told."""
    left = select(outbox.c.digest_id).where(
        outbox.c.digest_id == digests.c.id, (outbox.c.state != "refused") | (outbox.c.attempts > 0)
    )
    mine = select(digests.c.sequence, digests.c.held_back, left.exists().label("left")).where(
        digests.c.partner == partner
    )
    rows = connection.execute(mine.order_by(digests.c.sequence)).all()
    told = {number for row in rows if row.left for number in row.held_back}
    return tuple(row.sequence for row in rows if not row.left and row.sequence not in told)


def last_period_end(connection: Connection, partner: str) -> datetime | None:
    """The end of the newest period that a digest of the partner told."""
    told = and_(digests.c.partner == partner, digests.c.kind.in_(PERIODIC))
    query = select(digests.c.period_end).where(told).order_by(digests.c.sequence.desc()).limit(1)
    return connection.execute(query).scalar()


def urgent_since(connection: Connection, partner: str) -> tuple[int, ...]:
    """Numbers of the urgent digests after the newest that told a period."""
    mine = digests.c.partner == partner
    newest = select(func.coalesce(func.max(digests.c.sequence), 0)).where(mine, digests.c.kind.in_(PERIODIC))
    left = select(outbox.c.digest_id).where(outbox.c.digest_id == digests.c.id, outbox.c.state != "refused").exists()
    query = select(digests.c.sequence).where(mine, digests.c.kind == DigestKind.URGENT, left)
    query = query.where(digests.c.sequence > newest.scalar_subquery()).order_by(digests.c.sequence)
    return tuple(connection.execute(query).scalars())


def last_told_at(connection: Connection, partner: str) -> datetime | None:
    """When the newest digest or notice of the partner was rendered that was not held back. Walks from the newest."""
    mine = outbox.c.digest_id == digests.c.id
    refused = select(outbox.c.digest_id).where(mine, outbox.c.state == "refused").exists()
    left = select(outbox.c.digest_id).where(mine, outbox.c.state != "refused").exists()
    query = select(digests.c.created_at).where(digests.c.partner == partner, ~refused | left)
    return connection.execute(query.order_by(digests.c.sequence.desc()).limit(1)).scalar()
