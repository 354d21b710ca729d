"""The verbs: data on stdout, talk on stderr, documented exit codes."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from zorya.cli import app
from zorya.errors import PolicyRefusal, SourceBusy, ZoryaError
from zorya.settings import load_settings
from zorya.store import leases, open_store

KEYS = ["url", "kind", "title", "body", "language", "posted_on", "employer", "places", "pay", "contacts", "flags"]


@pytest.fixture
def sources(board: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one source of the board, known to the command line."""
    folder = tmp_path / "sources"
    folder.mkdir()
    text = (
        f"id: xx_board\ntitle: T\nhomepage: {board.base}/\n"
        f"kind: job\ncountry: md\nlanguages: [ro]\n"
        f"owner: o\nbasis: b\nstatus: active\n"
        f"engine: listing\nstart: [{board.base}/]\nfollow: {{ad: a.ad}}\nlimits: {{delay: 0.01}}\n"
    )
    (folder / "xx_board.yml").write_text(text, encoding="utf-8")
    board.put_list(1)
    board.put_ad(1, "Waiter")
    monkeypatch.setenv("ZORYA__SOURCE_DIRS", json.dumps([str(folder)]))
    monkeypatch.setenv("ZORYA__CRAWL__ALLOW_HOSTS", json.dumps([board.host]))
    return folder


def zorya(*arguments: str, stdin: bytes | None = None) -> Any:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def lines(result: Any) -> list[Any]:
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def test_extract_keeps_the_batch_contract() -> None:
    page = "<html><h1>Waiter</h1><p>Work in a restaurant near the station, call +44 7700 900123 any day.</p></html>"
    result = zorya("extract", "-", "--url", "https://board.example/ad/1", stdin=page.encode())
    (line,) = lines(result)
    assert result.exit_code == 0
    assert list(line) == KEYS
    assert (line["url"], line["title"], line["kind"]) == ("https://board.example/ad/1", "Waiter", "job")
    assert line["contacts"][0]["value"] == "+447700900123"


@pytest.mark.parametrize(("host", "currency"), [("board.md", "MDL"), ("board.ro", "RON")])
def test_extract_knows_whose_lei_a_page_means(host: str, currency: str) -> None:
    page = "<html><h1>Chelneriță</h1><p>Angajăm chelneriță la restaurant, plătim 9000 lei pe lună, masă inclusă.</p>"
    (line,) = lines(zorya("extract", "-", "--url", f"https://{host}/ad/1", stdin=page.encode()))
    assert (line["pay"]["min"], line["pay"]["currency"]) == (9000, currency)


def test_extract_says_when_there_is_nothing_and_when_the_file_is_missing(tmp_path: Path) -> None:
    assert zorya("extract", "-", stdin=b"").exit_code == 3
    assert isinstance(zorya("extract", str(tmp_path / "missing.html")).exception, ZoryaError)


def test_extract_of_an_address_obeys_robots(board: Any, sources: Path) -> None:
    assert [line["title"] for line in lines(zorya("extract", f"{board.base}/ad/1"))] == ["Waiter"]
    board.put("/robots.txt", "User-agent: *\nDisallow: /")
    assert isinstance(zorya("extract", f"{board.base}/ad/1").exception, PolicyRefusal)


def test_crawl_then_health(sources: Path) -> None:
    assert zorya("source", "health", "--json").exit_code == 0
    result = zorya("crawl", "xx_board", "--json")
    (report,) = lines(result)
    assert (result.exit_code, report["status"], report["accounted"], report["new"]) == (0, "ok", True, 1)
    (row,) = lines(zorya("source", "health", "--json"))
    assert (row["source"], row["verdict"], row["days"][0]["ads"]) == ("xx_board", "ok", 1)


@pytest.mark.parametrize("words", [("crawl", "xx_board"), ("source", "try", "xx_board")])
def test_logs_leave_json_alone_and_obey_the_log_level(
    sources: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = zorya(*words, "--json")
    assert [json.loads(line)["report" if "try" in words else "status"] for line in told.stdout.splitlines()]
    assert "crawl ended" in told.stderr
    assert "hosts excepted from the address guard" in told.stderr
    monkeypatch.setenv("ZORYA__LOG_LEVEL", "ERROR")
    assert "hosts excepted" not in zorya(*words, "--json").stderr


def test_a_busy_source_keeps_no_other_from_being_crawled(sources: Path) -> None:
    text = (sources / "xx_board.yml").read_text("utf-8")
    (sources / "xx_busy.yml").write_text(text.replace("xx_board", "xx_busy"), encoding="utf-8")
    store = open_store(load_settings())
    with store.writing() as connection:
        leases.acquire(connection, "xx_busy", "r-1", "another-host:1:1.00", datetime.now(UTC), 60)
    store.close()
    result = zorya("crawl", "xx_busy", "xx_board", "--json")
    assert ([line["source"] for line in lines(result)], result.exit_code) == (["xx_board"], 4)
    assert "xx_busy is being crawled by process 1 on another-host" in result.stderr
    assert isinstance(zorya("crawl", "xx_busy").exception, SourceBusy)


def test_list_shows_the_good_and_names_the_broken(sources: Path) -> None:
    (sources / "xx_bad.yml").write_text("id: xx_bad\n", encoding="utf-8")
    result = zorya("source", "list", "--json")
    assert result.exit_code == 4
    assert [line["id"] for line in lines(result)] == ["xx_board"]
    assert "xx_bad.yml:1" in result.stderr


def test_try_stores_nothing(sources: Path, home: Path) -> None:
    result = zorya("source", "try", str(sources / "xx_board.yml"), "--json")
    assert result.exit_code == 0
    assert [posting["title"] for posting in lines(result)[0]["postings"]] == ["Waiter"]
    assert not (home / "zorya.sqlite").exists()


def test_crawl_without_a_name_is_wrong_use() -> None:
    assert isinstance(zorya("crawl").exception, ZoryaError)
