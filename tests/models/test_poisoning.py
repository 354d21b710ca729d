"""Labels flipped by one account are noticed, honest accounts seldom are."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from models.watch.poisoning import out_of_fold, suspicions
from zorya.domain.reviews import VerdictLabel
from zorya.errors import ModelError
from zorya.labelled import LabelledAd, load_corpus
from zorya.settings import Settings

ANALYSTS = tuple(f"analyst-{number}" for number in range(8))


@dataclass(frozen=True)
class Made:
    """Labels by accounts that are contradicted with a probability each."""

    ads: list[LabelledAd]
    said: dict[str, float]


def made(rates: dict[str, float], labels: int, seed: int, *, language: str = "ro") -> Made:
    """`labels` labels an account."""
    chance = np.random.default_rng(seed)
    like = load_corpus(Settings().corpus_dir).ads[0]
    ads, said = [], {}
    for who, rate in rates.items():
        for number in range(labels):
            label = (VerdictLabel.CONCERN, VerdictLabel.NO_CONCERN)[number % 2]
            name = f"{language}{who}{number}"
            about = {"id": name, "group": name, "analyst": who, "label": label, "language": language, "source": ""}
            ad = like.model_copy(update=about)
            wrong = chance.random() < rate
            ads.append(ad)
            said[ad.id] = 0.95 if ad.is_concern != wrong else 0.05
    return Made(ads, said)


def test_honest_accounts_seldom_raise_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.watch.poisoning._DEALS", 300)
    ads, chance = made(dict.fromkeys(ANALYSTS, 0.0), 60, 0).ads, np.random.default_rng(1)
    alarms = 0
    for _ in range(100):
        said = chance.beta(0.3, 2, len(ads))
        alarms += bool(suspicions(ads, {ad.id: 1 - p if ad.is_concern else p for ad, p in zip(ads, said, strict=True)}))
    assert alarms <= 4, "at most 1 % are to be expected: 1 of 100; 5 and more come once in three hundred"


def test_who_works_in_a_language_that_is_read_badly_is_not_suspected() -> None:
    well, badly = made(dict.fromkeys("ab", 0.02), 60, 1), made(dict.fromkeys("cd", 0.4), 60, 1, language="hu")
    assert suspicions([*well.ads, *badly.ads], well.said | badly.said) == []


def test_what_is_told_counts_the_contradicted_and_those_to_be_expected() -> None:
    held = made({"a": 0.0, "b": 0.0}, 40, 1)
    wrong = [ad.id for ad in held.ads if ad.analyst == "a" and ad.is_concern][:8]
    (found,) = suspicions(held.ads, held.said | dict.fromkeys(wrong, 0.05))
    assert (found.contradicted, found.labels, found.expected, set(found.ads)) == (8, 40, 4.0, set(wrong))


def test_few_labels_that_are_surely_wrong_tell_more_than_many_that_are_nearly_even() -> None:
    held = made(dict.fromkeys(ANALYSTS, 0.0), 40, 1)
    first = [ad for ad in held.ads if ad.analyst == "analyst-0"]
    doubtful = dict.fromkeys((ad.id for ad in held.ads if ad.is_concern), 0.45)
    assert suspicions(held.ads, held.said | doubtful) == []
    sure = {ad.id: 0.01 for ad in first if ad.is_concern and ad.id.endswith("0")}
    assert [each.who for each in suspicions(held.ads, held.said | doubtful | sure)] == ["analyst-0"]


def test_one_campaign_is_one_witness() -> None:
    held = made(dict.fromkeys(ANALYSTS, 0.0), 60, 1)
    wrong = [ad for ad in held.ads if ad.analyst == "analyst-0" and ad.is_concern][:20]
    said = held.said | {ad.id: 0.05 for ad in wrong}
    assert suspicions(held.ads, said)
    one = {ad.id for ad in wrong}
    ads = [ad.model_copy(update={"group": "one campaign"}) if ad.id in one else ad for ad in held.ads]
    assert suspicions(ads, said) == []


def test_two_contradicted_labels_are_no_suspicion() -> None:
    held = made({"a": 0.0, **dict.fromkeys("bcdefgh", 0.0)}, 400, 1)
    wrong = [ad.id for ad in held.ads if ad.analyst == "a"][:2]
    assert suspicions(held.ads, held.said | dict.fromkeys(wrong, 0.05)) == []


def test_a_source_is_tested_as_an_account_is() -> None:
    held = made({"": 0.0}, 200, 1)
    ads = [ad.model_copy(update={"source": "board-a" if n < 40 else "board-b"}) for n, ad in enumerate(held.ads)]
    wrong = {ad.id: 0.05 for ad in ads[:40] if ad.is_concern}
    assert [(each.kind, each.who) for each in suspicions(ads, held.said | wrong)] == [("source", "board-a")]


def test_a_line_without_a_probability_is_named(tmp_path: Path) -> None:
    path = tmp_path / "out_of_fold.jsonl"
    path.write_text('{"id": "1", "probabilities": {"concern": 0.5}}\n{"id": "2"}\n')
    with pytest.raises(ModelError, match=r"out_of_fold.jsonl:2: .* train the model again"):
        out_of_fold(path)
