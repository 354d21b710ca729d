"""One fate, one exit code, whichever verb meets it; what people see says what happened and what to do."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError
from typer.testing import CliRunner

from crawlers.catalog import load_source, read_draft
from crawlers.failing import in_words
from zorya.cli import app
from zorya.cli.output import report_error
from zorya.errors import DataFileError, ZoryaError
from zorya.settings import load_settings
from zorya.store import open_store, runs, sources

CHALLENGE = "<title>Just a moment...</title><h1>board.example</h1><p>Checking your browser before you go on.</p>"
Verb = Callable[..., tuple[int, str, str]]


@pytest.fixture
def file(board: Any, home: Path) -> Path:
    """The file of a draft for the board."""
    path = home / "sources" / "xx_board.yml"
    path.parent.mkdir(parents=True)
    path.write_text(
        f"id: xx_board\ntitle: T\nhomepage: {board.base}/\nkind: job\ncountry: md\nlanguages: [ro]\nstatus: draft\n"
        f"engine: listing\nstart: [{board.base}/]\nfollow: {{ad: a.ad}}\nlimits: {{delay: 0.01}}\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def zorya(board: Any, file: Path, monkeypatch: pytest.MonkeyPatch) -> Verb:
    """(exit code, stdout, stderr) of a verb; of the sources there is only the board's."""
    monkeypatch.setenv("ZORYA__SOURCE_DIRS", "[]")
    monkeypatch.setenv("ZORYA__CRAWL__ALLOW_HOSTS", json.dumps([board.host]))

    def run(*words: str, stdin: bytes | None = None) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, list(words), input=stdin)
        if not isinstance(done.exception, ZoryaError):
            assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
            return done.exit_code, done.stdout, done.stderr
        return report_error(done.exception), done.stdout, f"{done.stderr}zorya: {done.exception}\n"

    return run


def reading(board: Any) -> list[tuple[str, ...]]:
    """The verbs that go out to a board, each by a process of another kind."""
    return [("source", "add", board.base), ("crawl", "xx_board"), ("extract", f"{board.base}/")]


@pytest.mark.parametrize("verb", range(3))
def test_a_host_that_is_not_there_forbids_nothing(zorya: Verb, board: Any, verb: int) -> None:
    words = reading(board)[verb]
    board.close()
    code, _, err = zorya(*words)
    assert code == 4, err
    assert "the host refuses the connection" in err
    assert "Error" not in err


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            DownloadFailedError(
                "[<twisted.python.failure.Failure OpenSSL.SSL.Error: [('SSL routines', '', 'wrong version number')]>]"
            ),
            "the host speaks no TLS at this port",
        ),
        (DownloadFailedError("x [('SSL routines', '', 'certificate verify failed')]"), "not to be trusted"),
        (DownloadFailedError("[<twisted.python.failure.Failure twisted.E: Bye.>]"), "the connection broke off: Bye."),
        (DownloadTimeoutError("Getting http://x took longer than 30 seconds"), "no answer in time"),
        (KeyError("new"), "KeyError: 'new'"),
    ],
)
def test_a_failure_of_the_network_is_said_without_the_librarys_words(error: Exception, words: str) -> None:
    assert words in in_words(error)
    assert "twisted" not in in_words(error)


@pytest.mark.parametrize("verb", range(3))
def test_a_challenge_is_a_refusal_to_every_verb(zorya: Verb, board: Any, verb: int) -> None:
    board.put("/", CHALLENGE, status=403)
    code, _, err = zorya(*reading(board)[verb])
    assert code == 5, err
    assert "the site shows a challenge page" in err.splitlines()[-1]


@pytest.mark.parametrize("words", [("source", "add"), pytest.param(("extract",), marks=pytest.mark.slow)])
def test_a_missing_page_is_no_page_to_both_verbs(zorya: Verb, board: Any, words: tuple[str, ...]) -> None:
    code, _, err = zorya(*words, f"{board.base}/nothing")
    assert (code, "the site answers 404" in err) == (4, True)


@pytest.mark.parametrize("words", [pytest.param(("source", "add"), marks=pytest.mark.slow), ("extract",)])
def test_who_names_an_inner_address_is_told_of_the_exception(
    zorya: Verb, board: Any, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.delenv("ZORYA__CRAWL__ALLOW_HOSTS")
    code, _, err = zorya(*words, board.base)
    assert (code, "`crawl.allow_hosts`" in err, board.asked) == (5, True, [])


@pytest.mark.parametrize(("standing", "remedy"), [("paused", "zorya source resume xx_board"), ("retired", "for good")])
def test_a_source_taken_out_of_crawling_is_not_crawled_by_hand(
    zorya: Verb, board: Any, file: Path, standing: str, remedy: str
) -> None:
    answers = "owner: o\nbasis: b\nreview: {terms: 2026-11-01, robots: 2026-11-01, by: t}\n"
    file.write_text(answers + file.read_text("utf-8").replace("status: draft", f"status: {standing}"), "utf-8")
    code, _, err = zorya("crawl", "xx_board")
    assert (code, remedy in err, board.asked) == (5, True, [])


def test_a_draft_crawled_by_hand_is_called_one_and_its_failure_is_explained(zorya: Verb, board: Any) -> None:
    board.put("/", "<p>nothing</p>")
    code, _, err = zorya("crawl", "xx_board")
    assert (code, "xx_board is a draft" in err) == (4, True)
    code, out, _ = zorya("source", "health")
    assert (code, "found 0" in out) == (0, True)


def test_a_retired_draft_is_retired_in_the_list(zorya: Verb) -> None:
    assert zorya("source", "retire", "xx_board")[0] == 0
    assert json.loads(zorya("source", "list", "--json")[1])["standing"] == "retired"
    code, _, err = zorya("source", "retire", "xx_board")
    assert (code, "retired already" in err) == (3, True)
    assert zorya("source", "pause", "xx_board", "--reason", "r")[0] == 2


def test_an_address_is_kept_once_and_its_draft_is_known_at_once(zorya: Verb, board: Any, home: Path) -> None:
    (home / "sources" / "xx_board.yml").unlink()
    board.put("/", "".join(f"<a class=ad href=/ad/{n}>{title}</a>" for n, title in enumerate(TITLES)))
    for number, title in enumerate(TITLES):
        board.put_ad(number, title)
    assert zorya("source", "add", board.base, "--store", "--id", "md_town")[0] == 0
    code, _, err = zorya("source", "add", board.base, "--store")
    assert (code, "`md_town` reads this very address already" in err) == (3, True)
    assert [load_source(path).id for path in (home / "sources").iterdir()] == ["md_town"]
    store = open_store(load_settings())
    with store.reading() as connection:
        assert sources.standing_of(connection, "md_town") == "draft"
        assert runs.latest(connection) == []
    store.close()


TITLES = ("Waiter in a hotel", "Baker of bread", "Driver of vans")


@pytest.mark.parametrize(("name", "why"), [("Bad Id", "is no id"), ("xx_board", "exists already")])
def test_an_id_that_does_not_fit_is_refused_before_anybody_is_asked(
    zorya: Verb, board: Any, name: str, why: str
) -> None:
    code, _, err = zorya("source", "add", board.base, "--store", "--id", name)
    assert (code, why in err, board.asked) == (2, True, [])


@pytest.mark.parametrize("kind", ["random", "pdf", "png", "empty"])
def test_what_is_no_text_holds_no_ad_and_that_is_said(zorya: Verb, tmp_path: Path, kind: str) -> None:
    noise = random.Random(5).randbytes(6000)
    head = {"random": b"", "pdf": b"%PDF-1.7\n1 0 obj << /Length 9 >> stream\n", "png": b"\x89PNG\r\n\x1a\n\0\0"}
    path = tmp_path / "file"
    path.write_bytes(b"" if kind == "empty" else head[kind] + noise)
    code, out, err = zorya("extract", str(path))
    assert (code, out, "no ad in it" in err) == (3, "", True)


def test_text_with_a_stray_control_is_still_text(zorya: Verb) -> None:
    page = b"<h1>Waiter\x00</h1><p>Evenings by the sea,\x02 contract from day one.</p>"
    code, out, _ = zorya("extract", "-", stdin=page)
    assert (code, json.loads(out)["title"]) == (0, "Waiter")


@pytest.mark.parametrize("url", ["notaurl", "ftp://board.example/", "https://", "board.example/ad/1"])
def test_an_address_that_is_none_is_refused(zorya: Verb, url: str) -> None:
    code, out, err = zorya("extract", "-", "--url", url, stdin=b"<h1>Waiter</h1><p>Evenings by the sea.</p>")
    assert (code, out, "give the whole address" in err) == (2, "", True)


@pytest.mark.parametrize("verb", ["list", "health"])
def test_without_a_source_the_verbs_say_how_to_add_one(zorya: Verb, file: Path, verb: str) -> None:
    file.unlink()
    code, out, err = zorya("source", verb)
    assert (code, out, "zorya source add URL" in err) == (3, "", True)


def test_to_crawl_all_of_nothing_says_so(zorya: Verb, board: Any) -> None:
    code, _, err = zorya("crawl", "--all")
    assert (code, "no active source" in err, board.asked) == (3, True, [])


@pytest.mark.slow
def test_nothing_is_proposed_for_activation_that_could_not_be_read(zorya: Verb, board: Any) -> None:
    board.put("/", "<p>nothing</p>")
    code, _, err = zorya("source", "try", "xx_board")
    assert (code, "activate" in err) == (4, False)


def test_a_draft_is_named_by_what_people_call_it(file: Path) -> None:
    text = file.read_text("utf-8").replace("country: md", "country: no")
    with pytest.raises(DataFileError, match=r"^draft:5: `country`: .* write it in quotes"):
        read_draft(text)


def test_the_help_has_one_panel_for_operators(zorya: Verb) -> None:
    code, out, _ = zorya("--help")
    assert code == 0
    assert [line.split()[1] for line in out.splitlines() if "Operator" in line] == ["Operators"]
