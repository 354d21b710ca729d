"""What a crawl could not read behind the first pages of a board: the next one reads all of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crawlers import runner
from crawlers.pipelines import Recorder
from zorya.domain.runs import RunStatus

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(("path", "status"), [("/ad/35", 503), ("/ad/35", 200), ("/?page=2", 503)])
def test_what_failed_behind_the_first_page_is_read_by_the_next_crawl(
    site: Any, source: Any, path: str, status: int
) -> None:
    site.put(30)
    site.crawl(source(site.board))
    site.put(55)
    good = site.board.answers[path]
    site.board.put(path, "busy" if status == 503 else "", status=status)
    assert site.crawl(source(site.board), later=HOUR).status is RunStatus.PARTIAL
    site.board.answers[path] = good
    site.crawl(source(site.board), later=2 * HOUR)
    assert len(site.rows()) == 55
    site.asked()
    site.crawl(source(site.board), later=3 * HOUR)
    assert site.asked() == ["/"]


def test_ads_over_the_limit_are_read_by_the_next_crawls(site: Any, source: Any) -> None:
    site.put(30)
    site.crawl(source(site.board))
    site.put(55)
    few = source(site.board, limits={"delay": 0.01, "ads": 15})
    assert [site.crawl(few, later=hours * HOUR).new for hours in (1, 2, 3)] == [15, 10, 0]


def test_a_crawl_that_did_not_come_to_its_end_owes_the_other_pages(
    site: Any, source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is up after the first list page and its ads: what lies behind them is read by the next crawl."""
    site.put(30)
    site.crawl(source(site.board))
    site.put(55)
    real: Callable[..., str] = runner.run_child
    with monkeypatch.context() as patch:
        claims = iter(range(5))
        take = Recorder.next
        patch.setattr(Recorder, "next", lambda self: take(self) if next(claims, None) is not None else None)
        patch.setattr(Recorder, "recheck", lambda self: False)
        patch.setattr("crawlers.runner.run_child", lambda order, **more: real(order, **more) or "stopped")
        assert site.crawl(source(site.board), later=HOUR).status is RunStatus.FAILED
    site.crawl(source(site.board), later=2 * HOUR)
    assert len(site.rows()) == 55


def test_a_304_to_a_plain_question_is_a_failure(site: Any, source: Any) -> None:
    """Such a cache would hide the ad for ever, in green runs."""
    site.put(3)
    site.board.put("/ad/2", "", status=304)
    report = site.crawl(source(site.board))
    assert (report.status, report.outcomes) == (RunStatus.PARTIAL, {"failed": 1, "ok": 3})
