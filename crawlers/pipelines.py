"""The one place where a crawl writes: evidence on disk first, then everything a page brought in one transaction.

A page's outcome, its postings, the addresses it named and what is remembered for the next visit are stored together or
not at all, and only while the crawl holds its source's lease. When pages come fast several share one transaction.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from crawlers.account import AdFacts
from crawlers.learning import SiteLearner
from crawlers.revisits import Revisits
from crawlers.schedule import Claim, Schedule, Staged
from crawlers.spec import SourceSpec
from crawlers.visits import Harvest, Link, Visit
from zorya import logs
from zorya.domain import ids
from zorya.domain.ads import Capture, Posting
from zorya.domain.runs import Outcome
from zorya.evidence import Archive
from zorya.store import Store, erased, frontier, learned, leases, postings, stopped
from zorya.store.leases import FencedOut

_MOST_AT_ONCE = 32
"""Pages that share one transaction at most."""
WAIT_S = 0.2
"""A page waits no longer for others; pages further apart than this are stored at once."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a crawl process is to do, and what it writes with. `fence` is the token of its lease."""

    store: Store
    archive: Archive
    spec: SourceSpec
    run_id: str
    fence: int
    as_of: datetime
    clock: Callable[[], datetime]
    settings_hash: str = ""
    """Digest of what the crawl was told; evidence carries it."""
    name: str = ""
    """What the lease is filed under, if not the source's id."""
    archived: bool = False
    """True for a replay: an ad was seen when its page was fetched, not when the run began."""


class Recorder:
    """Stores what becomes of the visits of one run and hands out the next ones. One per crawl process."""

    def __init__(self, assignment: Assignment, revisits: Revisits) -> None:
        self.assignment, self.revisits = assignment, revisits
        self.schedule = Schedule(assignment.spec, assignment.run_id, revisits)
        self.broken = ""
        """Why nothing can be stored any more, and so nothing is asked for; empty while all is well."""
        self._claims: deque[Claim] = deque()
        self._waiting: list[Visit] = []
        self._last_page = 0.0
        self._hurried = False
        """True while pages come faster than WAIT_S apart."""
        self._rechecked = False

    def open(self, start: Iterable[Link]) -> None:
        """Take up the run where it stands, and enter the start pages unless it knows them."""
        with self.assignment.store.reading() as connection:
            self.schedule.load(connection)
        self._enter(partial(self._begin, list(start)))

    @property
    def pending(self) -> bool:
        """True while there is something to visit or to store."""
        return not self.broken and bool(self.schedule.open or self._claims or self._waiting)

    @property
    def waiting(self) -> bool:
        """True while a page waits for others to be stored with."""
        return bool(self._waiting) and not self.broken

    def next(self) -> Claim | None:
        """The next entry to visit, its try counted; None when there is none now."""
        if not self._claims and not self.schedule.open:
            self.flush()
        if not self._claims and self.schedule.open and not self.broken:
            self._claim()
        return self._claims.popleft() if self._claims and not self.broken else None

    def add(self, visit: Visit) -> None:
        """Store a visit: at once when the crawl is polite, together with others when pages come fast."""
        self._waiting.append(visit)
        now = time.monotonic()
        self._hurried, self._last_page = now - self._last_page < WAIT_S, now
        if len(self._waiting) >= _MOST_AT_ONCE or not self._hurried:
            self.flush()

    def flush(self) -> None:
        """Store every waiting visit. A store that takes nothing at all ends the crawl: what is open stays open."""
        visits, self._waiting = self._waiting, []
        if not visits or self.broken:
            return
        try:
            self._store_all(visits)
        except Exception as exc:
            self._break(exc)

    def recheck(self) -> bool:
        """Once, when nothing is left to ask: enter what no list page led to; True when there is any."""
        if self._rechecked or self.broken:
            return False
        self._rechecked = True
        self._enter(self.revisits.vanished)
        return self.pending

    def close(self, leftover: Outcome | None, why: str) -> None:
        """Store what waits; with `leftover`, give every open entry that outcome."""
        self.flush()
        if leftover is not None and not self.broken:
            now = self.assignment.clock()
            with self._writing() as connection:
                frontier.close_open(connection, self.assignment.run_id, leftover, why, now=now)

    def learner(self) -> SiteLearner:
        """What earlier crawls learned about the source's pages."""
        with self.assignment.store.reading() as connection:
            return SiteLearner(learned.load(connection, self.assignment.spec.id))

    def keep(self, learner: SiteLearner) -> None:
        """Keep what was learned for the next crawl; a replay of old pages teaches nothing about today's."""
        if self.broken or self.assignment.archived or not learner.templates:
            return
        try:
            with self._writing() as connection:
                learned.save(connection, self.assignment.spec.id, learner.state(), at=self.assignment.clock())
        except Exception:  # the next crawl learns again; the pages of this one are stored
            logs.print_crash()

    def _break(self, exc: Exception) -> None:
        logs.print_crash()
        self.broken = f"nothing can be stored: {type(exc).__name__}: {exc}"[:300]

    def _begin(self, start: list[Link], connection: Connection) -> list[Link]:
        self.revisits.begin(connection)
        return start

    def _enter(self, links: Callable[[Connection], list[Link]]) -> None:
        """Enter links in a transaction of their own."""
        staged: Staged = {}
        try:
            with self._writing() as connection:
                self.schedule.enter(connection, links(connection), staged, now=self.assignment.clock())
        except Exception as exc:
            self._break(exc)
        else:
            self.schedule.adopt(staged)

    def _claim(self) -> None:
        try:
            with self._writing() as connection:
                claims = self.schedule.claim(connection, hurried=self._hurried)
        except Exception as exc:
            self._break(exc)
        else:
            self.schedule.claimed(claims)
            self._claims.extend(claims)

    def _store_all(self, visits: Sequence[Visit], *, again: bool = True) -> None:
        """Store visits together; where that fails, each for itself, and one that is to blame without its content.

        A database that was busy, or broke a deadlock, blames nobody: then a visit is stored once more as it is.
        """
        try:
            self._store(visits)
        except FencedOut:
            raise
        except Exception as exc:
            logs.print_crash()
            if len(visits) > 1:
                for visit in visits:
                    self._store_all([visit])
            elif again and isinstance(exc, OperationalError):
                self._store_all(visits, again=False)
            else:
                self._store([_without_content(visits[0], exc)])

    def _store(self, visits: Sequence[Visit]) -> None:
        visits = self._without_stopped(visits)
        captures = self._keep_evidence(visits)
        staged: Staged = {}
        with self._writing() as connection:
            for visit, capture in zip(visits, captures, strict=True):
                self._store_one(connection, visit, capture, staged)
        self.schedule.adopt(staged)

    def _without_stopped(self, visits: Sequence[Visit]) -> list[Visit]:
        """Visits without ads that were stopped or erased, nor the page such an ad stood on."""
        every = [posting for visit in visits for posting in visit.harvest.postings]
        with self.assignment.store.reading() as connection:
            names, contents = {_posting_id(one) for one in every}, {_content(one) for one in every}
            known = stopped.among(connection, names, contents) | erased.among(connection, names, contents)
        return [_without(visit, known) for visit in visits] if known else list(visits)

    def _keep_evidence(self, visits: Sequence[Visit]) -> list[Capture | None]:
        """Put on disk, fsynced, what the ads were read from; an exchange in which every ad is as it was is no news."""
        versions = [{_version_id(posting) for posting in visit.harvest.postings} for visit in visits]
        with self.assignment.store.reading() as connection:
            known = postings.known_versions(connection, set().union(*versions))
        news: list[Visit] = []
        for visit, found in zip(visits, versions, strict=True):
            if visit.exchange is not None and (visit.harvest.keep or not found <= known):
                news.append(visit)
            known |= found
        written = self.assignment.archive.put_many([visit.exchange for visit in news if visit.exchange])
        captures = dict(zip([visit.seq for visit in news], written, strict=True))
        return [captures.get(visit.seq) for visit in visits]

    def _writing(self) -> AbstractContextManager[Connection]:
        name = self.assignment.name or self.assignment.spec.id
        return leases.writing(self.assignment.store, name, self.assignment.fence)

    def _store_one(self, connection: Connection, visit: Visit, capture: Capture | None, staged: Staged) -> None:
        if capture:
            postings.add_capture(connection, capture, self.assignment.run_id)
        old = visit.exchange if self.assignment.archived else None
        seen_at = old.fetched_at if old else self.assignment.as_of
        facts = [_record(connection, posting, capture, seen_at) for posting in visit.harvest.postings]
        links = list(visit.harvest.links)
        if visit.unchanged:
            more, again = self.revisits.unchanged(connection, visit)
            facts += more
            links += again
        elif visit.gone:
            self.revisits.gone(connection, visit)
        elif visit.exchange is not None:
            self.revisits.remember(connection, visit, [fact.id for fact in facts])
        brought = [fact.row() for fact in facts]
        now = self.assignment.clock()
        frontier.close(connection, visit.seq, visit.outcome, visit.reason, visit.status, now=now, brought=brought)
        self.schedule.enter(connection, links, staged, now=now)


def _record(connection: Connection, posting: Posting, capture: Capture | None, seen_at: datetime) -> AdFacts:
    evidence = capture.id if capture else None
    return AdFacts.of(posting, postings.record(connection, posting, capture_id=evidence, seen_at=seen_at)[1])


def _without_content(visit: Visit, exc: Exception) -> Visit:
    """A visit whose content cannot be stored: failed, for everybody to see; its links are followed all the same."""
    links = Harvest(links=visit.harvest.links)
    reason = f"cannot be stored: {type(exc).__name__}"
    return replace(visit, outcome=Outcome.FAILED, reason=reason, exchange=None, harvest=links)


def _without(visit: Visit, known: set[str]) -> Visit:
    """A visit without the ads whose id or content is known as stopped or erased; its page is not kept either."""
    kept = [one for one in visit.harvest.postings if not {_posting_id(one), _content(one)} & known]
    if len(kept) == len(visit.harvest.postings):
        return visit
    harvest = replace(visit.harvest, postings=kept)
    if kept:
        return replace(visit, exchange=None, harvest=harvest)
    return replace(
        visit, outcome=Outcome.SKIPPED, reason="stopped or erased: not stored", exchange=None, harvest=harvest
    )


def _posting_id(posting: Posting) -> str:
    return ids.posting_id(posting.source, posting.native_id)


def _content(posting: Posting) -> str:
    return ids.posting_content_hash(posting)


def _version_id(posting: Posting) -> str:
    return ids.version_id(_posting_id(posting), _content(posting))
