"""The evidence archive and the captures table, compared both ways."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from zorya.errors import EvidenceError
from zorya.evidence import Archive
from zorya.store.engine import Store
from zorya.store.schema import captures


@dataclass(frozen=True, slots=True)
class Fault:
    """One disagreement: `missing` or `altered` evidence, or an `orphan` file that no capture names."""

    kind: str
    file: str
    detail: str


def verify(store: Store, folder: Path) -> tuple[int, list[Fault]]:
    """Read every archived capture; returns how many are sound, and the faults."""
    archive = Archive(folder)
    sound, faults, named = 0, [], set()
    with store.reading() as connection:
        for warc_file, sha256 in _captures(connection):
            named.add(warc_file)
            try:
                archive.get(warc_file, sha256)
                sound += 1
            except EvidenceError as exc:
                kind = "altered" if (folder / warc_file).exists() else "missing"
                faults.append(Fault(kind, warc_file, str(exc)))
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if name not in named:
            faults.append(Fault("orphan", name, "no capture names this file: a crawl died before it could record it"))
    return sound, faults


def _captures(connection: Connection) -> Iterator[tuple[str, str]]:
    query = select(captures.c.warc_file, captures.c.sha256).order_by(captures.c.id)
    for row in connection.execution_options(yield_per=500).execute(query):
        yield row.warc_file, row.sha256


def _files(folder: Path) -> Iterator[Path]:
    """Every archived file; a draft that a crash left behind counts too."""
    yield from sorted(path for path in folder.glob("*/*") if path.is_file())
