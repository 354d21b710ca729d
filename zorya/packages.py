"""Evidence handed on: what the store and the archive hold about some ids, put into one package and noted in the log."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from zorya import __version__
from zorya.domain.day_roots import DayRoot
from zorya.errors import NothingToDo
from zorya.evidence import Archive
from zorya.evidence.packaging import Contents, Occasion, Packed, pack
from zorya.settings import Settings
from zorya.store import Store, audit, dossier, exhibits, roots


@dataclass(frozen=True, slots=True)
class Handed:
    """A package that was made: how many captures are in it, its digest, and who time-stamped it."""

    captures: int
    packed: Packed


def make(
    store: Store, settings: Settings, names: tuple[str, ...], *, target: Path, by: str, reason: str, as_of: datetime
) -> Handed:
    """Write a package about ids of campaigns, postings, versions or captures to `target`.

    Raises NothingToDo when no capture stands behind them, ZoryaError for an id that nothing has, EvidenceError when a
    capture is damaged or the target exists. The log has one entry for each id, with the package's digest.
    """
    with store.reading() as connection:
        contents = _contents(connection, names)
    if not contents.exhibits:
        raise NothingToDo(f"no capture stands behind {', '.join(names)}: nothing to hand on")
    occasion = Occasion(as_of, by, reason, names, f"zorya {__version__}")
    authorities = settings.evidence.timestamp_authorities
    packed = pack(Archive(settings.evidence_dir), contents, occasion, target, authorities)
    with store.writing() as connection:
        for name in dict.fromkeys(names):
            noted: dict[str, Any] = {"object": name, "reason": f"{reason} [{packed.digest}]"}
            audit.add(connection, at=as_of, actor=by, action="evidence-export", **noted)
    return Handed(len(contents.exhibits), packed)


def _contents(connection: Connection, names: tuple[str, ...]) -> Contents:
    found = exhibits.behind(connection, names)
    capture_ids = [one.capture.id for one in found]
    proofs = roots.proofs(connection, capture_ids)
    days = sorted({proof.day for proof in proofs.values()})
    return Contents(
        exhibits=[(one.capture, one.ads) for one in found],
        dossier=dossier.collect(connection, names, capture_ids),
        proofs=proofs,
        roots=[(_root(connection, day), roots.stamps(connection, day)) for day in days],
    )


def _root(connection: Connection, day: Any) -> DayRoot:
    root = roots.of_day(connection, day)
    assert root is not None  # noqa: S101 - a proof names a day that has one
    return root
