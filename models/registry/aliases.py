"""Which version of a name is champion (in use), challenger (scores in shadow) and previous (where a rollback leads).

One small file each beside the versions, so that scoring needs no database; the history of promotions is in the store.
"""

import os
from enum import StrEnum
from pathlib import Path

from models.registry.manifest import checked_name, manifest_of
from zorya.errors import ModelError

_LONGEST = 80
"""Bytes of an alias file that are read; a version's name has at most 64."""


class Alias(StrEnum):
    """A role that one version of a name may have."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"
    PREVIOUS = "previous"


def aliased(folder: Path, name: str, alias: Alias) -> str | None:
    """The version that bears the alias; None when none does."""
    path = folder / name / alias.value
    if not path.is_file():
        return None
    with path.open("rb") as file:
        text = file.read(_LONGEST).decode("ascii", "replace").strip()
    return checked_name(text, "version") if text else None


def champion(folder: Path, name: str) -> str | None:
    """The version in use, None when nothing was promoted."""
    return aliased(folder, name, Alias.CHAMPION)


def set_alias(folder: Path, name: str, alias: Alias, version: str | None) -> None:
    """Give the alias to a stored version, or to none."""
    if version is not None:
        manifest_of(folder, name, version)
    path = folder / checked_name(name, "model") / alias.value
    draft = path.with_name(f".{alias.value}.{os.getpid()}")
    draft.write_text(version or "", encoding="utf-8")
    draft.replace(path)


def resolve(folder: Path, name: str, wanted: str) -> str:
    """A version's name from itself, from an alias (`@champion`), or from `name@version`."""
    text = wanted.removeprefix(f"{name}@").removeprefix("@")
    if text in {alias.value for alias in Alias}:
        version = aliased(folder, name, Alias(text))
        if version is None:
            raise ModelError(f"no version of {name} is {text}; see `zorya model list`")
        return version
    return manifest_of(folder, name, text).version
