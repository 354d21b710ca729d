"""What a person prefers: how the app looks to them, what they ask of it. Private: no page shows it to others."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

MOST = 1000
"""The largest limit somebody may set themselves."""


class Theme(StrEnum):
    """Which colours: those of the system, light ones, dark ones."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Preferences:
    """One person's choices, each with the house's default."""

    theme: Theme = Theme.SYSTEM
    keys_on: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)
    """Act → the key this person gave it, where it is another than the shipped one; empty is none."""
    latin_open: bool = False
    """Whether Cyrillic ads come with their Latin letters unfolded."""
    avoid: tuple[str, ...] = ()
    """Topics (`labeling/care/topics.yml`) that the queue passes over for this person."""
    daily_cap: int | None = None
    """Decisions a day after which the app suggests to stop; 0 is never, None what the house says."""
    break_minutes: int | None = None
    """Minutes of reading after which it suggests a break; 0 is never, None what the house says."""

    def as_row(self) -> dict[str, Any]:
        """JSON for the `users` table."""
        return asdict(self)


def of_row(row: Mapping[str, Any]) -> Preferences:
    """Preferences as they were stored; what an older or newer Zorya wrote and this one does not know is left out."""
    house = Preferences()
    theme, keys_on, keys, avoid = (row.get(name) for name in ("theme", "keys_on", "keys", "avoid"))
    latin_open = row.get("latin_open")
    return Preferences(
        theme=Theme(theme) if isinstance(theme, str) and theme in set(Theme) else house.theme,
        latin_open=latin_open if isinstance(latin_open, bool) else house.latin_open,
        keys_on=keys_on if isinstance(keys_on, bool) else house.keys_on,
        avoid=tuple(each for each in avoid if isinstance(each, str)) if isinstance(avoid, list | tuple) else (),
        daily_cap=_number(row.get("daily_cap")),
        break_minutes=_number(row.get("break_minutes")),
        keys=_texts(keys) if isinstance(keys, dict) else house.keys,
    )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST else None


def _texts(values: Mapping[object, object]) -> dict[str, str]:
    return {name: value for name, value in values.items() if isinstance(name, str) and isinstance(value, str)}
