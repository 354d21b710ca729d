"""The schedule of a run: which addresses it knows, which of them it may visit, and in which order they are claimed."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from crawlers.draft import canonical_url
from crawlers.revisits import Decision, Revisits
from crawlers.spec import SourceSpec
from crawlers.visits import Link
from zorya.domain import ids
from zorya.domain.runs import Outcome
from zorya.store import erased, frontier, stopped
from zorya.store.frontier import Entry

LONGEST_URL = 2000
_BOTH = (True, False)
_AT_ONCE = 32
"""Entries claimed at once by a crawl in a hurry."""


@dataclass(frozen=True, slots=True)
class News:
    """An address entered by a transaction that may still fail; `entry` None where it will not be visited."""

    ad: bool
    card: str = ""
    entry: Entry | None = None


Staged = dict[str, News]
"""News of one transaction, by key."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An entry whose try is counted: it may be asked for now."""

    entry: Entry
    link: Link
    headers: dict[str, str]


class Schedule:
    """What one run knows. Changes only after the transaction that stored the same in the frontier."""

    def __init__(self, spec: SourceSpec, run_id: str, revisits: Revisits) -> None:
        self.spec, self.run_id, self.revisits = spec, run_id, revisits
        self.open: deque[Entry] = deque()
        """Entries stored and not yet claimed."""
        self._ads: dict[str, bool] = {}
        """Every known key, True for ads."""
        self._visits = {True: 0, False: 0}
        """Entries (of ads, of other pages) that are or were to be visited."""
        self._cards: dict[str, str] = {}
        self._stopped: set[str] = set()
        """Keys of ads that were stopped or erased."""

    def load(self, connection: Connection) -> None:
        """Take up the run where its frontier stands."""
        self._stopped = {ids.url_key(canonical_url(url)) for url in stopped.addresses(connection, self.spec.id)}
        self._stopped |= erased.url_keys(connection, self.spec.id)
        for one in frontier.known(connection, self.run_id):
            ad = one.reader.startswith("ad:")
            self._ads[one.key] = ad
            self._visits[ad] += one.asked and one.outcome is not Outcome.CAPPED
        self.open.extend(frontier.open_entries(connection, self.run_id))

    def is_list(self, key: str) -> bool:
        """True for an address that the run visits as something else than an ad."""
        return self._ads.get(key) is False

    def enter(self, connection: Connection, links: Sequence[Link], staged: Staged, *, now: datetime) -> None:
        """Enter links the run does not know into the frontier, each with its fate if it will not be visited."""
        fresh: dict[str, Link] = {}
        for link in links:
            key = ids.url_key(canonical_url(link.url))
            if key not in self._ads and key not in staged:
                fresh.setdefault(key, link)
        fresh = self.revisits.narrowed(connection, fresh)
        rows = [(key, link.url[:LONGEST_URL], link.reader_name) for key, link in fresh.items()]
        numbers = frontier.add_all(connection, self.run_id, rows)
        taken = {
            ad: self._visits[ad] + sum(n.entry is not None and n.ad == ad for n in staged.values()) for ad in _BOTH
        }
        for key, link in fresh.items():
            if key in numbers:
                staged[key] = self._decide(connection, link, key, numbers[key], taken[link.ad], now)
                taken[link.ad] += staged[key].entry is not None

    def _decide(self, connection: Connection, link: Link, key: str, seq: int, taken: int, now: datetime) -> News:
        """The one place that decides about a discovered link; `taken` are the visits of its kind so far."""
        what = "ads" if link.ad else "pages"
        limit = self.spec.limits.ads if link.ad else self.spec.limits.pages
        if not link.url.startswith(("http://", "https://")) or len(link.url) > LONGEST_URL:
            frontier.close(connection, seq, Outcome.SKIPPED, "not an address that can be visited", now=now)
        elif key in self._stopped:
            frontier.close(connection, seq, Outcome.SKIPPED, "stopped or erased: never asked for again", now=now)
        elif self.revisits.decide(connection, link, key) is Decision.SIGHTED:
            facts = [fact.row() for fact in self.revisits.sighted(connection, link, key)]
            outcome = Outcome.SIGHTED if link.ad else Outcome.SKIPPED
            frontier.close(connection, seq, outcome, "known and unchanged: not asked for", now=now, brought=facts)
        elif taken >= limit:
            frontier.close(connection, seq, Outcome.CAPPED, f"limits.{what} is {limit}", now=now)
        else:
            return News(link.ad, link.card, Entry(seq, key, link.url, link.reader_name))
        return News(link.ad)

    def adopt(self, staged: Staged) -> None:
        """The transaction is through: its news are to be visited."""
        for key, news in staged.items():
            self._ads[key] = news.ad
            if news.entry is not None:
                self._visits[news.ad] += 1
                self.open.append(news.entry)
                if news.card:
                    self._cards[key] = news.card

    def claim(self, connection: Connection, *, hurried: bool) -> list[Claim]:
        """Count a try for the next entries. Suspects, tried before, go one by one: no other shares their fate."""
        most = _AT_ONCE if hurried and not self.open[0].tries else 1
        entries = [self.open[index] for index in range(min(most, len(self.open)))]
        frontier.claim(connection, [entry.seq for entry in entries])
        claims = []
        for entry in entries:
            found = self.revisits.link_of(entry.url, entry.reader)
            link = replace(found, card=self._cards.get(entry.key, ""))
            claims.append(Claim(entry, link, self.revisits.headers(connection, link, entry.key)))
        return claims

    def claimed(self, claims: Sequence[Claim]) -> None:
        """The claim is stored: these entries are no longer waiting."""
        for _ in claims:
            self.open.popleft()
