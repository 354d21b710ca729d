"""Structured logs on stderr, bound to the run, contacts redacted before anything is written.

structlog is imported with the first logger: a verb that says nothing starts without it.
"""

import sys
import threading
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

from zorya.redact import redact

EventDict = MutableMapping[str, Any]

_PLAIN_KEYS = frozenset({"timestamp", "level", "component", "source", "run_id", "stage"})


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(item) for item in value]
    return value


def redact_event(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """structlog processor: mask contacts in every value except identifiers we made ourselves."""
    return {key: value if key in _PLAIN_KEYS else _redacted(value) for key, value in event.items()}


class _Wanted:
    """What `configure` was told; `set_up` once structlog knows it."""

    level = "INFO"
    json_lines = False
    set_up = True


def configure(*, level: str = "INFO", json_lines: bool = False) -> None:
    """How this process logs. Call once, from an entry point."""
    _Wanted.level, _Wanted.json_lines, _Wanted.set_up = level, json_lines, False
    if "structlog" in sys.modules:  # loggers made before obey too
        _set_up()


def print_crash() -> None:
    """The exception at hand and its traceback on stderr, contacts redacted: its words may be those of an ad."""
    import traceback

    print(redact(traceback.format_exc()), file=sys.stderr, end="", flush=True)


def redact_crashes() -> None:
    """Let this process die without telling contacts: what nobody caught is printed as `print_crash` prints it."""

    def tell(kind: type[BaseException], exc: BaseException, trace: TracebackType | None) -> None:
        import traceback  # most processes end well

        print(redact("".join(traceback.format_exception(kind, exc, trace))), file=sys.stderr, end="", flush=True)

    def tell_of_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            tell(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook, threading.excepthook = tell, tell_of_thread


def get(name: str) -> Any:
    """A logger that carries its own name."""
    import structlog

    if not _Wanted.set_up:
        _set_up()
    return structlog.get_logger(component=name)  # `logger` is a parameter of structlog itself


def _set_up() -> None:
    import logging

    import structlog

    renderer: Any = (
        structlog.processors.JSONRenderer()
        if _Wanted.json_lines
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact_event,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[_Wanted.level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is when something is said
        cache_logger_on_first_use=False,
    )
    _Wanted.set_up = True
