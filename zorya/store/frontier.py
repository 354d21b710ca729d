"""The frontier: every address a run has learned of, how often it was tried, and what became of it.

A row is written in the transaction of the page that named its address, and closed in the transaction that stores what
its answer brought. A row whose crawl died has an outcome given by others and no `done_at`: it was never answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from zorya.domain.runs import Outcome
from zorya.errors import StoreError
from zorya.store.schema import frontier, runs

MOST_TRIES = 3
"""Attempts at one address that end without an outcome, because the process died each time, before it is given up."""
_GIVEN_UP = f"given up: the crawl process died {MOST_TRIES} times at this address"
_LONGEST_REASON = 500
_OF_OLD = ""
"""Reader of rows that were made before there was a frontier: each of them was answered, or refused, in its time."""
_DONE = (Outcome.OK, Outcome.NOT_MODIFIED, Outcome.SIGHTED, Outcome.CAPPED, Outcome.OVERSIZE, Outcome.UNREADABLE)
"""Outcomes that a second attempt at the same run takes as final."""
_CLOSE = update(frontier).where(frontier.c.seq == bindparam("of_seq"), frontier.c.outcome.is_(None))


@dataclass(frozen=True, slots=True)
class Entry:
    """One address of a run, before its outcome."""

    seq: int
    key: str
    url: str
    reader: str
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """An address a run knows already; `outcome` None while it is open. An ad only sighted was not `asked` for."""

    key: str
    reader: str
    outcome: Outcome | None
    asked: bool = True


def add(connection: Connection, run_id: str, url_key: str, url: str, reader: str) -> int:
    """Enter one address, unless the run knows it; returns its number either way."""
    found = add_all(connection, run_id, [(url_key, url, reader)])
    if found:
        return found[url_key]
    ours = (frontier.c.run_id == run_id, frontier.c.url_key == url_key)
    return int(connection.execute(select(frontier.c.seq).where(*ours)).scalar_one())


def add_all(
    connection: Connection, run_id: str, rows: Sequence[tuple[str, str, str]], *, tries: int = 0
) -> dict[str, int]:
    """Enter (key, address, reader) rows; returns the numbers of those that are new, by key."""
    if not rows:
        return {}
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    values = [
        {
            "run_id": run_id,
            "url_key": key,
            "url": _storable(url),
            "reader": reader,
            "tries": tries,
            "reason": "",
            "brought": [],
        }
        for key, url, reader in rows
    ]
    statement = dialect.insert(frontier).on_conflict_do_nothing().returning(frontier.c.url_key, frontier.c.seq)
    return {key: int(seq) for key, seq in connection.execute(statement, values)}


def claim(connection: Connection, seqs: Sequence[int]) -> None:
    """Count one try for each of these entries; call before they are asked for."""
    connection.execute(update(frontier).where(frontier.c.seq.in_(seqs)).values(tries=frontier.c.tries + 1))


def close(
    connection: Connection,
    seq: int,
    outcome: Outcome,
    reason: str = "",
    status: int | None = None,
    *,
    now: datetime,
    brought: Sequence[list[Any]] = (),
) -> bool:
    """Give an open entry its outcome; the first one counts. True when it was this one."""
    values = {"outcome": outcome, "reason": _storable(reason)[:_LONGEST_REASON], "status": status, "done_at": now}
    return connection.execute(_CLOSE, values | {"brought": list(brought), "of_seq": seq}).rowcount == 1


def close_open(connection: Connection, run_id: str, outcome: Outcome, reason: str, *, now: datetime) -> int:
    """Give every open entry of a run the same outcome; returns their number."""
    values = {"outcome": outcome, "reason": _storable(reason)[:_LONGEST_REASON], "done_at": now}
    still_open = (frontier.c.run_id == run_id, frontier.c.outcome.is_(None))
    return connection.execute(update(frontier).where(*still_open).values(values)).rowcount


def abandon(connection: Connection, run_id: str, reason: str) -> int:
    """The crawl is gone: its open entries count as failed, but as never answered; returns their number."""
    values = {"outcome": Outcome.FAILED, "reason": _storable(reason)[:_LONGEST_REASON], "done_at": None}
    still_open = (frontier.c.run_id == run_id, frontier.c.outcome.is_(None))
    return connection.execute(update(frontier).where(*still_open).values(values)).rowcount


def reopen(connection: Connection, run_id: str, *, now: datetime) -> int:
    """A second attempt at a run: what was not settled is open again; returns the number of open entries.

    Tries go on counting where no outcome ever came, and begin anew where the board answered badly. Entries that were
    tried too often are given up.
    """
    answered = or_(
        frontier.c.outcome.in_(_DONE), (frontier.c.outcome == Outcome.SKIPPED) & frontier.c.status.is_not(None)
    )
    unsettled = (frontier.c.run_id == run_id, frontier.c.outcome.is_not(None), ~answered)
    hopeful = or_(frontier.c.done_at.is_(None), frontier.c.tries < MOST_TRIES)
    tries = case((frontier.c.done_at.is_(None), frontier.c.tries), else_=0)
    values: dict[str, Any] = {"outcome": None, "reason": "", "status": None, "done_at": None, "brought": []}
    connection.execute(update(frontier).where(*unsettled, hopeful).values(values | {"tries": tries}))
    _give_up(connection, run_id, now)
    return open_count(connection, run_id)


def take_over(connection: Connection, source: str, run_id: str, *, now: datetime) -> int:
    """Move what dead runs of a source learned of and never read to a new run; returns the number of entries.

    Call with the source's lease held: then every other run that has not ended is dead, and is ended here.
    """
    others = (runs.c.source == source, runs.c.id != run_id)
    unread = or_(frontier.c.outcome.is_(None), (frontier.c.outcome == Outcome.FAILED) & frontier.c.done_at.is_(None))
    lost = (frontier.c.run_id.in_(select(runs.c.id).where(*others)), unread, frontier.c.reader != _OF_OLD)
    hopeless = update(frontier).where(*lost, frontier.c.tries >= MOST_TRIES)
    connection.execute(hopeless.values(outcome=Outcome.FAILED, reason=_GIVEN_UP, done_at=now))
    found = connection.execute(select(frontier).where(*lost).order_by(frontier.c.tries, frontier.c.seq)).mappings()
    rows = {row["url_key"]: row for row in found}
    for tries in sorted({row["tries"] for row in rows.values()}):
        alike = [(key, row["url"], row["reader"]) for key, row in rows.items() if row["tries"] == tries]
        add_all(connection, run_id, alike, tries=tries)
    values = {"outcome": func.coalesce(frontier.c.outcome, Outcome.SKIPPED.value), "done_at": now}
    reason = f"never answered; taken over by run {run_id}"
    connection.execute(update(frontier).where(*lost).values(values | {"reason": reason}))
    for dead_run in connection.execute(select(runs.c.id).where(*others, runs.c.finished_at.is_(None))).scalars().all():
        _end_dead(connection, dead_run, run_id, now)
    return len(rows)


def known(connection: Connection, run_id: str) -> list[Known]:
    """Every address a run knows."""
    columns = (frontier.c.url_key, frontier.c.reader, frontier.c.outcome)
    rows = connection.execute(select(*columns).where(frontier.c.run_id == run_id))
    return [Known(key, reader, Outcome(fate) if fate else None, fate != Outcome.SIGHTED) for key, reader, fate in rows]


def open_entries(connection: Connection, run_id: str) -> list[Entry]:
    """Entries without an outcome: those tried least first, then in the order they were found."""
    columns = (frontier.c.seq, frontier.c.url_key, frontier.c.url, frontier.c.reader, frontier.c.tries)
    query = select(*columns).where(frontier.c.run_id == run_id, frontier.c.outcome.is_(None))
    return [Entry(*row) for row in connection.execute(query.order_by(frontier.c.tries, frontier.c.seq))]


def open_count(connection: Connection, run_id: str) -> int:
    """Number of entries without an outcome."""
    query = select(func.count()).select_from(frontier)
    return int(connection.execute(query.where(frontier.c.run_id == run_id, frontier.c.outcome.is_(None))).scalar_one())


def outcomes(connection: Connection, run_id: str) -> dict[str, int]:
    """How many entries of a run had each fate; open ones are not counted."""
    query = select(frontier.c.outcome, func.count()).where(frontier.c.run_id == run_id, frontier.c.outcome.is_not(None))
    rows = connection.execute(query.group_by(frontier.c.outcome)).all()
    return {str(name): int(count) for name, count in sorted(rows, key=lambda row: str(row[0]))}


def settled(connection: Connection, run_id: str) -> dict[str, int]:
    """Outcomes of a run that has ended; raises StoreError when an address has none: nothing may vanish."""
    counted = outcomes(connection, run_id)
    scheduled = int(
        connection.execute(select(func.count()).select_from(frontier).where(frontier.c.run_id == run_id)).scalar_one()
    )
    if scheduled != sum(counted.values()):
        raise StoreError(f"run {run_id}: {scheduled} addresses were scheduled, {sum(counted.values())} have an outcome")
    return counted


def _give_up(connection: Connection, run_id: str, now: datetime) -> None:
    """Close open entries that ended the process each time they were tried."""
    hopeless = (frontier.c.run_id == run_id, frontier.c.outcome.is_(None), frontier.c.tries >= MOST_TRIES)
    values = {"outcome": Outcome.FAILED, "reason": _GIVEN_UP, "done_at": now}
    connection.execute(update(frontier).where(*hopeless).values(values))


def _end_dead(connection: Connection, dead_run: str, run_id: str, now: datetime) -> None:
    """Finish the row of a run whose process is gone."""
    counted = settled(connection, dead_run)
    message = f"the crawl died before its end; run {run_id} took over what it had not read"
    values: dict[str, Any] = {"finished_at": now, "outcomes": counted, "scheduled": sum(counted.values())}
    connection.execute(update(runs).where(runs.c.id == dead_run).values(values | {"messages": [message]}))


def _storable(text: str) -> str:
    """A text that every database takes: no lone surrogates, no NUL, however hostile the page it comes from."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
