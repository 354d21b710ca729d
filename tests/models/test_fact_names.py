"""Stable names under which conditions ask for facts."""

import pytest

from models.facts import find_facts, names


def test_names_of_facts_for_conditions() -> None:
    facts = find_facts("Waitress wanted in Cyprus, girls 18-25 years. Accommodation is not provided.", language="en")
    assert names.number(facts, "age.high") == 25
    assert names.number(facts, "pay.ratio") is None
    assert names.values(facts, "housing") == {"denied"}
    assert names.values(facts, "occupation") == {"services"}
    assert set(names.value_names()) >= {"housing", "occupation", "gender.wanted"}


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("Zatrudnimy dziewczyny do klubu.", "pl", {"women"}),
        ("Официантка в кафе.", "ru", {"women"}),
        ("Kelner / kelnerka do restauracji.", "pl", {"any"}),
        ("Angajăm femei și bărbați.", "ro", {"any"}),
        ("Водитель категории CE.", "ru", set()),
    ],
)
def test_gender_wanted_is_one_word(text: str, language: str, wanted: set[str]) -> None:
    assert names.values(find_facts(text, language=language), "gender.wanted") == wanted
