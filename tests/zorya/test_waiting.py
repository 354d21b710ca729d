"""Lists and numbers of open tasks: pages that meet, counts that stop, languages step by step."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from zorya.domain import ids
from zorya.domain.reviews import Verdict, VerdictLabel
from zorya.store import Store, reviews, waiting
from zorya.store.schema import tasks

QueueTasks = Callable[[Store, int], list[str]]


def test_pages_follow_one_another_without_gap_or_repetition(store: Store, queue_tasks: QueueTasks) -> None:
    queue_tasks(store, 7)
    with store.writing() as connection:
        connection.execute(update(tasks).values(priority=0.5))  # equal priorities: only the id orders them
    with store.reading() as connection:
        whole = waiting.page(connection, "ana")
        pages, last = [], None
        while page := waiting.page(connection, "ana", after=last, limit=3):
            pages += page
            last = page[-1]
    assert [task.id for task in pages] == [task.id for task in whole]
    assert len(whole) == 7


def test_a_list_is_narrowed_by_what_stands_with_the_task(store: Store, queue_tasks: QueueTasks) -> None:
    first, second, _ = queue_tasks(store, 3)
    with store.writing() as connection:
        reviews.describe(connection, first, language="ro", band="likely")
        reviews.describe(connection, second, language="uk", band="likely")
    with store.reading() as connection:
        assert [task.id for task in waiting.page(connection, "ana", narrowed={"language": "uk"})] == [second]
        assert len(waiting.page(connection, "ana", narrowed={"band": "likely", "language": ""})) == 2
        assert waiting.languages(connection) == ["ro", "uk"]


def test_what_a_person_has_judged_is_not_listed_for_them(
    store: Store, queue_tasks: QueueTasks, as_of: datetime
) -> None:
    first, second = queue_tasks(store, 2)
    with store.writing() as connection:
        task = reviews.task(connection, first)
        assert task
        name = ids.verdict_id(first, "ana", as_of)
        reviews.add_verdict(connection, Verdict(name, first, task.campaign_id, "ana", VerdictLabel.UNSURE, as_of))
    with store.reading() as connection:
        assert [task.id for task in waiting.page(connection, "ana")] == [second]
        assert waiting.for_person(connection, "ana", at=as_of) == 1
        assert waiting.for_person(connection, "bob", at=as_of) == 2
        assert reviews.number_by(connection, "ana", since=as_of) == 1


def test_numbers_stop_at_the_most_that_is_shown(
    store: Store, queue_tasks: QueueTasks, as_of: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_tasks(store, 5)
    monkeypatch.setattr(waiting, "MOST", 3)
    with store.writing() as connection:
        reviews.lease(connection, "ana", at=as_of, until=as_of + timedelta(minutes=20))
        numbers = waiting.overall(connection, at=as_of)
        assert [task.owner for task in waiting.held_by(connection, "ana", at=as_of)] == ["ana"]
    assert numbers.open == waiting.MOST + 1
    assert numbers.held == 1
    assert numbers.oldest is not None
