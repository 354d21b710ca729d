"""Which key does what: `keys.yml`, and what a person has changed of it. Pages print it, the script presses by it."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from zorya.datafiles import DataModel, load
from zorya.errors import ZoryaError

FILE = Path(__file__).with_name("keys.yml")
_PLACE = r"(?:Shift\+)?(?:Key[A-Z]|Digit[0-9]|Enter|Space|Backspace|Slash|Comma|Period|Arrow(?:Left|Right|Up|Down))"
CODE = re.compile(rf"(?:{_PLACE}(?: {_PLACE})?)?")
"""A key, or two one after the other; empty is off."""
_SIGNS = {"Shift+Digit1": "!", "Shift+Slash": "?", "Slash": "/", "Comma": ",", "Period": ".", "Backspace": "⌫"}
_SIGNS |= {"ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓"}

_CODES = {sign: place for place, sign in _SIGNS.items()}


class KeyRefused(ZoryaError):
    """A key that cannot be given to an act; the text says why."""


class Key(DataModel):
    """One act and the key for it. `code` is empty where the act has no key."""

    action: str = Field(pattern=r"^[a-z][a-z_]*$")
    code: Annotated[str, Field(pattern=f"^{CODE.pattern}$")]
    where: Literal["review", "compare", "lists", "everywhere"]
    says: str = Field(min_length=3)

    @property
    def caps(self) -> tuple[str, ...]:
        """What is printed on the keys to press: `Q`, `⇧7`, `?`; none where the act has no key."""
        return caps_of(self.code)


class KeyFile(DataModel):
    """The shipped keys."""

    keys: tuple[Key, ...]

    @model_validator(mode="after")
    def _each_once(self) -> "KeyFile":
        actions = [key.action for key in self.keys]
        twice = {action for action in actions if actions.count(action) > 1}
        if twice:
            raise ValueError(f"{', '.join(sorted(twice))} twice: keep one")
        clash = clashing(self.keys)
        if clash:
            one, other = clash
            raise ValueError(f"{one.action} and {other.action} share {other.code}: give one of them another key")
        return self


@cache
def shipped() -> dict[str, Key]:
    """Every act with the key it ships with, in the order of the file."""
    return {key.action: key for key in load(FILE, KeyFile).keys}


def keymap(own: Mapping[str, str] | None = None) -> dict[str, Key]:
    """Every act with its key for a person; `own` is act → code of what they changed ("" is no key).

    Acts that do not exist (any more) are passed over. Raises KeyRefused for a code that is no key, and where two acts
    of one page would share one.
    """
    keys = shipped()
    changed = {action: code for action, code in (own or {}).items() if action in keys}
    if not changed:
        return keys
    for code in changed.values():
        if not CODE.fullmatch(code):
            raise KeyRefused("That is no key. Give a letter, a digit, Enter, Space or Backspace.")
    keys = {
        name: key.model_copy(update={"code": changed[name]}) if name in changed else key for name, key in keys.items()
    }
    clash = clashing(keys.values())
    if clash:
        raise KeyRefused("One key would do two things. Change one of them.")
    return keys


def caps_of(code: str) -> tuple[str, ...]:
    """What is printed on the keys of a code, in the order they are pressed."""
    return tuple(_cap(place) for place in code.split())


def code_of(typed: str) -> str:
    """The code of what somebody types as a key: its cap (`q`, `⇧7`, `!`, `Enter`, `g q`) or the code itself."""
    return " ".join(_code(part) for part in typed.split())


def _code(typed: str) -> str:
    shift, plain = ("Shift+", typed[1:]) if typed[:1] == "⇧" and typed[1:] else ("", typed)
    if plain in _CODES:
        return f"{shift}{_CODES[plain]}"
    name = plain.upper()
    if re.fullmatch("[A-Z]", name):
        return f"{shift}Key{name}"
    if re.fullmatch("[0-9]", name):
        return f"{shift}Digit{name}"
    return f"{shift}{plain}"


def clashing(keys: Iterable[Key]) -> tuple[Key, Key] | None:
    """The first two acts that one press would mean, where a page may have both: equal keys, or one that begins the
    other."""
    seen: list[Key] = []
    for key in keys:
        for other in seen:
            meet = key.where == other.where or "everywhere" in {key.where, other.where}
            if meet and key.code and other.code and _begins(key.code, other.code):
                return other, key
        seen.append(key)
    return None


def _begins(one: str, other: str) -> bool:
    short, long = sorted((one.split(), other.split()), key=len)
    return long[: len(short)] == short


def _cap(place: str) -> str:
    if place in _SIGNS:
        return _SIGNS[place]
    shift, _, plain = place.rpartition("+")
    name = _SIGNS.get(plain) or re.sub(r"^(Key|Digit)", "", plain)
    return f"⇧{name}" if shift else name
