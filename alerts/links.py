"""One-time links of mails: to answer a referral without an account, to open a digest, to pause digests.

A token is keyed (HMAC) and bound to what it may do: to a referral, its owner and its step, to one delivery of a digest,
or to a partner and one of its digests. It is never at rest: a stored digest holds a placeholder that is filled at the
channel, the database the token's hash. An answer runs out with the step's due date, a pause some months after its mail.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from zorya.domain.sharing import Digest, Referral
from zorya.settings import Settings, secret_key
from zorya.store import digest_links, partner_standing, referrals

DIGEST_OPENS_FOR = timedelta(days=14)
PAUSE_WITHIN = timedelta(days=90)
"""So long a mail's own link pauses; a newer mail has a newer one."""
_PLACE = re.compile(r"ANSWER-(f-[0-9a-f]{20})-([0-9]+)\b|PAUSE-(g-[0-9a-f]{20})\b")
_ADDRESS = re.compile(rf"https?://\S+/(?:answers|pause)/(?:{_PLACE.pattern})")


def base_of(settings: Settings) -> str:
    """The review app as partners reach it, without a slash at its end; empty where mails hold no links."""
    return settings.digest.answer_url.rstrip("/")


def link(connection: Connection, settings: Settings, referral: Referral) -> str:
    """The address to answer at, its token still a placeholder; empty where `digest.answer_url` is not set."""
    base = base_of(settings)
    if not base:
        return ""
    token = token_of(settings, referral.id, referral.owner, referral.version)
    referrals.add_link(connection, token, referral, expires_at=referral.due_at)
    return f"{base}/answers/ANSWER-{referral.id}-{referral.version}"


def pause_address(settings: Settings, digest_id: str) -> str:
    """The address at which the recipient of a digest pauses them, its token still a placeholder; empty as above."""
    base = base_of(settings)
    return f"{base}/pause/PAUSE-{digest_id}" if base else ""


def allow_pause(connection: Connection, settings: Settings, partner: str, digest_id: str, *, at: datetime) -> None:
    """Let the link of a digest that is stored now pause its partner's digests."""
    if base_of(settings):
        token = pause_token(settings, partner, digest_id)
        partner_standing.add_link(connection, token, partner, expires_at=at + PAUSE_WITHIN)


def token_of(settings: Settings, referral_id: str, owner: str, version: int) -> str:
    """The token of one step, for its owner: 256 bits, URL-safe."""
    return _token(settings, "answer", "v1", referral_id, owner, str(version))


def pause_token(settings: Settings, partner: str, digest_id: str) -> str:
    """The token by which the recipient of one digest pauses them: 256 bits, URL-safe."""
    return _token(settings, "pause", "v1", partner, digest_id)


def digest_link(connection: Connection, settings: Settings, digest: Digest, message_id: str, *, at: datetime) -> str:
    """The address that opens a digest once, for one delivery; empty where `digest.answer_url` is not set."""
    base = base_of(settings)
    if not base:
        return ""
    token = digest_token(settings, message_id)
    digest_links.offer(connection, token, digest.id, digest.partner, expires_at=at + DIGEST_OPENS_FOR)
    return f"{base}/digests/open/{token}"


def digest_token(settings: Settings, message_id: str) -> str:
    """The token that opens a digest, of one delivery: 256 bits, URL-safe."""
    return _token(settings, "digest", "v1", message_id)


def fill(settings: Settings, partner: str, text: str) -> str:
    """What leaves the house: placeholders become the tokens of this partner."""

    def token(found: re.Match[str]) -> str:
        if found[3]:
            return pause_token(settings, partner, found[3])
        return token_of(settings, found[1], partner, int(found[2]))

    return _PLACE.sub(token, text)


def _token(settings: Settings, *parts: str) -> str:
    digest = hmac.new(secret_key(settings, "answers"), "\x1f".join(parts).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def lines(text: str, leads_to: Callable[[str, int], str]) -> list[tuple[str, str]]:
    """Lines of a stored digest and where each leads: `leads_to` gives the address for a referral and its step. What a
    mail alone can do, pausing, is left out.
    """
    told = []
    for line in text.splitlines():
        found = _ADDRESS.search(line)
        if found is None:
            told.append((line, ""))
        elif found[1]:
            told.append((_ADDRESS.sub("", line).rstrip(" :"), leads_to(found[1], int(found[2]))))
    return told
