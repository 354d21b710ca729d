"""Encrypting and signing with GnuPG, a program of its own (`gpg` on PATH). Nothing of it is kept between two calls.

A partner's public key is a file beside the partner file, our signing key one in `keys/`: the operator's keyring is
neither read nor written. GnuPG signs through an agent only: it lives in the folder of one call and ends with it.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from zorya.errors import DataFileError, SettingsError, ZoryaError

_LIMIT_S = 30
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Key:
    """A key that can be used: its fingerprint, whose it says it is, and when it runs out."""

    fingerprint: str
    owner: str
    expires_at: datetime | None


def program() -> str:
    """Where `gpg` is; SettingsError when it is nowhere."""
    found = shutil.which("gpg")
    if found is None:
        raise SettingsError("`gpg` is not on PATH: install GnuPG, digests above TLP:AMBER are encrypted with it")
    return found


def read_key(file: Path) -> Key:
    """What a key file holds; DataFileError unless that is one public key to which can be encrypted now."""
    lines, is_read = _shown(file, "the partner's armoured public key")
    if any(line[0] in {"sec", "ssb"} for line in lines):
        raise DataFileError(file, "this holds a private key: delete it, tell the partner, and ask for the public one")
    keys = [line for line in lines if line[0] == "pub"]
    if not is_read or len(keys) != 1:
        raise DataFileError(file, f"expected one OpenPGP public key, found {len(keys)}; ask for `gpg --armor --export`")
    key = keys[0]
    if "E" not in key[11]:
        why = {"e": "has run out", "r": "was revoked"}.get(key[1], "cannot be encrypted to")
        raise DataFileError(file, f"this key {why}; ask the partner for another")
    return _key_of(lines, key)


def read_signing_key(file: Path) -> Key:
    """The private key that we sign with; DataFileError unless that is one, signs now and is its owner's alone."""
    lines, is_read = _shown(file, "the armoured private key that signs (`gpg --armor --export-secret-keys`)")
    keys = [line for line in lines if line[0] == "sec"]
    if not is_read or len(keys) != 1:
        raise DataFileError(file, f"expected one private key, found {len(keys)}; `gpg --armor --export-secret-keys`")
    if "S" not in keys[0][11]:
        why = {"e": "has run out", "r": "was revoked"}.get(keys[0][1], "cannot sign")
        raise DataFileError(file, f"this key {why}; make another and give partners its public half")
    if file.stat().st_mode & 0o077:
        raise DataFileError(file, f"others can read this private key: chmod 600 {file}")
    return _key_of(lines, keys[0])


def encrypted(data: bytes, file: Path, *, signer: Path | None = None) -> bytes:
    """The armoured message that the owner of a key alone can read, signed inside with the key of `signer`. Raises, and
    never gives back what was given.
    """
    key = read_key(file)
    options = ("--trust-model", "always", "--armor", "--output", "-", "--recipient-file", str(file), "--encrypt")
    done = _signing(signer, *options, "--sign", data=data) if signer else _gpg(*options, data=data)
    if done.returncode or not done.stdout.startswith(b"-----BEGIN PGP MESSAGE-----"):
        raise ZoryaError(f"{file}: gpg could not encrypt to {key.fingerprint} ({_last_word(done)})")
    return done.stdout


def signature(data: bytes, signer: Path) -> bytes:
    """The armoured detached signature (SHA-512) of some bytes; ZoryaError where GnuPG makes none."""
    done = _signing(signer, "--armor", "--output", "-", "--detach-sign", data=data)
    if done.returncode or not done.stdout.startswith(b"-----BEGIN PGP SIGNATURE-----"):
        raise ZoryaError(f"{signer}: gpg could not sign ({_last_word(done)}); the key may have no passphrase")
    return done.stdout


def _shown(file: Path, what: str) -> tuple[list[list[str]], bool]:
    """(records of a key file as GnuPG lists them, whether it could read all of it)."""
    try:
        if file.stat().st_size > _LARGEST:
            raise DataFileError(file, "this is no key: it is larger than 1 MB")
    except OSError as exc:
        raise DataFileError(file, f"cannot be read ({exc.strerror}); put {what} here") from exc
    done = _gpg("--with-colons", "--show-keys", str(file))
    return [line.split(":") for line in done.stdout.decode("utf-8", "replace").splitlines()], done.returncode == 0


def _key_of(lines: list[list[str]], key: list[str]) -> Key:
    owner = next((line[9] for line in lines if line[0] == "uid"), "")
    expires = datetime.fromtimestamp(int(key[6]), UTC) if key[6] else None
    return Key(next(line[9] for line in lines if line[0] == "fpr"), owner, expires)


def _last_word(done: "subprocess.CompletedProcess[bytes]") -> str:
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return said[-1] if said else "no word why"


def _gpg(*arguments: str, data: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    with tempfile.TemporaryDirectory(prefix="zorya-gpg-") as home:
        return _run(program(), home, "--no-autostart", *arguments, data=data)


def _signing(signer: Path, *arguments: str, data: bytes) -> "subprocess.CompletedProcess[bytes]":
    """GnuPG in a folder that holds our private key until it has signed."""
    key = read_signing_key(signer)
    with tempfile.TemporaryDirectory(prefix="zorya-gpg-") as home, _agent(home):
        _run(program(), home, "--import", str(signer))
        loopback = ("--pinentry-mode", "loopback", "--passphrase", "", "--digest-algo", "SHA512")
        return _run(program(), home, *loopback, "--local-user", key.fingerprint, *arguments, data=data)


@contextlib.contextmanager
def _agent(home: str) -> Iterator[None]:
    """End the agent that GnuPG starts in a folder."""
    try:
        yield
    finally:
        configuration = shutil.which("gpgconf")
        if configuration:
            ended = [configuration, "--homedir", home, "--kill", "gpg-agent"]
            subprocess.run(ended, capture_output=True, timeout=_LIMIT_S, check=False)  # noqa: S603 — as below


def _run(gpg: str, home: str, *arguments: str, data: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    fixed = (gpg, "--no-options", "--batch", "--no-tty", "--homedir", home)
    said = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    try:
        return subprocess.run(  # noqa: S603 — a program found on PATH, its arguments ours
            [*fixed, *arguments], input=data, capture_output=True, env=said, timeout=_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired as exc:
        raise ZoryaError(f"gpg gave no answer within {_LIMIT_S} s") from exc
