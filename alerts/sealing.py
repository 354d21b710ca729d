"""Seals: keyed digests of approvals and rendered digests, with a key that is not in the database."""

from dataclasses import replace

from sqlalchemy import Connection

from alerts.partners import Partner
from zorya.domain import ids
from zorya.domain.sharing import Approval, Digest
from zorya.settings import Settings, secret_key
from zorya.store import audit, sharing

ACTOR = "stage:alerts"


def key_of(settings: Settings) -> bytes:
    """The key that seals approvals and digests."""
    return secret_key(settings, "approvals")


def sealed(settings: Settings, approval: Approval) -> Approval:
    """The decision with its seal."""
    return replace(approval, seal=ids.seal(key_of(settings), approval.sealed))


def keep(connection: Connection, settings: Settings, partner: Partner, digest: Digest) -> bool:
    """Store a digest, sealed, with a delivery for each channel; False when it is stored already."""
    digest = replace(digest, seal=ids.seal(key_of(settings), digest.sealed))
    channels = {
        channel.name: ids.message_id(digest.id, channel.name, settings.digest.message_domain)
        for channel in partner.spec.channels
    }
    if not sharing.add_digest(connection, digest, channels=channels, at=digest.created_at):
        return False
    told = f"{len(digest.alert_ids)} alerts" if digest.alert_ids else f"{len(digest.notices)} notices"
    reason, at = f"no. {digest.sequence}, {told}, {digest.marking}", digest.created_at
    audit.add(connection, at=at, actor=ACTOR, action="digest.render", object=digest.id, reason=reason)
    return True
