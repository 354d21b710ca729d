"""The wording of an ad is what stays of it when town, person, pay, day and contact are others."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.campaigns.wording import located, wording
from models.reading import read
from zorya.domain.ads import Kind, Posting

SLOTS = {
    "place": [
        ("pl", "Praca dla hostess w Berlinie, klub w centrum.", "Praca dla hostess w Mediolanie, klub w centrum."),
        (
            "hu",
            "Három hónapos szerződés Berlinben.",
            "Három hónapos szerződés Limassolban.",
        ),
        ("uk", "Шукаємо дівчат на роботу в Барселоні, житло є.", "Шукаємо дівчат на роботу в Мілані, житло є."),
    ],
    "person": [
        (
            "ro",
            "Pentru detalii întreabă de Cristina.",
            "Pentru detalii întreabă de Bogdan.",
        ),
        (
            "hu",
            "Este lehet hívni, keresd Gergőt a recepción.",
            "Este lehet hívni, keresd Boglárkát a recepción.",
        ),
    ],
    "pay": [
        ("en", "We pay 1,200 euro a month and a room.", "We pay €1300 a month and a room."),
        ("pl", "Stawka 900 EUR miesięcznie, mieszkanie gratis.", "Stawka 1500 euro miesięcznie, mieszkanie gratis."),
    ],
    "contact": [
        ("en", "Send two photos, WhatsApp +33 6 39 98 12 34", "Send two photos, tel. +33639981235"),
        ("uk", "Чекаємо на фото, телеграм @zb_1234_job", "Чекаємо на фото, вайбер +33639981235"),
    ],
}
"""Slot → (language, two ads that differ in it alone)."""


@pytest.mark.parametrize(
    ("one", "other"), [(one, other) for pairs in SLOTS.values() for _, one, other in pairs], ids=lambda text: text[:20]
)
def test_ads_that_differ_in_a_slot_have_one_wording(one: str, other: str, ad: Callable[..., Posting]) -> None:
    assert wording(read(ad("Anunț", one))) == wording(read(ad("Anunț", other)))


@pytest.mark.parametrize(
    ("plain", "disguised"),
    [
        ("agentie serioasa cauta dansatoare vesele", "agent1e serioasa c4uta dansatoar3 ve$ele"),
        ("ищем весёлых танцовщиц в труппу", "ищем в3сёлых т@нцовщиц в труппу"),
        ("szukamy tancerek do klubu nocnego", "szukamy tanc3rek do klubu n0cnego"),
    ],
)
def test_signs_for_letters_are_letters_in_words_nobody_knows(
    plain: str, disguised: str, ad: Callable[..., Posting]
) -> None:
    one, other = wording(read(ad("", plain))), wording(read(ad("", disguised)))
    assert one == other or one.translate(_E_FOR_Z) == other.translate(_E_FOR_Z)


_E_FOR_Z = str.maketrans("ез", "__")
"""A 3 in a Cyrillic word is drawn like `з` and stands for `е` as often: one letter of it may differ."""


@pytest.mark.parametrize("text", ["zmiana 3x tyg po 8h", "internet 4g i tv", "pokoj nr 10a", "grupa b2b"])
def test_counts_beside_letters_stay_numbers(text: str, ad: Callable[..., Posting]) -> None:
    assert "0" in wording(read(ad("", text))).split()


def test_a_sentence_keeps_its_first_word_and_a_title_its_capitals(ad: Callable[..., Posting]) -> None:
    assert wording(read(ad("Dancers For An Evening Show", "Costumes come with it. Rides too."))) == (
        "dancers for an evening show\ncostumes come with it\nrides too"
    )


@settings(max_examples=40)
@given(st.text(alphabet="abАв @4$.:_-+0123 \n€ŁßЯ👍", max_size=120))
def test_any_text_has_a_wording_without_line_ends_at_its_ends(text: str) -> None:
    found = wording(read(Posting("s", "1", "", Kind.JOB, "", text)))
    assert found == found.strip()
    assert "\n\n" not in found


@pytest.mark.parametrize("odd", ["", "\ue000 \uf8ff", "a@"])
def test_a_contact_is_located_in_the_sentence_it_stands_in(odd: str, ad: Callable[..., Posting]) -> None:
    reading = read(ad("", f"Ring Anna {odd}: +44 7700 900 123. Complaints about this board go to desk@board.example!"))
    text, sentences = located(reading)
    assert text == wording(reading)
    told = {contact.value: sentence for contact, sentence in zip(reading.contacts, sentences, strict=True)}
    assert told["desk@board.example"].startswith("complaints about this board go to")
    assert "complaints" not in told["+447700900123"]
