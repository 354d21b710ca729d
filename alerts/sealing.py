"""Seals: keyed digests of approvals and rendered digests, with a key that is not in the database."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from alerts import chain, links
from alerts.partners import Partner
from alerts.render import Rendered
from zorya.domain import ids
from zorya.domain.referrals import LEAD
from zorya.domain.sharing import Approval, ChainLink, Digest, DigestKind
from zorya.errors import StoreError
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
    """Store a digest with its check value, sealed, and a delivery for each channel; False when its period was told."""
    digest = replace(digest, chain=_chained(settings, digest))
    digest = replace(digest, seal=ids.seal(key_of(settings), digest.sealed))
    channels = {
        channel.name: ids.message_id(digest.id, channel.name, settings.digest.message_domain)
        for channel in partner.spec.channels
    }
    if not sharing.add_digest(connection, digest, channels=channels, at=digest.created_at):
        return False
    if partner.id != LEAD:
        links.allow_pause(connection, settings, partner.id, digest.id, at=digest.created_at)
    told = f"{len(digest.notices)} notices" if digest.notices else f"{len(digest.alert_ids)} alerts"
    reason, at = f"no. {digest.sequence}, {digest.kind}, {told}, {digest.marking}", digest.created_at
    audit.add(connection, at=at, actor=ACTOR, action="digest.render", object=digest.id, reason=reason)
    return True


def keep_notice(
    connection: Connection,
    settings: Settings,
    recipient: Partner,
    link: ChainLink,
    rendered: Rendered,
    *,
    names: tuple[str, ...],
    at: datetime,
    alert_ids: tuple[str, ...] = (),
) -> None:
    """Store a notice, which stands between periods: `names` say of what, `alert_ids` which cards it holds."""
    digest = Digest(
        id=ids.notice_id(recipient.id, at, link.sequence),
        partner=recipient.id,
        period_start=at,
        period_end=at,
        sequence=link.sequence,
        marking=rendered.marking,
        alert_ids=alert_ids,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        created_at=at,
        kind=DigestKind.NOTICE,
        notices=names,
        previous=link.previous,
        held_back=link.held_back,
    )
    if not keep(connection, settings, recipient, digest):
        raise StoreError(f"no. {link.sequence} for {recipient.id} was taken in this very moment; try again")


def _chained(settings: Settings, digest: Digest) -> str:
    """The check value of what the recipient will read, one-time links and all."""
    text, html = (links.fill(settings, digest.partner, part) for part in (digest.text, digest.html))
    stands = (digest.partner, digest.sequence, digest.previous, digest.held_back)
    return chain.value_of(*stands, subject=digest.subject, text=text, html=html)
