"""So many questions an hour from one address: who wants to learn which numbers are known cannot try them all.

Addresses are held as salted hashes in this process's memory, and only as long as they count.
"""

import hashlib
import secrets
from collections import OrderedDict, deque
from datetime import datetime, timedelta

_HOUR = timedelta(hours=1)
_MOST = 10_000
"""Addresses that are remembered; then the one that asked longest ago goes."""


class Throttle:
    """At most `per_hour` questions from one address within any hour; 0 means no limit."""

    def __init__(self, per_hour: int) -> None:
        self._per_hour = per_hour
        self._salt = secrets.token_bytes(16)
        self._asked: OrderedDict[bytes, deque[datetime]] = OrderedDict()

    def allows(self, address: str, now: datetime) -> bool:
        """Whether this address may ask now; a question that is allowed is counted."""
        if not self._per_hour:
            return True
        name = hashlib.blake2b(address.encode(), key=self._salt, digest_size=16).digest()
        times = self._asked.setdefault(name, deque())
        self._asked.move_to_end(name)
        while len(self._asked) > _MOST:
            self._asked.popitem(last=False)
        while times and now - times[0] >= _HOUR:
            times.popleft()
        if len(times) >= self._per_hour:
            return False
        times.append(now)
        return True
