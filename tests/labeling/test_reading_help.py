"""Latin letters, questions, base rates and links between a text and its reasons."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.web import questions, romanising
from labeling.web.adview import FEWEST, open_ad
from labeling.web.marking import Piece
from labeling.web.speech import speech
from models.catalogue import catalogue
from zorya.domain.ads import Kind, Place, Posting
from zorya.store import assessments, base_rates, campaigns, postings


@pytest.mark.parametrize(
    ("language", "text", "latin"),
    [
        ("uk", "Робота в Нідерландах, Згурський", "Robota v Niderlandakh, Zghurskyi"),
        ("uk", "Єнакієве, Їжакевич, Юрій, Знам’янка", "Yenakiieve, Yizhakevych, Yurii, Znamianka"),
        ("ru", "Щука Ёлкина едет в Европу", "Shchuka Yolkina yedet v Yevropu"),
        ("bg", "Търсим момичета, София, ЩАСТИЕ", "Tarsim momicheta, Sofia, SHTASTIE"),
        (None, "жильё", "zhilyo"),
        ("uk", "Telegram @zoria_example, 500 €", "Telegram @zoria_example, 500 €"),
    ],
)
def test_cyrillic_in_latin_letters(language, text, latin):
    assert "".join(romanising.romanised(text, language)) == latin


@given(st.text(), st.sampled_from(["uk", "ru", "bg", "ro", None]))
def test_every_character_keeps_its_place_and_no_known_letter_is_left(text, language):
    spelt = romanising.romanised(text, language)
    assert len(spelt) == len(text)
    assert not re.search("[абвгдежзийклмнопрстуфхцчшщюя]", "".join(spelt).lower())


def test_marks_and_masks_stay_where_they_are():
    parts = [Piece("Шукаємо "), Piece("дівчат", notes=(1,), ends=(1,)), Piece("@z…", contact=True, masked=True)]
    latin = romanising.in_latin(parts, "uk")
    assert [piece.text for piece in latin] == ["Shukaiemo ", "divchat", "@z…"]
    assert [(piece.ends, piece.masked) for piece in latin] == [((), False), ((1,), False), ((), True)]
    assert romanising.in_latin([Piece("Angajăm")], "ro") == []


def test_questions_name_indicators_that_exist():
    codes = {spec.code for spec in catalogue().specs}
    assert {code for question in questions.questions() for code in question.codes} <= codes


def test_what_an_ad_states_is_not_asked(seed):
    seed.ad(
        0.9, title="Pickers", words="Pickers", employer="Invented Farm Ltd", places=(Place("Venlo", "Venlo", "nl"),)
    )
    with seed.store.reading() as connection:
        (member,) = campaigns.members(connection, seed.campaigns[0])
        ad = open_ad(connection, member.posting_id, spoken=speech("en"))
    assert "Who keeps the passport?" in ad.questions
    assert "In which town is it?" not in ad.questions
    assert not [each for each in ad.questions if "employer" in each]
    dating = Posting("s", "1", "u", Kind.DATING, "t", "b")
    assert questions.open_questions(dating, ad.assessment) == []
    assert questions.open_questions(dating, None) == []


def test_a_rate_is_said_of_a_source_that_was_read_often_enough(seed):
    seed.ad(0.9, title="fete 18–25", words="fete 18–25")
    with seed.store.writing() as connection:
        (member,) = campaigns.members(connection, seed.campaigns[0])
        (version,) = postings.currents(connection, [member.posting_id])
        reading = assessments.latest(connection, version.id)
        base_rates.count(connection, [("invented-board", reading)] * (FEWEST - 1))
        few = open_ad(connection, member.posting_id, spoken=speech("en"))
        base_rates.count(connection, [("invented-board", reading)])
        enough = open_ad(connection, member.posting_id, spoken=speech("en"))
    assert few.raised[0].usual is None
    assert enough.raised[0].usual.share == 1.0
    assert enough.contradicted[0].usual.present == 0


def test_each_mark_leads_to_its_reason_and_the_text_says_its_language(browse, town):
    anna = browse("anna")
    page = anna.get(f"/campaigns/{town.campaigns[1]}").text
    for number in set(re.findall(r'href="#reason-(\d+)"', page)):
        assert f'id="reason-{number}"' in page
    assert re.search(r'<sup class="ref"><a href="#reason-1"', page)
    assert '<div class="text" lang="uk">' in page
    assert 'lang="uk-Latn"' in page
    assert "Zhytlo" in page
    assert '<a href="/models/linear@1">linear@1</a>' in page
    assert 'class="latin"' not in anna.get(f"/campaigns/{town.campaigns[0]}").text


@pytest.mark.parametrize(
    ("code", "said"), [("en", ["0.4%", "6%", "0%"]), ("nl", ["0,4%", "6%", "0%"]), ("ro", ["0,4 %", "6 %", "0 %"])]
)
def test_small_rates_keep_one_digit(code, said):
    assert [speech(code).fine_percent(share) for share in (0.004, 0.06, 0.0)] == said
