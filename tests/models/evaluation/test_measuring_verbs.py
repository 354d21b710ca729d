"""`zorya model eval` and `compare`, as a data scientist types them, on a small snapshot."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from models.examples import Example
from zorya.cli import application
from zorya.domain.reviews import VerdictLabel
from zorya.errors import ModelError
from zorya.snapshots import Part, freeze

Run = Callable[..., Result]


@pytest.fixture
def snapshot(tmp_path: Path, make: Callable[..., Example], as_of: datetime, monkeypatch: pytest.MonkeyPatch) -> str:
    """Forty ads, a quarter of them other harm, in a home of their own; its version."""
    monkeypatch.setenv("ZORYA_HOME", str(tmp_path))
    labels = (VerdictLabel.CONCERN, VerdictLabel.OTHER_HARM, VerdictLabel.NO_CONCERN, VerdictLabel.NO_CONCERN)
    words = ("girls for a club", "easy money by transfer", "baker in town", "driver wanted")
    ads = [
        make(f"{n}-{k}", f"{n} places, {words[k]}", group=f"{n}-{k}").ad.model_copy(update={"label": labels[k]})
        for n in range(10)
        for k in range(4)
    ]
    return freeze(tmp_path / "snapshots", [(Part("verdicts", len(ads), "0" * 64), ads)], as_of=as_of).version


def _type(*words: str) -> Result:
    return CliRunner().invoke(application("model"), ["model", *words])


def test_eval_prints_figures_and_writes_a_report(snapshot: str, tmp_path: Path) -> None:
    out = tmp_path / "report"
    done = _type("eval", "tfidf-svm", "--snapshot", snapshot, "--split", "campaign", "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    card = json.loads(done.stdout)
    assert card["data"] | {"digest": ""} == {
        "name": f"snapshot {snapshot}",
        "digest": "",
        "target": ["concern"],
        "ads": 40,
        "concern": 10,
        "units": card["data"]["units"],
    }
    assert (out / "report.html").is_file()
    assert card["figures"]["tfidf-svm"]["as labelled"]["average_precision"]["value"] == 1


def test_another_target_and_the_newest_snapshot(snapshot: str) -> None:
    done = _type("compare", "tfidf-svm", "any-indicator", "--target", "other_harm", "--split", "campaign")
    assert done.exit_code == 0, done.output
    assert f"snapshot {snapshot}: 40 ads, 10 other_harm" in done.stdout
    assert "better" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("compare", "tfidf-svm", "tfidf-svm"), "no different from itself"),
        (("eval", "ilo-rule", "--split", "sideways"), "no split sideways"),
        (("eval", "ilo-rule", "--snapshot", "seed", "--imported", "emscad"), "not both"),
        (("ordinary", "nowhere"), "is not a folder"),
    ],
)
def test_wrong_words_are_told(snapshot: str, words: tuple[str, ...], says: str) -> None:
    done = _type(*words)
    assert done.exit_code == 2
    assert says in " ".join(done.output.replace("│", " ").split())


def test_a_label_nobody_uses_names_those_there_are(snapshot: str) -> None:
    done = _type("eval", "ilo-rule", "--snapshot", snapshot, "--target", "fraud")
    assert isinstance(done.exception, ModelError)
    assert "other_harm" in str(done.exception)
