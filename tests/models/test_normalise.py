"""The normaliser folds what hides words and keeps the way back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.normalise import normalise


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Cazare ASIGURATĂ", "cazare asigurata"),
        ("şi țară", "si tara"),
        ("рaбoтa для девушек", "работа для девушек"),  # Latin a, o, a inside Cyrillic words
        ("dziewczyny z Pоlski", "dziewczyny z polski"),  # Cyrillic о inside a Latin word
        ("к0нтакт в личку", "контакт в личку"),
        ("c0ntact us today", "contact us today"),
        ("р а б о т а есть", "работа есть"),
        ("ｊｏｂ", "job"),
        ("ра\u200bбо\u00adта", "работа"),
        ("ещё", "еще"),
    ],
)
def test_hidden_words_are_read_as_meant(written: str, meant: str) -> None:
    assert normalise(written).text == meant


@pytest.mark.parametrize(
    "clean",
    ["робота в місті", "работа в городе", "работа в града", "munca in oras", "tel 12345", "b2b a1 c4", "covid-19"],
)
def test_clean_text_is_left_alone(clean: str) -> None:
    assert normalise(clean).text == clean
    assert not normalise(clean).repairs


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_every_character_has_its_place_in_the_original(text: str) -> None:
    result = normalise(text)
    assert len(result.text) == len(result.starts) == len(result.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(result.starts, result.ends, strict=True))
    assert list(result.starts) == sorted(result.starts)


@given(st.text(alphabet="abcабвіё0134@ .-\u200b\u0301ĂțłßＡ", max_size=80))
@settings(max_examples=300, deadline=None)
def test_span_of_a_repaired_word_is_the_word_as_written(text: str) -> None:
    for start, end in normalise(text).repairs:
        assert text[start:end].strip()


def test_repaired_word_points_to_what_was_written() -> None:
    text = "Пишите: к0нтакт тут"
    ((start, end),) = normalise(text).repairs
    assert text[start:end] == "к0нтакт"
