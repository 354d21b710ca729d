"""The classifier as it is served says what scikit-learn says, without scikit-learn, one ad at a time or many."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import served_file
from models.classifiers.linear import LinearClassifier, LinearFitted
from models.classifiers.vectoriser import HashedText
from models.examples import Example, read_examples
from models.features import masked_text
from models.folding import fold
from models.function_words import says_something
from models.grams import SLOTS
from models.reading import Reading, read
from models.recipe import load_recipe
from models.registry.files import save
from models.registry.kinds import load_model
from models.registry.manifest import Manifest
from models.served_batch import scores, totals
from models.served_text import LARGEST, TextTable
from zorya.domain.ads import Kind, Posting
from zorya.errors import ModelError
from zorya.labelled import load_corpus
from zorya.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[2]
_TEXTS = st.lists(st.text(st.sampled_from("ab їя'🙂,0\ud800"), max_size=40), max_size=8)


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    """Ads in ten languages."""
    return read_examples(load_corpus(Settings().corpus_dir).ads[::7])


@pytest.fixture(scope="module")
def readings(examples: list[Example]) -> list[Reading]:
    """Ads, and texts that code of words gets wrong first."""
    odd = ["", "a", "a b  c\td", "И.И. да", "x" * 300, "ß ﬀ İ", "don't d'accord 12 34"]
    posted = [Posting("t", str(n), "t:1", Kind.OTHER, "", text) for n, text in enumerate(odd)]
    return [*(example.reading for example in examples[::5]), *map(read, posted)]


@pytest.fixture(scope="module")
def fitted(examples: list[Example]) -> LinearFitted:
    """A small model of the same parts as the real one."""
    return LinearClassifier(load_recipe("linear")).fit(examples)


@pytest.fixture(scope="module")
def table() -> TextTable:
    """Numbers by chance, as large as they may be."""
    numbers = np.random.default_rng(1).integers(-LARGEST, LARGEST, (3, SLOTS), dtype=np.int32)
    return TextTable(4, (1e-6, 1e-6, 2e-6), memoryview(numbers.astype("<i4").tobytes()))


@given(texts=_TEXTS)
def test_many_ads_at_a_time_give_the_same_whole_numbers(table: TextTable, texts: list[str]) -> None:
    masked = [" ".join(text.split()) for text in texts]
    sums = [table.totals(text) for text in masked]
    assert totals(table, masked).tolist() == [list(each) for each in sums]
    assert scores(table, masked) == [table.scores(each) for each in sums]


def test_rows_of_the_vectoriser_times_coefficients_are_the_served_scores() -> None:
    texts = ["a girl wanted , girl", "work abroad , a girl", "work on a farm", ""]
    vectoriser = HashedText(min_df=1).fit(texts)
    coefficients = np.random.default_rng(2).normal(size=SLOTS)
    lanes = np.vstack([vectoriser.weights_**2, vectoriser.weights_ * coefficients])
    units = np.abs(lanes).max(axis=1) / LARGEST
    whole = np.rint(lanes / units[:, None]).astype("<i4")
    served = TextTable(3, tuple(units.tolist()), memoryview(whole.tobytes()))
    told = [served.scores(served.totals(text))[0] for text in texts]
    np.testing.assert_allclose(told, vectoriser.transform(texts) @ coefficients, atol=1e-6)


def test_probabilities_of_many_are_those_of_each(fitted: LinearFitted, readings: list[Reading]) -> None:
    many = (readings * 3)[:100]
    assert fitted.served.probabilities_of(many) == [fitted.served.probabilities(reading) for reading in many]


def test_a_stored_model_comes_back_the_same(fitted: LinearFitted, readings: list[Reading], tmp_path: Path) -> None:
    save(tmp_path, fitted.files(), _manifest())
    loaded, _ = load_model(tmp_path, "linear", "v1")
    served = fitted.served
    assert [loaded.probabilities(reading) for reading in readings] == [served.probabilities(r) for r in readings]
    assert loaded.telling_words(readings[0]) == served.telling_words(readings[0])


@pytest.mark.parametrize("what", ["letters", "targets", "family"])
def test_parts_that_do_not_fit_are_refused(fitted: LinearFitted, tmp_path: Path, what: str) -> None:
    from models.tensors import pack, unpack

    held = unpack(fitted.files()[served_file.FILE])
    if what == "letters":
        held.plain["letters"] = 4000
    elif what == "targets":
        held.texts["targets"] += "\nmore"
    else:
        held.plain["families"]["concern"] = "cubic"
    tables = {name: bytes(data) for name, data in held.tables.items()}
    data = pack(numbers=held.numbers, texts=held.texts, plain=held.plain, tables=tables)
    save(tmp_path, {served_file.FILE: data}, _manifest())
    with pytest.raises(ModelError, match="cannot be read as a model"):
        load_model(tmp_path, "linear", "v1")


def test_numbers_that_are_none_are_refused(fitted: LinearFitted) -> None:
    with pytest.raises(ValueError, match="not finite"):
        replace(fitted.served, prior_shift=float("nan"))


def test_telling_words_raised_the_score(fitted: LinearFitted, readings: list[Reading]) -> None:
    told = max((fitted.served.telling_words(reading) for reading in readings), key=len)
    assert told
    assert [amount for _, amount in told] == sorted((amount for _, amount in told), reverse=True)
    lure = next(reading for reading in readings if fitted.served.telling_words(reading) == told)
    assert {word for word, _ in told} <= set(masked_text(lure).split())


def test_function_words_are_no_reason(fitted: LinearFitted, readings: list[Reading]) -> None:
    told = [term for reading in readings for term, _ in fitted.served.telling_words(reading, limit=50)]
    assert told
    assert not {"не", "на", "și", "nem", "the", "for", "nie", "в", ",", "0", "xcontact"} & set(told)


@pytest.mark.parametrize("term", ["не", "și", "без", "ще не", "without any", "für die", "nie ma"])
def test_a_term_of_function_words_says_nothing(term: str) -> None:
    assert not says_something(fold(term))


@pytest.mark.parametrize("term", ["паспорт", "не говори", "girls", "for girls", "nikomu nie", "ești liberă"])
def test_a_term_with_a_word_of_matter_says_something(term: str) -> None:
    assert says_something(fold(term))


def test_scoring_imports_no_library_of_arrays_or_learning_and_no_database() -> None:
    libraries = {"numpy", "sklearn", "scipy", "sqlalchemy"}
    code = f"import sys, models.score, models.reading; print(sorted({libraries} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.strip() == "[]"


def _manifest() -> Manifest:
    return Manifest("linear", "v1", "linear", "c", "r", {}, "2026-01-01T00:00:00+00:00")
