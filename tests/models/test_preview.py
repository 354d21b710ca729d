"""What an editor sees of an indicator on stored ads: shares, phrases, overlaps, conflicts; contacts stay masked."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from typer.testing import CliRunner

from models import preview as previews
from models.catalogue import catalogue
from zorya.cli import app
from zorya.domain.ads import Posting, PostingVersion
from zorya.errors import ZoryaError
from zorya.store import Store, postings

FEE = "Oferim cazare gratuită în centru. Scrieți la +44 7700 900 123."
PLAIN = "Angajăm contabil cu diplomă la sediul firmei din Chișinău, program de luni până vineri."


@pytest.fixture
def version(ad: Callable[..., Posting], as_of: datetime) -> Callable[..., PostingVersion]:
    """A stored state of an invented ad, with its language as a screening noted it."""

    def make(body: str, *, name: str, source: str = "board-a", language: str = "ro") -> PostingVersion:
        posting = replace(ad("Ofertă", body, name=name, source=source), language=language)
        return PostingVersion(f"v-{name}", f"p-{name}", "0" * 64, None, as_of, posting)

    return make


def test_base_rate_per_source_and_language(version: Callable[..., PostingVersion]) -> None:
    ads = [version(FEE, name="1"), version(PLAIN, name="2"), version(PLAIN, name="3", source="board-b")]
    shown = previews.preview(ads, catalogue(), catalogue().by_code["D3"])
    assert (shown.sources["board-a"].ads, shown.sources["board-a"].present) == (2, 1)
    assert shown.sources["board-a"].share == 0.5
    assert shown.sources["board-b"].share == 0.0
    assert shown.languages["ro"].ads == 3


def test_shares_name_the_phrase_and_the_board(version: Callable[..., PostingVersion]) -> None:
    ads = [version(FEE, name="1"), version(PLAIN, name="2")]
    shown = previews.preview(ads, catalogue(), catalogue().by_code["D3"])
    known = set(catalogue().by_code["D3"].phrases["ro"].present)
    assert shown.shares()
    for phrase, source, ads_with_it, share in shown.shares():
        assert phrase in known
        assert (source, ads_with_it, share) == ("board-a", 1, 0.5)


def test_examples_show_the_hit_and_no_contact(version: Callable[..., PostingVersion]) -> None:
    (example,) = previews.preview([version(FEE, name="1")], catalogue(), catalogue().by_code["D3"]).examples
    assert "cazare gratuită" in example.matched
    assert "[contact]" in example.after
    assert "7700" not in "".join((example.before, example.matched, example.after))


def test_a_draft_phrase_is_tried_alone(version: Callable[..., PostingVersion]) -> None:
    draft = previews.with_phrase(catalogue().by_code["D3"], "contabil* cu diplomă")
    reader = type(catalogue())([draft], catalogue().frame)
    shown = previews.preview([version(FEE, name="1"), version(PLAIN, name="2")], reader, draft)
    assert shown.total.present == 1
    assert shown.shares() == [("contabil* cu diplomă", "board-a", 1, 0.5)]


def test_overlaps_are_counted_and_weighed(version: Callable[..., PostingVersion]) -> None:
    both = FEE + " Fără experiență."
    ads = [version(both, name="1"), version(FEE, name="2"), version(PLAIN, name="3"), version(PLAIN, name="4")]
    found = previews.statistics(ads, catalogue(), {})
    assert found.tallies["D3"].present == 2
    assert found.pairs["B1", "D3"] == 1
    assert found.lift("B1", "D3") == pytest.approx(1 * 4 / (1 * 2))
    assert found.at_least(1) == 0.5


def test_ads_of_one_campaign_that_disagree_are_a_conflict(version: Callable[..., PostingVersion]) -> None:
    ads = [version("Fără experiență, angajăm.", name="1"), version("Fără experiență nu se poate.", name="2")]
    readings = [catalogue().read(each.posting.text, "ro") for each in ads]
    assert [[h.state for h in r.hits if h.code == "B1"] for r in readings] == [["present"], ["contradicted"]]
    assert previews.statistics(ads, catalogue(), {"p-1": "c", "p-2": "c"}).conflicts["B1"] == 1
    assert previews.statistics(ads, catalogue(), {"p-1": "c", "p-2": "d"}).conflicts["B1"] == 0


@pytest.fixture
def stored(store: Store, ad: Callable[..., Posting]) -> None:
    """Two ads seen today, one last seen a year ago."""
    from zorya.cli.output import now

    with store.writing() as connection:
        for name, body, age in (("1", FEE, 0), ("2", PLAIN, 0), ("3", FEE, 365)):
            posting = replace(ad("Ofertă", body, name=name), language="ro")
            postings.record(connection, posting, capture_id=None, seen_at=now() - timedelta(days=age))


@pytest.fixture
def verb(settings: object, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """`zorya indicators …` in this process, on the test's store."""
    from zorya.settings import Settings

    assert isinstance(settings, Settings)
    if settings.database_url:
        monkeypatch.setenv("ZORYA__DATABASE_URL", settings.database_url)

    def call(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["indicators", *arguments])
        if isinstance(done.exception, ZoryaError):
            raise done.exception
        return done.exit_code, done.stdout

    return call


def test_preview_reads_the_ads_of_so_many_days(stored: None, verb: Callable[..., tuple[int, str]]) -> None:
    code, out = verb("preview", "d3", "--days", "30", "--json")
    assert code == 0
    assert json.loads(out)["total"] == {"ads": 2, "present": 1, "contradicted": 0, "base_rate": 0.5}


def test_preview_says_the_share_of_a_board(stored: None, verb: Callable[..., tuple[int, str]]) -> None:
    code, out = verb("preview", "D3")
    assert code == 0
    assert "is in 50.0 % of the ads of test-board (1 of 2)" in out


def test_stats_print_every_active_indicator(stored: None, verb: Callable[..., tuple[int, str]]) -> None:
    code, out = verb("stats", "--json")
    assert code == 0
    active = {spec.code for spec in catalogue().specs if spec.status == "active"}
    assert set(json.loads(out)["indicators"]) == active


@pytest.mark.parametrize("arguments", [("preview", "D3"), ("stats",)])
def test_without_ads_there_is_nothing_to_do(arguments: tuple[str, ...], verb: Callable[..., tuple[int, str]]) -> None:
    assert verb(*arguments) == (3, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("preview", "Z9"), "no indicator Z9"),
        (("show", "Z9"), "no indicator Z9"),
        (("preview", "D3", "--phrase", "{money} first"), "the first element must be a word"),
    ],
)
def test_bad_input_says_what_is_wrong(
    arguments: tuple[str, ...], told: str, verb: Callable[..., tuple[int, str]]
) -> None:
    with pytest.raises(ZoryaError, match=told):
        verb(*arguments)
