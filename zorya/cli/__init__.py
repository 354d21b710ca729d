"""The command line: the composition root, the one place that imports rooms (inside command functions).

Each module here registers the verbs of one audience; only the module of the verb that is called is imported
(`zorya.cli.verbs`), and rooms and heavy libraries when the verb runs, never before.
"""

import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from zorya.cli.verbs import ABOUT, modules_of, overview

if TYPE_CHECKING:
    import typer

    app: typer.Typer
    """Every verb; built when it is asked for."""


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    whole = globals()["app"] = application()
    return whole


def application(verb: str | None = None) -> "typer.Typer":
    """The command line as far as `verb` needs it; all of it for None."""
    import typer

    app = typer.Typer(name="zorya", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
    app.callback(help=ABOUT)(_every_verb)
    for name in modules_of(verb):
        import_module(f"zorya.cli.{name}").register(app)
    return app


def _every_verb() -> None:
    from zorya import compiled, logs
    from zorya.errors import SettingsError
    from zorya.started import started

    logs.redact_crashes()
    try:
        logs.configure(level=started().log_level)
    except SettingsError:  # the verb names the wrong setting, if it needs any
        logs.configure()
        compiled.keep_in(None)


def main() -> None:
    """Entry point of the `zorya` script: expected failures become one line and an exit code."""
    if sys.argv[1:] in ([], ["--help"]):
        _tell(overview())
        sys.exit(0 if sys.argv[1:] else 2)
    plain = len(sys.argv) == 3 and sys.argv[1] == "screen" and (sys.argv[2] == "-" or sys.argv[2][:1] != "-")
    if plain:
        gc.disable()  # until the first answer: nearly all that is made before it stays
    from zorya.cli.output import report_error
    from zorya.errors import ZoryaError

    try:
        if plain:
            sys.exit(_screen(sys.argv[2]))
        application(sys.argv[1])()
    except ZoryaError as exc:
        sys.exit(report_error(exc))


def _tell(text: str) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError:
        _no_reader()


def _no_reader() -> None:
    """What is left to write goes nowhere, without a traceback: `zorya … | head` has read enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _screen(source: str) -> int:
    """`zorya screen FILE` without typer, which takes longer to load than an ad to read; ends as typer would end it."""
    _every_verb()
    from zorya.cli.screening import screen

    try:
        return screen(source)
    except BrokenPipeError:
        _no_reader()
        return 1
    except KeyboardInterrupt:
        return 130
