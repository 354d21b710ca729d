"""The verbs `zorya privacy …` as a lead and an auditor type them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from labeling.web.passwords import hash_password
from zorya.cli import app
from zorya.domain import ids
from zorya.domain.ads import Contact, ContactKind, Kind, Posting
from zorya.domain.reviews import Role
from zorya.settings import Settings
from zorya.store import assessments, campaigns, open_store, people, postings

PASSWORD = "a long invented password"
SEEN = datetime(2026, 11, 20, 9, tzinfo=UTC)
AT = ["--as-of", "2026-11-24T09:00Z"]
NUMBER = Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123")
AD = ids.posting_id("board", "1")


@pytest.fixture
def house(sqlite_settings: Settings) -> Callable[[], str]:
    """A lead (lena), an auditor (olga), an analyst (anna), and one ad; gives the text that is stored of it."""
    store, hashed = open_store(sqlite_settings), hash_password(PASSWORD)
    with store.writing() as connection:
        for name, role in (("lena", Role.LEAD), ("olga", Role.AUDITOR), ("anna", Role.ANALYST)):
            people.add_user(
                connection, name=name, display_name=name, role=role, password_hash=hashed, language="en", at=SEEN
            )
        ad = Posting("board", "1", "https://board.example/1", Kind.JOB, "Baker", "Call +44 7700 900123")
        version, _ = postings.record(connection, ad, capture_id=None, seen_at=SEEN)
        assessments.set_contacts(connection, version, [NUMBER], key=store.contact_key)
        campaigns.found(connection, AD, at=SEEN)
    store.close()

    def text() -> str:
        opened = open_store(sqlite_settings)
        with opened.reading() as connection:
            found = postings.current(connection, AD)
        opened.close()
        assert found
        return found.posting.body

    return text


def run(*words: str, by: str = "lena", stdin: str = "", password: str = PASSWORD) -> Any:
    who = [] if words[0] in {"holds", "due", "apply"} else ["--by", by, "--password-stdin"]
    return CliRunner().invoke(app, ["privacy", *words, *who, *AT], input=f"{password}\n{stdin}")


def test_a_contact_on_stdin_is_erased(house: Callable[[], str]) -> None:
    asked = ("erase", "--contacts", "-", "--reason", "request 7")
    dry = run(*asked, "--dry-run", stdin="+44 7700 900123\n")
    assert "1 ads would be erased, 0 are on hold" in dry.stderr
    assert house()
    done = run(*asked, "--json", stdin="+44 7700 900123\n")
    assert json.loads(done.stdout)["ads"] == 1
    assert house() == ""
    assert run(*asked, stdin="+44 7700 900123\n").exit_code == 3


def test_a_hold_is_listed_wins_and_is_released_by_somebody_else(house: Callable[[], str]) -> None:
    assert run("holds").exit_code == 3
    assert "1 ads today" in run("hold", AD, "--reason", "court 5/26").stderr
    (held,) = (json.loads(line) for line in run("holds", "--json").stdout.splitlines())
    assert (held["by"], held["grounds"], held["review"]) == ("lena", "court 5/26", "")
    late = CliRunner().invoke(app, ["privacy", "holds", "--as-of", "2027-11-24"]).stdout
    assert "overdue" in late
    kept = run("erase", AD, "--reason", "request 7", by="olga")
    assert (kept.exit_code, "1 ads are on hold" in kept.stderr) == (3, True)
    assert house()
    assert "somebody else" in str(run("release", AD, "--reason", "court closed").exception)
    assert "1 ads erased" in run("release", AD, "--reason", "court closed", by="olga").stderr
    assert house() == ""


def test_an_older_backup_is_brought_in_step_at_once(house: Callable[[], str], tmp_path: Path) -> None:
    copy = str(tmp_path / "before.sqlite")
    assert CliRunner().invoke(app, ["db", "backup", copy]).exit_code == 0
    run("erase", AD, "--reason", "request 7")
    back = CliRunner().invoke(app, ["db", "restore", copy, "--yes"])
    assert "1 ads erased again" in back.stderr
    assert house() == ""
    assert "0 ads erased" in run("apply").stderr


@pytest.mark.parametrize(
    ("words", "more", "why"),
    [
        (("erase", AD, "--reason", "x"), {"by": "anna"}, "neither a lead nor an auditor"),
        (("erase", AD, "--reason", "x"), {"password": "wrong"}, "do not fit together"),
        (("erase", AD), {}, "on what grounds"),
        (("erase", "--contacts", "-", "--reason", "x"), {"stdin": "07700 900123"}, "-:1: Write the number"),
        (("erase", "--contacts", "no-file", "--reason", "x"), {}, "no-file: cannot be read"),
        (("release", AD, "--reason", "x"), {}, "no hold"),
    ],
)
def test_what_may_not_be_is_told(
    house: Callable[[], str], words: tuple[str, ...], more: dict[str, str], why: str
) -> None:
    done = run(*words, **more)
    assert why in str(done.exception)
    assert house()


@pytest.mark.parametrize("words", [("erase", "c-1", "--reason", "x"), ("erase", "--reason", "x")])
def test_a_wrong_name_is_wrong_use(house: Callable[[], str], words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_what_is_due_is_counted_and_erased_on_demand(house: Callable[[], str]) -> None:
    assert run("due").exit_code == 3
    later = ["privacy", "due", "--as-of", "2027-11-24", "--json"]
    assert json.loads(CliRunner().invoke(app, later).stdout)["counts"]["dismissed"] == 1
    assert house()
    assert CliRunner().invoke(app, [*later, "--erase"]).exit_code == 0
    assert house() == ""
