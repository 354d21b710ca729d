"""A text that quotes lures, or asks others about them, makes no offer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import catalogue
from models.quotation import asks, reported_parts
from models.signs import Sign
from zorya.domain.findings import State

QUOTING = [
    ("en", 'Scammers write: "Girls 18-25 wanted, housing provided, no experience." Be careful.'),
    (
        "en",
        "Has anyone heard of this agency? They promise housing provided, travel paid. Is it a scam?",
    ),
    ("en", 'They told me: "we keep your passport until the debt is paid". I ran away.'),
    ("ro", "Escrocii scriu: „Angajăm fete 18-25 ani, cazare asigurată, îți facem actele”."),
    ("ro", "Știe cineva agenția asta? Oferă cazare gratuită și transport asigurat. E țeapă?"),
    ("ru", "Мошенники пишут: «Девушки 18-25, жильё предоставляется, без опыта»."),
    ("ru", "Кто-нибудь работал через это агентство? Обещают жильё бесплатно и дорогу за их счёт. Это развод?"),
    ("uk", "Шахраї пишуть: «Дівчата 18-25, житло надається, без досвіду»."),
    ("uk", "Хтось чув про цю агенцію? Обіцяють безкоштовне житло, без досвіду. Чи це розвод?"),
    ("bg", "Измамниците пишат: „Търсим момичета, осигурена квартира, без опит“."),
    ("bg", "Някой работил ли е чрез тази агенция? Обещават осигурена квартира, без опит. Измама ли е?"),
    ("pl", "Oszuści piszą: „Zatrudnimy dziewczyny, zapewniamy zakwaterowanie, bez doświadczenia”."),
    ("pl", "Czy ktoś zna tę agencję? Obiecują zakwaterowanie zapewnione, bez doświadczenia. Czy to oszustwo?"),
    ("hu", "A csalók azt írják: „Lányokat keresünk, szállást biztosítunk, tapasztalat nélkül”."),
    ("hu", "Ismeri valaki ezt az ügynökséget? Szállást biztosítanak, tapasztalat nélkül. Átverés?"),
    ("cs", "Podvodníci píšou: „Hledáme dívky, ubytování zajištěno, bez zkušeností“."),
    ("cs", "Zná někdo tuhle agenturu? Slibují ubytování zdarma, bez zkušeností. Není to podvod?"),
    ("nl", 'Oplichters schrijven: "Meisjes gezocht, huisvesting geregeld, geen ervaring nodig".'),
    ("nl", "Kent iemand dit bureau? Ze beloven gratis huisvesting, geen ervaring nodig. Is dit oplichting?"),
    ("de", "Betrüger schreiben: „Mädchen gesucht, Unterkunft gestellt, ohne Erfahrung“."),
    ("de", "Kennt jemand diese Agentur? Sie versprechen Unterkunft gestellt, ohne Erfahrung. Ist das Betrug?"),
]


def present(text: str, language: str) -> set[str]:
    return {hit.code for hit in catalogue().read(text, language).hits if hit.state is State.PRESENT}


@pytest.mark.parametrize(("language", "text"), QUOTING)
def test_quoted_lure_is_not_stated(language: str, text: str) -> None:
    assert present(text, language) == set()
    assert catalogue().read(text, language).quoted


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", '"Housing provided" is our promise to girls 18-25.', "D3"),
        ("ro", "Angajăm hostess „Luna”, cazare asigurată.", "D3"),
        ("ru", "Клуб «Луна»: «жильё предоставляется», без опыта.", "D3"),
        ("pl", "Klub „Luna”: „zapewniamy zakwaterowanie”.", "D3"),
        ("de", "Club „Luna“: „Unterkunft gestellt“, Damen gesucht.", "D3"),
    ],
)
def test_quotation_marks_alone_quote_nobody(language: str, text: str, code: str) -> None:
    assert code in present(text, language)


def test_offer_beside_a_quotation_is_an_offer() -> None:
    text = 'Scammers write: "no experience". We are honest: housing provided, girls wanted.'
    reading = catalogue().read(text, "en")
    assert {hit.code for hit in reading.hits if hit.state is State.PRESENT} >= {"D3", "B3"}
    assert reading.quoted == ("B1",)


def test_lure_that_asks_the_reader_is_a_lure() -> None:
    assert "B8" in present("Need money fast? Write to us.", "en")
    assert "B8" in present("Срочно нужны деньги? Пиши.", "ru")


def test_several_quotations_after_one_phrase_are_all_quoted() -> None:
    text = "Escrocii scriu „cazare asigurată”, „îți facem actele” și „fără experiență”."
    assert present(text, "ro") == set()


def sign(start: int, end: int) -> Sign:
    return Sign(0, 1, (start, end), False, "they write")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('they write: "come now" today', ["come now"]),
        ('they write in groups: "come now", "bring a friend".', ["come now", "bring a friend"]),
        ("they write: come now\nCall us", [" come now"]),
        ("they write come now. Call us", [" come now"]),
        ('they write: "come now', ["come now"]),
    ],
)
def test_part_that_words_of_reporting_introduce(text: str, parts: list[str]) -> None:
    found = reported_parts(text, [sign(0, len("they write"))])
    assert [text[start:end] for start, end in found] == parts


@given(st.text(alphabet='ab :.?!\n"„“”«»,', max_size=60), st.integers(0, 60))
def test_parts_lie_within_the_text(text: str, at: int) -> None:
    signs = [sign(0, min(at, len(text)))]
    assert all(0 <= start <= end <= len(text) for start, end in reported_parts(text, signs))
    assert asks(text, signs) in {True, False}
