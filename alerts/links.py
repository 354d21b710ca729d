"""One-time links by which an organisation answers a referral without an account.

The token is keyed (HMAC), bound to the referral, its owner and its step, and never at rest: a stored digest holds a
placeholder that is filled at the channel, the database the token's hash. It runs out with the step's due date.
"""

import base64
import hashlib
import hmac
import re

from sqlalchemy import Connection

from zorya.domain.sharing import Referral
from zorya.settings import Settings, secret_key
from zorya.store import referrals

_PLACE = re.compile(r"ANSWER-(f-[0-9a-f]{20})-([0-9]+)\b")


def link(connection: Connection, settings: Settings, referral: Referral) -> str:
    """The address to answer at, its token still a placeholder; empty where `digest.answer_url` is not set."""
    base = settings.digest.answer_url.rstrip("/")
    if not base:
        return ""
    token = token_of(settings, referral.id, referral.owner, referral.version)
    referrals.add_link(connection, token, referral, expires_at=referral.due_at)
    return f"{base}/answers/ANSWER-{referral.id}-{referral.version}"


def token_of(settings: Settings, referral_id: str, owner: str, version: int) -> str:
    """The token of one step, for its owner: 256 bits, URL-safe."""
    message = "\x1f".join(("answer", "v1", referral_id, owner, str(version)))
    digest = hmac.new(secret_key(settings, "answers"), message.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def fill(settings: Settings, partner: str, text: str) -> str:
    """What leaves the house: placeholders become the tokens of this partner."""
    return _PLACE.sub(lambda found: token_of(settings, found[1], partner, int(found[2])), text)
