"""The machine's sentences in the reader's language: all that screening writes are known, none stays English."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from labeling.web import telling
from labeling.web.portraits_told import portrayed
from labeling.web.speech import LANGUAGES, speech
from models.catalogue import catalogue
from models.linked_spec import linked_file
from models.reading import read
from models.score import Scorer
from zorya.domain.ads import Kind, Posting
from zorya.settings import REPOSITORY

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OTHERS = [code for code in LANGUAGES if code != "en"]
SENTENCES = [
    "One contact stands in 2 job offers and in 1 dating ad.",
    "One contact stands in 1 job offer and in 3 dating ads, 2 of them with signs of paid company.",
    "One contact stands in offers of 2 unrelated kinds (care, farm) in 2 countries (DE, NL), 5 ads.",
    "One contact stands in offers of 2 unrelated kinds (care, farm) in 2 countries (DE, NL), 5 ads; all name the same "
    "employer.",
    "4 ads share nearly one text; what differs is the place, contact and pay.",
    "The Romanian and the Russian version of one offer name the same work: care and farm.",
    "The Romanian and the Russian version of one offer name different work: care, and dance and farm.",
    "In this campaign the ad gives a number of UA, neither the board's country nor one the ad names.",
    "In this campaign 2 of 7 ads give a number of MD and UA, neither the board's country nor one the ad names.",
    "Of 7 ads 3 were put up again in the same words.",
    "Of 7 ads 2 were gone within 3 days.",
    "Of 7 ads 3 were put up again in the same words and 2 were gone within 3 days.",
    "1 ad has appeared since 1 partner was alerted to this campaign on 3 Nov 2026.",
    "12 ads have appeared since 2 partners were alerted to this campaign on 13 Nov 2026.",
    "Only the first 20,000 characters were read",
    "Fewer than two indicators beside the sector: never flagged on one alone",
    "Unsure: ads of both kinds have read like this one",
]


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_about_links_is_said_whole(code, sentence):
    said = telling.told(sentence, speech(code), {})
    assert not said.english
    assert said.text != sentence
    assert "%(" not in said.text


def test_an_english_reader_reads_what_was_stored():
    assert telling.told("Anything at all", speech("en"), {}) == telling.Told("Anything at all")


def test_what_no_form_fits_is_shown_and_marked_as_english():
    assert telling.told("A sentence of tomorrow", speech("uk"), {}) == telling.Told(
        "A sentence of tomorrow", english=True
    )


def test_numbers_and_titles_are_those_of_the_sentence():
    said = telling.told("Of 7 ads 3 were put up again in the same words.", speech("nl"), {})
    assert {"7", "3"} <= set(said.text.split())
    denied = "Denied or answered in the text: Passport asked for or kept"
    titles = {"Passport asked for or kept": "Pașaportul este cerut sau păstrat"}
    assert telling.told(denied, speech("ro"), titles).text.endswith("Pașaportul este cerut sau păstrat")


class _Even:
    """A model that knows nothing and points at words: what is asked for here are the sentences, not the score."""

    def probabilities_of(self, readings):
        return [{"concern": 0.7} for _ in readings]

    def answers_left(self, probability):
        return True, True

    def telling_words(self, reading):
        return [(reading.indicators.normalised.text.split()[0], 1.0)] if reading.text.split() else []


class _Manifest:
    reference = "even@1"
    recipe: ClassVar[dict[str, int]] = {}
    metrics: ClassVar[dict[str, object]] = {}


def _reasons():
    """Reasons of screening for one seed ad in twelve, and for wordings that bring rare sentences."""
    lines = [
        json.loads(line)
        for path in sorted((REPOSITORY / "labeling" / "corpus").glob("*.jsonl"))
        for line in Path(path).read_text("utf-8").splitlines()[::12]
    ]
    ads = [Posting("s", str(n), "u", Kind(ad["kind"]), ad["title"], ad["body"]) for n, ad in enumerate(lines)]
    ads.append(Posting("s", "long", "u", Kind.JOB, "Picker", "We keep your passport. No contract. " + "word " * 20_000))
    readings = [read(ad, country="nl") for ad in ads]
    scorer = Scorer(_Even(), _Manifest())
    return [
        (assessment, reason)
        for assessment in scorer.assess(readings, [f"v-{n}" for n in range(len(ads))], as_of=NOW)
        for reason in assessment.reasons
    ]


def test_every_reason_that_screening_gives_is_said_in_every_language():
    """If this fails: a sentence of `models` was changed; bring `labeling.web.telling` along."""
    found = _reasons()
    assert len(found) > 200
    names = {spec.title: spec for spec in (*catalogue().specs, *linked_file().indicators)}
    for code in OTHERS:
        titles = {title: spec.titles[code] for title, spec in names.items()}
        left = {reason.text for _, reason in found if telling.told(reason.text, speech(code), titles).english}
        assert left == set(), code


PORTRAYED = [
    "5 ads on 3 sites, in Russian (2), Ukrainian (2) and English (1); seen from 3 Nov 2026 to 27 Nov 2026; 1 is gone.",
    "1 ad on 1 site; seen from 3 Nov 2026 to 3 Nov 2026.",
    "12,400 ads on 12 sites, in Polish (12,400); seen from 3 Nov 2026 to 27 Nov 2026; 40 are gone.",
    "Ads that are gone stood for less than a day in the middle (3 ads).",
    "Ads that are gone stood for 5 days in the middle (3 ads).",
    "All work named is of one kind: bar, hostess or dance (3 ads).",
    "Work named: bar, hostess or dance (3 ads); massage (1 ad).",
    "Destinations: DE (3 ads), NL (2 ads) and IT (1 ad).",
    "DE is named since 3 Nov 2026 only.",
    "NL is no longer named since 3 Nov 2026.",
    "Pay from 1,200 to 4,000 euro a month, 2,000 in the middle (4 ads of 5 say it).",
    "Pay of 1,200 euro a month (1 ad of 5 say it).",
    "3 contacts; phone +40 … 123 stands in 4 ads on 2 sites.",
    "One contact, telegram el…, in 5 ads on 3 sites.",
]


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("sentence", PORTRAYED)
def test_a_sentence_of_a_portrait_is_said_whole(code, sentence):
    said = portrayed(sentence, speech(code))
    assert not said.english
    assert "%(" not in said.text
    assert not re.search(r"\b(ads?|named|Pay|stands?|seen|gone|Nov|hostess or)\b", said.text)


def test_a_portrait_in_ukrainian():
    assert [portrayed(PORTRAYED[number], speech("uk")).text for number in (0, 6, 7)] == [
        "Оголошень: 5; сайтів: 3; мови: російська (2), українська (2) і англійська (1); бачено з 3 лист. 2026 до "
        "27 лист. 2026; зникло: 1.",
        "Названа робота: бар, хостес або танці (3); масаж (1).",
        "Країни призначення: Німеччина (3), Нідерланди (2) і Італія (1).",
    ]


def test_kinds_of_work_and_countries_inside_a_reason_are_said_too():
    said = telling.told(
        "One contact stands in offers of 2 unrelated kinds (bar, hostess or dance and massage, care in a household) "
        "in 2 countries (DE, NL), 5 ads.",
        speech("uk"),
        {},
    )
    assert not said.english
    assert "(бар, хостес або танці + масаж, догляд у домі)" in said.text
    assert "Німеччина" in said.text


def test_every_kind_of_work_has_words():
    assert set(linked_file().sectors) == set(telling.SECTORS)


def test_each_dimension_of_the_decision_rule_is_said():
    text = (
        "ILO decision rule for sexual exploitation (2009): no dimension is positive: coercive recruitment not positive "
        "(2 medium); recruitment by abuse of vulnerability not positive (1 medium, 1 weak). Not a finding: an ad shows "
        "the offer only, and the rule also asks what happened at the destination."
    )
    assert "recruitment" not in telling.told(text, speech("uk"), {}).text
