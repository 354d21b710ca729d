"""What people may ask of us, carried out everywhere: erase, hold, release.

The erasure list (`zorya.erasure_list`) is written first, then database, evidence and labels follow it. What a crash
breaks off is ended by doing it again, or by `zorya privacy apply`.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from filelock import FileLock
from sqlalchemy import Select, select

from labeling import erasing as label_erasing
from zorya.erasure_list import ErasureList, Subject, lines_of
from zorya.errors import NothingToDo
from zorya.settings import Settings
from zorya.store import Store, audit, erased, erasing
from zorya.store.presence import chunks
from zorya.store.schema import versions


@dataclass(frozen=True, slots=True)
class Carried:
    """What an erasure did: ads gone and ads on hold, evidence files, labelled ads by snapshot and by imported set, and
    the digests, as (partner, number), whose partners must be asked to erase, too."""

    ads: int
    held: int
    files: int
    snapshots: dict[str, int]
    imports: dict[str, int]
    told: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asks for an act, on what grounds, and when."""

    by: str
    grounds: str
    at: datetime


def reach(store: Store, settings: Settings, subjects: Sequence[Subject]) -> tuple[set[str], set[str]]:
    """Ads that an erasure would reach, and those of them that are on hold."""
    with store.reading() as connection:
        found = erasing.ads_of(connection, subjects)
        return found, erasing.held_among(connection, ErasureList(settings), found)


def erase(store: Store, settings: Settings, subjects: Sequence[Subject], wish: Wish) -> Carried:
    """Erase all ads of these subjects that were seen until now. PolicyRefusal without grounds."""
    with _listed(store, settings, "erase", subjects, wish):
        return _carry_out(store, settings, subjects, wish)


def hold(store: Store, settings: Settings, subjects: Sequence[Subject], wish: Wish) -> None:
    """Put subjects on legal hold: no wish and no age erases their ads until it is released."""
    with _listed(store, settings, "hold", subjects, wish):
        return


def release(store: Store, settings: Settings, subjects: Sequence[Subject], wish: Wish) -> Carried:
    """End holds that somebody else placed, and erase what was to be erased meanwhile."""
    with _listed(store, settings, "release", subjects, wish) as listed:
        owed = [subject for subject in subjects if listed.wish([subject])]
        return _carry_out(store, settings, owed, wish, reached=subjects)


@contextmanager
def _listed(
    store: Store, settings: Settings, act: str, subjects: Sequence[Subject], wish: Wish
) -> Iterator[ErasureList]:
    """Write an act to the list, one process at a time: the database hears of it first, so that only one from before
    the act knows less than the list."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.home / ".erasures.lock"):
        listed = ErasureList(settings)
        lines = listed.drawn(act, subjects, by=wish.by, grounds=wish.grounds, at=wish.at)
        with store.writing() as connection:
            erased.mark(connection, "announced", listed.size + len(lines_of(lines)))
            for line in lines:
                name = f"privacy.{act}"
                audit.add(connection, at=wish.at, actor=wish.by, action=name, object=line.token, reason=line.grounds)
        listed.append(lines)
        yield listed
        with store.writing() as connection:
            erased.mark(connection, "applied", listed.size)


def _carry_out(
    store: Store, settings: Settings, subjects: Sequence[Subject], wish: Wish, *, reached: Sequence[Subject] = ()
) -> Carried:
    listed = ErasureList(settings)
    with store.reading() as connection:
        ads = erasing.wished(connection, listed, erasing.ads_of(connection, [*subjects, *reached]))
        held = erasing.held_among(connection, listed, ads)
        gone = {version for part in chunks(ads - held) for version in connection.scalars(_versions(part))}
        kept = {version for part in chunks(held) for version in connection.scalars(_versions(part))}
    done = erasing.erase(store, settings, ads, why=erased.ASKED, by=wish.by, at=wish.at)
    tokens = [each.value for each in subjects if each.kind == "contact"]
    snapshots, imports = _erase_labels(store, settings, gone, tokens, kept, wish)
    for preview in settings.home.glob("preview-*.html"):
        preview.unlink(missing_ok=True)  # a digest that somebody looked at
    return Carried(len(done.ads), len(done.held), done.files, snapshots, imports, done.told)


def _erase_labels(
    store: Store, settings: Settings, ids: Collection[str], tokens: Collection[str], kept: Collection[str], wish: Wish
) -> tuple[dict[str, int], dict[str, int]]:
    listed = ErasureList(settings)
    free = [token for token in tokens if not listed.is_held([Subject("contact", token)])]
    who = {"reason": wish.grounds, "actor": wish.by, "at": wish.at}
    try:
        done = label_erasing.erase(store, settings, ids=ids, tokens=free, kept=kept, **who)  # type: ignore[arg-type]
    except NothingToDo:
        return {}, {}
    return done.snapshots, done.imports


def _versions(posting_ids: Collection[str]) -> Select[str]:
    return select(versions.c.id).where(versions.c.posting_id.in_(posting_ids))
