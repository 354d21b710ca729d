"""Trusted time (RFC 3161): an authority signs that a digest was shown to it at a moment. It sees the digest alone.

What it answers is kept as it came, so that `openssl ts -verify` checks it as well as this module does.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from zorya.errors import EvidenceError
from zorya.setting_sections import TimestampAuthority

PATIENCE_S = 10.0
_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Stamp:
    """An authority's answer (DER), the moment it tells, and the certificates (PEM) it was checked against."""

    authority: str
    token: bytes
    at: datetime
    certificates: bytes


def fetch(authority: TimestampAuthority, data: bytes) -> Stamp:
    """A time-stamp over the SHA-256 of `data`, checked; raises EvidenceError when none is to be had."""
    import httpx
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    certificates = certificates_of(authority)
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    headers = {"content-type": "application/timestamp-query", "accept": "application/timestamp-reply"}
    try:
        with httpx.stream(
            "POST", authority.url, content=request.as_bytes(), headers=headers, timeout=PATIENCE_S
        ) as answer:
            answer.raise_for_status()
            token = b""
            for part in answer.iter_bytes():
                token += part
                if len(token) > _LARGEST:
                    raise EvidenceError(f"time-stamp authority {authority.name}: its answer has no end")
    except httpx.HTTPError as exc:
        raise EvidenceError(f"time-stamp authority {authority.name}: {authority.url}: {exc}") from exc
    try:
        at = check(token, data, certificates, nonce=request.nonce)
    except EvidenceError as exc:
        raise EvidenceError(f"time-stamp authority {authority.name}: {exc}") from exc
    return Stamp(authority.name, token, at, certificates)


def certificates_of(authority: TimestampAuthority) -> bytes:
    """The certificates (PEM) that an authority's signature must lead to."""
    try:
        return authority.ca_file.read_bytes()
    except OSError as exc:
        raise EvidenceError(f"time-stamp authority {authority.name}: {authority.ca_file}: {exc.strerror}") from exc


def check(token: bytes, data: bytes, certificates: bytes, *, nonce: int | None = None) -> datetime:
    """The moment that a time-stamp tells for `data`; raises EvidenceError unless an authority under one of the
    `certificates` (PEM) signed it.
    """
    from cryptography import x509
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        trusted = x509.load_pem_x509_certificates(certificates)
        answer = decode_timestamp_response(token)
        if answer.as_bytes() != token:
            raise EvidenceError("the time-stamp holds more than a time-stamp")
        builder = VerifierBuilder(nonce=nonce)
        for one in trusted:
            is_root = one.issuer == one.subject
            builder = (builder.add_root_certificate if is_root else builder.add_intermediate_certificate)(one)
        builder.build().verify_message(answer, data)
    except VerificationError as exc:
        raise EvidenceError(f"the time-stamp does not hold: {exc}") from exc
    except (ValueError, TypeError) as exc:  # no PEM, no DER, or a refusal instead of a time-stamp
        raise EvidenceError(f"no readable time-stamp: {exc}") from exc
    return answer.tst_info.gen_time.astimezone(UTC)
