"""How sources fare: earlier checkups for the baseline, what a run saw of its board, and the overview people look at."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from zorya.domain.health import Checkup, checkup_of
from zorya.domain.runs import RunStatus
from zorya.store.schema import crawl_leases, postings, runs, sources, versions

_CHUNK = 500
_GRAVITY = {"failed": 0, "none": 1, "partial": 2, "ok": 3}


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

    @property
    def requests(self) -> int | None:
        """Addresses that were asked for; None for a run without a checkup."""
        return int(self.checkup.numbers["requests"]) if self.checkup and "requests" in self.checkup.numbers else None


@dataclass(frozen=True, slots=True)
class Described:
    """What is known of a source without its runs; `standing` is empty where no file ever described it."""

    id: str
    title: str
    owner: str = ""
    standing: str = ""
    spec: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceView(Described):
    """One source and its runs of the period, newest first."""

    runs: tuple[RunView, ...] = ()
    overdue: str = ""
    """Why the last run is too long ago; empty while it is not."""
    running: datetime | None = None
    """When the crawl that is under way began; it is judged, and listed, when it has ended."""

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
        """Whether somebody must look: an active source whose last run is not green, or that did not run in time."""
        return self.standing in {"active", ""} and (self.verdict in {"failed", "partial"} or bool(self.overdue))

    @property
    def why(self) -> tuple[str, ...]:
        """What is wrong, gravest first; empty when all is well."""
        return (*((self.overdue,) if self.overdue else ()), *(self.last.why if self.last else ()))

    def on(self, day: date) -> list[RunView]:
        """Runs begun on a day (UTC), newest first."""
        return [run for run in self.runs if run.started_at.date() == day]

    def verdict_on(self, day: date) -> str:
        """The verdict of the day's newest run; a day that began badly and ended well is partial."""
        held = self.on(day)
        if not held:
            return "none"
        bad = any(run.status is not RunStatus.OK for run in held)
        return "partial" if bad and held[0].status is RunStatus.OK else str(held[0].status)


def checkups(
    connection: Connection, source: str, *, before: datetime, limit: int = 60
) -> list[tuple[datetime, Checkup]]:
    """Earlier runs that were judged, newest first."""
    query = select(runs.c.started_at, runs.c.measures).where(runs.c.source == source, runs.c.started_at < before)
    rows = connection.execute(query.order_by(runs.c.started_at.desc(), runs.c.id).limit(limit))
    return [(row.started_at, checkup) for row in rows if (checkup := checkup_of(row.measures))]


def board(
    connection: Connection, source: str, *, at: datetime, last_sound: datetime | None, stands_for: Container[str] = ()
) -> Board:
    """What the run begun `at` saw of the ads that the last sound run had seen.

    `stands_for` are ids of ads on list pages that the run did not need: they count as seen again.
    """
    ours = postings.c.source == source
    newest = connection.execute(select(func.max(postings.c.first_seen)).where(ours)).scalar_one()
    if last_sound is None:
        return Board(0, 0, newest)
    due = (ours, postings.c.first_seen < at, postings.c.last_seen >= last_sound)
    count = select(func.count()).select_from(postings)
    again = connection.execute(count.where(*due, postings.c.last_seen >= at)).scalar_one()
    unseen = connection.execute(select(postings.c.id).where(*due, postings.c.last_seen < at)).scalars()
    again += sum(identity in stands_for for identity in unseen)
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


def overview(
    connection: Connection, *, at: datetime, days: int = 14, only: str | None = None, known: Iterable[Described] = ()
) -> list[SourceView]:
    """Every described source and every one that ran in the last days (today is one), red ones first, then by id.

    Replays of archives are filed under names with an `@` and say nothing about a site. `known` are source files that
    the caller has at hand; they go before what the store remembers of them.
    """
    since = datetime.combine(at.date() - timedelta(days=days - 1), time(), UTC)
    wanted = [runs.c.source.not_like("%@%"), *([runs.c.source == only] if only else [])]
    live = set(connection.execute(select(crawl_leases.c.run_id).where(crawl_leases.c.until > at)).scalars())
    rows = _rows(connection, [*wanted, runs.c.started_at >= since], whole=only is not None)
    running = {row["source"]: row["started_at"] for row in rows if row["finished_at"] is None and row["id"] in live}
    history: dict[str, list[RunView]] = {}
    for row in rows:
        if row["finished_at"] is not None or row["id"] not in live:
            history.setdefault(row["source"], []).append(_run_view(row))
    stored = select(sources) if only is None else select(sources).where(sources.c.id == only)
    described = {
        row.id: Described(row.id, row.title, row.owner, row.standing, row.spec) for row in connection.execute(stored)
    }
    described |= {one.id: one for one in known if only in {None, one.id}}
    views = []
    for name in {*history, *running, *described}:
        one, held = described.get(name) or Described(name, name), tuple(history.get(name, ()))
        late = "" if name in running or one.standing != "active" else _overdue(one, _last(connection, name, held), at)
        views.append(SourceView(one.id, one.title, one.owner, one.standing, one.spec, held, late, running.get(name)))
    return sorted(views, key=lambda view: (not view.red, _GRAVITY[view.verdict], view.id))


def _rows(connection: Connection, wanted: list[Any], *, whole: bool) -> list[dict[str, Any]]:
    """Runs, newest first. Unless `whole`, only the newest of each day and the newest bad one come with their details:
    fifty sources that are crawled every hour have 16,800 runs in two weeks.
    """
    light = (runs.c.id, runs.c.source, runs.c.started_at, runs.c.finished_at, runs.c.status, runs.c.scheduled)
    heavy = (runs.c.outcomes, runs.c.messages, runs.c.measures)
    columns = (*light, runs.c.postings, runs.c.new, runs.c.changed, *(heavy if whole else ()))
    query = select(*columns).where(*wanted).order_by(runs.c.started_at.desc(), runs.c.id)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    if whole:
        return rows
    newest: dict[tuple[str, date], str] = {}
    bad: dict[tuple[str, date], str] = {}
    for row in rows:
        day = (row["source"], row["started_at"].date())
        newest.setdefault(day, row["id"])
        if row["status"] != RunStatus.OK:
            bad.setdefault(day, row["id"])
    details: dict[str, Any] = {}
    for chunk in _chunks({*newest.values(), *bad.values()}):
        found = connection.execute(select(runs.c.id, *heavy).where(runs.c.id.in_(chunk)))
        details |= {
            row.id: {"outcomes": row.outcomes, "messages": row.messages, "measures": row.measures} for row in found
        }
    nothing: dict[str, Any] = {"outcomes": {}, "messages": [], "measures": {}}
    return [row | details.get(row["id"], nothing) for row in rows]


def _last(connection: Connection, source: str, held: Iterable[RunView]) -> datetime | None:
    """When a source's newest finished run began: of the runs at hand, else by one step along the index."""
    newest = next((run.started_at for run in held if run.finished_at), None)
    if newest is not None:
        return newest
    ended = select(runs.c.started_at).where(runs.c.source == source, runs.c.finished_at.is_not(None))
    return connection.execute(ended.order_by(runs.c.started_at.desc()).limit(1)).scalar()


def _overdue(one: Described, last: datetime | None, at: datetime) -> str:
    """Why an active source should have been crawled by now; empty when it was."""
    if last is None:
        return "never crawled"
    schedule = one.spec.get("schedule", "")
    if at - last <= 2 * interval_of(schedule) + timedelta(days=1):
        return ""
    return f"last crawled {(at - last) / timedelta(days=1):.1f} days ago, although `{schedule}` plans more"


def interval_of(schedule: str) -> timedelta:
    """About how long a schedule (five cron fields, or @daily and its like) lets pass between two runs."""
    named = {"@hourly": timedelta(hours=1), "@daily": timedelta(days=1), "@weekly": timedelta(days=7)}
    fields = schedule.split()
    if schedule in named or len(fields) != 5:
        return named.get(schedule, timedelta(days=31))
    _, hour, day, month, weekday = fields
    if (day, month) != ("*", "*"):
        return timedelta(days=31)
    return timedelta(days=7) if weekday != "*" else timedelta(hours=1) if "*" in hour else timedelta(days=1)


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
