"""A fresh one-time link in place of one that ran out or that somebody else opened, a mail program perhaps.

Whoever holds the old link may ask: the new one leaves by the way that brought it, to the address in the partner's file,
and never to who asks. The old link is forgotten at once, so that it can neither open nor ask again.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts import links, outbox
from alerts.partners import load_all
from zorya.domain import ids
from zorya.domain.partner_desk import Renewal
from zorya.domain.sharing import Digest
from zorya.settings import Settings
from zorya.store import Store, audit, digest_links, sharing

DAILY = 3
_DAY = timedelta(days=1)


def renew(store: Store, settings: Settings, token: str, *, at: datetime) -> Renewal:
    """Queue a delivery with a link of its own and try it at once; what fails now is tried again as any delivery is."""
    with store.writing() as connection:
        link = digest_links.known(connection, token)
        if link is None or (link.used_at is None and link.expires_at > at):
            return Renewal.NONE  # an unused link in force needs no other
        digest = sharing.digest(connection, link.digest_id)
        way = _way(connection, settings, link.digest_id, token)
        if digest is None or way is None:
            return Renewal.NONE
        answer = _queued(connection, settings, digest, way, token, at=at)
    if answer is Renewal.SENT:
        outbox.deliver(store, settings, as_of=at, partner=digest.partner)
    return answer


def _queued(
    connection: Connection, settings: Settings, digest: Digest, channel: str, token: str, *, at: datetime
) -> Renewal:
    if outbox.obstacle(connection, settings, load_all(settings), digest, channel):
        return Renewal.NOT_NOW
    if audit.count(connection, action="digest.renew", object=digest.id, since=at - _DAY) >= DAILY:
        return Renewal.TOO_MANY
    if not digest_links.forget(connection, token):
        return Renewal.NONE  # somebody pressed it in this very moment
    number = len(sharing.deliveries_of(connection, digest.id))
    message_id = ids.message_id(digest.id, f"{channel} {number}", settings.digest.message_domain)
    sharing.add_delivery(connection, digest.id, channel, message_id, at=at)
    who = f"{digest.partner}: link"
    audit.add(connection, at=at, actor=who, action="digest.renew", object=digest.id, reason=channel)
    return Renewal.SENT


def _way(connection: Connection, settings: Settings, digest_id: str, token: str) -> str | None:
    """The channel that brought a link; None for one that no delivery made."""
    rows = sharing.deliveries_of(connection, digest_id)
    return next((way for message_id, way in rows if links.digest_token(settings, message_id) == token), None)
