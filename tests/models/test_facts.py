"""Facts told by phrases: every sentence of every file is a test; spans lie in the text, in order."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.facts import find_facts
from models.facts.fact_file import FOLDER, FactFile, fact_files
from models.normalise import normalise
from models.phrases import Words
from zorya.datafiles import load
from zorya.domain.findings import Span, State
from zorya.domain.languages import CONTENT_LANGUAGES
from zorya.errors import DataFileError

SENTENCES = [
    pytest.param(file.fact, language, id=f"{file.fact}-{language}")
    for file in fact_files()
    for language in file.examples
]


def _told(text: str, fact: str, language: str) -> str:
    stated = find_facts(text, language=language).of(fact)
    if stated.state is State.PRESENT:
        return " ".join(sorted(stated.values))
    return "denied" if stated.state is State.CONTRADICTED else "not_stated"


@pytest.mark.parametrize(("fact", "language"), SENTENCES)
def test_sentences_of_a_fact(fact: str, language: str) -> None:
    (file,) = [file for file in fact_files() if file.fact == fact]
    wanted = {text: " ".join(sorted(values.split())) for text, values in file.examples[language].items()}
    assert {text: _told(text, fact, language) for text in wanted} == wanted


def _spans(text: str, language: str | None) -> Iterator[tuple[Span, ...]]:
    facts = find_facts(text, language=language)
    yield from (stated.spans for stated in facts.stated.values())
    yield facts.hours.spans
    yield (facts.age.span,) if facts.age else ()


_PIECES = [text for file in fact_files() for examples in file.examples.values() for text in examples]
_AD = st.lists(
    st.one_of(st.sampled_from(_PIECES), st.text(max_size=30), st.sampled_from(["18-35 ani", "8 h/day", "до 30 лет"])),
    max_size=6,
).map(" ".join)


@given(_AD, st.sampled_from([*CONTENT_LANGUAGES, None, "xx"]))
@settings(max_examples=150)
def test_spans_of_facts_lie_in_the_text_in_order(text: str, language: str | None) -> None:
    for spans in _spans(text, language):
        ends = [offset for span in spans for offset in span]
        assert ends == sorted(ends)
        assert all(0 <= start < end <= len(text) for start, end in spans)


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Z")), max_size=300))
@settings(max_examples=150)
def test_facts_are_found_in_any_text(text: str) -> None:
    assert find_facts(text) == find_facts(text)


def test_a_single_word_counts_in_its_own_language_only() -> None:
    assert find_facts("Doppelzimmer", language="de").of("housing").values == ("shared",)
    assert find_facts("Doppelzimmer", language="hu").of("housing").state is State.NOT_STATED


def test_in_an_ad_of_two_languages_a_single_word_counts_in_that_of_its_part() -> None:
    text = "Szállás van. Unterkunft im Doppelzimmer. Egyszer Doppelzimmer."
    first, last = text.index("Doppelzimmer"), text.rindex("Doppelzimmer")
    parts = ((0, 13, "hu"), (13, 41, "de"), (41, len(text), "hu"))
    stated = find_facts(text, words=Words(text, normalise(text), language="hu", parts=parts)).of("housing")
    assert stated.values == ("provided", "shared")
    assert any(start <= first < end for start, end in stated.spans)
    assert not any(start <= last < end for start, end in stated.spans)


def test_a_denial_cancels_what_it_overlaps() -> None:
    stated = find_facts("Accommodation is not provided.", language="en").of("housing")
    assert (stated.state, stated.values) == (State.CONTRADICTED, ())


def test_words_of_a_list_that_is_not_there_are_an_error_with_its_line(tmp_path: Path) -> None:
    source = (FOLDER / "housing.yml").read_text(encoding="utf-8").replace('- "rent free"', '- "<home> free"', 1)
    broken = tmp_path / "housing.yml"
    broken.write_text(source, encoding="utf-8")
    with pytest.raises(DataFileError, match=r"housing\.yml.*no list 'home'"):
        load(broken, FactFile)
