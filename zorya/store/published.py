"""What partners' machines may fetch: digests that were published on a way of theirs."""

from datetime import datetime

from sqlalchemy import Connection, and_, select

from zorya.domain.sharing import Digest
from zorya.store import sharing
from zorya.store.sharing_schema import digests, outbox


def newest(connection: Connection, partner: str, channel: str, *, limit: int) -> list[tuple[Digest, datetime]]:
    """Digests of a partner that a channel has delivered, with when, the newest first."""
    delivered = and_(digests.c.partner == partner, outbox.c.channel == channel, outbox.c.state == "sent")
    query = select(outbox.c.digest_id, outbox.c.sent_at).join(digests, digests.c.id == outbox.c.digest_id)
    query = query.where(delivered).order_by(outbox.c.sent_at.desc(), digests.c.sequence.desc()).limit(limit)
    found = [(sharing.digest(connection, name), at) for name, at in connection.execute(query).all()]
    return [(digest, at) for digest, at in found if digest is not None]
