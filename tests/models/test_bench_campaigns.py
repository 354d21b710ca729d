"""`zorya bench campaigns`: its truth is sound, its measures are what they say, and it runs."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.bench_campaigns import quality as quality_module
from models.bench_campaigns.ads import HELD_OUT, TRANSLATED, BenchAd, bench_ads
from models.bench_campaigns.agreement import Pairs, pairs, pairs_across, pairs_touching, rand_and_v
from models.bench_campaigns.bank import LANGUAGES, bank, lines_of
from models.bench_campaigns.clusterers import INFOSHIELD, ZORYA, clusterers
from models.bench_campaigns.quality import quality
from zorya.cli import app
from zorya.settings import Settings

CORPUS = Settings().corpus_dir
_DIGITS = re.compile(r"(?:\+33|0033)[\d -]{8,13}\d")


@pytest.fixture(scope="module")
def ads() -> list[BenchAd]:
    return bench_ads(CORPUS)


@pytest.fixture(scope="module")
def truth(ads: list[BenchAd]) -> dict[str, str]:
    return {ad.id: ad.advertiser for ad in ads}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_eight_templates_with_other_wordings_and_more_held_out(language: str) -> None:
    texts = bank(language)
    assert texts.language == language
    assert len(texts.templates) >= 8
    assert not texts.templates.keys() & texts.held_out.keys()
    assert len(texts.held_out) >= 3
    for sector, template in (texts.templates | texts.held_out).items():
        assert sum(len(wordings) > 1 for wordings in lines_of(template)) >= 1, sector
        assert {"{city}", "{in_city}"} & set(re.findall(r"\{\w+\}", template)), sector


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translated_offer_states_where_how_much_who_and_when(language: str) -> None:
    texts = bank(language)
    for sector in TRANSLATED:
        slots = set(re.findall(r"\{(\w+)\}", (texts.templates | texts.held_out)[sector]))
        assert slots >= {"in_city", "pay", "age", "date", "contact"}, sector


def test_the_same_seed_gives_the_same_ads_and_ids_tell_nothing(ads: list[BenchAd]) -> None:
    assert bench_ads(CORPUS) == ads
    assert len({ad.id for ad in ads}) == len(ads)
    assert all(re.fullmatch("[0-9a-f]{16}", ad.id) for ad in ads)


def test_development_never_sees_a_held_out_text(ads: list[BenchAd]) -> None:
    final = bench_ads(CORPUS, seed=HELD_OUT, held_out=True)
    assert any("unseen templates" in ad.parts for ad in final)
    for language in LANGUAGES:
        hidden = [wordings[0] for text in bank(language).held_out.values() for wordings in lines_of(text)]
        plain = [line for line in hidden if "{" not in line]
        assert len(plain) >= 5
        assert not [line for line in plain for ad in ads if line in ad.posting.body]


def test_a_telephone_belongs_to_one_advertiser_unless_it_is_a_hub(ads: list[BenchAd]) -> None:
    owners: dict[str, set[str]] = {}
    for ad in ads:
        for found in _DIGITS.findall(ad.posting.text):
            number = re.sub(r"\D", "", found).removeprefix("00")
            if number.startswith("3363998"):
                owners.setdefault(number[:11], set()).add(ad.advertiser)
    shared = Counter(len(names) for names in owners.values() if len(names) > 1)
    assert sum(shared.values()) == 3 * len(LANGUAGES)  # a switchboard, a school's office and a board's footer each
    assert min(shared) >= 12


def test_ten_thousand_pairs_of_lawful_employers_stand_in_one_form(ads: list[BenchAd]) -> None:
    pairs_of_employers = 0
    for language in LANGUAGES:
        advertisers = Counter(ad.advertiser for ad in ads if ad.language == language and "near miss" in ad.parts)
        count = sum(advertisers.values())
        pairs_of_employers += count * (count - 1) // 2 - sum(n * (n - 1) // 2 for n in advertisers.values())
    assert pairs_of_employers >= 10_000


def test_a_disguise_changes_the_words_and_leaves_the_contact(ads: list[BenchAd]) -> None:
    worn = [ad for ad in ads if ad.disguise]
    by_text = Counter(ad.posting.text for ad in worn)
    assert max(by_text.values()) == 1
    contact = re.compile(r"\+33 ?\(?6|\+33-6|\+336|0033 6|zb_\d{4}_job")
    assert all(contact.search(ad.posting.text) for ad in worn)


def test_a_perfect_oracle_scores_one(truth: dict[str, str]) -> None:
    counted = pairs(truth, truth)
    assert (counted.precision, counted.recall, counted.f1) == (1.0, 1.0, 1.0)
    assert rand_and_v(truth, truth, list(truth)) == pytest.approx((1.0, 1.0))  # scikit-learn rounds


def test_all_in_one_campaign_scores_low_and_each_alone_finds_nothing(truth: dict[str, str]) -> None:
    together = pairs(truth, dict.fromkeys(truth, "one"))
    assert together.recall == 1.0
    assert together.precision < 0.01
    assert rand_and_v(truth, dict.fromkeys(truth, "one"), list(truth))[0] == pytest.approx(0.0, abs=1e-6)
    alone = pairs(truth, {ad: ad for ad in truth})
    assert (alone.precision, alone.recall, alone.f1) == (1.0, 0.0, 0.0)


def test_a_part_is_charged_with_merges_beyond_it() -> None:
    truth = {"a": "x", "b": "x", "c": "y", "d": "z"}
    found = {"a": 1, "b": 1, "c": 1, "d": 2}
    assert pairs(truth, found) == Pairs(true=1, found=3, both=1)
    assert pairs_touching(truth, found, {"c"}) == Pairs(true=0, found=2, both=0)
    assert pairs_touching(truth, found, {"d"}) == Pairs(true=0, found=0, both=0)
    assert pairs_across(truth, found, {"a": "ro", "b": "ru", "c": "ru", "d": "ru"}) == Pairs(true=1, found=2, both=1)


def test_the_coarse_idea_of_infoshield_sees_the_same_words_in_english_and_none_in_cyrillic(ads: list[BenchAd]) -> None:
    same = {
        "en": "Girls wanted as hostesses abroad with room and ticket paid by us",
        "ru": "Нужны девушки хостес за границу комната и билет за наш счёт",
    }
    for language, text in same.items():
        two = [replace(ad, posting=replace(ad.posting, title="", body=text)) for ad in ads[:2]]
        found = clusterers()[INFOSHIELD](two)
        assert (len(set(found.values())) == 1) is (language == "en"), language


def test_a_run_gives_every_table(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {name: cluster for name, cluster in clusterers().items() if name in (ZORYA, INFOSHIELD)}
    monkeypatch.setattr(quality_module, "clusterers", lambda: own)
    tables = quality(CORPUS, languages=("nl",))
    assert set(tables) == {"quality", "compared", "parts", "disguises", "run"}
    assert {"all", "nl", "disguised", "translated", "short"} <= {row["pairs with"] for row in tables["quality"]}
    assert [row["who"] for row in tables["compared"]] == [ZORYA, INFOSHIELD]
    assert all(0 <= row["f1"] <= 1 for row in tables["compared"])
    assert any("seed" in row["what"] and "20261126" in row["value"] for row in tables["run"])


def test_the_verb_prints_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def short(corpus: Path, *, held_out: bool) -> dict[str, list[dict[str, str]]]:
        asked.append(held_out)
        return {"run": [{"what": "corpus", "value": corpus.name}]}

    monkeypatch.setattr("models.bench_campaigns.quality.quality", short)
    monkeypatch.setattr("models.bench_campaigns.stored", lambda *_, **__: [])
    answer = CliRunner().invoke(app, ["bench", "campaigns", "--held-out", "--n", "300", "--json"])
    assert answer.exit_code == 0, answer.output
    tables = json.loads(answer.stdout)
    assert tables["run"] == [{"what": "corpus", "value": "corpus"}]
    assert {row["ads"] for row in tables["scale"]} == {300}
    assert asked == [True]


@pytest.mark.parametrize("sizes", ["many", "10", "1000;10000"])
def test_sizes_that_are_none_are_refused(sizes: str) -> None:
    answer = CliRunner().invoke(app, ["bench", "campaigns", "--n", sizes])
    assert answer.exit_code == 2
    assert "whole numbers" in answer.output


@pytest.mark.slow
def test_campaigns_are_found_as_well_as_they_once_were(monkeypatch: pytest.MonkeyPatch) -> None:
    """Floors under what the development seed gave when this was written."""
    own = {ZORYA: clusterers()[ZORYA]}
    monkeypatch.setattr(quality_module, "clusterers", lambda: own)
    tables = quality(CORPUS)
    f1 = {row["pairs with"]: row["f1"] for row in tables["quality"]}
    assert f1["all"] >= 0.92
    assert f1["disguised"] >= 0.92
    assert f1["translated"] >= 0.95
    assert min(f1[language] for language in LANGUAGES) >= 0.8
    assert tables["compared"][0]["hub pairs merged"].startswith("0 of ")
