"""Every phrase of the shipped files can match, and one that cannot is named with its file and line."""

from pathlib import Path

import pytest

from models import dead_phrases
from models.catalogue import LEXICONS
from zorya.errors import DataFileError


@pytest.mark.parametrize("path", dead_phrases.files(), ids=lambda path: path.stem)
def test_every_shipped_phrase_can_match(path: Path) -> None:
    dead_phrases.check(path)


@pytest.mark.parametrize(
    "phrase",
    [
        "potribni divchata v klub",  # transliteration
        "n33d|l0nd0n",
        "schn€ll g€ld",
        "fuer frauen",
        "tot {money} per dag|nacht",  # pay eats the period
        "viber {number}",
        "work in {place} from {age}? {money} ... cash",
    ],
)
def test_phrases_as_ads_write_them_are_alive(phrase: str) -> None:
    assert list(dead_phrases.dead_phrases([phrase])) == []


def test_only_the_alternatives_that_find_nothing_are_told() -> None:
    phrases = [
        "work abroad",
        "w|x o r k",
        "girls w|girls o r k",
    ]  # the second and third are taken for `work` spaced out
    assert list(dead_phrases.dead_phrases(phrases)) == [
        ("w|x o r k", "w"),
        ("girls w|girls o r k", "w"),
    ]


def test_a_dead_phrase_is_named_with_file_line_and_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (LEXICONS / "negation.yml").read_text(encoding="utf-8")
    path = tmp_path / "negation.yml"
    path.write_text(text.replace('["no"', '["w o r k", "no"', 1), encoding="utf-8")
    monkeypatch.setattr(dead_phrases, "NEGATION", path)
    with pytest.raises(DataFileError, match=r"'w o r k'.*no text can match.*or remove it") as raised:
        dead_phrases.check(path)
    assert f"{path}:" in str(raised.value)
