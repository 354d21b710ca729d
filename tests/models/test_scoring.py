"""Bands, abstention, reasons and the rules that stand above the model."""

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.reading import read
from models.score import UNFLAGGED_CEILING, UNSURE, Scorer, held, is_unsure
from zorya.domain.ads import Posting
from zorya.domain.findings import Assessment, Band, State, band_of
from zorya.labelled import load_corpus
from zorya.settings import Settings

LURE = (
    "Angajăm fete Olanda",
    "Fete 18-25 ani, fără experiență, cazare gratis, îți facem actele, pleci mâine. Scrie pe WhatsApp +44 7700 900123.",
)


def assess(scorer: Scorer, posting: Posting, as_of: datetime) -> Assessment:
    return scorer.assess([read(posting)], ["v-1"], as_of=as_of)[0]


def test_lure_is_flagged_with_spans_in_the_original(
    scorer: Scorer, ad: Callable[..., Posting], as_of: datetime
) -> None:
    posting = ad(*LURE)
    result = assess(scorer, posting, as_of)
    assert result.band.flagged
    assert "îți facem actele" in {posting.text[a:b] for hit in result.hits for a, b in hit.spans}


def test_licensed_carer_ad_is_not_flagged(scorer: Scorer, ad: Callable[..., Posting], as_of: datetime) -> None:
    body = "Agencja z certyfikatem KRAZ 1234 zatrudni opiekunkę do Niemiec, umowa, zakwaterowanie, dojazd opłacony."
    assert not assess(scorer, ad("Opiekunka seniorów", body), as_of).band.flagged


def test_one_indicator_alone_never_flags(scorer: Scorer, as_of: datetime) -> None:
    for labelled in load_corpus(Settings().corpus_dir).ads:
        reading = read(labelled.posting())
        outside = [h for h in reading.indicators.hits if h.state is State.PRESENT and h.code[0] != "F"]
        if len(outside) < 2:
            assert not scorer.assess([reading], ["v"], as_of=as_of)[0].band.flagged


def test_every_band_above_unlikely_has_a_reason(scorer: Scorer, as_of: datetime) -> None:
    readings = [read(labelled.posting()) for labelled in load_corpus(Settings().corpus_dir).ads]
    for result in scorer.assess(readings, ["v"] * len(readings), as_of=as_of):
        if result.band.rank > Band.UNLIKELY.rank:
            assert any(reason.direction > 0 for reason in result.reasons)


def test_spans_lie_in_the_text(scorer: Scorer, as_of: datetime) -> None:
    for labelled in load_corpus(Settings().corpus_dir).ads[::7]:
        posting = labelled.posting()
        result = assess(scorer, posting, as_of)
        spans = [span for item in (*result.hits, *result.reasons) for span in item.spans]
        assert all(0 <= start < end <= len(posting.text) for start, end in spans)


@pytest.mark.parametrize("body", ["ok", "12345 6789", "Lorem ipsum dolor sit amet consectetur adipiscing elit sed do"])
def test_too_little_or_unknown_text_makes_it_abstain(
    scorer: Scorer, ad: Callable[..., Posting], as_of: datetime, body: str
) -> None:
    assert assess(scorer, ad("", body), as_of).abstain


def test_an_ad_that_both_kinds_have_read_like_is_unsure_and_says_so(scorer: Scorer, as_of: datetime) -> None:
    readings = [read(labelled.posting()) for labelled in load_corpus(Settings().corpus_dir).ads[::9]]
    results = scorer.assess(readings, ["v"] * len(readings), as_of=as_of)
    told = [any(reason.text == UNSURE for reason in result.reasons) for result in results]
    left = [scorer.model.answers_left(scorer.model.probabilities(reading)["concern"]) for reading in readings]
    assert told == [is_unsure(each) for each in left]
    assert 0 < sum(told) < len(told) / 2
    assert all(
        result.abstain and not result.band.flagged for result, unsure in zip(results, told, strict=True) if unsure
    )


@pytest.mark.parametrize(("left", "unsure"), [((True, True), True), ((False, False), True), ((False, True), False)])
def test_both_answers_or_none_is_no_answer(left: tuple[bool, bool], unsure: bool) -> None:
    assert is_unsure(left) is unsure
    assert not is_unsure(None)


def test_same_input_same_output(scorer: Scorer, ad: Callable[..., Posting], as_of: datetime) -> None:
    assert assess(scorer, ad(*LURE), as_of) == assess(scorer, ad(*LURE), as_of)


def test_nationality_does_not_move_the_score(scorer: Scorer, ad: Callable[..., Posting], as_of: datetime) -> None:
    scores = [
        assess(
            scorer, ad("Работа для девушек", f"Ищем девушек {who}, без опыта, жильё, оплата ежедневно."), as_of
        ).score
        for who in ("украинок", "молдаванок", "болгарок")
    ]
    assert max(scores) - min(scores) < 0.02


@pytest.mark.parametrize(
    ("probability", "band"),
    [(0, "almost-no-chance"), (0.05, "very-unlikely"), (0.2, "unlikely"), (0.45, "roughly-even-chance"),
     (0.55, "likely"), (0.8, "very-likely"), (0.95, "almost-certain"), (1, "almost-certain")],
)  # fmt: skip
def test_bands_are_misps_estimative_words(probability: float, band: str) -> None:
    assert band_of(probability) == band


def test_corpus_is_large_enough_in_every_language() -> None:
    ads = load_corpus(Settings().corpus_dir).ads
    for language in {ad.language for ad in ads}:
        own = [ad for ad in ads if ad.language == language]
        assert sum(ad.is_concern for ad in own) >= 30
        assert sum(ad.label == "no_concern" for ad in own) >= 45


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_held_score_keeps_its_place_among_the_held_and_never_flags(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert held(low) <= held(high) <= UNFLAGGED_CEILING
    assert held(low) <= low
