"""One lease per source: who crawls it, until when, and the fencing token that every write of the crawl must show.

A holder on this host that is provably dead loses its lease at once, any other when the lease runs out. The token grows
with every change of hands, so that a crawl which lost its lease without noticing cannot write any more.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
from sqlalchemy import Connection, bindparam, select, update

from zorya.errors import SourceBusy, StoreError
from zorya.store.engine import Store
from zorya.store.rows import insert_ignore
from zorya.store.schema import crawl_leases

_SAME_START_S = 2.0
"""Start times of one process may be read this far apart when the clock is set in between."""
_FENCE = select(crawl_leases.c.fence).where(crawl_leases.c.source == bindparam("of_source")).with_for_update(read=True)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class FencedOut(StoreError):
    """The lease has passed to somebody else; nothing was written."""


def this_process() -> str:
    """`host:pid:start time` of this process: names it even after its number is used again."""
    return f"{socket.gethostname()}:{os.getpid()}:{psutil.Process().create_time():.2f}"


def acquire(connection: Connection, source: str, run_id: str, holder: str, now: datetime, lease_s: float) -> int:
    """Take the lease of a source for a run; returns the fencing token. Raises SourceBusy while another holds it."""
    free = {"source": source, "run_id": "", "fence": 0, "holder": "", "until": _NEVER}
    insert_ignore(connection, crawl_leases, free)
    row = _row(connection, source, lock=True)
    if row["holder"] and row["until"] > now and not _dead(row["holder"]):
        raise _busy(source, row["holder"], row["until"])
    fence = int(row["fence"]) + 1
    until = now + timedelta(seconds=lease_s)
    values = {"run_id": run_id, "fence": fence, "holder": holder, "until": until}
    connection.execute(update(crawl_leases).where(crawl_leases.c.source == source).values(values))
    return fence


def renew(connection: Connection, source: str, fence: int, now: datetime, lease_s: float) -> None:
    """Hold the lease for longer; raises FencedOut when it is no longer ours."""
    until = now + timedelta(seconds=lease_s)
    ours = (crawl_leases.c.source == source, crawl_leases.c.fence == fence)
    if connection.execute(update(crawl_leases).where(*ours).values(until=until)).rowcount != 1:
        raise _fenced_out(connection, source, fence)


def release(connection: Connection, source: str, fence: int) -> None:
    """Give the lease back; the token dies with it. A lease that is no longer ours stays as it is."""
    ours = (crawl_leases.c.source == source, crawl_leases.c.fence == fence)
    values = {"fence": fence + 1, "holder": "", "run_id": ""}
    connection.execute(update(crawl_leases).where(*ours).values(values))


def check(connection: Connection, source: str, fence: int) -> None:
    """Raise FencedOut unless the lease is ours; within a transaction, it stays ours until that ends."""
    if connection.execute(_FENCE, {"of_source": source}).scalar() != fence:
        raise _fenced_out(connection, source, fence)


@contextmanager
def writing(store: Store, source: str, fence: int) -> Iterator[Connection]:
    """One write transaction of a crawl: refused unless the lease is ours."""
    with store.writing() as connection:
        check(connection, source, fence)
        yield connection


def of(connection: Connection, source: str) -> dict[str, Any] | None:
    """The lease of a source as a dictionary of `crawl_leases`; None when it was never crawled."""
    row = connection.execute(select(crawl_leases).where(crawl_leases.c.source == source)).mappings().first()
    return dict(row) if row else None


def _row(connection: Connection, source: str, *, lock: bool) -> dict[str, Any]:
    query = select(crawl_leases).where(crawl_leases.c.source == source)
    return dict(connection.execute(query.with_for_update() if lock else query).mappings().one())


def _busy(source: str, holder: str, until: datetime) -> SourceBusy:
    host, pid, _ = holder.rsplit(":", 2)
    return SourceBusy(
        f"{source} is being crawled by process {pid} on {host} until {until:%Y-%m-%d %H:%M:%S} UTC at the latest; "
        "wait, or end that process"
    )


def _fenced_out(connection: Connection, source: str, fence: int) -> FencedOut:
    row = of(connection, source)
    now_at = f"token {row['fence']}, held by {row['holder'] or 'nobody'}" if row else "no lease at all"
    return FencedOut(f"the lease of {source} was lost: this crawl shows token {fence}, the store has {now_at}")


def _dead(holder: str) -> bool:
    """True when the holder ran on this host and is certainly gone."""
    host, pid, started = holder.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        process = psutil.Process(int(pid))
        gone = process.status() == psutil.STATUS_ZOMBIE
        return gone or abs(process.create_time() - float(started)) > _SAME_START_S
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False
