"""Folding reads a character as the letter it is, and keeps its place."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.folding import fold, fold_char, fold_mapped
from models.offsets import Mapped


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Cazare ASIGURATĂ", "cazare asigurata"),
        ("muncă şi ţară", "munca si tara"),  # cedilla
        ("muncă și țară", "munca si tara"),  # comma
        ("Łódź, Žižkov, Győr, Straße", "lodz, zizkov, gyor, strasse"),
        ("ещё ѝ подъём", "еще и подъем"),
        ("дитячи\u0306 та ї\u0301жа", "дитячй та їжа"),
        ("ｊｏｂ ＋３７３", "job +373"),
        ("𝐖𝐨𝐫𝐤 𝓃𝑜𝓌 𝟙𝟚", "work now 12"),
        ("Ⓦⓞⓡⓚ 🅦🅞🅡🅚 🆆🅾🆁🅺", "work work work"),
        ("ᴡᴏʀᴋ", "work"),
        ("0️⃣6️⃣9️⃣ ⁰⁶⁹ ₀₆₉ ⓪⑥⑨ ❶➋➌ 🔟", "069 069 069 069 123 10"),
        ("ра\u200bбо\u00adта", "работа"),
        ("w\u200do\u2060r\ufeffk\u034f!", "work!"),
        ("об’єкт п`ять", "об'єкт п'ять"),
        ("a\tb\u00a0c\u3000d\u2800e", "a b c d e"),
    ],
)
def test_characters_are_read_as_what_they_are(written: str, meant: str) -> None:
    assert fold(written) == meant


def test_pure_cyrillic_that_looks_latin_stays() -> None:
    assert fold("СОСО") == "сосо"


def test_a_letter_with_its_marks_is_one_place() -> None:
    text = "e\u0301x"
    mapped = fold_mapped(Mapped.of(text)).mapped
    assert mapped.text == "ex"
    assert mapped.original_span(0, 1) == (0, 2)


def test_seams_are_where_words_were_cut() -> None:
    assert fold_mapped(Mapped.of("ра\u200bбота \u200b есть ко\u00adнец")).seams == (2,)


def test_the_table_agrees_with_folding_each_character() -> None:
    for code in range(0x3000):
        char = chr(code)
        if unicodedata.category(char) not in {"Mn", "Me"}:
            assert fold(f"ж{char}ж") == f"ж{fold_char(char)}ж"


def test_every_character_in_use_folds_to_what_stays_as_it_is() -> None:
    for code in (*range(0x20000), *range(0xE0000, 0xE0200)):
        folded = fold_char(chr(code))
        assert "".join(map(fold_char, folded)) == folded


@given(st.text(max_size=200))
@settings(max_examples=300)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
