"""The command line: the composition root, the one place that imports rooms (inside command functions).

Each module here registers the verbs of one audience; rooms and heavy libraries are imported when a verb runs, never
before.
"""

import sys

import typer

from zorya import logs
from zorya.cli import (
    benching,
    crawling,
    evidence,
    health,
    indicators,
    languages,
    modelling,
    operating,
    reviewing,
    running,
    schemas,
    sharing,
    sources,
    standing,
)
from zorya.cli.output import report_error
from zorya.errors import SettingsError, ZoryaError
from zorya.settings import load_settings

app = typer.Typer(
    name="zorya",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def _every_verb() -> None:
    """Reads public job and dating ads and puts those that look like trafficking recruitment in front of people."""
    try:
        level = load_settings().log_level
    except SettingsError:  # the verb names the wrong setting, if it needs any
        level = "INFO"
    logs.configure(level=level)


for module in (
    running,
    operating,
    schemas,
    evidence,
    sources,
    standing,
    health,
    crawling,
    modelling,
    indicators,
    languages,
    benching,
    reviewing,
    sharing,
):
    module.register(app)


def main() -> None:
    """Entry point of the `zorya` script: expected failures become one line and an exit code."""
    try:
        app()
    except ZoryaError as exc:
        sys.exit(report_error(exc))
