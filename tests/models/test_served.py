"""The classifier as it is served says what scikit-learn says, without scikit-learn."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from models.features import indicator_features, masked_text
from models.folding import fold
from models.function_words import says_something
from models.linear import LinearModel
from models.reading import Reading, read
from models.registry.files import save
from models.registry.kinds import load_model
from models.registry.manifest import Manifest
from models.served import WORD
from models.served_file import packed
from zorya.domain.ads import Kind, Posting
from zorya.errors import ModelError
from zorya.labelled import load_corpus
from zorya.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    """Ads in ten languages, and texts that n-gram code gets wrong first."""
    odd = ["", "a", "a b  c\td", "И.И. да", "x" * 300, "ß ﬀ İ", "don't d'accord 12 34"]
    ads = [ad.posting() for ad in load_corpus(Settings().corpus_dir).ads[::25]]
    return [read(p) for p in [*ads, *(Posting("t", str(n), "t:1", Kind.OTHER, "", text) for n, text in enumerate(odd))]]


@pytest.fixture(scope="module")
def fitted(readings: list[Reading]) -> LinearModel:
    """A small model of the same parts as the real one."""
    texts = [masked_text(reading) for reading in readings]
    chars = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True, dtype=np.float32)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORD, dtype=np.float32)
    named = DictVectorizer(dtype=np.float32).fit([indicator_features(reading) for reading in readings])
    model = LinearModel(
        chars.fit(texts), words.fit(texts), named, {"text": 1.5, "indicators": 0.7}, {}, {"concern": (1.2, -0.3)}, -0.5
    )
    truth = np.arange(len(readings)) % 3 == 0
    model.regressions["concern"] = LogisticRegression(C=5.0, solver="liblinear").fit(model.matrix(readings), truth)
    return model


def test_probabilities_are_those_of_scikit_learn(fitted: LinearModel, readings: list[Reading]) -> None:
    score = 1.2 * fitted.regressions["concern"].decision_function(fitted.matrix(readings)) - 0.3 - 0.5
    served = fitted.served()
    told = [served.probabilities(reading)["concern"] for reading in readings]
    np.testing.assert_allclose(told, 1 / (1 + np.exp(-score)), atol=1e-5)


def test_a_stored_model_comes_back_the_same(fitted: LinearModel, readings: list[Reading], tmp_path: Path) -> None:
    manifest = Manifest("linear", "v1", "linear", "c", "r", {}, "2026-01-01T00:00:00+00:00")
    served = fitted.served()
    save(tmp_path, packed(served), manifest)
    loaded, _ = load_model(tmp_path, "linear", "v1")
    assert loaded.chars.terms == served.chars.terms
    assert [loaded.probabilities(reading) for reading in readings] == [served.probabilities(r) for r in readings]
    assert loaded.telling_words(readings[0]) == served.telling_words(readings[0])


def test_coefficients_that_do_not_fit_their_terms_are_refused(fitted: LinearModel, tmp_path: Path) -> None:
    manifest = Manifest("linear", "v1", "linear", "c", "r", {}, "2026-01-01T00:00:00+00:00")
    served = fitted.served()
    save(tmp_path, packed(replace(served, coefficients=(served.coefficients[0][:-1],))), manifest)
    with pytest.raises(ModelError, match="cannot be read as a model"):
        load_model(tmp_path, "linear", "v1")


def test_telling_words_raised_the_score(fitted: LinearModel, readings: list[Reading]) -> None:
    told = fitted.served().telling_words(readings[0])
    assert told
    assert all(word in " ".join(masked_text(readings[0]).split()).lower() for word, _ in told)
    assert [amount for _, amount in told] == sorted((amount for _, amount in told), reverse=True)


def test_function_words_are_no_reason(fitted: LinearModel, readings: list[Reading]) -> None:
    told = [term for reading in readings for term, _ in fitted.served().telling_words(reading, limit=50)]
    assert told
    assert not {"не", "на", "și", "nem", "the", "for the", "nie", "в"} & set(told)


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
