"""The app in the reader's language: chosen by the person, said whole, never half."""

import re
from collections import Counter

import pytest

from labeling.web import catalogues
from labeling.web.speech import LANGUAGES, speech
from zorya.store import people


def test_a_page_says_its_language(browse):
    assert '<html lang="en">' in browse("anna").get("/").text


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_page_can_be_drawn_in_every_language(town, browse, code):
    anna = browse("anna")
    anna.fill("/preferences", language=code, next="/")
    pages = ["/", "/queue", "/proposals", "/sources", "/help", anna.reserve(), f"/campaigns/{town.campaigns[0]}"]
    for address in pages:
        answer = anna.get(address)
        assert (answer.status_code, f'<html lang="{code}">' in answer.text) == (200, True), address


def test_the_choice_is_kept_with_the_account(town, browse):
    browse("anna").fill("/preferences", language="uk", next="/")
    with town.store.reading() as connection:
        account = people.user(connection, "anna")
    assert account is not None
    assert account["language"] == "uk"


def test_a_language_the_app_does_not_speak_changes_nothing(browse):
    anna = browse("anna")
    anna.fill("/preferences", language="tlh", next="/")
    assert '<html lang="en">' in anna.get("/").text


def test_nobody_is_addressed_in_russian_unasked(browse):
    answer = browse("anna").get("/", headers={"accept-language": "ru"})
    assert '<html lang="en">' in answer.text


def test_plurals_of_a_message_without_translation_are_english():
    spoken = speech("uk")
    assert [spoken.plural("%(num)s invented", "%(num)s inventions", n) for n in (1, 2)] == [
        "1 invented",
        "2 inventions",
    ]


TRANSLATED = {code: catalogue for code, _, catalogue in catalogues.translated()}


@pytest.mark.parametrize("code", list(TRANSLATED))
def test_every_message_is_translated_and_none_is_left_over(code):
    """If this fails: `make messages`, then translate what is empty in labeling/web/translations."""
    said = {message.id for message in catalogues.messages() if message.id}
    there = {message.id: message.string for message in TRANSLATED[code] if message.id}
    assert set(there) == said
    assert [one for one, string in there.items() if not all([string] if isinstance(string, str) else string)] == []


@pytest.mark.parametrize("code", list(TRANSLATED))
def test_translations_keep_the_places_and_the_markup(code):
    for message in filter(lambda each: each.id, TRANSLATED[code]):
        first = message.id if isinstance(message.id, str) else message.id[-1]
        for string in [message.string] if isinstance(message.string, str) else message.string:
            for pattern in (r"%\(\w+\)s", r"</?\w+", r'href="[^"]*"'):
                assert Counter(re.findall(pattern, string)) == Counter(re.findall(pattern, first)), (first, string)


@pytest.mark.parametrize(
    ("code", "forms"),
    [
        ("ro", ["1 anunț", "2 anunțuri", "5 anunțuri", "21 de anunțuri"]),
        ("uk", ["1 оголошення", "2 оголошення", "5 оголошень", "21 оголошення"]),
        ("nl", ["1 advertentie", "2 advertenties", "5 advertenties", "21 advertenties"]),
        ("ru", ["1 объявление", "2 объявления", "5 объявлений", "21 объявление"]),
    ],
)
def test_plural_forms(code, forms):
    spoken = speech(code)
    assert [spoken.plural("%(num)s ad", "%(num)s ads", number) for number in (1, 2, 5, 21)] == forms


@pytest.mark.parametrize("code", list(TRANSLATED))
def test_a_page_in_another_language_says_nothing_in_english(town, browse, code):
    """Every sentence of the catalogue that stands on the English page is gone from the translated one."""
    anna = browse("anna")
    addresses = ["/", "/queue", "/proposals", "/sources", "/help", anna.reserve(), f"/campaigns/{town.campaigns[0]}"]
    english = {address: anna.get(address).text for address in addresses}
    anna.fill("/preferences", language=code, next="/")
    sentences = [m.id for m in TRANSLATED[code] if isinstance(m.id, str) and " " in m.id and "%" not in m.id]
    for address in addresses:
        shown = re.sub(r'(?s)<section class="card prose".*?</section>', "", anna.get(address).text)
        left = [
            one for one in sentences if one in english[address] and re.search(rf"(?<!\w){re.escape(one)}(?!\w)", shown)
        ]
        assert left == [], address


@pytest.mark.parametrize(("score", "shown"), [(0.554, "55%"), (0.996, "99%"), (1.0, "99%"), (0.0, "1%")])
def test_no_score_is_shown_as_certainty(score, shown):
    assert speech("en").score(score) == shown
