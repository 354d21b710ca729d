"""The report's words and what an ad or a server could do to it."""

import re
from pathlib import Path
from typing import Any

import pytest

from zorya.datafiles import load
from zorya.errors import DataFileError
from zorya.evidence import report as report_module
from zorya.evidence.report import clean, report
from zorya.evidence.report_words import FILE, LANGUAGES, WordFile, Words, words

TEMPLATE = Path(report_module.__file__).parent / "templates" / "report.html"


def manifest(**more: Any) -> dict[str, Any]:
    told = {"made_at": "2026-11-26T09:00:00+00:00", "made_by": "N", "reason": "r", "asked_for": ["p-1"]}
    return told | {"software": "z", "authorities": [], "not_stamped": [], "roots": [], "captures": []} | more


def ad(*bodies: str) -> dict[str, Any]:
    plain = {"title": "Waiter", "employer": None, "places": [], "pay": None, "contacts": [], "posted_on": None}
    wordings = [
        {
            "version": f"v-{n}",
            "capture": None,
            "seen_at": f"2026-11-2{n}T09:00:00+00:00",
            "language": "en",
            "images": [],
        }
        | plain
        | {"body": body}
        for n, body in enumerate(bodies, 1)
    ]
    about = {"source": "s", "url": "https://b.example", "first_seen": wordings[0]["seen_at"], "gone_at": None}
    return {"posting": "p-1", "last_seen": wordings[-1]["seen_at"], "campaign": None, "versions": wordings} | about


def drawn(*bodies: str, language: str = "en") -> str:
    dossier = {"ads": [ad(*bodies)], "campaigns": [], "custody": []}
    return report(manifest(), dossier, {}, language).decode()


def test_every_word_is_used_and_every_word_used_is_there() -> None:
    code = TEMPLATE.read_text("utf-8") + Path(report_module.__file__).read_text("utf-8")
    used = set(re.findall(r"""(?:word|row)\(\s*"([a-z_]+)\"""", code)) - {"field_"}
    used |= {key for key in words() if key.startswith(("tie_", "act_", "field_"))} | {"first_seen", "last_seen"}
    assert used - {"tie_", "act_"} == set(words()) - {"language"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_drawn_in_every_language(language: str) -> None:
    text = drawn("one", "two", language=language)
    assert Words(language)("proves_title") in text
    assert (Words(language)("draft") in text) or language == "en"


def test_what_changed_is_marked_word_by_word() -> None:
    text = drawn("Evenings by the sea.", "Nights by the sea, abroad.")
    assert "<del>Evenings</del> by the sea." in text
    assert "<ins>Nights</ins> by the sea<ins>, abroad</ins>." in text


def test_an_ad_writes_nothing_into_the_page_and_turns_no_letters_round() -> None:
    text = drawn("<script>alert(1)</script> \u202eabc", "<style>*{display:none}</style>")
    assert "<script>" not in text
    assert "<style>*" not in text
    assert "\u202e" not in text
    assert clean("a\u202e\x07b\nc") == "ab\nc"


def test_a_very_long_text_is_shown_before_and_after_without_marks() -> None:
    text = drawn("a " * 8000, "b " * 8000)
    assert "<del>" not in text
    assert "b b b" in text


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("words:", "wordz:", "wordz"),
        ("nl: Bewijsrapport, ", "", "title"),
        ("Gemaakt door {who} op {when}", "Gemaakt door {who}", "made"),
    ],
)
def test_a_word_file_that_lacks_something_is_refused(tmp_path: Path, old: str, new: str, why: str) -> None:
    path = tmp_path / "words.yml"
    path.write_text(FILE.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(DataFileError, match=why):
        load(path, WordFile)
