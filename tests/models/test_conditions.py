"""`when:` — the closed set of operators of indicator files."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models import condition_evaluation
from models.catalogue import Catalogue, catalogue
from models.catalogue_files import load_specs
from models.comparisons import may_hold_alone
from models.conditions import parse_comparison
from zorya.domain.findings import State, Strength
from zorya.domain.languages import CONTENT_LANGUAGES
from zorya.errors import DataFileError

CLUB, OFFICE = "night club", "office work"
NUMBERED = {"regex": r"club no\. \d", "comment": "numbers that no phrase can hold"}


def entry(code: str = "A5", **changes: Any) -> dict[str, Any]:
    examples = {language: {"hit": ["a", "b"], "miss": ["a", "b"]} for language in CONTENT_LANGUAGES}
    fixed = {"name": f"test_{code.lower()}", "revision": 1, "status": "active", "title": "t", "why": "w"}
    kind = {"strength": "weak", "dimension": "context", "references": [], "false_positives": []}
    return {"code": code} | fixed | kind | {"examples": examples} | changes


def lists(**phrases: str) -> dict[str, Any]:
    return {name: {language: [phrase] for language in CONTENT_LANGUAGES} for name, phrase in phrases.items()}


def write(folder: Path, *entries: dict[str, Any]) -> Path:
    path = folder / "a_test.yml"
    path.write_text(yaml.safe_dump({"group": "A", "title": "t", "indicators": list(entries)}), encoding="utf-8")
    return path


def spans(folder: Path, text: str, *entries: dict[str, Any]) -> list[str] | None:
    """What the first entry is seen in; None when it is not present."""
    write(folder, *entries)
    hits = Catalogue(load_specs(folder), catalogue().frame).read(text, "en").hits
    hit = next((hit for hit in hits if hit.code == entries[0]["code"] and hit.state is State.PRESENT), None)
    return None if hit is None else [text[start:end] for start, end in hit.spans]


@pytest.mark.parametrize(
    ("when", "text", "found"),
    [
        ({"any": ["club", "office"]}, "Work in a night club.", ["night club"]),
        ({"any": ["club", "office"]}, "Work in a bakery.", None),
        ({"all": ["club", "office"]}, "Office work. In a night club!", ["Office work", "night club"]),
        ({"all": ["club", "office"]}, "Work in a night club.", None),
        ({"all": ["club", {"not": "office"}]}, "Work in a night club.", ["night club"]),
        ({"all": ["club", {"not": "office"}]}, "Night club, office work.", None),
        ({"all": ["club", "office"]}, "Office work, not in a night club, no night club.", None),
        ({"near": ["club", "office"], "words": 2}, "Office work in a night club", ["Office work", "night club"]),
        ({"near": ["club", "office"], "words": 1}, "Office work in a night club", None),
        ({"near": ["office", "club"], "in": "sentence"}, "Night club: easy office work", ["Night club", "office work"]),
        ({"near": ["office", "club"], "in": "sentence"}, "Night club. Easy office work", None),
        ({"all": ["club", "age.high <= 35"]}, "Night club, girls 18-30 years", ["Night club", "18-30 years"]),
        ({"all": ["club", "age.high <= 25"]}, "Night club, girls 18-30 years", None),
        ({"any": ["club", "office", "housing == shared"]}, "Shared room with colleagues.", ["Shared room"]),
        ({"any": ["club", "office", "text.hidden >= 1"]}, "S p e c i a l offer", ["S p e c i a l"]),
        ({"any": ["club", NUMBERED]}, "CLUB No. 7", ["CLUB No. 7"]),
    ],
)  # fmt: skip
def test_operator(tmp_path: Path, when: Any, text: str, found: list[str] | None) -> None:
    used = {name: phrase for name, phrase in {"club": CLUB, "office": OFFICE}.items() if f"'{name}'" in str(when)}
    assert spans(tmp_path, text, entry(when=when, lists=lists(**used))) == found


def test_pay_is_held_against_what_is_usual(tmp_path: Path) -> None:
    rich = entry(when={"all": ["pay.ratio >= 2", "pay.verdict == far_above"]})
    assert spans(tmp_path, "Waitress in Germany, 8 000 euro per month", rich)
    assert spans(tmp_path, "Waitress in Germany, 2 000 euro per month", rich) is None


def test_an_indicator_asks_for_another_that_the_file_has_later(tmp_path: Path) -> None:
    first = entry("A5", when={"all": ["office", "A9"]}, lists=lists(office=OFFICE))
    later = entry("A9", when="club", lists=lists(club=CLUB))
    assert spans(tmp_path, "Office work, night club", first, later) == ["Office work", "night club"]


def test_fact_that_is_not_stated_fulfils_no_comparison_but_its_absence(tmp_path: Path) -> None:
    assert spans(tmp_path, "Night club", entry(when={"all": ["club", "age.low >= 18"]}, lists=lists(club=CLUB))) is None
    absent = entry(when={"all": ["club", {"not": "age.low >= 18"}]}, lists=lists(club=CLUB))
    assert spans(tmp_path, "Night club", absent) == ["Night club"]


@pytest.mark.parametrize(
    ("changes", "line_with", "says"),
    [
        ({"when": {"any": ["phrases", "age.hihg <= 35"]}}, "age.hihg", "no fact 'age.hihg'; there are age.high"),
        ({"when": {"any": ["phrases", "age.high <= young"]}}, "age.high", "words are compared with =="),
        ({"when": {"any": ["phrases", "age.high == young"]}}, "age.high", "is a number"),
        ({"when": {"any": ["phrases", "housing == castle"]}}, "housing", "is never 'castle'; it is one of"),
        ({"when": {"any": ["phrases", "Z 9!"]}}, "Z 9!", "is no condition"),
        ({"when": {"any": ["phrases", "D1"]}}, "D1", "no active indicator"),
        ({"when": {"any": ["phrases", "A5"]}}, "code: A5", "asks for itself"),
        ({"when": {"any": ["phrases", "elsewhere"]}}, "code: A5", "differ: elsewhere"),
        ({"when": {"some": ["phrases"]}}, "when:", "one of any, all, not, near, regex"),
        ({"when": {"any": ["phrases"]}}, "any:", "at least 2"),
        ({"when": {"near": ["phrases", "phrases"]}}, "near:", "say how near"),
        ({"when": {"near": ["phrases", "age.high <= 3"], "words": 3}}, "age.high", "names of `lists` only"),
        ({"when": {"regex": "a.*b"}}, "regex:", "Field required"),
        ({"when": {"regex": "a(", "comment": "a comment of some length"}}, "regex:", "not a regular expression"),
        ({"when": {"regex": "a*", "comment": "a comment of some length"}}, "regex:", "matches nothing at all"),
        ({"strength_with": {"strong": "phrases"}}, "strong:", "medium"),
        ({"strength": "medium", "strength_with": {"medium": "phrases"}}, "code: A5", "raises a weak indicator"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_line_and_remedy(
    tmp_path: Path, changes: dict[str, Any], line_with: str, says: str
) -> None:
    phrases = {language: {"present": [CLUB]} for language in CONTENT_LANGUAGES}
    path = write(tmp_path, entry(phrases=phrases, **changes))
    with pytest.raises(DataFileError) as caught:
        load_specs(tmp_path)
    assert says in str(caught.value)
    lines = path.read_text("utf-8").splitlines()
    assert caught.value.line is not None
    assert line_with in "\n".join(lines[caught.value.line - 1 : caught.value.line + 2])


def test_raw_expression_that_takes_too_long_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(condition_evaluation, "_SECONDS", 0.01)
    raw = entry(when={"regex": r"(a|aa)+\b!", "comment": "an expression that never ends on purpose"})
    assert spans(tmp_path, "a" * 5000 + " b", raw) is None
    assert "too long" in caplog.text


def test_departure_is_weak_alone_and_medium_with_papers_or_travel() -> None:
    def strength(text: str) -> Strength:
        return next(hit.strength for hit in catalogue().read(text, "en").hits if hit.code == "E1")

    assert strength("Urgent, leave tomorrow.") is Strength.WEAK
    assert strength("Urgent, leave tomorrow. Travel paid, we arrange papers and visa.") is Strength.MEDIUM


@pytest.mark.parametrize(
    ("code", "alone", "beside"),
    [
        ("A2", "Details via private.", "Girls wanted. Details via private."),
        ("G8", "Tell me, who do you live with?", "Move in with me in Holland. Tell me, who do you live with?"),
    ],
)
def test_what_tells_little_alone_weighs_more_beside_other_signs(code: str, alone: str, beside: str) -> None:
    def strength(text: str) -> Strength:
        return next(hit.strength for hit in catalogue().read(text, "en").hits if hit.code == code)

    assert (strength(alone), strength(beside)) == (Strength.WEAK, Strength.MEDIUM)


@given(st.text(alphabet="ab.<>=!_ 0159-x", max_size=20))
def test_any_text_is_a_comparison_a_name_or_a_clear_error(leaf: str) -> None:
    try:
        comparison = parse_comparison(leaf)
    except ValueError:
        assert "<" in leaf or ">" in leaf
    else:
        assert comparison is None or (comparison.fact in leaf and comparison.sign in leaf)


@pytest.mark.parametrize(
    ("condition", "alone"),
    [
        ("phrases", False),
        ("office_work", False),
        ("D1", True),
        ("age.high <= 35", True),
        ({"not": "phrases"}, True),
        ({"near": ["phrases", "office_work"], "words": 3}, False),
        ({"regex": "x", "comment": "c"}, True),
        ({"any": ["phrases", "text.hidden >= 1"]}, True),
        ({"all": ["phrases", "D1"]}, False),
        ({"all": [{"not": "office_work"}, "D1"]}, True),
    ],
)
def test_what_may_hold_where_none_of_an_entry_s_phrases_stands(condition: Any, *, alone: bool) -> None:
    assert may_hold_alone(condition) is alone
