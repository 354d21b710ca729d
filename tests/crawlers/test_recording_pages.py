"""Recording a board: nobody can be reached by what is kept, and nothing counts before a person has read it."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawlers import recorded
from crawlers.extract import Document
from crawlers.redaction import Pseudonyms
from crawlers.spec import SourceSpec
from zorya.errors import DataFileError, PolicyRefusal
from zorya.settings import Settings

DAY = date(2026, 11, 24)
# Numbers below are put together here: they belong to no reserved range, so that the redaction has work to do.
ABROAD, AT_HOME = "+40 72" + "2 111 333", "072" + "2 111 333"
PAGE = f"""<html><script>track()</script><script type="application/ld+json">{{"@type": "Thing"}}</script><body>
<h1>Waiter</h1><p onclick="dial()">Call {ABROAD} or {AT_HOME}, mornings from 23.11.2026, 1.500 - 2.000 EUR.</p>
<p>Contact person: <b>Ioana Pop</b> write to ioana@board-mail.org or @ioana_pop</p>
<a href="tel:{ABROAD.replace(" ", "")}">dial</a> <a href="https://t.me/ioana_pop">chat</a></body></html>"""


def redacted(source: str) -> str:
    return Pseudonyms().apply(source, source)


def test_no_way_to_reach_anybody_is_left() -> None:
    text = redacted(PAGE)
    for secret in (ABROAD, AT_HOME, ABROAD.replace(" ", ""), "Ioana", "ioana", "board-mail", "track()", "onclick"):
        assert secret not in text


def test_days_sums_and_structured_data_stay() -> None:
    text = redacted(PAGE)
    for kept in ("23.11.2026", "1.500 - 2.000 EUR", '{"@type": "Thing"}', "<h1>Waiter</h1>"):
        assert kept in text


def test_one_contact_has_one_stand_in_on_every_page_in_the_format_it_had() -> None:
    stand_ins = Pseudonyms()
    first, second = (stand_ins.apply(f"<p>{text}</p>", text) for text in (f"Tel {AT_HOME}", f"Mobil {AT_HOME}."))
    number = first.removeprefix("<p>Tel ").removesuffix("</p>")
    assert number in second
    assert [len(part) for part in number.split()] == [len(part) for part in AT_HOME.split()]


def test_a_page_whose_contacts_cannot_all_be_replaced_is_not_kept(
    source: Callable[..., SourceSpec], board: Any, tmp_path: Path
) -> None:
    from models.contacts import find_contacts

    hidden = "write to ioana [at] board-mail [dot] org"
    page = Document(f"<html><h1>Waiter</h1><p>{hidden}</p></html>".encode(), "https://board.example/ad/1")
    with pytest.raises(PolicyRefusal, match="email could not be replaced"):
        recorded.write(source(board), tmp_path / "kept", page, [], today=DAY, find=find_contacts)
    assert not (tmp_path / "kept").exists()


@pytest.fixture
def kept(source: Callable[..., SourceSpec], board: Any, crawlable: Settings, tmp_path: Path) -> tuple[Path, SourceSpec]:
    """A recording of the board, and its source."""
    board.put_list(1, 2, 3)
    for number in (1, 2, 3):
        board.put_ad(number, f"Waiter {number}")
    spec = source(board)
    recorded.record(spec, crawlable, tmp_path / "kept", pages=2, today=DAY)
    return tmp_path / "kept", spec


def _read(folder: Path) -> None:
    """A person reads every result."""
    for path in folder.glob("*.expected.json"):
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"read_by": "Nadia"}), "utf-8")


def test_what_nobody_has_read_fails_and_says_what_to_do(kept: tuple[Path, SourceSpec]) -> None:
    folder, spec = kept
    wrong = recorded.problems(folder, spec)
    assert [line.partition(" ")[0] for line in wrong] == [f"{n}.expected.json" for n in ("list-1", "ad-1", "ad-2")]
    assert all("put your name in `read_by`" in line for line in wrong)
    _read(folder)
    assert recorded.problems(folder, spec) == []


def test_a_rule_that_reads_otherwise_is_named_field_by_field(kept: tuple[Path, SourceSpec]) -> None:
    folder, spec = kept
    _read(folder)
    values = spec.model_dump(mode="json", by_alias=True, exclude_none=True)
    changed = SourceSpec.model_validate(values | {"fields": {"title": {"css": "div.text"}}})
    wrong = recorded.problems(folder, changed)
    assert wrong[0].startswith("ad-1.html: title: expected 'Waiter 1', read 'A job in a bakery")
    assert {line.partition(":")[0] for line in wrong} == {"ad-1.html", "ad-2.html"}


def test_a_recording_is_never_written_over(kept: tuple[Path, SourceSpec], crawlable: Settings) -> None:
    folder, spec = kept
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(DataFileError, match="remove the folder"):
        recorded.record(spec, crawlable, folder, pages=1, today=DAY)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
