"""`zorya evidence find`: what was ever in an ad, asked for on the command line."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from labeling import index
from zorya.domain.ads import Contact, ContactKind
from zorya.store import assessments, audit, postings

Run = Callable[..., tuple[int, str, str]]
WHO = ("--by", "Nadia", "--reason", "lawyer, case 12")
PHONE = Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123", 0, 0)
MAIL = Contact(ContactKind.EMAIL, "zora@board.example", "zora@board.example", 0, 0)
HANDLE = Contact(ContactKind.TELEGRAM, "dawn_example", "@dawn_example", 0, 0)


@pytest.fixture
def screened(town: Any, as_of: Any) -> Any:
    """The town, the first wording of its first ad with three contacts; filed for search."""
    with town.store.writing() as connection:
        (row,) = connection.exec_driver_sql(
            "SELECT id FROM versions WHERE posting_id = ? ORDER BY seen_at LIMIT 1", (town.ads[0],)
        )
        assessments.set_contacts(connection, row[0], (PHONE, MAIL, HANDLE), key=town.store.contact_key)
        assert postings.version(connection, row[0]) is not None
    index.run(town.store, town.settings, as_of=as_of)
    return town


@pytest.mark.parametrize(
    "asked",
    [
        ("--phone", "+44 7700 900-123"),
        ("--phone", "07700 900123"),
        ("--email", "Zora@Board.example"),
        ("--handle", "dawn_example"),
        ("--handle", "@Dawn_Example"),
        ("--handle", "https://t.me/dawn_example"),
        ("--text", "evenings abroad"),
    ],
)
def test_an_ad_is_found_by_what_it_ever_had(screened: Any, run_zorya: Run, asked: tuple[str, str]) -> None:
    code, out, err = run_zorya("find", *asked, *WHO)
    assert (code, out.splitlines()[0].split()[0]) == (0, screened.ads[0]), err
    assert "2 wordings, 2 pages kept" in out
    assert "ad.view ana" in out
    assert "900" not in out


def test_days_narrow_and_json_names_versions_and_captures(screened: Any, run_zorya: Run) -> None:
    asked = ("find", "--phone", "+447700900123", *WHO)
    assert run_zorya(*asked, "--to", "2026-11-23")[0] == 3
    code, out, _ = run_zorya(*asked, "--from", "2026-11-24", "--json")
    (told,) = json.loads(out)
    assert (code, told["posting_id"], len(told["wordings"])) == (0, screened.ads[0], 2)
    assert all(each["version"].startswith("v-") and each["capture"].startswith("k-") for each in told["wordings"])


def test_it_is_in_the_log_without_the_number(screened: Any, run_zorya: Run) -> None:
    run_zorya("find", "--phone", "+447700900123", *WHO)
    with screened.store.reading() as connection:
        entry = audit.page(connection, limit=1)[0]
    assert (entry["actor"], entry["action"], entry["reason"]) == ("Nadia", "lookback", "lawyer, case 12")
    assert "900123" not in entry["object"]


@pytest.mark.parametrize(
    ("asked", "code", "why"),
    [
        ((), 2, "name one thing"),
        (("--phone", "1234567", "--text", "a"), 2, "name one thing"),
        (("--phone", "not a number"), 2, "--phone: that is none"),
        (("--email", "+44 7700 900123"), 2, "--email: that is none"),
        (("--handle", "a@b.example"), 2, "--handle: that is none"),
        (("--place", "Nowhere"), 3, "nothing that is stored fits"),
        (("--text", "x", "--from", "1.2.2026"), 2, "write it as YYYY-MM-DD"),
        (("--text", "x", "--from", "2026-02-02", "--to", "2026-01-01"), 2, "after the last"),
    ],
)
def test_what_will_not_do_is_said(screened: Any, run_zorya: Run, asked: tuple[str, ...], code: int, why: str) -> None:
    got, _, err = run_zorya("find", *asked, *WHO)
    assert (got, why in err) == (code, True), err


def test_a_reason_is_demanded(screened: Any, run_zorya: Run) -> None:
    code, _, err = run_zorya("find", "--text", "waiter", "--by", "N", "--reason", "x")
    assert (code, "it is logged" in err) == (2, True)
