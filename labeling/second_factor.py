"""Codes of an authenticator app (TOTP, RFC 6238: SHA-1, 6 digits, 30 s) and recovery codes. Knows no web, keeps no
clock.

Secrets are sealed (AES-256-GCM, bound to the account's name) with `keys/second-factor.key`: who reads the database
alone cannot make codes.
"""

import hmac
import secrets
from base64 import b32encode
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import Connection

from labeling import sealing
from zorya.domain.ids import sha256_hex
from zorya.settings import Settings, secret_key
from zorya.store import second_factors

STEP = timedelta(seconds=30)
DRIFT = 1
"""Steps by which the clock of a telephone may be off, either way (RFC 6238 §5.2 recommends one)."""
RECOVERY_CODES = 10


def new_secret() -> str:
    """A secret for an authenticator app, base32, 160 bits (RFC 4226 §4)."""
    return pyotp.random_base32()


def address_of(secret: str, name: str) -> str:
    """The `otpauth:` address that the QR code carries."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Zorya")


def seal(settings: Settings, name: str, secret: str) -> bytes:
    """The secret as it is stored."""
    return sealing.seal(secret_key(settings, "second-factor"), secret, about=name)


def unseal(settings: Settings, name: str, sealed: bytes) -> str:
    """The secret; raises SealBroken when it was sealed with another key or for another account."""
    try:
        return sealing.unseal(secret_key(settings, "second-factor"), sealed, about=name)
    except sealing.SealBroken as exc:
        path = settings.keys_dir / "second-factor.key"
        raise sealing.SealBroken(
            f"the second factor of {name!r} does not fit {path}: restore the key, or reset it with "
            f"`zorya user reset-second-factor {name}`"
        ) from exc


def step_of(secret: str, code: str, *, at: datetime) -> int | None:
    """The time step whose code this is, at most DRIFT steps from `at`; None when it is none of them."""
    given, now = "".join(code.split()), int(at.timestamp() // STEP.total_seconds())
    totp = pyotp.TOTP(secret)
    fitting = [
        step
        for step in range(max(0, now - DRIFT), now + DRIFT + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), given.encode())
    ]
    return fitting[0] if fitting else None


def new_recovery_codes() -> list[str]:
    """Ten codes of 80 bits, each `xxxx-xxxx-xxxx-xxxx`: too many to guess, so that a plain hash is enough."""
    return ["-".join(_fours(b32encode(secrets.token_bytes(10)).decode().lower())) for _ in range(RECOVERY_CODES)]


def hash_of(code: str) -> str:
    """What is stored of a recovery code, however its letters and dashes were typed."""
    return sha256_hex("".join(letter for letter in code.lower() if letter.isalnum()).encode())


def accept(connection: Connection, settings: Settings, name: str, code: str, *, at: datetime) -> str:
    """Take a code of an account's second factor, once: `code`, `recovery code`, or empty when it does not fit.

    A confirmed or a waiting secret is asked alike; recovery codes exist only with a confirmed one.
    """
    factor = second_factors.of(connection, name)
    if factor is None:
        return ""
    step = step_of(unseal(settings, name, bytes(factor["secret"])), code, at=at)
    if step is not None:
        return "code" if second_factors.take_step(connection, name, step) else ""
    taken = second_factors.take_recovery_code(connection, name, hash_of(code), at=at)
    return "recovery code" if taken else ""


def _fours(text: str) -> list[str]:
    return [text[start : start + 4] for start in range(0, len(text), 4)]
