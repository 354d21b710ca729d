"""`zorya bench read`: every step is measured, on ads of the promised length, beside how right the answers are."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models import bench_peers, bench_read
from models.bench_ads import LEAST, MOST, ads_for_rounds
from models.bench_peers import phrase_pattern
from models.bench_read import STEPS, WHOLE, measure
from zorya.cli import app
from zorya.errors import DataFileError
from zorya.settings import Settings

CORPUS = Settings().corpus_dir


@pytest.fixture
def without_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    """One small round, as where the extra `bench` is not installed."""
    monkeypatch.setattr(bench_read, "ROUNDS", 1)
    monkeypatch.setattr(bench_read, "ADS", 2)
    monkeypatch.setattr(bench_peers, "are_installed", lambda: False)


@pytest.mark.usefixtures("without_peers")
def test_without_peers_every_step_and_the_whole_is_measured(trained_home: Path, as_of: datetime) -> None:
    tables = measure(Settings(home=trained_home), as_of=as_of)
    spent = {row["step"]: row["us_per_ad"] for row in tables["steps"]}
    assert min(spent.values()) > 0
    assert sum(spent[step] for step in STEPS) == pytest.approx(spent[WHOLE], rel=0.01)
    assert {row["peers_us_per_ad"] for row in tables["steps"]} == {None}
    assert {"what": "peers", "value": "not installed: pip install -e '.[bench]'"} in tables["run"]


@pytest.mark.usefixtures("without_peers")
def test_the_verb_prints_tables_by_name_as_json(trained_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZORYA__HOME", str(trained_home))
    answer = CliRunner().invoke(app, ["bench", "read", "--json"])
    assert answer.exit_code == 0, answer.output
    tables = json.loads(answer.stdout)
    assert set(tables) == {"steps", "checks", "run"}
    assert {row["check"]: (row["of"], row["ours"]) for row in tables["checks"]}["telephones, plain"] == (2, 2)


@pytest.mark.usefixtures("without_peers")
def test_the_table_says_how_to_install_the_peers(trained_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZORYA__HOME", str(trained_home))
    answer = CliRunner().invoke(app, ["bench", "read"])
    assert answer.exit_code == 0, answer.output
    assert "pip install -e '.[bench]'" in answer.stdout


def test_ads_are_long_half_of_them_cyrillic_and_no_two_sets_share_one() -> None:
    sets = ads_for_rounds(CORPUS, rounds=4, size=20)
    ads = [ad for each in sets for ad in each]
    assert [len(each) for each in sets] == [20] * 4
    assert all(LEAST <= len(ad.posting.text) <= MOST for ad in ads)
    assert all(sum(ad.language in {"ru", "uk", "bg"} for ad in each) == 10 for each in sets)
    paragraphs = [line for ad in ads for line in set(ad.posting.text.split("\n")) if len(line) > 200]
    assert len(set(paragraphs)) == len(paragraphs)
    assert ads_for_rounds(CORPUS, rounds=4, size=20) == sets


def test_a_corpus_that_is_too_small_is_named() -> None:
    with pytest.raises(DataFileError, match="1000 are measured"):
        ads_for_rounds(CORPUS, rounds=10, size=100)


@pytest.mark.parametrize(
    ("phrase", "text", "matches"),
    [
        ("работ* ... границ*", "работа для девушек за границей", True),
        ("работ* ... границ*", "работа есть и там и тут и за границей", False),
        ("no|without experience", "without experience", True),
        ("visa fully? paid", "visa paid", True),
        ("girls {age}", "girls 19", True),
        ("girls {age}", "girls 59", False),
        ("job", "jobs", False),
    ],
)
def test_a_phrase_of_the_catalogue_becomes_the_regex_that_one_would_write(
    phrase: str, text: str, *, matches: bool
) -> None:
    assert bool(re.search(phrase_pattern(phrase), text)) is matches
