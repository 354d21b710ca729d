"""`zorya campaign` as an analyst types it: what it changes, what it refuses with which remedy, exit codes."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from zorya.cli import application
from zorya.cli.output import NOTHING_TO_DO, report_error
from zorya.domain import ids
from zorya.domain.ads import Kind, Posting
from zorya.errors import ZoryaError
from zorya.settings import Settings
from zorya.store import Store, campaigns, open_store, postings, proposals


@pytest.fixture
def seeded(sqlite_store: Store, as_of: datetime) -> list[str]:
    """Three campaigns of one ad each and a proposal about the last two; their ids, the oldest first."""
    names = [ids.posting_id("opendoor", str(number)) for number in range(3)]
    with sqlite_store.writing() as connection:
        for number, name in enumerate(names):
            ad = Posting("opendoor", str(number), "http://127.0.0.1/", Kind.JOB, f"Ad {number}", "Work in a hotel.")
            postings.record(connection, ad, capture_id=None, seen_at=as_of)
            campaigns.found(connection, name, at=as_of.replace(hour=number))
        proposals.propose(connection, names[1], names[2], kind="text", weight=0.6, reason="60% alike.", at=as_of)
    return [ids.campaign_id(name) for name in names]


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(application("campaign"), ["campaign", *arguments])


def _told(*arguments: str) -> Any:
    done = _run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def _refused(*arguments: str) -> tuple[int, str]:
    """Exit code and message, as `zorya.cli.main` gives them."""
    done = _run(*arguments)
    assert isinstance(done.exception, ZoryaError), done.output
    return report_error(done.exception), str(done.exception)


def test_merge_show_history_undo(seeded: list[str]) -> None:
    merged = _told("merge", seeded[1], seeded[0], "--reason", "one voice")
    assert (merged["campaign_id"], merged["closed"]) == (seeded[0], [seeded[1]])
    assert _told("show", seeded[1])["campaign"] == seeded[0]
    assert [each["reason"] for each in _told("history", seeded[0])] == ["one voice"]
    _told("undo", str(merged["seq"]), "--reason", "two voices")
    assert _told("show", seeded[1])["campaign"] == seeded[1]
    assert [each["in_force"] for each in _told("history", seeded[0])] == [True, False]


def test_a_dry_run_tells_the_same_and_changes_nothing(seeded: list[str], sqlite_settings: Settings) -> None:
    told = _told("merge", *seeded[:2], "--reason", "one voice", "--dry-run")
    assert (told["moved"], told["dry_run"]) == (1, True)
    with open_store(sqlite_settings).reading() as connection:
        assert campaigns.merges(connection) == {}


def test_a_split_names_the_new_campaign(seeded: list[str]) -> None:
    _told("merge", *seeded[:2], "--reason", "one voice")
    part = ids.posting_id("opendoor", "1")
    assert _told("split", seeded[0], "--posting", part, "--reason", "another firm")["opened"] == [seeded[1]]


@pytest.mark.parametrize(("answer", "size"), [("same", 2), ("different", 1), ("unsure", 1)])
def test_a_proposal_is_answered(seeded: list[str], answer: str, size: int) -> None:
    (asked,) = _told("proposals")
    assert {asked["one_campaign"], asked["other_campaign"]} == set(seeded[1:])
    _told("decide", str(asked["seq"]), answer)
    assert _run("proposals").exit_code == 3
    assert _told("show", seeded[1])["ads"] == size


def test_an_answer_that_is_taken_back_is_asked_again(seeded: list[str]) -> None:
    (asked,) = _told("proposals")
    change = _told("decide", str(asked["seq"]), "different")
    code, why = _refused("decide", str(asked["seq"]), "same")
    assert code == 5
    assert f"zorya campaign undo {change['seq']}" in why
    _told("undo", str(change["seq"]))
    assert len(_told("proposals")) == 1


def test_what_cannot_be_done_is_refused_with_a_remedy(seeded: list[str]) -> None:
    assert _refused("show", "c-none") == (2, "there is no campaign 'c-none'; `zorya campaign list` shows them")
    code, why = _refused("undo", "17")
    assert (code, "zorya campaign history" in why) == (2, True)
    first = _told("merge", *seeded[1:], "--reason", "one voice")["seq"]
    second = _told("merge", *seeded[:2], "--reason", "one voice")["seq"]
    code, why = _refused("undo", str(first))
    assert (code, f"change {second} stands on it" in why) == (5, True)
    assert _refused("merge", *seeded[:2], "--reason", "again")[0] == 3


def test_tables_are_for_people(seeded: list[str]) -> None:
    for verb in (["list"], ["show", seeded[0]], ["proposals"]):
        done = _run(*verb)
        assert done.exit_code == 0, done.output
        assert seeded[0] in done.stdout or seeded[1] in done.stdout
    assert _run("history", seeded[0]).exit_code == 3


@pytest.mark.parametrize(
    ("arguments", "remedy"), [(("decide", "nope", "same"), "proposals"), (("undo", "nope"), "history")]
)
def test_what_is_no_number_is_refused_with_the_verb_that_lists_them(arguments: tuple[str, ...], remedy: str) -> None:
    done = _run(*arguments)
    assert done.exit_code == 2
    assert f"campaign {remedy}" in " ".join(done.output.replace("│", " ").split())


def test_a_file_without_ads_is_nothing_to_do(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert CliRunner().invoke(application("campaigns"), ["campaigns", str(empty)]).exit_code == NOTHING_TO_DO
