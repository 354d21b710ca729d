"""The life of a source: its file is edited one line at a time, and a draft's ads wait."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from crawlers.catalog import load_source
from crawlers.lifecycle import step, with_key
from crawlers.runner import crawl_spec
from crawlers.spec import SourceStatus
from models import screen
from zorya.cli import app
from zorya.errors import PolicyRefusal, ZoryaError
from zorya.settings import Settings
from zorya.store import Store, audit, sources

ANSWERS = {
    "owner": "night desk",
    "basis": "Public listings: read to prevent",
    "review": {"terms": "2026-11-20", "robots": "2026-11-20", "by": "Nadia"},
}


@pytest.fixture
def draft(board: Any, tmp_path: Path) -> Path:
    """A draft with comments of its own."""
    text = (
        "# the board of the town\nid: xx_board\ntitle: T\n"
        f"homepage: {board.base}/\nkind: job\ncountry: md\nlanguages: [ro, en]\n"
        'owner: ""            # who looks\n'
        "# review: {terms: YYYY-MM-DD}\nstatus: draft        # by hand\n"
        f"engine: listing\nstart: [{board.base}/]\nfollow: {{ad: a.ad}}   # cards\nlimits: {{delay: 0.01}}\n"
    )
    path = tmp_path / "sources" / "xx_board.yml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


def test_an_activated_file_keeps_its_comments_and_its_other_lines(
    sqlite_store: Store, draft: Path, as_of: datetime
) -> None:
    before = draft.read_text("utf-8").splitlines()
    spec = step(sqlite_store, draft, "activate", by="Nadia", at=as_of, answers=ANSWERS)
    after = draft.read_text("utf-8").splitlines()
    assert spec.standing == "active"
    assert [line for line in after if "# who looks" in line] == ["owner: night desk    # who looks"]
    assert [line for line in after if line.startswith("status")] == ["status: active       # by hand"]
    touched = {"owner", "basis", "review", "status"}
    plain = [line for line in before if line.split(":")[0].lstrip("# ") not in touched]
    assert [line for line in after if line.split(":")[0] not in touched] == plain


def test_nobody_answers_for_it_so_it_stays_a_draft_and_says_which_lines(
    sqlite_store: Store, draft: Path, as_of: datetime
) -> None:
    before = draft.read_bytes()
    with pytest.raises(PolicyRefusal) as refused:
        step(sqlite_store, draft, "activate", by="Nadia", at=as_of, answers={"owner": "night desk"})
    assert "basis: WHY" in str(refused.value)
    assert "review: {terms" in str(refused.value)
    assert "owner: NAME" not in str(refused.value)
    assert draft.read_bytes() == before


def test_a_review_cannot_lie_in_the_future(sqlite_store: Store, draft: Path, as_of: datetime) -> None:
    review = {"terms": "2026-12-01", "robots": "2026-11-20", "by": "Nadia"}
    with pytest.raises(PolicyRefusal, match="future"):
        step(sqlite_store, draft, "activate", by="Nadia", at=as_of, answers=ANSWERS | {"review": review})


def test_every_step_is_in_the_audit_log_and_in_the_store(sqlite_store: Store, draft: Path, as_of: datetime) -> None:
    step(sqlite_store, draft, "activate", by="Nadia", at=as_of, answers=ANSWERS)
    for verb, standing in (("pause", "paused"), ("resume", "active"), ("retire", "retired")):
        step(sqlite_store, draft, verb, by="Nadia", at=as_of, reason="moved")
        with sqlite_store.reading() as connection:
            assert sources.standing_of(connection, "xx_board") == standing
    with sqlite_store.reading() as connection:
        noted = [(entry["action"], entry["reason"]) for entry in audit.page(connection)]
    assert noted[0] == ("source-retire", "moved")
    assert len(noted) == 4


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_a_step_that_does_not_fit_changes_nothing(sqlite_store: Store, draft: Path, as_of: datetime, verb: str) -> None:
    with pytest.raises(ZoryaError, match="is draft"):
        step(sqlite_store, draft, verb, by="Nadia", at=as_of)
    assert load_source(draft).status is SourceStatus.DRAFT


def test_a_key_of_several_lines_is_replaced_whole() -> None:
    text = "id: x\nbasis: >-\n  two lines\n  of reasons\nstatus: draft\n"
    assert with_key(text, "basis", "one line") == "id: x\nbasis: one line\nstatus: draft\n"


def test_a_drafts_ads_wait_until_it_is_activated(
    board: Any, sqlite_store: Store, crawlable: Settings, draft: Path, as_of: datetime
) -> None:
    board.put_list(1, 2)
    board.put_ad(1, "Waiter")
    board.put_ad(2, "Baker", "Bread and rolls from four in the morning, contract and a room above the shop.")
    report = crawl_spec(sqlite_store, crawlable, load_source(draft), as_of=as_of)
    assert report.postings == 2
    assert screen.run(sqlite_store, crawlable, as_of=as_of).counts["screened"] == 0
    step(sqlite_store, draft, "activate", by="Nadia", at=as_of + timedelta(minutes=1), answers=ANSWERS)
    assert screen.run(sqlite_store, crawlable, as_of=as_of).counts["screened"] == 2


@pytest.fixture
def zorya(draft: Path, board: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The command line, with the folder of the draft as its sources."""
    monkeypatch.setenv("ZORYA__SOURCE_DIRS", json.dumps([str(draft.parent)]))
    monkeypatch.setenv("ZORYA__CRAWL__ALLOW_HOSTS", json.dumps([board.host]))
    return lambda *arguments: CliRunner().invoke(app, ["source", *arguments])


def test_the_list_says_what_a_draft_lacks(zorya: Callable[..., Any]) -> None:
    (row,) = [json.loads(line) for line in zorya("list", "--json").stdout.splitlines()]
    assert (row["standing"], row["missing"]) == ("draft", "owner, basis, review")


def test_verbs_take_a_source_through_its_life(zorya: Callable[..., Any], draft: Path) -> None:
    assert isinstance(zorya("activate", "xx_board", "--by", "Nadia").exception, PolicyRefusal)
    given = ("--owner", "night desk", "--basis", "public", "--terms", "2026-11-20", "--robots", "2026-11-20")
    assert zorya("activate", "xx_board", "--by", "Nadia", *given).exit_code == 0
    assert zorya("pause", "xx_board", "--reason", "moved").exit_code == 0
    assert load_source(draft).standing == "paused"
    assert zorya("retire", "xx_board").exit_code == 0


def test_add_prints_a_draft_and_keeps_it_only_when_asked(
    zorya: Callable[..., Any], board: Any, draft: Path, home: Path
) -> None:
    draft.unlink()
    titles = ("Waiter in a hotel", "Baker of bread", "Driver of vans")
    board.put("/", "".join(f"<a class=ad href=/ad/{number}>{title}</a>" for number, title in enumerate(titles, 1)))
    for number, title in enumerate(titles, 1):
        board.put_ad(number, title)
    shown = zorya("add", board.base)
    assert shown.exit_code == 0
    assert "engine: listing" in shown.stdout
    assert not (home / "sources").exists()
    assert zorya("add", board.base, "--store", "--id", "md_town").exit_code == 0
    assert load_source(home / "sources" / "md_town.yml").standing == "draft"


def test_add_of_a_board_that_forbids_reading_is_refused(zorya: Callable[..., Any], board: Any) -> None:
    board.put("/robots.txt", "User-agent: *\nDisallow: /")
    assert isinstance(zorya("add", board.base).exception, PolicyRefusal)
