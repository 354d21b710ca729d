"""Who somebody is never moves a score: words of nation, people and language are no features."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.audit.words import audit_words
from models.features import indicator_features, masked_text
from models.folding import fold
from models.identity_words import is_identity
from models.reading import read
from models.score import Scorer
from zorya.domain.ads import Kind, Posting
from zorya.labelled import LabelledAd, load_corpus
from zorya.settings import Settings

WORDS = {
    "ro": "ucrainence moldovence românce rusoaice poloneze bulgăroaice maghiare țigănci europene",
    "ru": "украинок молдаванок румынок болгарок русских полек венгерок цыганок славянок",
    "uk": "українок молдаванок румунок росіянок польок угорок білорусок слов'янок ромських",
    "bg": "украинки молдовки румънки рускини полякини унгарки сръбкини циганки славянки",
    "pl": "ukrainki mołdawianki rumunki rosjanki białorusinki bułgarki węgierki cyganki polki",
    "hu": "ukrán moldáv román orosz lengyel bolgár szlovák cigány magyar",
    "cs": "ukrajinky moldavanky rumunky rusky polky bulharky maďarky slovenky romky",
    "nl": "oekraïense moldavische roemeense russische poolse bulgaarse hongaarse tsjechische slavische",
    "de": "ukrainerinnen moldauische rumäninnen russinnen polinnen bulgarinnen ungarinnen tschechinnen slawische",
    "en": "ukrainian moldovan romanian russian polish bulgarian hungarian czech slavic",
}
"""Forms as ads write them, of nine peoples."""
ADS = {language: [ad for ad in load_corpus(Settings().corpus_dir).ads if ad.language == language] for language in WORDS}


def with_word(ad: LabelledAd, word: str, place: float) -> Posting:
    """The ad with a word of identity somewhere in its body."""
    words = ad.body.split()
    words.insert(round(place * len(words)), word)
    return Posting("t", ad.id, "t:1", Kind.JOB, ad.title, " ".join(words))


@pytest.mark.parametrize("language", WORDS)
def test_every_form_is_known(language: str) -> None:
    assert [word for word in WORDS[language].split() if not is_identity(fold(word))] == []


@pytest.mark.parametrize(
    "word",
    ["romantic", "rush", "rust", "rusalka", "polny", "pole", "pool", "service", "serviert", "serviciu", "zidar",
     "balkon", "европалета", "евро", "служба", "turnus", "германий", "германе", "finish", "angajam", "indigo", "славно",
     "slavnost", "чехол", "грецкий"],
)  # fmt: skip
def test_a_word_of_matter_stays(word: str) -> None:
    assert not is_identity(fold(word))


@pytest.mark.parametrize("language", WORDS)
@settings(max_examples=12)
@given(data=st.data())
def test_swapping_them_changes_no_feature(language: str, data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.sampled_from(WORDS[language].split()), min_size=2, max_size=2))
    ad, place = data.draw(st.sampled_from(ADS[language])), data.draw(st.floats(0, 1))
    first, second = read(with_word(ad, one, place)), read(with_word(ad, other, place))
    assert masked_text(first) == masked_text(second)
    assert indicator_features(first) == indicator_features(second)


@pytest.mark.parametrize("language", WORDS)
def test_swapping_them_does_not_move_the_score(language: str, scorer: Scorer, as_of: datetime) -> None:
    for ad in ADS[language][::20]:
        readings = [read(with_word(ad, word, 0.5)) for word in WORDS[language].split()]
        scores = [each.score for each in scorer.assess(readings, ["v"] * len(readings), as_of=as_of)]
        assert max(scores) - min(scores) < 0.01


def test_every_word_that_the_audit_swaps_leaves_the_text() -> None:
    left = [
        (language, kind, word)
        for language, swaps in audit_words().languages.items()
        for kind in ("nationality", "ethnicity", "language")
        for word in getattr(swaps, kind).words
        if not is_identity(fold(word))
    ]
    assert left == []
