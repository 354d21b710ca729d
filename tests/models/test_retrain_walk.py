"""The ten commands of docs/how-to/retrain.md, typed one after the other in a home whose labels are few."""

import json
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from models.registry.aliases import champion
from zorya.cli import main
from zorya.cli.output import OK, REFUSED, USAGE
from zorya.labelled import load_corpus
from zorya.settings import Settings

pytestmark = pytest.mark.slow

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "retrain.md"
LANGUAGES = {"nl", "pl", "ru"}
Typed = tuple[int, str]
"""Exit code, and what was printed."""


def documented() -> list[list[str]]:
    """The words of every command of the table, without `zorya`."""
    rows = re.findall(r"^\| \d+ \| `zorya ([^`]+)` \|", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE)
    return [shlex.split(row) for row in rows]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home beside a small corpus and a folder of ordinary ads; commands are typed beside them."""
    ads = [ad for ad in load_corpus(Settings().corpus_dir).ads if ad.language in LANGUAGES]
    groups = set(sorted({ad.group for ad in ads})[::3])
    for name in ("corpus", "ordinary"):
        (tmp_path / name).mkdir()
    kept, others = ([ad for ad in ads if (ad.group in groups) is is_kept] for is_kept in (True, False))
    (tmp_path / "corpus" / "ads.jsonl").write_text("".join(f"{ad.line()}\n" for ad in kept), encoding="utf-8")
    plain = [{"id": ad.id, "title": ad.title, "body": ad.body} for ad in others if not ad.is_concern]
    (tmp_path / "ordinary" / "town.jsonl").write_text("\n".join(map(json.dumps, plain[:60])), encoding="utf-8")
    monkeypatch.setenv("ZORYA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZORYA__CORPUS_DIR", str(tmp_path / "corpus"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def zorya(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Typed]:
    """`zorya …`, as it is typed."""

    def typed(*words: str) -> Typed:
        monkeypatch.setattr(sys, "argv", ["zorya", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or OK), f"{said.out}\n{said.err}"

    return typed


def test_the_documented_commands_lead_to_a_model_in_use_and_back(zorya: Callable[..., Typed], home: Path) -> None:
    commands = documented()
    assert [words[:2] for words in commands][-2:] == [["model", "promote"], ["model", "rollback"]]
    assert len(commands) == 10
    assert zorya("model", "train", "--snapshot", "seed")[0] == OK
    first, version = champion(home / "models", "linear"), ""
    for words in commands:
        meant = [word.replace("VERSION", version).replace("DIR", "ordinary") for word in words]
        if meant[:2] == ["model", "challenge"]:
            assert zorya("model", "promote", version)[0] == USAGE, "no reason was given"
        code, said = zorya(*meant)
        assert code == OK, f"{meant}: {said}"
        if meant == ["model", "train"]:
            version = re.findall(r"linear@(\w+) trained", said)[0]
            assert f"zorya model promote {version}" in said
            refused = zorya("model", "promote", version, "--reason", "newer")
            assert refused[0] == REFUSED
            assert "its card lacks" in refused[1]
        if meant[:2] == ["model", "promote"]:
            assert champion(home / "models", "linear") == version
    assert champion(home / "models", "linear") == first
    assert (home.parent / "report" / "comparison.html").is_file()
    acts = zorya("model", "history")[1]
    assert all(each in acts for each in ("first", "promote", "rollback", "fewer false alarms", "misses loverboy ads"))
