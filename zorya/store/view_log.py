"""What people look at, in the log before they see it. Threads that wait at once are written together (group commit):
the chain has one writer at a time, and a wait for the disk each would make twenty readers queue behind one another.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from threading import Lock

from zorya.store import Store, audit


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log, as `audit.add` takes it."""

    at: datetime
    actor: str
    action: str
    object: str
    reason: str = ""


@dataclass(slots=True)
class _Waiting:
    entries: Sequence[Entry]
    done: bool = False
    failure: BaseException | None = None


class ViewLog:
    """The log of one process; safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[_Waiting] = deque()
        self._turn = Lock()

    def add(self, *entries: Entry) -> None:
        """Returns once the entries are stored, in this order; raises what kept them from being stored."""
        mine = _Waiting(entries)
        self._waiting.append(mine)
        with self._turn:
            if not mine.done:  # nobody whose turn came before has written it along
                self._write([self._waiting.popleft() for _ in range(len(self._waiting))])
        if mine.failure:
            raise mine.failure

    def _write(self, group: Sequence[_Waiting]) -> None:
        try:
            with self._store.writing() as connection:
                for entry in (entry for each in group for entry in each.entries):
                    audit.add(connection, **asdict(entry))
        except BaseException as exc:
            if len(group) > 1 and isinstance(exc, Exception):  # one that cannot be stored keeps none of the others out
                for each in group:
                    self._write([each])
                return
            for each in group:
                each.failure = exc
        for each in group:
            each.done = True
