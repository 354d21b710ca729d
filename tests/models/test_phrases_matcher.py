"""One matcher for all phrases finds what trying every phrase at every word finds."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.bench_patterns import generate_phrases
from models.catalogue import catalogue
from models.facts.telling import FactKey
from models.normalise import normalise
from models.phrases import Match, PhraseMatcher, Words, parse_phrase
from models.phrases.matcher import find_one_by_one
from models.places import find_mentions, find_places
from models.shared_pass import shared_pass
from models.signs import Key
from zorya.labelled import load_corpus
from zorya.settings import Settings

WORDS = (
    "раб",
    "работа",
    "работы",
    "робота",
    "work",
    "worker",
    "working",
    "w",
    "на",
    "in",
    "18",
    "25",
    "500",
    "euro",
    "€",
    "w0rking",
    "dev4onki",
    "+33",
)
OPENERS = st.sampled_from(
    (
        "работа",
        "раб*",
        "работ*",
        "робота",
        "work",
        "wor*",
        "work-in",
        "work-раб*",
        "на",
        "in|на",
        "euro",
        "w0rk*",
        "w0rking",
    )
)
ELEMENTS = st.one_of(
    OPENERS,
    st.sampled_from(
        ("...", "work?", "раб*?", "in|на?", "{money}", "{number}", "{age}", "{age}|work", "{number}?", "{place}", "w*")
    ),
)
PHRASES = st.builds(lambda first, rest: " ".join((first, *rest)), OPENERS, st.lists(ELEMENTS, max_size=4)).filter(
    lambda source: not source.endswith("...")
)
TEXTS = st.lists(st.sampled_from((*WORDS, ",", ".", "\n")), max_size=25).map(" ".join)


def found(sources: list[str], words: Words) -> tuple[dict[str, list[Match]], dict[str, list[Match]]]:
    entries = [(source, parse_phrase(source)) for source in sources]
    return PhraseMatcher(entries).find(words), find_one_by_one(entries, words)


@given(st.lists(PHRASES, min_size=1, max_size=8), TEXTS)
@example(["work ... {money} in"], "work w w 500 euro in work 500 euro in")
@example(["на работ*", "work-in {age}|work"], "work in 18 work in work на работы")
@settings(max_examples=250)
def test_matcher_finds_what_the_plain_loop_finds(sources: list[str], text: str) -> None:
    places = [(at, at + 4) for at in range(len(text)) if text.startswith("work", at)][:2]
    at_once, one_by_one = found(sources, Words(text, normalise(text), places=places))
    assert at_once == one_by_one


@pytest.mark.parametrize("language", ["ro", "uk", "hu"])
def test_matcher_and_plain_loop_agree_on_the_catalogue(language: str) -> None:
    sources = [
        source
        for spec in catalogue().specs
        for phrases in (lists for spoken, lists in spec.phrases.items() if spoken in {language, "en"})
        for source in (*phrases.present, *phrases.contradicted)
    ]
    ads = [ad for ad in load_corpus(Settings().corpus_dir).ads if ad.language == language and ad.is_concern][:8]
    text = "\n".join(ad.posting().text for ad in ads)
    at_once, one_by_one = found(sources, Words(text, normalise(text)))
    assert at_once == one_by_one
    assert len(at_once) > 20


@pytest.mark.parametrize("ad", ["uk-c12", "hu-c01", "de-n02"])
def test_the_shared_pass_finds_what_trying_every_shipped_phrase_finds(ad: str) -> None:
    (text,) = (each.posting().text for each in load_corpus(Settings().corpus_dir).ads if each.id == ad)
    normalised = normalise(text)
    words = Words(text, normalised, places=[span for _, span in find_mentions(text, normalised)])
    matcher = shared_pass().matcher
    one_by_one = find_one_by_one(((key, parse_phrase(source)) for key, source in matcher.entries), words)
    assert matcher.find(words) == one_by_one
    assert {type(key) for key in one_by_one} == {Key, FactKey}


def test_generated_phrases_of_the_benchmark_are_the_same_every_time() -> None:
    assert generate_phrases(50) == generate_phrases(80)[:50]


@pytest.mark.parametrize(
    ("phrase", "text", "matched"),
    [
        ("работ* в|во {place}", "Работа в Германии", "Работа в Германии"),
        ("munka {place}", "Munka Ausztriában", "Munka Ausztriában"),
        ("lucru în {place}", "Lucru în Olanda acum", "Lucru în Olanda"),
        ("work in {place}", "work in teams", None),
        ("earn {money} cash", "earn 1 500 euro a week cash", "earn 1 500 euro a week cash"),
        ("girls {age} {age}", "girls 18–25", "girls 18–25"),
        ("up to {money} per|a day", "Earn up to 300 euro per day", "up to 300 euro per day"),
        ("up to {money} cash", "Earn up to 300 euro per day cash", "up to 300 euro per day cash"),
        ("tot {money} per avond", "€400 tot €1200 per avond", "tot €1200 per avond"),
        ("paid {money} 000 a week", "paid 3 000 euro a week", None),
        ("viber {number}", "Viber +33 6 39 98", "Viber +33"),
    ],
)
def test_placeholder_stands_for_what_the_text_names(phrase: str, text: str, matched: str | None) -> None:
    normalised = normalise(text)
    places = [(text.index(place.raw), text.index(place.raw) + len(place.raw)) for place in find_places(text)]
    words = Words(text, normalised, places=places)
    matches = PhraseMatcher([("k", parse_phrase(phrase))]).find(words).get("k", [])
    spans = [words.original_span(match.first, match.after) for match in matches]
    assert [text[start:end] for start, end in spans] == ([matched] if matched else [])


@pytest.mark.parametrize(
    ("phrase", "text", "matched"),
    [
        ("momicheta za klub|bar", "Tyrsq momicheta za klub v Malaga, bez opit, pari vseki den", "momicheta za klub"),
        ("момичета за клуб", "Tyrsq momicheta za klub v Malaga, bez opit, pari vseki den", "momicheta za klub"),
        ("schn€ll* g€ld", "Schn€ll G€ld verdienen", "Schn€ll G€ld"),
        ("schnell geld", "Schn€ll G€ld verdienen", "Schn€ll G€ld"),
        ("schn€ll geld", "Schnell Geld verdienen", None),
    ],
)
def test_a_rewritten_word_is_found_as_it_was_written_and_as_it_was_meant(
    phrase: str, text: str, matched: str | None
) -> None:
    words = Words(text, normalise(text))
    matches = PhraseMatcher([("k", parse_phrase(phrase))]).find(words).get("k", [])
    spans = [words.original_span(match.first, match.after) for match in matches]
    assert [text[start:end] for start, end in spans] == ([matched] if matched else [])


def test_words_that_a_gap_passes_over_are_told() -> None:
    text = "housing will not be provided"
    (match,) = PhraseMatcher([("k", parse_phrase("housing ... provided"))]).find(Words(text, normalise(text)))["k"]
    assert [text.split()[index] for index in match.skipped] == ["will", "not", "be"]
