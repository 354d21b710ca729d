"""Small texts sealed with a key outside the database (AES-256-GCM), each bound to what it is about."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zorya.errors import ZoryaError

_NONCE = 12


class SealBroken(ZoryaError):
    """What was sealed does not fit the key, was changed, or is about something else."""


def seal(key: bytes, text: str, *, about: str) -> bytes:
    """The text sealed with a 32-byte key."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), about.encode())


def unseal(key: bytes, sealed: bytes, *, about: str) -> str:
    """The text; raises SealBroken."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode()).decode()
    except (InvalidTag, ValueError) as exc:
        raise SealBroken("the seal is broken: another key, or the text was changed") from exc
