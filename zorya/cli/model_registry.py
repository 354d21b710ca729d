"""Verbs of stored models: list, challenge, promote, rollback, history."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zorya.cli.output import NOTHING_TO_DO, PARTIAL, emit, now, say, table
from zorya.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from zorya.store.promotions import Promotion

AsJson = Annotated[bool, typer.Option("--json")]
Name = Annotated[str | None, typer.Option("--name", help="Recipe whose models are meant; the configured one.")]
Reason = Annotated[str, typer.Option(help="Why; kept in the history and the audit log.")]


def register(group: typer.Typer) -> None:
    """Add the verbs to `zorya model`."""
    group.command("list")(model_list)
    group.command("challenge")(model_challenge)
    group.command("promote")(model_promote)
    group.command("rollback")(model_rollback)
    group.command("history")(model_history)


def model_list(name: Name = None, as_json: AsJson = False) -> None:
    """Stored models, oldest first, with the alias each bears; exit code 4 where one is damaged."""
    from models.registry.files import names

    folder, _ = where(None)
    rows, faults = [], []
    for each in [name] if name else names(folder):
        found, told = _listed(folder, each)
        rows += found
        faults += told
    if as_json:
        emit(rows)
    elif rows:
        columns = ("alias", "name", "version", "kind", "trained_at", "snapshot")
        table(columns, [tuple(row.get(column, "") for column in columns) for row in rows])
    for fault in faults:
        say(f"zorya: damaged: {fault}")
    if faults:
        raise typer.Exit(PARTIAL)
    if not rows:
        say("zorya: no model is stored; `zorya model train` makes one")
        raise typer.Exit(NOTHING_TO_DO)


def _listed(folder: "Path", name: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows of a name, the sound versions first, and what is damaged of it, a sentence each."""
    from models.registry.aliases import Alias, aliased
    from models.registry.files import shelf

    aliases, faults = {}, []
    for alias in reversed(Alias):
        try:
            aliases[aliased(folder, name, alias)] = alias.value
        except ModelError as exc:
            faults.append(f"{folder / name / alias.value}: {exc}; write a stored version's name into it")
    held = shelf(folder, name)
    rows = [asdict(each) | {"alias": aliases.get(each.version, "")} for each in held.sound]
    rows += [
        {"alias": aliases.get(each.version, ""), "name": name, "version": each.version, "kind": "damaged",
         "damaged": each.why}
        for each in held.damaged
    ]  # fmt: skip
    return rows, faults + [each.why for each in held.damaged]


def model_challenge(
    version: Annotated[str | None, typer.Argument(help="A version or name@version; none with --stop.")] = None,
    stop: Annotated[bool, typer.Option("--stop", help="No version scores in shadow any longer.")] = False,
    days: Annotated[
        int, typer.Option(min=0, help="Score the ads of the last days at once; the newest 2,000 at most.")
    ] = 7,
    name: Name = None,
) -> None:
    """Let a stored version score in shadow: each ad that comes, beside the model in use; `zorya model shadow` tells."""
    from models.registry.aliases import resolve
    from models.registry.promotion import challenge
    from models.watch.shadow import catch_up
    from zorya.settings import load_settings
    from zorya.store import open_store

    if stop == (version is not None):
        raise typer.BadParameter("name a version, or say --stop")
    folder, which = where(name or (version.split("@")[0] if version and version.find("@") > 0 else None))
    settings = load_settings()
    store = open_store(settings)
    chosen = resolve(folder, which, version) if version else None
    challenge(store, settings, which, chosen, actor=who(), at=now())
    if chosen is None:
        say(f"{which} has no challenger any longer")
        return
    done = catch_up(store, settings, days=days, as_of=now()) if which == settings.model_recipe else 0
    say(f"{which}@{chosen} scores in shadow; {done:,} ads of the last {days} days are scored already")


def model_promote(version: str, reason: Reason, name: Name = None) -> None:
    """Put a stored version in use (a version, name@version or @challenger)."""
    from models.registry.aliases import resolve
    from models.registry.promotion import promote
    from zorya.settings import load_settings
    from zorya.store import open_store

    folder, which = where(name or (version.split("@")[0] if version.find("@") > 0 else None))
    version, settings = resolve(folder, which, version), load_settings()
    if settings.promotion.gold is None:
        say("zorya: no gold set is named (`promotion.gold`): recall is not compared with that of the model in use")
    done = promote(open_store(settings), settings, which, version, actor=who(), reason=reason, at=now())
    say(f"{which}@{version} is in use; before it: {done.was or 'none'}")


def model_rollback(reason: Reason, name: Name = None) -> None:
    """Put the version that was in use before in use again."""
    from models.registry.promotion import rollback
    from zorya.settings import load_settings
    from zorya.store import open_store

    _, which = where(name)
    settings = load_settings()
    done = rollback(open_store(settings), settings, which, actor=who(), reason=reason, at=now())
    say(f"{which}@{done.became} is in use again; it replaces {done.was}")


def model_history(
    name: Name = None,
    at: Annotated[str | None, typer.Option(help="Only what was in use at this moment (ISO date or time, UTC).")] = None,
    as_json: AsJson = False,
) -> None:
    """Who put which model in use, when and why."""
    from models.registry.promotion import history, in_use_at
    from zorya.settings import load_settings
    from zorya.store import open_store

    folder, which = where(name)
    acts = history(open_store(load_settings()), folder, which)
    if at is not None:
        found = in_use_at(acts, _moment(at))
        acts = [found] if found else []
    _show(acts, as_json)


def _show(acts: "list[Promotion]", as_json: bool) -> None:
    if not acts:
        say("zorya: no model was in use")
        raise typer.Exit(NOTHING_TO_DO)
    if as_json:
        emit([asdict(act) for act in acts])
        return
    rows = [(f"{act.at:%Y-%m-%d %H:%M}", act.act, act.became, act.was, act.actor, act.reason) for act in acts]
    table(("at (UTC)", "act", "in use", "before", "who", "why"), rows, title=acts[0].name)


def _moment(text: str) -> datetime:
    """A moment as typed; a date alone means its end, so that the day's last act counts."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise typer.BadParameter(f"{text!r} is no ISO date or time, such as 2026-11-26 or 2026-11-26T09:00") from exc
    if len(text) == len("2026-11-26"):
        moment = moment.replace(hour=23, minute=59, second=59)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def where(name: str | None) -> "tuple[Path, str]":
    """Folder of the models, and the name that is meant: the one given, or the configured recipe."""
    from zorya.settings import load_settings

    settings = load_settings()
    return settings.models_dir, name or settings.model_recipe


def who() -> str:
    """Who acts: the account that runs the command."""
    import getpass

    return getpass.getuser()
