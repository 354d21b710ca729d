"""Small records for tests of the shared record."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from zorya.domain import ids
from zorya.domain.ads import Kind, Posting
from zorya.domain.reviews import Task, TaskReason
from zorya.store import Store, campaigns, postings, reviews

MakePosting = Callable[..., Posting]


@pytest.fixture
def make_posting() -> MakePosting:
    """An invented ad; fields by keyword."""

    def make(**changes: Any) -> Posting:
        fields: dict[str, Any] = {
            "source": "opendoor",
            "native_id": "17",
            "url": "http://127.0.0.1/ads/17",
            "kind": Kind.JOB,
            "title": "Cleaner wanted",
            "body": "Hotel in Utrecht, contract from day one.",
        }
        return Posting(**(fields | changes))

    return make


@pytest.fixture
def queue_tasks(make_posting: MakePosting, as_of: datetime) -> Callable[[Store, int], list[str]]:
    """Put a number of campaigns in the queue; returns the task ids, most pressing first."""

    def queue(store: Store, number: int) -> list[str]:
        made = []
        with store.writing() as connection:
            for index in range(number):
                ad = make_posting(native_id=str(index))
                postings.record(connection, ad, capture_id=None, seen_at=as_of)
                campaign = campaigns.found(connection, ids.posting_id(ad.source, ad.native_id), at=as_of)
                task = Task(
                    id=ids.task_id(campaign, 1),
                    campaign_id=campaign,
                    round=1,
                    reason=TaskReason.RISK,
                    priority=1.0 - index / 1000,
                    created_at=as_of - timedelta(hours=1),
                )
                assert reviews.add_task(connection, task)
                made.append(task.id)
        return made

    return queue
