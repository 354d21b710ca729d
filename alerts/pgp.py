"""Encrypting for a partner with GnuPG, a program of its own (`gpg` on PATH). Nothing of it is kept between two calls.

The partner's public key is a file beside the partner file; no keyring is read or written, no agent started.
"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from zorya.errors import DataFileError, SettingsError, ZoryaError

_LIMIT_S = 30
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that can be encrypted to: its fingerprint, whose it says it is, and when it runs out."""

    fingerprint: str
    owner: str
    expires_at: datetime | None


def program() -> str:
    """Where `gpg` is; SettingsError when it is nowhere."""
    found = shutil.which("gpg")
    if found is None:
        raise SettingsError("`gpg` is not on PATH: install GnuPG, digests above TLP:AMBER are encrypted with it")
    return found


def read_key(file: Path) -> PublicKey:
    """What a key file holds; DataFileError unless that is one public key to which can be encrypted now."""
    try:
        if file.stat().st_size > _LARGEST:
            raise DataFileError(file, "this is no key: it is larger than 1 MB")
    except OSError as exc:
        raise DataFileError(
            file, f"cannot be read ({exc.strerror}); put the partner's armoured public key here"
        ) from exc
    done = _gpg("--with-colons", "--show-keys", str(file))
    lines = [line.split(":") for line in done.stdout.decode("utf-8", "replace").splitlines()]
    if any(line[0] in {"sec", "ssb"} for line in lines):
        raise DataFileError(file, "this holds a private key: delete it, tell the partner, and ask for the public one")
    keys = [line for line in lines if line[0] == "pub"]
    if done.returncode or len(keys) != 1:
        raise DataFileError(file, f"expected one OpenPGP public key, found {len(keys)}; ask for `gpg --armor --export`")
    key = keys[0]
    if "E" not in key[11]:
        why = {"e": "has run out", "r": "was revoked"}.get(key[1], "cannot be encrypted to")
        raise DataFileError(file, f"this key {why}; ask the partner for another")
    owner = next((line[9] for line in lines if line[0] == "uid"), "")
    expires = datetime.fromtimestamp(int(key[6]), UTC) if key[6] else None
    return PublicKey(next(line[9] for line in lines if line[0] == "fpr"), owner, expires)


def encrypted(data: bytes, file: Path) -> bytes:
    """The armoured message that the owner of a key alone can read. Raises, and never gives back what was given."""
    key = read_key(file)
    options = ("--trust-model", "always", "--armor", "--output", "-", "--recipient-file", str(file), "--encrypt")
    done = _gpg(*options, data=data)
    if done.returncode or not done.stdout.startswith(b"-----BEGIN PGP MESSAGE-----"):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ZoryaError(f"{file}: gpg could not encrypt to {key.fingerprint} ({said[-1] if said else 'no word why'})")
    return done.stdout


def _gpg(*arguments: str, data: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    with tempfile.TemporaryDirectory(prefix="zorya-gpg-") as home:
        fixed = (program(), "--no-options", "--batch", "--no-tty", "--no-autostart", "--homedir", home)
        said = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
        try:
            return subprocess.run(  # noqa: S603 — a program found on PATH, its arguments ours
                [*fixed, *arguments], input=data, capture_output=True, env=said, timeout=_LIMIT_S, check=False
            )
        except subprocess.TimeoutExpired as exc:
            raise ZoryaError(f"gpg gave no answer within {_LIMIT_S} s") from exc
