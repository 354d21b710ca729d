"""Passwords (argon2) and the slow-down after failed log-ins."""

from collections import OrderedDict
from datetime import datetime, timedelta

from pwdlib import PasswordHash

from zorya.errors import ZoryaError

MIN_LENGTH, MAX_LENGTH = 10, 256
_hasher = PasswordHash.recommended()
_DUMMY = _hasher.hash("nobody has this password")


class WeakPassword(ZoryaError):
    """The password is too short or too long."""


def hash_password(password: str) -> str:
    """Argon2 hash for the `users` table."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise WeakPassword(
            f"the password must have {MIN_LENGTH} to {MAX_LENGTH} characters; this one has {len(password)}"
        )
    return _hasher.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether a password fits; takes as long for an account that does not exist or has none."""
    fits = _hasher.verify(password[:MAX_LENGTH], stored or _DUMMY)
    return fits and bool(stored)


class Throttle:
    """Waiting time after repeated failures, per key: 5 free tries, then 30 s, doubling up to 15 minutes."""

    FREE, FIRST, LONGEST, REMEMBERED = 5, timedelta(seconds=30), timedelta(minutes=15), 10_000

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def wait(self, key: str, *, at: datetime) -> timedelta:
        """How long this key must still wait."""
        failures, last = self._failures.get(key, (0, at))
        if failures < self.FREE:
            return timedelta(0)
        pause = min(self.FIRST * (1 << min(failures - self.FREE, 10)), self.LONGEST)
        return max(timedelta(0), last + pause - at)

    def failed(self, key: str, *, at: datetime) -> None:
        """Note a failure."""
        failures = self._failures.pop(key, (0, at))[0]
        self._failures[key] = (failures + 1, at)
        if len(self._failures) > self.REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures of a key."""
        self._failures.pop(key, None)
