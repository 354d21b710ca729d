"""The evidence archive and the captures table, compared both ways. Only reads; what to do about a fault is for people.

Files are listed before rows are read and looked up once more at the end, so that a crawl that writes meanwhile raises
no false alarm.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Select, select

from zorya.domain.ads import Capture
from zorya.errors import EvidenceError
from zorya.evidence import Archive
from zorya.store.engine import Store
from zorya.store.presence import chunks
from zorya.store.schema import captures

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """One disagreement: `missing` or `altered` evidence, or an `orphan` file that no capture names."""

    kind: str
    file: str
    detail: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a check found: captures in the database, how many were read and are sound, files on disk, faults."""

    captures: int
    read: int
    sound: int
    files: int
    faults: list[Fault] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Faults by kind."""
        found = Counter(fault.kind for fault in self.faults)
        return {kind: found[kind] for kind in ("missing", "altered", "orphan")}


def verify(
    store: Store,
    folder: Path,
    *,
    chosen: frozenset[str] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Comparison:
    """Compare every row with its file and every file with its row.

    `chosen` names the captures whose files are read to the last byte (None: all); the others must only exist.
    `progress` is told after each page of rows how many were looked at.
    """
    archive = Archive(folder)
    before = set(_files(folder))
    count = read = sound = 0
    faults: list[Fault] = []
    named: set[str] = set()
    for rows in _captures(store):
        for capture in rows:
            named.add(capture.warc_file)
            wanted = chosen is None or capture.id in chosen
            fault = _fault(archive, capture, whole=wanted)
            read += wanted
            sound += wanted and fault is None
            faults += [fault] if fault else []
        count += len(rows)
        progress(count)
    faults += _orphans(store, folder, sorted(before - named))
    return Comparison(count, read, sound, len(before), faults)


def _fault(archive: Archive, capture: Capture, *, whole: bool) -> Fault | None:
    exists = (archive.folder / capture.warc_file).is_file()
    if exists and not whole:
        return None
    try:
        archive.verify(capture)
    except EvidenceError as exc:
        return Fault("altered" if exists else "missing", capture.warc_file, str(exc))
    return None


def _orphans(store: Store, folder: Path, suspects: list[str]) -> list[Fault]:
    """Files that still lie there and still have no row, now that everything else has been looked at."""
    found: list[Fault] = []
    with store.reading() as connection:
        for name in suspects:
            query = select(captures.c.id).where(captures.c.sha256 == Path(name).name[:64], captures.c.warc_file == name)
            if (folder / name).exists() and connection.execute(query).first() is None:
                detail = "no capture names this file: a crawl died before it could record it"
                found.append(Fault("orphan", name, detail))
    return found


def _captures(store: Store) -> Iterator[list[Capture]]:
    """All captures by pages of keys: no transaction stays open while files are read."""
    last = ""
    while True:
        with store.reading() as connection:
            rows = _page(connection, select(captures).where(captures.c.id > last))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def of_run(connection: Connection, run_id: str) -> list[Capture]:
    """What a run kept."""
    return _page(connection, select(captures).where(captures.c.run_id == run_id))


def named(connection: Connection, capture_ids: Collection[str]) -> list[Capture]:
    """Captures by their ids, in the order they were fetched."""
    found: list[Capture] = []
    for part in chunks(capture_ids):
        found += _page(connection, select(captures).where(captures.c.id.in_(part)))
    return sorted(found, key=lambda capture: (capture.fetched_at, capture.id))


def _page(connection: Connection, query: Select[tuple[object, ...]]) -> list[Capture]:
    """Captures whose evidence is kept: that of a stopped ad was purged on purpose."""
    kept = query.where(captures.c.purged_at.is_(None))
    return [
        Capture(
            id=row["id"],
            url=row["url"],
            status=row["status"],
            media_type=row["media_type"],
            headers=tuple((name, value) for name, value in row["headers"]),
            fetched_at=row["fetched_at"],
            sha256=row["sha256"],
            warc_file=row["warc_file"],
            warc_offset=row["warc_offset"],
            file_sha256=row["file_sha256"],
        )
        for row in connection.execute(kept.order_by(captures.c.id).limit(_PAGE)).mappings()
    ]


def _files(folder: Path) -> Iterator[str]:
    """Every archived file; a draft that a crash left behind counts too."""
    yield from (path.relative_to(folder).as_posix() for path in folder.glob("*/*") if path.is_file())
