"""Pages a source's crawls have read: what a conditional request needs, what each page brought, and the last full sweep.

A row is written in the transaction that stores what the page brought, so a page that is remembered was never lost.
`reading` names what the reading depended on; a row of another reading is known by address only. A *sweep* is a crawl
that read every list page of its source; it is a row of its own, under a key no address can have.
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Executable, RowMapping, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from zorya.domain.runs import Outcome
from zorya.store.presence import chunks
from zorya.store.schema import frontier, visited_pages

_SWEEP = "sweep"
_KEYS = ("source", "url_key")
_COMPLETE, _LIMITED, _UNORDERED, _OWING = "complete", "limited", "unordered", "owing"


_BY_KEY = select(visited_pages).where(
    visited_pages.c.source == bindparam("of"), visited_pages.c.url_key.in_(bindparam("keys", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Found:
    """A link that a page held: address, name of its reader, digest of its card (empty when it has none)."""

    url: str
    reader: str
    card: str = ""
    deeper: bool = False


@dataclass(frozen=True, slots=True)
class Visited:
    """One page as it was last read. `key` is `ids.url_key` of the canonical address, `reader` who read it."""

    key: str
    url: str
    reader: str
    reading: str
    read_at: datetime
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    """Of the payload, hex; empty for a page that was asked for and could not be read."""
    card: str = ""
    links: tuple[Found, ...] = ()
    posting_ids: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        """True for a page that leads to ads, or holds several; False for the own page of one."""
        return self.reader.startswith("page:")


def remember(connection: Connection, source: str, page: Visited) -> None:
    """Note a page as it was just read, over what was known of it; a later crawl's knowledge stays."""
    row = {
        "source": source,
        "url_key": page.key,
        "url": page.url,
        "etag": page.etag,
        "last_modified": page.last_modified,
        "sha256": page.sha256,
        "card": page.card,
        "reading": page.reading,
        "links": {"reader": page.reader, "found": [astuple(one) for one in page.links]},
        "posting_ids": list(page.posting_ids),
        "read_at": page.read_at,
    }
    connection.execute(_remembering(connection.dialect.name), row)


@cache
def _remembering(dialect_name: str) -> Executable:
    """The statement without values: every page needs it, and building it costs more than running it."""
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    statement = dialect.insert(visited_pages)
    keys = [visited_pages.c.source, visited_pages.c.url_key]
    changed = {column.name: statement.excluded[column.name] for column in visited_pages.c if column.name not in _KEYS}
    older = visited_pages.c.read_at <= statement.excluded.read_at
    done: Executable = statement.on_conflict_do_update(index_elements=keys, set_=changed, where=older)
    return done


def pages(connection: Connection, source: str, keys: Iterable[str]) -> dict[str, Visited]:
    """What is known of these pages, by key; unknown ones are left out."""
    found: dict[str, Visited] = {}
    for chunk in chunks(keys):
        for row in connection.execute(_BY_KEY, {"of": source, "keys": chunk}).mappings():
            found[row["url_key"]] = _visited_of(row)
    return found


def read_until(connection: Connection, source: str, last: datetime) -> Iterator[list[Visited]]:
    """Pages last read at or before a moment, longest unread first, some at a time: a large board has many."""
    ours = (visited_pages.c.source == source, visited_pages.c.url_key != _SWEEP, visited_pages.c.read_at <= last)
    query = select(visited_pages.c.url_key).where(*ours).order_by(visited_pages.c.read_at, visited_pages.c.url_key)
    for keys in chunks(connection.execute(query).scalars()):
        found = pages(connection, source, keys)
        yield [found[key] for key in keys]


@dataclass(frozen=True, slots=True)
class Sweep:
    """A crawl that read all list pages; not `complete` when it ended at the source's own limit of pages.

    `ordered` is False when it found new ads behind pages that showed nothing new: the board is not sorted by age.
    """

    at: datetime
    complete: bool
    ordered: bool = True


def last_sweep(connection: Connection, source: str) -> Sweep | None:
    """The newest sweep of a source."""
    query = select(visited_pages.c.read_at, visited_pages.c.card, visited_pages.c.etag)
    row = connection.execute(query.where(visited_pages.c.source == source, visited_pages.c.url_key == _SWEEP)).first()
    return Sweep(row.read_at, row.card == _COMPLETE, row.etag != _UNORDERED) if row else None


def note_sweep(connection: Connection, source: str, sweep: Sweep) -> None:
    """Note a sweep, over the one before."""
    kind = _COMPLETE if sweep.complete else _LIMITED
    order = "" if sweep.ordered else _UNORDERED
    remember(connection, source, Visited(_SWEEP, "", _SWEEP, "", sweep.at, card=kind, etag=order))


def owe_sweep(connection: Connection, source: str, *, owing: bool = True) -> bool:
    """Note that a crawl has begun, or (`owing` False) ended well; True when one before it had begun and had not.

    Kept with the last sweep: a source that had none is swept anyway.
    """
    ours = (visited_pages.c.source == source, visited_pages.c.url_key == _SWEEP)
    before = connection.execute(select(visited_pages.c.last_modified).where(*ours)).scalar()
    connection.execute(update(visited_pages).where(*ours).values(last_modified=_OWING if owing else ""))
    return before == _OWING


def outcomes_of(connection: Connection, run_id: str) -> tuple[set[str], set[str]]:
    """What became of a run's list pages, and of its ads: two sets of outcomes; an entry still open adds `open`."""
    query = select(frontier.c.reader, frontier.c.outcome).where(frontier.c.run_id == run_id).distinct()
    lists: set[str] = set()
    ads: set[str] = set()
    for reader, outcome in connection.execute(query):
        (lists if reader.startswith("page:") else ads).add(outcome or "open")
    return lists, ads


def ads_asked(connection: Connection, run_id: str) -> int:
    """How many ads a run has asked for, or will; one that was only sighted is none."""
    ads = (frontier.c.run_id == run_id, frontier.c.reader.startswith("ad:"))
    asked = or_(frontier.c.outcome.is_(None), frontier.c.outcome != Outcome.SIGHTED)
    return int(connection.execute(select(func.count()).select_from(frontier).where(*ads, asked)).scalar_one())


def list_page_count(connection: Connection, source: str, reading: str) -> int:
    """How many list pages of a source are remembered under a reading."""
    query = select(visited_pages.c.links).where(visited_pages.c.source == source, visited_pages.c.reading == reading)
    return sum(links["reader"].startswith("page:") for (links,) in connection.execute(query))


def _visited_of(row: RowMapping) -> Visited:
    return Visited(
        key=row["url_key"],
        url=row["url"],
        reader=row["links"]["reader"],
        reading=row["reading"],
        read_at=row["read_at"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        sha256=row["sha256"],
        card=row["card"],
        links=tuple(Found(*one) for one in row["links"]["found"]),
        posting_ids=tuple(row["posting_ids"]),
    )
