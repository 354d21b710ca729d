"""Copying the embedded database while it is in use, and putting a copy back. Evidence and keys are not touched."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from zorya.errors import PolicyRefusal, StoreError
from zorya.settings import Settings
from zorya.store.engine import HEAD, make_engine


def database_file(settings: Settings) -> Path:
    """File of the embedded database; raises with the right tool's name where PostgreSQL is in use."""
    engine = make_engine(settings.resolved_database_url)
    if engine.dialect.name != "sqlite" or not engine.url.database:
        raise StoreError("this database is PostgreSQL: use `pg_dump -Fc` to back it up and `pg_restore` to put it back")
    return Path(engine.url.database)


def backup(settings: Settings, target: Path) -> int:
    """A consistent copy of the database in force; returns its size. Writers may go on meanwhile."""
    source = database_file(settings)
    if not source.is_file():
        raise StoreError(f"{source}: there is no database to back up yet")
    if target.exists():
        raise PolicyRefusal(f"{target} exists: name another file, a backup never overwrites one")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.touch(mode=0o600, exist_ok=False)
    try:
        _copy(source, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def restore(settings: Settings, copy: Path, *, replace: bool, stamp: str) -> Path | None:
    """Put a copy back; returns where the replaced database was kept (`stamp` is part of its name), if there was one."""
    target = database_file(settings)
    _check(copy)
    kept = None
    if target.is_file():
        if not replace:
            raise PolicyRefusal(f"{target} exists: repeat with --yes to replace it (the present one is kept beside it)")
        kept = target.with_name(f"{target.name}.before-restore-{stamp}")
        backup(settings, kept)
    target.parent.mkdir(parents=True, exist_ok=True)
    _copy(copy, target)
    return kept


def _check(copy: Path) -> None:
    """A copy is taken only when it is whole, ours, and not newer than this code."""
    if not copy.is_file():
        raise StoreError(f"{copy}: there is no such file")
    try:
        with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as exc:
        raise StoreError(f"{copy}: not a Zorya backup ({exc})") from exc
    if verdict != "ok":
        raise StoreError(f"{copy}: damaged ({verdict}); use an older backup")
    if found is None or found[0] > HEAD:
        raise StoreError(f"{copy}: made by a newer Zorya (revision {found and found[0]}); update Zorya first")


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source, timeout=60)) as origin, closing(sqlite3.connect(target, timeout=60)) as copy:
        origin.backup(copy)
