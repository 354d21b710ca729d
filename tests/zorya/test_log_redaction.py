"""No contact reaches a log."""

import json
import subprocess
import sys
from datetime import datetime

import pytest
import structlog
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from zorya import logs
from zorya.domain.ads import Contact, ContactKind
from zorya.redact import mask_contact, redact, without_numbers
from zorya.store import Store
from zorya.store.erasure_schema import erasure_marks

CONTACTS = [
    "+44 7700 900123",
    "+49 176 04069012",
    "0049 30 2312512",
    "+33 6 39 98 12 34",
    "(202) 555-0142",
    "anna@agency.example",
    "@anna_example",
    "t.me/anna_example",
    "https://wa.me/447700900123",
    "vk.com/anna_example",
    "https://chat.whatsapp.com/AbCdEfGhIjKl",
    "https://invite.viber.com/?g2=AbCdEfGhIjKl",
]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> object:
    def read() -> list[dict[str, object]]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    return read


@pytest.fixture(autouse=True)
def _plain_again() -> object:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("contact", CONTACTS)
def test_contacts_are_masked_in_free_text(contact: str) -> None:
    masked = redact(f"write to {contact} today")
    assert contact not in masked
    assert "[contact]" in masked


@pytest.mark.parametrize("text", ["2026-11-24T09:00:00Z", "14 ads in 3 runs", "score 0.8123", "v-6551d211c77666a12392"])
def test_what_is_no_contact_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("contact", CONTACTS)
def test_contacts_are_masked_in_every_part_of_an_event(contact: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(json_lines=True)
    logs.get("test").warning(f"saw {contact}", url=f"u {contact}", nested={"list": [contact, {"deep": contact}]})
    written = capsys.readouterr().err
    assert written.count("[contact]") >= 4
    assert contact not in written


def test_contacts_in_a_traceback_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(json_lines=True)
    try:
        raise ValueError("cannot parse +44 7700 900123")
    except ValueError:
        logs.get("test").exception("failed")
    written = capsys.readouterr().err
    assert "ValueError" in written
    assert "7700" not in written


CRASHES = {
    "uncaught": "raise ValueError(words)",
    "in a thread": "t = threading.Thread(target=lambda: [][words]); t.start(); t.join()",
    "printed": "try:\n    raise ValueError(words)\nexcept ValueError:\n    logs.print_crash()",
}


@pytest.mark.parametrize("crash", list(CRASHES))
def test_a_crash_tells_no_contact(crash: str) -> None:
    code = f"import threading\nfrom zorya import logs\nlogs.redact_crashes()\nwords = input()\n{CRASHES[crash]}"
    done = subprocess.run(
        [sys.executable, "-c", code], input="call +44 7700 900123", capture_output=True, text=True, check=False
    )
    assert "Error" in done.stderr
    assert "Traceback" in done.stderr
    assert "7700" not in done.stderr


def test_an_error_of_the_database_does_not_repeat_what_was_to_be_stored(store: Store, as_of: datetime) -> None:
    def store_twice() -> None:
        with store.writing() as connection:
            for _ in range(2):
                connection.execute(insert(erasure_marks), {"name": "a@agency.example", "size": 1})

    with pytest.raises(IntegrityError) as told:
        store_twice()
    assert "agency" not in str(told.value).partition("DETAIL")[0]


def test_logs_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logs.get("test").info("hello", source="opendoor")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "hello" in captured.err


@pytest.mark.parametrize("spelled", ["447700900123", "07700-900-123", "%2B44%207700%20900%20123", "0044_7700.900123"])
def test_an_address_loses_the_number_of_its_ad(spelled: str) -> None:
    phone = Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123")
    shown = without_numbers(f"https://board.example/ad/17-{spelled}?page=2", [phone])
    assert "900" not in shown
    assert shown.startswith("https://board.example/ad/")
    assert shown.endswith("?page=2")
    assert without_numbers("https://board.example/ad/170012345", [phone]) == "https://board.example/ad/170012345"


def test_a_mask_is_too_little_to_call() -> None:
    phone = Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123")
    assert mask_contact(phone) == "phone +44 … 123"
