"""Verbs of the operator: self-check, settings, database, audit log."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from zorya.cli.output import OK, PARTIAL, emit, now, say, table
from zorya.settings import Settings, load_settings, origin_of

JsonFlag = Annotated[bool, typer.Option("--json", help="One JSON value on stdout.")]
_SECRET = ("password", "secret", "token", "_key")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    panel = "Operators"
    app.command("doctor", rich_help_panel=panel)(doctor)
    groups: dict[str, tuple[str, dict[str, Callable[..., None]]]] = {
        "settings": ("What is set, and where it was set.", {"show": settings_show}),
        "db": ("The database.", {"upgrade": db_upgrade, "backup": db_backup, "restore": db_restore}),
        "audit": ("Who saw, changed, sent or exported what.", {"tail": audit_tail, "verify": audit_verify}),
    }
    for name, (about, verbs) in groups.items():
        group = typer.Typer(no_args_is_help=True, help=about)
        for verb, command in verbs.items():
            group.command(verb)(command)
        app.add_typer(group, name=name, rich_help_panel=panel)


def doctor(
    *,
    data_files: Annotated[
        bool, typer.Option("--data-files", help="Only read every data file with its schema.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Say what is missing and how to mend it; exit code 4 when something is."""
    from zorya import compiled
    from zorya.cli import checks

    compiled.keep_in(None)  # a check changes nothing, and takes nothing from before on trust
    settings = load_settings()
    found = checks.data_files(settings) if data_files else checks.everything(settings)
    if as_json:
        emit([{"name": c.name, "state": c.state, "detail": c.detail, "remedy": c.remedy} for c in found])
    else:
        for check in found:
            mend = f" → {check.remedy}" if check.state == "bad" else ""
            typer.echo(f"{check.state:<5} {check.name:<11} {check.detail}{mend}")
    raise typer.Exit(PARTIAL if any(check.state == "bad" for check in found) else OK)


def settings_show(
    *,
    origin: Annotated[bool, typer.Option("--origin", help="Add where each value comes from.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """The settings in force; secrets are hidden."""
    rows = [(key, _shown(key, value), origin_of(key)) for key, value in _flat(load_settings()).items()]
    if as_json:
        emit([{"key": key, "value": value, "origin": where} for key, value, where in rows])
    elif origin:
        table(("setting", "value", "origin"), [(key, _plain(value), where) for key, value, where in rows])
    else:
        table(("setting", "value"), [(key, _plain(value)) for key, value, _ in rows])


def db_upgrade() -> None:
    """Bring the database to the revision this code needs."""
    from zorya.errors import StoreError
    from zorya.store.engine import HEAD, make_engine, revision_of, upgrade

    settings = load_settings()
    engine = make_engine(settings.resolved_database_url)
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    before = revision_of(engine)
    if before is not None and before > HEAD:
        raise StoreError(f"the database is at revision {before}, newer than this code ({HEAD}): update Zorya")
    upgrade(engine)
    say(f"database at revision {HEAD}" + (" already" if before == HEAD else f" (was {before or 'empty'})"))


def db_backup(file: Annotated[Path, typer.Argument(help="Where the copy goes; must not exist.")]) -> None:
    """Copy the embedded database while it is in use. Keep evidence and keys by other means: they are not in it."""
    from zorya.store.backup import backup

    size = backup(load_settings(), file)
    say(f"{file}: {size} bytes")


def db_restore(
    file: Annotated[Path, typer.Argument(help="A file made by `zorya db backup`.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Replace the present database; it is kept beside.")] = False,
) -> None:
    """Put a backup back; what was erased since is erased again. `zorya evidence verify` shows what else differs."""
    from zorya.store import erasing, open_store
    from zorya.store.backup import restore
    from zorya.store.engine import make_engine, upgrade

    settings = load_settings()
    kept = restore(settings, file, replace=yes, stamp=f"{now():%Y%m%dT%H%M%S}")
    say("database restored" + (f"; the replaced one is {kept}" if kept else ""))
    if not (settings.home / "erasures.jsonl").exists():
        return
    upgrade(make_engine(settings.resolved_database_url))  # an older backup knows no erasures yet
    store = open_store(settings, unerased=True)
    try:
        done = erasing.apply(store, settings, by="command line", at=now())
    finally:
        store.close()
    say(f"{len(done.ads)} ads erased again, {len(done.held)} on hold stay; {kept or 'other copies'} still hold them")


def audit_tail(
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many entries.")] = 20,
    as_json: JsonFlag = False,
) -> None:
    """The newest entries of the audit log."""
    from zorya.store import audit, open_store

    store = open_store(load_settings())
    with store.reading() as connection:
        entries = audit.page(connection, limit=limit)
    if as_json:
        for entry in entries:
            emit(entry)
        return
    columns = ("seq", "at", "actor", "action", "object", "reason")
    table(columns, [[entry[column] for column in columns] for entry in entries])


def audit_verify(*, as_json: JsonFlag = False) -> None:
    """Walk the hash chain of the audit log; exit code 4 at the first entry that does not fit."""
    from zorya.store import audit, open_store

    store = open_store(load_settings())
    with store.reading() as connection:
        bad = audit.first_bad(connection)
        newest = audit.page(connection, limit=1)
    entries = newest[0]["seq"] if newest else 0
    if as_json:
        emit({"entries": entries, "first_bad": bad, "head": newest[0]["hash"] if newest else None})
    elif bad is None:
        typer.echo(f"{entries} entries, the chain holds")
    else:
        typer.echo(f"the chain breaks at entry {bad}: it, or one before it, was changed, inserted or removed")
    raise typer.Exit(OK if bad is None else PARTIAL)


def _flat(settings: Settings) -> dict[str, Any]:
    """Dotted keys and JSON-ready values."""
    flat: dict[str, Any] = {}
    for key, value in settings.model_dump(mode="json").items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": item for inner, item in value.items()}
        else:
            flat[key] = value
    return flat


def _shown(key: str, value: Any) -> Any:
    if key == "database_url" and value:
        from sqlalchemy import make_url

        return make_url(value).render_as_string(hide_password=True)
    return "(hidden)" if value and any(word in key for word in _SECRET) else value


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
