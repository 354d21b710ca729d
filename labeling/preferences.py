"""What a person prefers: how the app looks to them, what they ask of it. Private: no page shows it to others."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


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

    def as_row(self) -> dict[str, Any]:
        """JSON for the `users` table."""
        return asdict(self)


def of_row(row: Mapping[str, Any]) -> Preferences:
    """Preferences as they were stored; what an older or newer Zorya wrote and this one does not know is left out."""
    chosen = Preferences()
    theme, keys_on = row.get("theme"), row.get("keys_on")
    return Preferences(
        theme=Theme(theme) if isinstance(theme, str) and theme in set(Theme) else chosen.theme,
        keys_on=keys_on if isinstance(keys_on, bool) else chosen.keys_on,
    )
