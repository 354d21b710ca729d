"""Deterministic identifiers and content hashes: the only place they are made.

Ids are `<letter>-<hex>`; the letter says what is named, the hex is a truncated SHA-256 over the parts,
joined by the unit separator so that ("a", "bc") and ("ab", "c") differ.
"""

import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from zorya.domain.ads import Posting

_UNIT = "\x1f"
_INTERCHANGE = uuid.UUID("6d1c1e0e-2f5b-5f0c-9d8e-6a3a0c1b7f42")
"""Namespace of the UUIDs that formats of others ask for; never changed: receivers know what they have by them."""


def sha256_hex(data: bytes) -> str:
    """Hex SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def content_digest(content: Mapping[str, object]) -> str:
    """SHA-256 of canonical JSON (sorted keys, no spaces, UTF-8)."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return sha256_hex(canonical.encode())


def audit_hash(entry: Mapping[str, object], *, at: datetime) -> str:
    """Hash of an entry of the audit log (`seq`, `actor`, `action`, `object`, `reason`, `previous`) of a moment."""
    fields = ("seq", "actor", "action", "object", "reason", "previous")
    return content_digest({name: entry[name] for name in fields} | {"at": at.isoformat()})


def _id(letter: str, *parts: str, length: int = 20) -> str:
    return f"{letter}-{sha256_hex(_UNIT.join(parts).encode('utf-8', 'surrogatepass'))[:length]}"


def _moment(at: datetime) -> str:
    """One spelling for one moment, whatever the zone it is given in."""
    return at.astimezone(UTC).isoformat()


def run_id(source: str, started_at: datetime) -> str:
    """A crawl of one source begun at one moment."""
    return _id("r", source, _moment(started_at))


def capture_id(sha256: str, url: str, fetched_at: datetime) -> str:
    """Payload + address + time."""
    return _id("k", sha256, url, _moment(fetched_at))


def url_key(canonical: str) -> str:
    """A canonical address as the key of frontier rows and visited pages: its SHA-256, hex."""
    return sha256_hex(canonical.encode("utf-8", "surrogatepass"))


def posting_id(source: str, native_id: str) -> str:
    """The ad itself, across its versions."""
    return _id("p", source, native_id)


def posting_content_hash(posting: Posting) -> str:
    """What makes a new version: any change of what a reader sees; not the address it is served from, nor its markup.

    Line breaks and spaces follow the markup (a `div` that became a `p`), so only the words count.
    """
    pictures: dict[str, object] = {"images": sorted(posting.images)} if posting.images else {}
    return content_digest(
        pictures
        | {
            "kind": posting.kind,
            "title": " ".join(posting.title.split()),
            "body": " ".join(posting.body.split()),
            "employer": posting.employer,
            "places": [place.raw for place in posting.places],
            "pay": posting.pay.raw if posting.pay else None,
            "contacts": [contact.raw for contact in posting.contacts],
        }
    )


def version_id(posting: str, content_hash: str) -> str:
    """One captured state of a posting."""
    return _id("v", posting, content_hash)


def assessment_id(version: str, ruleset: str, model: str) -> str:
    """One reading of one version by one ruleset and model."""
    return _id("a", version, ruleset, model)


def campaign_id(first_posting: str) -> str:
    """A campaign is named after its first posting; merges are recorded, ids never reused."""
    return _id("c", first_posting, length=12)


def split_campaign_id(campaign: str, first_posting: str, change: int) -> str:
    """The part of a campaign that a change split off: its first posting may have founded another campaign before."""
    return _id("c", campaign, first_posting, str(change), length=12)


def task_id(campaign: str, review_round: int) -> str:
    """One campaign, one round of review."""
    return _id("t", campaign, str(review_round))


def verdict_id(task: str, analyst: str, decided_at: datetime) -> str:
    """One decision by one person at one moment."""
    return _id("d", task, analyst, _moment(decided_at))


def alert_id(partner: str, campaign: str, verdicts: tuple[str, ...]) -> str:
    """One confirmed campaign for one partner."""
    return _id("l", partner, campaign, *sorted(verdicts))


def referral_id(alert: str) -> str:
    """The responsibility for one alert."""
    return _id("f", alert)


def digest_id(partner: str, period_start: datetime, period_end: datetime) -> str:
    """One partner, one period."""
    return _id("g", partner, _moment(period_start), _moment(period_end))


def notice_id(partner: str, at: datetime, sequence: int) -> str:
    """What a partner is told of alerts that it has, at one moment."""
    return _id("g", "notice", partner, _moment(at), str(sequence))


def message_id(digest: str, channel: str, domain: str) -> str:
    """RFC 5322 Message-ID of a digest on a channel: the same on every attempt, so duplicates collapse."""
    return f"<{_id('m', digest, channel, length=32)}@{domain}>"


def interchange_uuid(*parts: str) -> str:
    """UUIDv5 of something that leaves as data (STIX, MISP, TAXII): the same on every export."""
    return str(uuid.uuid5(_INTERCHANGE, _UNIT.join(parts)))


def contact_token(key: bytes, kind: str, value: str) -> str:
    """Keyed token of a normalised contact: matches without storing what it matches (HMAC-SHA256, hex)."""
    return hmac.new(key, f"{kind}|v1|{value}".encode(), hashlib.sha256).hexdigest()


def seal(key: bytes, content: Mapping[str, object]) -> str:
    """Keyed digest of a record (HMAC-SHA256 of its canonical JSON, hex): who lacks the key cannot write one."""
    return hmac.new(key, content_digest(content).encode(), hashlib.sha256).hexdigest()


def search_key(first_seen: datetime, posting: str) -> int:
    """A number that orders ads by first sight, in 63 bits: the second above, 31 bits of the ad's id below. Of the same
    second the order is chance; who files ads takes the next number where one is taken.
    """
    return (int(first_seen.timestamp()) << 31) | (int(sha256_hex(posting.encode())[:8], 16) >> 1)


def new_secret() -> str:
    """An unguessable token for a session or a form, URL-safe."""
    return secrets.token_urlsafe(32)
