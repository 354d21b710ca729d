"""Putting a model in use and taking it back: a person's acts, with a reason, kept for ever."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from models.registry.aliases import Alias, aliased, champion, set_alias
from models.registry.gates import refusals
from models.registry.kinds import load_model
from models.registry.manifest import FILE, home_of, manifest_of
from zorya.domain.ids import sha256_hex
from zorya.errors import ModelError, NothingToDo, PolicyRefusal
from zorya.settings import Settings
from zorya.store import Store, audit, promotions
from zorya.store.promotions import Promotion

ITSELF = "zorya"
"""Who put the first model of a name in use: a fresh install must be able to screen."""


def promote(
    store: Store, settings: Settings, name: str, version: str, *, actor: str, reason: str, at: datetime
) -> Promotion:
    """Put a stored version in use; the one before becomes `previous`. The model is loaded first: what cannot be read
    is not put in use. Raises NothingToDo where it is in use, PolicyRefusal without a reason or where a gate is shut.
    """
    folder = settings.models_dir
    if champion(folder, name) == version:
        raise NothingToDo(f"{name}@{version} is in use already")
    _asked_for(reason)
    shut = refusals(store, settings, name, version, as_of=at)
    if shut:
        raise PolicyRefusal(f"{name}@{version} is not put in use:\n" + "\n".join(f"- {each}" for each in shut))
    return _put_in_use(store, folder, name, version, act="promote", actor=actor, reason=reason, at=at)


def rollback(store: Store, settings: Settings, name: str, *, actor: str, reason: str, at: datetime) -> Promotion:
    """Put the version before in use again; the one it replaces becomes `previous`. No gate but a reason and sound
    files: it has to work on the worst day.
    """
    folder = settings.models_dir
    version = aliased(folder, name, Alias.PREVIOUS)
    if version is None:
        raise ModelError(f"nothing of {name} was in use before; see `zorya model history`")
    _asked_for(reason)
    return _put_in_use(store, folder, name, version, act="rollback", actor=actor, reason=reason, at=at)


def challenge(store: Store, settings: Settings, name: str, version: str | None, *, actor: str, at: datetime) -> None:
    """Make a stored version the challenger, which scores in shadow; None ends it. Passes no gate: nobody is shown what
    it says. The model is loaded first. Raises NothingToDo where that is so already, PolicyRefusal of the one in use.
    """
    folder = settings.models_dir
    before = aliased(folder, name, Alias.CHALLENGER)
    if before == version:
        raise NothingToDo(f"{name}@{version} is challenger already" if version else f"{name} has no challenger")
    if version is not None:
        if champion(folder, name) == version:
            raise PolicyRefusal(f"{name}@{version} is in use: it cannot be its own challenger")
        load_model(folder, name, version)
    with _aliases_kept(folder, name), store.writing() as connection:
        reason = "scores in shadow" if version else "no longer scores in shadow"
        named = f"{name}@{version or before}"
        audit.add(connection, at=at, actor=actor, action="model.challenge", object=named, reason=reason)
        set_alias(folder, name, Alias.CHALLENGER, version)


def history(store: Store, folder: Path, name: str) -> list[Promotion]:
    """Acts on a name, oldest first, the first model's included: who was in production when."""
    with store.reading() as connection:
        held = promotions.history(connection, name)
    return held or _first(folder, name)


def in_use_at(acts: list[Promotion], moment: datetime) -> Promotion | None:
    """The act that was in force at a moment; None before the first."""
    return next((act for act in reversed(acts) if act.at <= moment), None)


def _put_in_use(
    store: Store, folder: Path, name: str, version: str, *, act: str, actor: str, reason: str, at: datetime
) -> Promotion:
    load_model(folder, name, version)
    before = champion(folder, name)
    done = Promotion(at, name, act, before, version, _digest(folder, name, version), actor, reason)
    with _aliases_kept(folder, name), store.writing() as connection:
        if not promotions.history(connection, name):
            for first in _first(folder, name):
                promotions.add(connection, first)
        promotions.add(connection, done)
        audit.add(connection, at=at, actor=actor, action=f"model.{act}", object=f"{name}@{version}", reason=reason)
        set_alias(folder, name, Alias.PREVIOUS, before)
        set_alias(folder, name, Alias.CHAMPION, version)
        if aliased(folder, name, Alias.CHALLENGER) == version:
            set_alias(folder, name, Alias.CHALLENGER, None)
    return done


def _asked_for(reason: str) -> None:
    if not reason.strip():
        raise PolicyRefusal("a model is put in use for a reason: give one with --reason")


@contextmanager
def _aliases_kept(folder: Path, name: str) -> Iterator[None]:
    """Where the act is not written down, the aliases are as they were."""
    before = {alias: aliased(folder, name, alias) for alias in Alias}
    try:
        yield
    except BaseException:
        for alias, version in before.items():
            set_alias(folder, name, alias, version)
        raise


def _first(folder: Path, name: str) -> list[Promotion]:
    version = champion(folder, name)
    if version is None:
        return []
    at = datetime.fromisoformat(manifest_of(folder, name, version).trained_at)
    digest = _digest(folder, name, version)
    return [Promotion(at, name, "first", None, version, digest, ITSELF, "the first model of its name")]


def _digest(folder: Path, name: str, version: str) -> str:
    return sha256_hex((home_of(folder, name, version) / FILE).read_bytes())
