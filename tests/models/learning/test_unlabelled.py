"""Ads without a label in training: each text once, never beside a person's label, never measured on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.examples import Example, read_examples
from models.learning.label_model import TRUST
from models.learning.unlabelled import digest_of, newest, weakly_labelled
from models.train import SEED, train
from zorya.domain.ads import Kind, Posting
from zorya.labelled import LabelledAd, load_corpus
from zorya.settings import Settings
from zorya.store import Store, postings

NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def ads() -> list[LabelledAd]:
    return [ad for ad in load_corpus(Settings().corpus_dir).ads if ad.language in {"en", "de", "pl"}][::4]


@pytest.fixture(scope="module")
def examples(ads: list[LabelledAd]) -> list[Example]:
    return read_examples(ads[::2])


def test_a_text_with_a_persons_label_or_seen_before_gets_none(ads: list[LabelledAd], examples: list[Example]) -> None:
    unlabelled = [ad.posting() for ad in ads]
    found = weakly_labelled(examples, [*unlabelled, *unlabelled])
    texts = [example.reading.text for example in found]
    assert 0 < len(texts) == len(set(texts))
    assert not set(texts) & {example.reading.text for example in examples}
    assert all(0 < example.ad.weight <= TRUST for example in found)


def test_a_model_learns_from_them_and_is_measured_on_people_alone(
    ads: list[LabelledAd], sqlite_settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "ads.jsonl").write_text("".join(f"{ad.line()}\n" for ad in ads[::2]), encoding="utf-8")
    settings = sqlite_settings.model_copy(update={"corpus_dir": tmp_path / "corpus"})
    weak = [ad.posting() for ad in ads[1::2]]
    alone, _ = train(settings, as_of=NOW, recipe="indicators-only", snapshot=SEED)
    more, is_new = train(settings, as_of=NOW, recipe="indicators-only", snapshot=SEED, weak=weak)
    again, is_newer = train(settings, as_of=NOW, recipe="indicators-only", snapshot=SEED, weak=weak[::-1])
    assert (is_new, is_newer, again.version) == (True, False, more.version)
    assert alone.version != more.version
    assert more.metrics["ads"] == alone.metrics["ads"] == len(ads[::2])
    assert 0 < more.metrics["weakly_labelled"] <= len(weak)
    counted = [each.metrics["out_of_fold"]["concern"]["positives"] for each in (alone, more)]
    assert counted[0] == counted[1]


def test_the_newest_ads_of_the_store_come_first(store: Store) -> None:
    with store.writing() as connection:
        for number in range(3):
            ad = Posting("a", str(number), f"http://a.example/{number}", Kind.JOB, "", f"ad {number} of a test")
            postings.record(connection, ad, capture_id=None, seen_at=NOW + timedelta(days=number))
    assert [ad.native_id for ad in newest(store)] == ["2", "1", "0"]
    assert digest_of(newest(store)) == digest_of(newest(store)[::-1])
