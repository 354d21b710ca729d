"""The `webhook` channel: the digest as a small JSON object, signed as Standard Webhooks 1.0 says.

`webhook-id` is the same on every attempt, so that a receiver recognises a copy. Raises on any failure; the outbox
decides what comes next.
"""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

from alerts import pgp
from alerts.channels import https
from alerts.mail import Letter
from zorya.errors import NotReached
from zorya.settings import Settings, secret_key


def send(letter: Letter, settings: Settings, *, url: str, at: datetime) -> None:
    """Post the letter; whatever answers with another status than 2xx has not taken it. `at` is signed as the time."""
    body, name, stamp = body_of(letter), name_of(letter), str(int(at.timestamp()))
    headers = {
        "content-type": "application/json",
        "user-agent": "Zorya",
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(key_of(settings, letter.partner), name, stamp, body),
    }
    status = https.post(url, body, headers, allowed=settings.digest.allow_hosts)
    if not 200 <= status < 300:
        more = ": redirects are not followed, correct the address in the partner's file" if status < 400 else ""
        raise NotReached(f"the webhook answered {status}{more}")


def body_of(letter: Letter) -> bytes:
    """What is posted: no more than a mail of this letter holds; the same bytes on every attempt, unless encrypted."""
    data = {
        "digest": letter.name,
        "sequence": letter.sequence,
        "message_id": letter.message_id,
        "marking": letter.marking.value,
        "language": letter.language,
        "subject": letter.cover if letter.key else letter.subject,
        "text": pgp.encrypted(letter.text.encode(), letter.key).decode("ascii") if letter.key else letter.text,
    }
    at = letter.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps({"type": "zorya.digest", "timestamp": at, "data": data}, ensure_ascii=False).encode()


def name_of(letter: Letter) -> str:
    """`webhook-id`: the Message-ID before its `@`, since a full stop may not stand in it."""
    return letter.message_id.strip("<>").partition("@")[0]


def signature(key: bytes, name: str, stamp: str, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 of id, time and body, joined by full stops, in base64."""
    digest = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def key_of(settings: Settings, partner: str) -> bytes:
    """The key of one partner's webhooks, in the keys folder; made on first use."""
    return secret_key(settings, f"webhook-{partner}")


def told_key(settings: Settings, partner: str) -> str:
    """The key as receivers' libraries take it: `whsec_` and base64."""
    return f"whsec_{base64.b64encode(key_of(settings, partner)).decode()}"


def renew_key(settings: Settings, partner: str) -> str:
    """Make a new key; what is sent from now on is signed with it alone."""
    (settings.keys_dir / f"webhook-{partner}.key").unlink(missing_ok=True)
    return told_key(settings, partner)
