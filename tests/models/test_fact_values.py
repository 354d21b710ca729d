"""Facts under the names that conditions of indicators use."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from models.fact_values import FactValue, fact_values, word_facts
from models.facts import find_facts
from models.normalise import normalise
from models.places import find_places
from models.reading import read
from zorya.domain.ads import Contact, ContactKind, Posting


def _values(text: str, language: str) -> dict[str, FactValue]:
    return fact_values(find_facts(text, language=language), normalise(text))


def test_numbers_and_words_that_are_stated() -> None:
    text = "Waitress wanted in Cyprus, girls 18-25 years. Accommodation is not provided."
    found = _values(text, "en")
    assert found["age.high"].values == (25,)
    assert found["housing"].values == ("denied",)
    assert found["occupation"].values == ("services",)
    assert [text[slice(*span)] for span in found["age.high"].spans] == ["18-25 years"]
    assert not {"pay.ratio", "pay.verdict", "travel"} & set(found)


def test_every_value_found_is_one_that_conditions_may_name() -> None:
    text = "Kelnerka, Niemcy, 2000 euro miesięcznie, zapewniamy zakwaterowanie."
    found = fact_values(find_facts(text, language="pl", places=find_places(text)), normalise(text))
    words = {name: value.values for name, value in found.items() if name in word_facts()}
    assert set(words) >= {"gender", "gender.wanted", "housing", "occupation", "pay.verdict"}
    assert all(set(values) <= set(word_facts()[name]) for name, values in words.items())


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("Zatrudnimy dziewczyny do klubu.", "pl", "women"),
        ("Официантка в кафе.", "ru", "women"),
        ("Kelner / kelnerka do restauracji.", "pl", "any"),
        ("Angajăm femei și bărbați.", "ro", "any"),
        ("Семейные пары на ферму.", "ru", "couples"),
        ("Водитель категории CE.", "ru", None),
    ],
)
def test_gender_wanted(text: str, language: str, wanted: str | None) -> None:
    assert find_facts(text, language=language).gender_wanted == wanted


def test_who_can_be_looked_up_does_not_answer_by_messenger_only(ad: Callable[..., Posting]) -> None:
    def answers_by_messenger(body: str, *contacts: Contact) -> bool:
        posting = replace(ad("Bakers wanted", body), contacts=contacts)
        return any(hit.code == "E2" for hit in read(posting).indicators.hits)

    assert answers_by_messenger("WhatsApp 07700 900123, night shifts.")
    assert not answers_by_messenger("WhatsApp 07700 900123 or office@bakery.example, night shifts.")
    field = Contact(ContactKind.EMAIL, "office@bakery.example", "office@bakery.example")
    assert not answers_by_messenger("WhatsApp 07700 900123, night shifts.", field)
