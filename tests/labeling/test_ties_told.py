"""Why two ads are tied is said in the reader's language; what no form fits is marked as English."""

import re
from pathlib import Path

import pytest

import models.campaigns
from labeling.web.speech import LANGUAGES, speech
from labeling.web.ties_told import FORMS, tied
from models.campaigns.edges import KIND_REASONS, text_reason

OTHERS = [code for code in LANGUAGES if code != "en"]
WRITTEN = [text_reason(1.0), text_reason(0.873), *KIND_REASONS.values()]
SOURCES = "".join(path.read_text("utf-8") for path in Path(models.campaigns.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("behind", ["", " (p-00aa11, p-22bb33)", " A person said they differ."])
@pytest.mark.parametrize("sentence", WRITTEN)
def test_a_tie_is_said_whole(code: str, sentence: str, behind: str) -> None:
    said = tied(sentence + behind, speech(code))
    assert not said.english
    assert not re.search(r"%\(|\b(?:same|wording|both|person|differ)\b", said.text.casefold())
    assert ("p-00aa11" in behind) == ("p-00aa11" in said.text)


def test_a_tie_in_ukrainian() -> None:
    said = tied("87% of the wording is the same. A person said they differ.", speech("uk"))
    assert said.text == "Спільного тексту: 87%. Людина сказала, що автори різні."


@pytest.mark.parametrize("form", FORMS[4:], ids=lambda form: form.said)
def test_a_plain_reason_is_one_that_the_machine_writes(form: object) -> None:
    assert f'"{form.said}"' in SOURCES  # type: ignore[attr-defined]


def test_what_no_form_fits_is_marked_as_english() -> None:
    told = "Written alike: stars words, writes ?!. This is a hint, no proof. A person said they differ."
    assert (tied(told, speech("ro")).text, tied(told, speech("ro")).english) == (told, True)
    assert not tied(WRITTEN[0], speech("en")).english
