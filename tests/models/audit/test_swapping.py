"""Swapped words of identity: a model that listens to them is found out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import pytest

from models.audit.swapping import drawn, swapped
from models.audit.telling import Audit
from models.audit.words import CONTROL, KINDS, Swap, audit_words, variants
from models.reading import Reading
from models.score import Scorer
from models.vocabulary import Language
from zorya.domain.ads import Kind, Posting
from zorya.domain.findings import Band
from zorya.domain.languages import CONTENT_LANGUAGES
from zorya.labelled import LabelledAd, load_corpus
from zorya.settings import Settings


class _Prejudiced:
    """Scores by the words of an ad alone."""

    def __init__(self, *words: str) -> None:
        self.words = words

    @property
    def model(self) -> "_Prejudiced":
        return self

    def probabilities_of(self, readings: Sequence[Reading]) -> list[dict[str, float]]:
        return [{"concern": 0.7 if any(word in each.text for word in self.words) else 0.2} for each in readings]

    def assess(self, readings: Sequence[Reading], ids: Sequence[str], *, as_of: datetime) -> list[Any]:
        class Told:
            def __init__(self, score: float) -> None:
                self.band = Band.LIKELY if score > 0.5 else Band.UNLIKELY

        return [Told(each["concern"]) for each in self.probabilities_of(readings)]


@pytest.fixture(scope="module")
def corpus() -> tuple[LabelledAd, ...]:
    return load_corpus(Settings().corpus_dir).ads


def _audit(corpus: Sequence[LabelledAd], model: _Prejudiced, as_of: datetime) -> Audit:
    every = drawn(corpus, 6)
    ads: dict[Language, list[LabelledAd]] = {"en": every["en"], "ro": every["ro"]}
    return Audit(swapped(ads, cast(Scorer, model), as_of=as_of, heard=lambda step: None))


def test_every_language_has_words_of_every_kind() -> None:
    assert set(audit_words().languages) == set(CONTENT_LANGUAGES)


def test_a_word_takes_the_place_of_the_others_and_stands_behind_the_ad() -> None:
    swap = Swap(sentence="We know {}.", words=("polish", "dutch", "thai"))
    ad = Posting("s", "1", "u", Kind.JOB, "Dutch baker", "dutch oven, no dutchess")
    first = variants(ad, swap)[0]
    assert (first.title, first.body) == ("Polish baker", "polish oven, no dutchess\nWe know polish.")


def test_drawn_ads_are_balanced_and_of_many_groups(corpus: tuple[LabelledAd, ...]) -> None:
    for held in drawn(corpus, 20).values():
        assert sum(ad.is_concern for ad in held) == 10
        assert len({ad.group for ad in held}) > 10
    assert drawn(corpus, 20) == drawn(corpus, 20)


def test_a_model_that_listens_to_a_nation_is_found_out(corpus: tuple[LabelledAd, ...], as_of: datetime) -> None:
    found = _audit(corpus, _Prejudiced("Moldovan"), as_of)
    loud = [(row.language, row.kind) for row in found.moved if not row.is_noise]
    assert ("en", "nationality") in loud
    assert not [each for each in loud if each[1] in {"place", "ethnicity"} or each[0] == "ro"]
    row = next(row for row in found.moved if (row.language, row.kind) == ("en", "nationality"))
    assert (row.word, row.flips) == ("Moldovan", 6)
    assert row.by > 1
    assert any("Moldovan" in sentence for sentence in found.says())


def test_a_model_as_loud_about_colours_is_noise(corpus: tuple[LabelledAd, ...], as_of: datetime) -> None:
    found = _audit(corpus, _Prejudiced("Moldovan", "green"), as_of)
    assert all(row.is_noise for row in found.moved)
    assert any("Nowhere" in sentence for sentence in found.says())


@pytest.mark.slow
def test_the_default_model_does_not_move_beyond_noise(
    corpus: tuple[LabelledAd, ...], scorer: Scorer, as_of: datetime
) -> None:
    found = swapped(drawn(corpus, 8), scorer, as_of=as_of, heard=lambda step: None)
    assert [row for row in found if row.language == "all" and not row.is_noise] == []
    assert {row.kind for row in found} == {*KINDS} - {CONTROL}
