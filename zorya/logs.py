"""Structured logs on stderr, bound to the run, contacts redacted before anything is written."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

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


def configure(*, level: str = "INFO", json_lines: bool = False) -> None:
    """Set up logging of this process. Call once, from an entry point."""
    renderer: Any = (
        structlog.processors.JSONRenderer() if json_lines else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
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
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is when something is said
        cache_logger_on_first_use=False,
    )


def get(name: str) -> Any:
    """A logger that carries its own name."""
    return structlog.get_logger(component=name)  # `logger` is a parameter of structlog itself
