"""Labels nobody claims, as `source try` tells them; pay in the answers of JSON interfaces."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crawlers.extract import Document, extract
from crawlers.spec import SourceSpec
from crawlers.trial import trial
from crawlers.unclaimed import unclaimed_in
from zorya.domain.ads import Posting
from zorya.settings import Settings

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROWS = "<dl><dt>Schedule</dt><dd>5/2</dd></dl><ul><li>Views: 15</li></ul>"


def _as_it_is(posting: Posting, _country: str | None) -> Posting:
    return posting


def test_a_trial_tells_what_nobody_claims(board: Any, crawlable: Settings, source: Callable[..., SourceSpec]) -> None:
    board.put_list(1, 2)
    for number in (1, 2):
        board.put_ad(number, f"Baker {number}", f"A job in a bakery, contract from day one, ad {number}.{ROWS}")
    spec = source(board, fields={"body": {"css": ".none", "optional": True}}, ignore=["views"])
    done = trial(spec, crawlable, ads=2, as_of=NOON, complete=_as_it_is)
    assert done.unclaimed == ("Schedule",)
    assert any("Schedule" in remark for remark in done.remarks)


def test_items_of_a_json_answer_tell_their_keys(board: Any, source: Callable[..., SourceSpec]) -> None:
    spec = source(board, engine="json_api", json={"items": "jobs"}, fields={"title": {"json": "name"}})
    answer = {"jobs": [{"name": "Baker", "city": "Bonn"}, {"name": "Cook", "hours": 8}]}
    document = Document(json.dumps(answer).encode(), f"{board.base}/api")
    assert unclaimed_in(document, spec) == ["city", "hours"]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("1500-2000 € per month", (1500, 2000, "EUR", "month", None)),
        ({"from": 80000, "to": None, "currency": "RUR", "gross": True}, (80000, 80000, "RUB", None, "gross")),
        ({"min": 12, "max": 14, "currency": "EUR", "period": "HOURLY"}, (12, 14, "EUR", "hour", None)),
        ({"from": None, "to": 900, "currency": "EUR", "gross": False}, (900, 900, "EUR", None, "net")),
    ],
)
def test_pay_of_a_json_answer(stated: Any, expected: tuple[Any, ...]) -> None:
    item = {"id": 1, "title": "Baker", "description": "Bread and rolls, mornings.", "salary": stated}
    [posting] = extract(Document(json.dumps(item).encode(), "https://b.example/api"), today=date(2026, 11, 24))
    pay = posting.pay
    assert pay is not None
    assert (pay.min, pay.max, pay.currency, pay.period, pay.tax) == expected


@pytest.mark.parametrize(
    "stated", [{"from": 5}, {"currency": "EUR"}, {"from": "x", "currency": []}, [], "negotiable", 7]
)
def test_what_is_no_pay_in_a_json_answer(stated: Any) -> None:
    item = {"id": 1, "title": "Baker", "description": "Bread and rolls, mornings.", "salary": stated}
    [posting] = extract(Document(json.dumps(item).encode(), "https://b.example/api"), today=date(2026, 11, 24))
    assert posting.pay is None
