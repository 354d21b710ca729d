"""The app in the reader's language: chosen by the person, said whole, never half."""

import pytest

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
