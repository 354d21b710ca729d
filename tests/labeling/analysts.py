"""Fifty analysts at once, each a process of its own: python analysts.py HOME DATABASE_URL PEOPLE naive|leased

Each reserves a task, finishes the one before, and goes on until nothing is free. One person in ten walks away holding a
task: nobody may finish it before its reservation ends, somebody must afterwards. Prints who reserved what, as JSON.
`naive` looks for a free task and takes it in two transactions, as one would without leases.
"""

import json
import multiprocessing
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from zorya.settings import Settings
from zorya.store import Store, open_store, reviews
from zorya.store.schema import tasks

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
LEASE = timedelta(minutes=20)


def leased(store: Store, name: str, at: datetime, last: str | None) -> str | None:
    """Finish the last task and reserve the next, in one transaction."""
    with store.writing() as connection:
        if last:
            assert reviews.close(connection, last, name, at=at), f"{name} lost {last}"
        task = reviews.lease(connection, name, at=at, until=at + LEASE)
    return task.id if task else None


def naive(store: Store, name: str, at: datetime, last: str | None) -> str | None:
    """Look, then take."""
    free = select(tasks.c.id).where(tasks.c.done_at.is_(None), tasks.c.owner.is_(None))
    with store.reading() as connection:
        chosen = connection.execute(free.order_by(tasks.c.priority.desc()).limit(1)).scalar()
    with store.writing() as connection:
        taken = {"owner": name, "lease_until": at + LEASE}
        if last:
            connection.execute(update(tasks).where(tasks.c.id == last).values(done_at=at))
        if chosen:
            connection.execute(update(tasks).where(tasks.c.id == chosen).values(**taken))
    return str(chosen) if chosen else None


def work(settings: Settings, name: str, kind: str, leaves: bool, told: Any, ready: Any) -> None:
    """One analyst, from the moment all are ready."""
    store, take, mine, last = open_store(settings), globals()[kind], list[str](), None
    ready.wait(300)
    while task := take(store, name, START, last):
        mine.append(task)
        last = task
        if leaves and len(mine) == 5:
            break
    store.close()
    told.put((name, mine))


def main(home: str, url: str, people: int, kind: str) -> None:
    """Run them all, then let the reservations end and count what is left."""
    settings = Settings(home=Path(home), database_url=url)
    context = multiprocessing.get_context("fork")
    told, ready = context.Queue(), context.Barrier(people)
    workers = [
        context.Process(target=work, args=(settings, f"analyst-{n}", kind, n % 10 == 9, told, ready))
        for n in range(people)
    ]
    for worker in workers:
        worker.start()
    reserved = dict(told.get(timeout=300) for _ in workers)
    for worker in workers:
        worker.join(60)
    store, later, afterwards, last = open_store(settings), START + LEASE, list[str](), None
    while kind == "leased" and (task := leased(store, "late", later, last)):
        afterwards.append(task)
        last = task
    with store.reading() as connection:
        open_still = len(connection.execute(select(tasks.c.id).where(tasks.c.done_at.is_(None))).all())
    print(json.dumps({"reserved": reserved, "afterwards": afterwards, "open": open_still}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
