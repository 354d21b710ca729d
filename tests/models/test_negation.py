"""Words of negation beside a phrase deny it, in every language; a phrase that holds them itself is left alone."""

import pytest

from models.catalogue import catalogue
from models.negation import negation
from models.normalise import normalise
from models.phrases import Words
from models.signs import SignFinder
from zorya.domain.findings import State
from zorya.domain.languages import CONTENT_LANGUAGES


@pytest.mark.parametrize(
    ("language", "code", "text", "state"),
    [
        ("en", "D5", "We do not ask for a registration fee.", State.CONTRADICTED),
        ("en", "D5", "Registration fee is not required.", State.CONTRADICTED),
        ("en", "D3", "Accommodation is not provided.", State.CONTRADICTED),
        ("en", "D3", "Not only accommodation provided, but meals too.", State.PRESENT),
        ("en", "D6", "We never keep your passport.", State.CONTRADICTED),
        ("en", "D8", "We won't pick you up at the airport.", State.CONTRADICTED),
        ("ro", "D5", "Fără taxă de înscriere.", State.CONTRADICTED),
        ("ro", "D5", "Nu percepem nicio taxă de înscriere.", State.CONTRADICTED),
        ("ro", "D3", "Nu oferim cazare gratuită.", State.CONTRADICTED),
        ("ro", "D3", "Cazarea nu este asigurată.", State.CONTRADICTED),
        ("ro", "D4", "Nu se reține din salariu.", State.CONTRADICTED),
        ("ro", "D3", "Nu doar cazare gratuită, ci și masă.", State.PRESENT),
        ("ru", "D5", "Без предоплаты и без взносов.", State.CONTRADICTED),
        ("ru", "D5", "Никакой предоплаты не берём.", State.CONTRADICTED),
        ("ru", "D3", "Жильё не предоставляется.", State.CONTRADICTED),
        ("ru", "D3", "Не предоставляем жильё бесплатно.", State.CONTRADICTED),
        ("ru", "F4", "Это не эскорт.", State.CONTRADICTED),
        ("ru", "D3", "Не только жильё предоставляется, но и питание.", State.PRESENT),
        ("ru", "D5", "Оплата за оформление не требуется.", State.CONTRADICTED),
        ("uk", "D5", "Без передоплати.", State.CONTRADICTED),
        ("uk", "D5", "Жодної передоплати не беремо.", State.CONTRADICTED),
        ("uk", "D3", "Житло не надається.", State.CONTRADICTED),
        ("uk", "F4", "Це не ескорт.", State.CONTRADICTED),
        ("uk", "D5", "Оплата за оформлення не потрібна.", State.CONTRADICTED),
        ("bg", "D5", "Без такса за регистрация.", State.CONTRADICTED),
        ("bg", "D5", "Не се плаща такса за посредничество.", State.CONTRADICTED),
        ("bg", "D3", "Не осигуряваме безплатна квартира.", State.CONTRADICTED),
        ("pl", "D5", "Bez żadnych opłat z góry.", State.CONTRADICTED),
        ("pl", "D5", "Nie pobieramy opłaty rekrutacyjnej.", State.CONTRADICTED),
        ("pl", "D3", "Nie zapewniamy zakwaterowania.", State.CONTRADICTED),
        ("pl", "F4", "To nie escort.", State.CONTRADICTED),
        ("pl", "D3", "Nie tylko zapewnione zakwaterowanie, ale i dojazd.", State.PRESENT),
        ("hu", "D3", "Szállást nem biztosítunk.", State.CONTRADICTED),
        ("hu", "D5", "Közvetítői díj nélkül.", State.CONTRADICTED),
        ("hu", "F4", "Nem escort.", State.CONTRADICTED),
        ("cs", "D5", "Žádný poplatek předem.", State.CONTRADICTED),
        ("cs", "D3", "Ubytování není zajištěno.", State.CONTRADICTED),
        ("cs", "D5", "Neplatíte žádný poplatek předem.", State.CONTRADICTED),
        ("nl", "D5", "Geen inschrijfgeld, geen kosten vooraf.", State.CONTRADICTED),
        ("nl", "D5", "We vragen geen inschrijfgeld.", State.CONTRADICTED),
        ("nl", "D3", "Huisvesting wordt niet geregeld.", State.CONTRADICTED),
        ("nl", "F4", "Geen escort.", State.CONTRADICTED),
        ("nl", "D3", "Niet alleen huisvesting geregeld, ook vervoer.", State.PRESENT),
        ("de", "D5", "Keine Vermittlungsgebühr.", State.CONTRADICTED),
        ("de", "D5", "Wir verlangen keine Gebühr im Voraus.", State.CONTRADICTED),
        ("de", "D3", "Unterkunft wird nicht gestellt.", State.CONTRADICTED),
        ("de", "F4", "Kein Escort.", State.CONTRADICTED),
        ("de", "D3", "Nicht nur Unterkunft gestellt, auch Verpflegung.", State.PRESENT),
        ("en", "D3", "Housing provided, no smokers.", State.PRESENT),
        ("ro", "D3", "Cazare asigurată, fără fumători.", State.PRESENT),
        ("ru", "D3", "Жильё предоставляется, без вредных привычек.", State.PRESENT),
        ("ru", "F4", "Эскорт, без интима.", State.PRESENT),
        ("uk", "D3", "Житло надається, не курити.", State.PRESENT),
        ("pl", "D3", "Zapewniamy zakwaterowanie, bez nałogów.", State.PRESENT),
        ("de", "D3", "Unterkunft gestellt, keine Haustiere.", State.PRESENT),
        ("hu", "D3", "Szállást biztosítunk, nem dohányzóknak.", State.PRESENT),
        ("cs", "D3", "Zajistíme ubytování, bez poplatků.", State.PRESENT),
        ("nl", "D3", "Huisvesting geregeld, geen huisdieren.", State.PRESENT),
        ("bg", "D3", "Осигуряваме квартира, без животни.", State.PRESENT),
    ],
)
def test_state_of_a_phrase_with_words_of_negation(language: str, code: str, text: str, state: State) -> None:
    found = {hit.code: hit.state for hit in catalogue().read(text, language).hits}
    assert found.get(code) is state


@pytest.mark.parametrize("language", CONTENT_LANGUAGES)
def test_every_way_to_deny_denies_before_and_after(language: str) -> None:
    """One phrase stands in for all: each denial of the lexicon reaches it, and none reaches over a comma."""
    finder = SignFinder({"sector": {language: ["hostess club"]}})  # type: ignore[dict-item]
    negators = negation().negation[language]  # type: ignore[index]
    for source in negators.before:
        plain = " ".join(word.split("|")[0].rstrip("?*") for word in source.split())
        assert denied(finder, f"{plain} hostess club", language), source
        assert not denied(finder, f"{plain}, hostess club", language), source
    for source in negators.after:
        plain = " ".join(word.split("|")[0].rstrip("?*") for word in source.split())
        assert denied(finder, f"hostess club {plain}", language), source
        assert not denied(finder, f"hostess club, {plain}", language), source


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "not only a hostess club"),
        ("ro", "nu doar hostess club"),
        ("ru", "не только hostess club"),
        ("ru", "не без hostess club"),
        ("uk", "не лише hostess club"),
        ("bg", "не само hostess club"),
        ("pl", "nie tylko hostess club"),
        ("hu", "nem csak hostess club"),
        ("cs", "není problém hostess club"),
        ("nl", "niet alleen hostess club"),
        ("de", "nicht nur hostess club"),
    ],
)
def test_words_that_hold_a_denial_and_deny_nothing(language: str, text: str) -> None:
    assert not denied(SignFinder({"sector": {language: ["hostess club"]}}), text, language)  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("language", "code", "text"),
    [
        ("en", "B1", "No experience needed, we teach you."),
        ("ro", "B1", "Fără experiență, te învățăm noi."),
        ("ru", "B1", "Без опыта, всему научим."),
        ("ro", "E4", "Te rog să nu spui la nimeni."),
        ("hu", "G6", "Ne mondd el a szüleidnek, míg ki nem jössz."),
        ("ru", "A6", "Работа без интима."),
    ],
)
def test_an_indicator_that_says_no_is_present(language: str, code: str, text: str) -> None:
    assert {hit.code: hit.state for hit in catalogue().read(text, language).hits}.get(code) is State.PRESENT


def test_a_denial_of_another_language_denies_nothing() -> None:
    """Romanian `ne` is `us`, Hungarian `ne` is `do not`."""
    assert not denied(SignFinder({"sector": {"ro": ["suni la club"]}}), "ne suni la club", "ro")
    assert denied(SignFinder({"sector": {"hu": ["suni la club"]}}), "ne suni la club", "hu")


def denied(finder: SignFinder, text: str, language: str) -> bool:
    (sign,) = finder.find(Words(text, normalise(text), language=language))["sector"]
    return sign.denied
