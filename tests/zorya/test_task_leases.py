"""Leases: two analysts never hold one task."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from zorya.domain import ids
from zorya.domain.reviews import Task, TaskReason, Verdict, VerdictLabel
from zorya.store import Store, reviews

QueueTasks = Callable[[Store, int], list[str]]
LEASE = timedelta(minutes=20)


def _lease(store: Store, analyst: str, at: datetime, task_id: str | None = None) -> Task | None:
    with store.writing() as connection:
        return reviews.lease(connection, analyst, at=at, until=at + LEASE, task_id=task_id)


def test_the_most_pressing_task_comes_first(store: Store, as_of: datetime, queue_tasks: QueueTasks) -> None:
    first, *_ = queue_tasks(store, 3)
    task = _lease(store, "ana", as_of)
    assert task is not None
    assert task.id == first


def test_a_second_analyst_gets_another_task(store: Store, as_of: datetime, queue_tasks: QueueTasks) -> None:
    first, second = queue_tasks(store, 2)
    assert [getattr(_lease(store, who, as_of), "id", None) for who in ("ana", "bob", "eva")] == [first, second, None]


def test_an_analyst_keeps_the_task_they_hold(store: Store, as_of: datetime, queue_tasks: QueueTasks) -> None:
    queue_tasks(store, 3)
    assert getattr(_lease(store, "ana", as_of), "id", "") == getattr(_lease(store, "ana", as_of), "id", None)


def test_a_held_task_cannot_be_asked_for_by_name(store: Store, as_of: datetime, queue_tasks: QueueTasks) -> None:
    [task] = queue_tasks(store, 1)
    _lease(store, "ana", as_of)
    assert _lease(store, "bob", as_of, task) is None


def test_a_lease_runs_out(store: Store, as_of: datetime, queue_tasks: QueueTasks) -> None:
    [task] = queue_tasks(store, 1)
    _lease(store, "ana", as_of)
    assert getattr(_lease(store, "bob", as_of + LEASE), "id", None) == task


def test_a_decision_after_the_lease_ran_out_is_refused(store: Store, as_of: datetime, queue_tasks: QueueTasks) -> None:
    [task] = queue_tasks(store, 1)
    _lease(store, "ana", as_of)
    with store.writing() as connection:
        assert not reviews.close(connection, task, "ana", at=as_of + LEASE)


def test_a_released_task_is_free(store: Store, as_of: datetime, queue_tasks: QueueTasks) -> None:
    [task] = queue_tasks(store, 1)
    _lease(store, "ana", as_of)
    with store.writing() as connection:
        assert not reviews.release(connection, task, "bob")
        assert reviews.release(connection, task, "ana")
    assert getattr(_lease(store, "bob", as_of), "id", None) == task


def test_the_second_review_never_goes_to_the_first_analyst(
    store: Store, as_of: datetime, queue_tasks: QueueTasks
) -> None:
    [first] = queue_tasks(store, 1)
    held = _lease(store, "ana", as_of)
    assert held is not None
    again = Task(ids.task_id(held.campaign_id, 2), held.campaign_id, 2, TaskReason.SECOND_REVIEW, 1.0, as_of)
    decision = Verdict(
        ids.verdict_id(first, "ana", as_of), first, held.campaign_id, "ana", VerdictLabel.CONCERN, as_of, severity=2
    )
    with store.writing() as connection:
        reviews.add_verdict(connection, decision)
        assert reviews.close(connection, first, "ana", at=as_of)
        reviews.add_task(connection, again)
    assert _lease(store, "ana", as_of) is None
    assert getattr(_lease(store, "bob", as_of), "id", None) == again.id


def test_many_analysts_at_once_never_share_a_task(store: Store, as_of: datetime, queue_tasks: QueueTasks) -> None:
    queue_tasks(store, 12)
    taken: list[str] = []
    gate = threading.Barrier(8)

    def work(name: str) -> None:
        gate.wait(timeout=30)
        for turn in range(2):
            task = _lease(store, f"{name}-{turn}", as_of)
            if task:
                taken.append(task.id)

    threads = [threading.Thread(target=work, args=(f"analyst-{index}",)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not [task for task, times in Counter(taken).items() if times > 1]
    assert len(taken) == 12


def test_one_task_wanted_by_many_goes_to_one(store: Store, as_of: datetime, queue_tasks: QueueTasks) -> None:
    [task] = queue_tasks(store, 1)
    gate = threading.Barrier(6)
    holders: list[str] = []

    def work(name: str) -> None:
        gate.wait(timeout=30)
        if _lease(store, name, as_of, task):
            holders.append(name)

    threads = [threading.Thread(target=work, args=(f"analyst-{index}",)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(holders) == 1


@pytest.mark.parametrize("label", list(VerdictLabel))
def test_verdicts_come_back_as_given(
    store: Store, as_of: datetime, queue_tasks: QueueTasks, label: VerdictLabel
) -> None:
    [task] = queue_tasks(store, 1)
    held = _lease(store, "ana", as_of)
    assert held is not None
    decision = Verdict(
        ids.verdict_id(task, "ana", as_of),
        task,
        held.campaign_id,
        "ana",
        label,
        as_of,
        patterns=("loverboy",),
        indicators=("A1",),
        rationale="“цитата”",
    )
    with store.writing() as connection:
        reviews.add_verdict(connection, decision)
    with store.reading() as connection:
        assert reviews.verdict(connection, decision.id) == decision
