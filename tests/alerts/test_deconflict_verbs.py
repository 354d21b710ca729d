"""The verbs `zorya deconflict …` as an operator types them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from zorya.cli import app
from zorya.errors import ZoryaError
from zorya.settings import Settings

AT = ["--as-of", "2026-11-24T09:00Z"]


@pytest.fixture
def partners(sqlite_settings: Settings, home: Path) -> None:
    folder = home / "partners"
    folder.mkdir()
    for name in ("la-strada", "dorcas"):
        lines = f"name: {name.title()}\norg_type: ngo\ntlp_ceiling: amber\nchannels: [{{kind: folder}}]\n"
        (folder / f"{name}.yml").write_text(f"{lines}contact_point: desk of {name}\n", encoding="utf-8")


def run(*words: str, stdin: str = "") -> Any:
    return CliRunner().invoke(app, ["deconflict", *words], input=stdin)


def test_a_hub_asks_and_registers_for_partners(partners: None, tmp_path: Path) -> None:
    file = tmp_path / "contacts.txt"
    file.write_text("+44 7700 900123\n\nanna@example.org\n", encoding="utf-8")
    held = run("register", "la-strada", str(file), "--reference", "LS-17", *AT)
    assert (held.exit_code, held.stdout) == (
        0,
        "".join(f"{n}: no other organisation has registered it\n" for n in "13"),
    )
    asked = run("ask", "dorcas", "--json", *AT, stdin="+44 7700 900123\n+44 7700 900124\n")
    holder = {"partner": "la-strada", "organisation": "La-Strada", "contact_point": "desk of la-strada"}
    assert [json.loads(line) for line in asked.stdout.splitlines()] == [
        {"line": 1, "held_by": [holder]},
        {"line": 2, "held_by": []},
    ]
    assert "Dorcas" in run("list", "la-strada", *AT).stdout
    assert (
        json.loads(run("list", "la-strada", "--json", *AT).stdout.splitlines()[1])["others"][0]["partner"] == "dorcas"
    )


def test_what_cannot_be_read_is_named_by_its_line_and_not_repeated(partners: None) -> None:
    asked = run("ask", "dorcas", *AT, stdin="07700 900123\n+44 7700 900124\n@name_example\n")
    assert asked.exit_code == 4
    assert asked.stdout == "2: no other organisation has registered it\n"
    assert "-:1: Write the number with its country" in asked.stderr
    assert "-:3: A name alone" in asked.stderr
    assert "7700" not in asked.stderr


@pytest.mark.parametrize("words", [("ask", "nobody"), ("ask", "dorcas", "no-such-file")])
def test_a_wrong_name_is_told(partners: None, words: tuple[str, ...]) -> None:
    done = run(*words, stdin="+44 7700 900124\n")
    assert isinstance(done.exception, ZoryaError)


def test_nothing_to_read_is_told(partners: None) -> None:
    assert "write one a line" in str(run("ask", "dorcas", stdin="\n").exception)


def test_planting_and_what_it_reports(partners: None) -> None:
    assert run("alarms").exit_code == 3
    assert "1 contacts planted" in run("plant", "-", stdin="+44 7700 900999\n").stderr
    assert "no other organisation" in run("ask", "dorcas", *AT, stdin="+44 7700 900999\n").stdout
    (alarm,) = (json.loads(line) for line in run("alarms", "--json").stdout.splitlines())
    assert (alarm["partner"], alarm["kind"]) == ("dorcas", "planted")
