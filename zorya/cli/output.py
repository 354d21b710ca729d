"""How every verb speaks: data on stdout, everything else on stderr, documented exit codes."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from zorya.errors import NothingToDo, NotReached, PolicyRefusal, SourceBusy, ZoryaError

OK, USAGE, NOTHING_TO_DO, PARTIAL, REFUSED = 0, 2, 3, 4, 5
"""Exit codes (design §6): done, wrong use or bad input, nothing to do, some failed, refused by policy."""


def now() -> datetime:
    """The moment a command runs: the one place where the CLI asks the clock; everything below takes `as_of`."""
    return datetime.now(UTC)


def say(message: str) -> None:
    """A line for people, on stderr."""
    print(message, file=sys.stderr)


def emit(value: Any) -> None:
    """One JSON value on one line of stdout."""
    print(json.dumps(value, ensure_ascii=False, default=str))


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, title: str = "") -> None:
    """A table on stdout (rich: plain when not a terminal)."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    drawn = Table(*columns, title=title or None)
    for row in rows:
        drawn.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    console.print(drawn)


def report_error(exc: ZoryaError) -> int:
    """Print an expected failure; returns its exit code."""
    say(f"zorya: {exc}")
    if isinstance(exc, SourceBusy | NothingToDo):
        return NOTHING_TO_DO
    if isinstance(exc, NotReached):
        return PARTIAL
    return REFUSED if isinstance(exc, PolicyRefusal) else USAGE
