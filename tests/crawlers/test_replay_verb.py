"""`zorya crawl SOURCE --from-warc FILE`: several files, damage told with file and offset, exit codes."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawlers.spec import SourceSpec
from zorya.cli import main
from zorya.evidence import Archive, Exchange
from zorya.settings import Settings

Verb = Callable[..., tuple[int, str, str]]


@pytest.fixture
def verb(
    crawlable: Settings,
    board: Any,
    source: Callable[..., SourceSpec],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Verb:
    """`zorya crawl …` for a source file of this board."""
    folder = crawlable.home / "sources"
    folder.mkdir()
    told = source(board).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    (folder / "xx_board.yml").write_text(yaml.safe_dump(told))

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["zorya", "crawl", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(str(ended.value.code)), said.out, said.err

    return run


def test_the_verb_replays_several_files_and_exits_4_on_damage(
    crawlable: Settings, board: Any, verb: Verb, as_of: datetime, tmp_path: Path
) -> None:
    folder = tmp_path / "old"
    exchanges = [
        Exchange(f"{board.base}/ad/{n}", 200, (), (), b"<h1>Waiter</h1><p>Evenings by the sea.</p>", as_of)
        for n in (1, 2)
    ]
    files = [str(folder / capture.warc_file) for capture in Archive(folder).put_many(exchanges)]
    options = [part for file in files for part in ("--from-warc", file)]
    code, out, err = verb("xx_board", *options, "--json")
    assert code == 0, err
    assert json.loads(out.splitlines()[-1])["new"] == 2
    path = Path(files[0])
    path.write_bytes(path.read_bytes() + b"rubbish")
    code, _, err = verb("xx_board", *options)
    assert code == 4
    assert f"{path}: offset {path.stat().st_size - 7}: no WARC record begins here" in err


def test_an_archive_that_holds_nothing_is_an_error_with_its_name(verb: Verb, tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(b"nothing")
    code, _, err = verb("xx_board", "--from-warc", str(path))
    assert (code, str(path) in err) == (2, True)
    assert verb("--all", "--from-warc", str(path))[0] == 2
