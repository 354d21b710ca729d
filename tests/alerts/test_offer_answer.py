"""What somebody who asks about an offer reads: the gravest thing first, never *safe*, whom to call last."""

import string
from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.offers.advice import Advice, advice, countries_for
from alerts.offers.answer import LANGUAGES, Answer, answer, catalogue, words_in
from zorya.domain.ads import Contact, ContactKind
from zorya.domain.findings import Band, IndicatorHit, State, Strength
from zorya.domain.offers import OfferReading, PayOffered, SeenBefore, Sign, Unsaid

FIRST = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
LAST = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def sign(code: str, strength: Strength = Strength.MEDIUM, state: State = State.PRESENT) -> Sign:
    return Sign(IndicatorHit(code, 1, f"title of {code}", state, strength), (f"words of {code}",))


def offer(**changes: Any) -> OfferReading:
    plain: dict[str, Any] = {
        "is_text": True, "language": "en", "band": Band.UNLIKELY, "present": (), "contradicted": (), "unsaid": (),
        "pay": PayOffered.UNKNOWN, "ratio": None, "countries": (), "contacts": (), "warns": False,
    }  # fmt: skip
    return OfferReading(**plain | changes)


def answered(seen: SeenBefore | None = None, language: str = "en", asker: str | None = None, **changes: Any) -> Answer:
    return answer(offer(**changes), seen, language=language, texts={}, asker=asker)


def lines(found: Answer, key: str) -> list[str]:
    return [line for section in found.sections if section.key == key for line, _ in section.lines]


@pytest.mark.parametrize(
    ("level", "changes"),
    [
        ("serious", {"band": Band.LIKELY, "present": (sign("D6"), sign("B1"))}),
        ("serious", {"band": Band.UNLIKELY, "present": (sign("D6", Strength.STRONG),)}),
        ("some", {"present": (sign("B1"),)}),
        ("none", {"present": (sign("F1"),)}),
        ("none", {}),
        ("none", {"warns": True, "present": (sign("B1"),)}),
        ("unread", {"band": None}),
        ("unread", {"band": None, "is_text": False}),
    ],
)
def test_the_gravest_thing_known_decides_the_first_sentence(level: str, changes: dict[str, Any]) -> None:
    assert answered(**changes).level == level


def test_what_two_people_confirmed_comes_before_what_the_words_say() -> None:
    found = answered(SeenBefore(3, 2, confirmed=3, first=FIRST, last=LAST))
    assert found.level == "known"
    assert found.first == words_in("en").text("contact_known")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_answer_calls_an_offer_safe(language: str) -> None:
    found = answered(SeenBefore(), language=language)
    assert found.first == words_in(language).text("none")
    assert lines(found, "seen") == [words_in(language).text("seen_none")]


def test_signs_stand_strongest_first_with_their_words_and_without_the_sector() -> None:
    found = answered(present=(sign("B1", Strength.WEAK), sign("F1"), sign("D6")))
    assert lines(found, "present") == ["title of D6: “words of D6”", "title of B1: “words of B1”"]


def test_a_title_is_told_in_the_readers_language_with_why_it_matters() -> None:
    texts = {("D6", 1): ("Pașaportul este reținut", "Un mijloc de presiune.")}
    found = answer(offer(present=(sign("D6"),)), None, language="ro", texts=texts)
    assert found.sections[0].lines == (("Pașaportul este reținut: “words of D6”", "Un mijloc de presiune."),)


def test_what_is_not_said_becomes_a_question() -> None:
    found = answered(unsaid=(Unsaid.EMPLOYER, Unsaid.DOCUMENTS))
    assert lines(found, "unsaid") == [words_in("en").text("ask_employer"), words_in("en").text("ask_documents")]


def test_unusual_pay_is_told_with_the_readers_decimal_sign() -> None:
    assert "3,7" in lines(answered(language="ro", pay=PayOffered.FAR_ABOVE, ratio=3.71), "pay")[0]


def test_ads_seen_before_are_counted_and_dated() -> None:
    found = lines(answered(SeenBefore(3, 2, confirmed=2, ordinary=1, first=FIRST, last=LAST)), "seen")
    assert found == [
        "3 ads with this contact or these words, on 2 sites, 4 Nov 2026 – 22 Nov 2026.",
        "At least two people reviewed 2 ads of them and call them a concern.",
        "People reviewed 1 ad of them and see no concern.",
    ]


def test_ads_nobody_has_judged_are_said_to_be_undecided() -> None:
    assert lines(answered(SeenBefore(1, 1, first=FIRST, last=LAST)), "seen")[-1] == words_in("en").text(
        "seen_undecided"
    )


def test_a_bare_contact_is_answered_as_one() -> None:
    contacts = (Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123"),)
    found = answered(SeenBefore(), is_text=False, band=None, contacts=contacts)
    assert found.first == words_in("en").text("contact_only")


def test_the_askers_country_comes_first_then_where_the_offer_leads() -> None:
    called = lines(answered(asker="ro", countries=("nl",)), "call")
    assert [line.split(":")[0] for line in called[:2]] == ["Romania", "Netherlands"]
    assert called[-1].endswith(advice().emergency.call)


def test_who_has_reason_to_fear_reads_whom_to_call_first() -> None:
    found = answered(band=Band.LIKELY, present=(sign("D6"), sign("B1")))
    assert found.sections[0].key == "call"


def test_without_a_country_every_line_is_told() -> None:
    assert countries_for(None, ("xx",)) == list(advice().countries)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things_with_the_same_places(language: str) -> None:
    english, spoken = catalogue().en, getattr(catalogue(), language)
    assert spoken.texts.keys() == english.texts.keys()
    for key, text in spoken.texts.items():
        assert places(text) == places(english.texts[key]), key
    for key, forms in spoken.plurals.items():
        assert set(forms) == set(words_in(language).locale.plural_form.tags | {"other"}), key


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_number_says_where_it_was_read() -> None:
    known: Advice = advice()
    entries = [each for country in known.countries.values() for each in (*country.lines, *country.registers)]
    assert all(entry.source and entry.read for entry in entries)
    assert len({line.call for country in known.countries.values() for line in country.lines}) == 14
