"""How sources fare: earlier checkups for the baseline, what a run saw of its board, and the overview people look at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from zorya.domain.health import Checkup, checkup_of
from zorya.domain.runs import RunStatus
from zorya.store.schema import postings, runs, sources, versions

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Board:
    """What a run saw of its source: ads seen before that were due, how many of them it saw again, and the newest ad."""

    due: int
    again: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class RunView:
    """One run as people look at it; `checkup` is None for a run that did not end, or ended before there were any."""

    id: str
    source: str
    started_at: datetime
    finished_at: datetime | None
    status: RunStatus
    scheduled: int
    outcomes: dict[str, int]
    postings: int
    new: int
    changed: int
    messages: tuple[str, ...]
    checkup: Checkup | None

    @property
    def why(self) -> tuple[str, ...]:
        """What made it red; empty when it is green."""
        if self.status is RunStatus.OK:
            return ()
        return (self.checkup.why if self.checkup else ()) or self.messages

    @property
    def accounted(self) -> bool:
        """True when no request vanished."""
        return self.scheduled == sum(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source and its runs of the period, newest first; `standing` is empty for one no file describes any more."""

    id: str
    title: str
    owner: str
    standing: str
    spec: dict[str, Any]
    runs: tuple[RunView, ...] = ()

    @property
    def last(self) -> RunView | None:
        """The newest run of the period."""
        return self.runs[0] if self.runs else None

    @property
    def verdict(self) -> str:
        """`failed`, `partial`, `ok`, or `none` when the period has no run."""
        return str(self.last.status) if self.last else "none"

    @property
    def red(self) -> bool:
        """Whether somebody must look: an active source whose last run is not green, or that did not run."""
        return self.standing in {"active", ""} and self.verdict != RunStatus.OK

    def on(self, day: date) -> list[RunView]:
        """Runs begun on a day (UTC), newest first."""
        return [run for run in self.runs if run.started_at.date() == day]


def checkups(
    connection: Connection, source: str, *, before: datetime, limit: int = 60
) -> list[tuple[datetime, Checkup]]:
    """Earlier runs that were judged, newest first."""
    query = select(runs.c.started_at, runs.c.measures).where(runs.c.source == source, runs.c.started_at < before)
    rows = connection.execute(query.order_by(runs.c.started_at.desc(), runs.c.id).limit(limit))
    return [(row.started_at, checkup) for row in rows if (checkup := checkup_of(row.measures))]


def board(connection: Connection, source: str, *, at: datetime, last_sound: datetime | None) -> Board:
    """What the run begun `at` saw of the ads that the last sound run had seen."""
    ours = postings.c.source == source
    newest = connection.execute(select(func.max(postings.c.first_seen)).where(ours)).scalar_one()
    if last_sound is None:
        return Board(0, 0, newest)
    due = (ours, postings.c.first_seen < at, postings.c.last_seen >= last_sound)
    count = select(func.count()).select_from(postings)
    again = connection.execute(count.where(*due, postings.c.last_seen >= at)).scalar_one()
    return Board(int(connection.execute(count.where(*due)).scalar_one()), int(again), newest)


def texts(connection: Connection, posting_ids: Iterable[str]) -> list[tuple[str, str]]:
    """(title, body) of the current versions of postings."""
    found: list[tuple[str, str]] = []
    for chunk in _chunks(posting_ids):
        query = select(versions.c.title, versions.c.body).join(postings, postings.c.current_version == versions.c.id)
        found += [(row.title, row.body) for row in connection.execute(query.where(postings.c.id.in_(chunk)))]
    return found


def known_urls(connection: Connection, source: str, urls: Iterable[str]) -> set[str]:
    """Those of the addresses under which an ad of the source is stored."""
    found: set[str] = set()
    for chunk in _chunks(urls):
        query = select(postings.c.url).where(postings.c.source == source, postings.c.url.in_(chunk))
        found |= set(connection.execute(query).scalars())
    return found


def accept(connection: Connection, run_id: str, *, by: str) -> None:
    """Note that a person calls this run the new normal: the baseline is learned afresh from it."""
    measures = connection.execute(select(runs.c.measures).where(runs.c.id == run_id)).scalar_one()
    connection.execute(update(runs).where(runs.c.id == run_id).values(measures=measures | {"accepted": by}))


def overview(connection: Connection, *, since: datetime, only: str | None = None) -> list[SourceView]:
    """Every source that a file describes or that ran since then, with its runs; red ones first, then by id."""
    wanted = (runs.c.started_at >= since,) if only is None else (runs.c.started_at >= since, runs.c.source == only)
    history: dict[str, list[RunView]] = {}
    for row in connection.execute(select(runs).where(*wanted).order_by(runs.c.started_at.desc(), runs.c.id)).mappings():
        history.setdefault(row["source"], []).append(_run_view(dict(row)))
    described = select(sources) if only is None else select(sources).where(sources.c.id == only)
    known = {row["id"]: dict(row) for row in connection.execute(described).mappings()}
    views = [
        SourceView(
            id=name,
            title=known.get(name, {}).get("title", name),
            owner=known.get(name, {}).get("owner", ""),
            standing=known.get(name, {}).get("standing", ""),
            spec=known.get(name, {}).get("spec", {}),
            runs=tuple(history.get(name, ())),
        )
        for name in {*history, *known}
    ]
    gravity = {"failed": 0, "none": 1, "partial": 2, "ok": 3}
    return sorted(views, key=lambda view: (not view.red, gravity[view.verdict], view.id))


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """Parts small enough for one statement."""
    everything = list(values)
    return (everything[start : start + _CHUNK] for start in range(0, len(everything), _CHUNK))


def _run_view(row: dict[str, Any]) -> RunView:
    return RunView(
        id=row["id"],
        source=row["source"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        status=RunStatus(row["status"]),
        scheduled=row["scheduled"],
        outcomes=row["outcomes"],
        postings=row["postings"],
        new=row["new"],
        changed=row["changed"],
        messages=tuple(row["messages"]),
        checkup=checkup_of(row["measures"]),
    )
