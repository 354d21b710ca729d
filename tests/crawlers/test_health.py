"""Verdicts on single runs: what the source file expects, what no source may do, and what the operator is told."""

from typing import Any

import pytest

from crawlers.account import Account
from crawlers.baseline import Baseline
from crawlers.health import Verdict, judge
from crawlers.spec import SourceSpec
from zorya.domain.health import Checkup, checkup_of
from zorya.domain.runs import Outcome, RequestOutcome, RunStatus
from zorya.store.health import interval_of

OK = [RequestOutcome("https://board.example/", Outcome.OK)]
SHARES = {
    "fill.title": (10, 10),
    "fill.body": (10, 10),
    "fill.pay": (6, 10),
    "language.ro": (8, 10),
    "garbled": (0, 10),
}


def verdict(
    expect: dict[str, Any] | None = None,
    *,
    numbers: dict[str, float] | None = None,
    shares: dict[str, tuple[int, int]] | None = None,
    requests: list[RequestOutcome] | None = None,
    ending: str = "",
) -> Verdict:
    spec = SourceSpec.model_validate(
        {
            "id": "invented_board",
            "title": "Invented",
            "homepage": "https://board.example/",
            "kind": "job",
            "country": "ro",
            "languages": ["ro"],
            "engine": "feed",
            "start": ["https://board.example/feed"],
            "expect": expect or {},
        }
    )
    measured = {"seen": 10.0, "read": 10.0, "new": 1.0, "quiet_days": 1.0} | (numbers or {})
    seen = int(measured["seen"])
    account = Account(OK if requests is None else requests, {str(number): set() for number in range(seen)})
    return judge(spec, account, ending, Checkup(numbers=measured, shares=SHARES | (shares or {})), Baseline())


def test_a_sound_run_is_green_and_teaches() -> None:
    found = verdict({"min_postings": 5, "max_postings": 20, "fill": {"pay": 0.5}, "languages": 0.7, "silence_days": 2})
    assert (found.status, found.messages, found.checkup.grade) == (RunStatus.OK, (), "sound")


@pytest.mark.parametrize(
    ("expect", "change", "status", "words"),
    [
        ({"min_postings": 11}, {}, "failed", "expected at least 11 postings, found 10"),
        ({"max_postings": 9}, {}, "partial", "expected at most 9 postings, found 10"),
        ({"fill": {"pay": 0.7}}, {}, "partial", "`pay` is filled in 60%, expected 70%"),
        (
            {"fill": {"body": 0.9}},
            {"shares": {"fill.body": (1, 10)}},
            "failed",
            "`body` is filled in 10%, expected 90%",
        ),
        ({"languages": 0.9}, {}, "partial", "80% of the ads are in ro, expected 90%; found ro 80%"),
        ({"languages": 0.9}, {"shares": {"language.ro": (1, 10)}}, "failed", "10% of the ads are in ro, expected 90%"),
        (
            {"silence_days": 3},
            {"numbers": {"quiet_days": 3.5}},
            "partial",
            "no new ad for 3.5 days, expected one within 3",
        ),
        ({}, {"shares": {"alike": (9, 10)}}, "failed", "9 of 10 ads read have the same text"),
        ({}, {"shares": {"garbled": (9, 10)}}, "failed", "9 of 10 ads read have damaged characters"),
        ({}, {"shares": {"yield": (0, 4)}}, "partial", "the lists lead to 4 ad pages and none of them showed an ad"),
        ({}, {"ending": "the crawl process ended early (signal 9)"}, "failed", "signal 9"),
        ({}, {"requests": []}, "failed", "no request was answered"),
    ],
)
def test_a_breach_says_what_was_expected_and_found(expect: Any, change: Any, status: str, words: str) -> None:
    found = verdict(expect, **change)
    assert found.status == status
    assert words in found.messages[0]
    assert found.checkup.why == found.messages
    assert found.checkup.grade != "sound"


def test_a_zero_is_never_silent() -> None:
    nothing = {"seen": 0.0, "read": 0.0}
    assert verdict(numbers=nothing).status is RunStatus.FAILED
    allowed = verdict({"min_postings": 0}, numbers=nothing)
    assert allowed.messages == ("no ad was found; `expect.min_postings: 0` allows that",)


def test_two_ads_without_pay_are_chance_on_a_board_mostly_known() -> None:
    few = {"fill.pay": (0, 2), "garbled": (0, 2)}
    assert verdict({"fill": {"pay": 0.6}}, shares=few).status is RunStatus.OK
    assert verdict({"fill": {"pay": 0.6}}, shares={"fill.pay": (0, 9)}).status is RunStatus.PARTIAL


def test_a_failed_request_now_and_then_is_partial_and_still_teaches() -> None:
    broken = RequestOutcome("https://board.example/9", Outcome.FAILED, "the site answers 500")
    some = verdict(requests=[*OK * 9, broken])
    assert (some.status, some.messages[0]) == (RunStatus.PARTIAL, "1 failed: the site answers 500")
    assert some.checkup.grade == "sound"
    assert verdict(requests=[*OK, broken]).checkup.grade == "off"


def test_a_checkup_survives_its_json_form() -> None:
    found = verdict({"min_postings": 99}).checkup
    assert checkup_of(found.as_json()) == found
    assert checkup_of({}) is None


@pytest.mark.parametrize(
    ("schedule", "hours"),
    [
        ("17 * * * *", 1),
        ("17 */6 * * *", 1),
        ("17 4 * * *", 24),
        ("0 4 * * mon", 168),
        ("0 4 1 * *", 744),
        ("@weekly", 168),
    ],
)
def test_a_schedule_says_about_how_often(schedule: str, hours: int) -> None:
    assert interval_of(schedule).total_seconds() == hours * 3600
