"""The verbs' table, which `zorya --help` prints without importing them, says what the verbs say of themselves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from zorya.cli import app, application
from zorya.cli.verbs import VERBS, Verb, overview

REPOSITORY = Path(__file__).resolve().parents[2]
_HEAVY = {
    "scrapy",
    "twisted",
    "sklearn",
    "scipy",
    "starlette",
    "sqlalchemy",
    "pydantic",
    "typer",
    "rich",
    "numpy",
    "yaml",
}


def _commands(of: typer.Typer) -> dict[str, tuple[str, str]]:
    group = typer.main.get_command(of)
    return {
        name: (command.rich_help_panel, " ".join((command.help or "").split("\n\n")[0].split()))
        for name, command in group.commands.items()  # type: ignore[attr-defined]
    }


def test_the_table_has_every_verb_with_its_own_words() -> None:
    assert {verb.name: (verb.audience, verb.help) for verb in VERBS} == _commands(app), "mend zorya/cli/verbs.py"


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_the_modules_named_for_a_verb_register_it(verb: Verb) -> None:
    assert verb.name in _commands(application(verb.name))


def test_audiences_stand_together() -> None:
    shown = [line for line in overview().splitlines() if line and line[0].isupper()]
    assert len(shown) == len(set(shown))


def test_help_imports_none_of_the_libraries_verbs_need() -> None:
    code = f"""
import sys
from zorya.cli import main

sys.argv = ["zorya", "--help"]
try:
    main()
finally:
    print(sorted({_HEAVY} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert "screen" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("asked", [["--help"], ["doctor", "--help"]])
def test_a_reader_who_has_read_enough_sees_no_traceback(asked: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "zorya", *asked], cwd=REPOSITORY, stdout=write, stderr=subprocess.PIPE
        )
    finally:
        os.close(write)
    assert ran.stderr == b""
