"""Reserving, deciding, taking back; two people; blind rounds."""

import threading

import pytest

from labeling import queue, sampling
from labeling.queue import Decision, VerdictRefused
from zorya.domain.reviews import TaskReason, VerdictLabel
from zorya.errors import QueueConflict
from zorya.store import audit, campaign_changes, reviews

CONCERN = Decision(VerdictLabel.CONCERN, ("sexual_exploitation",), 2, ("A1",), "  two lures  ")
FINE = Decision(VerdictLabel.NO_CONCERN)
UNSURE = Decision(VerdictLabel.UNSURE)


@pytest.fixture
def one(seed, store, settings, as_of):
    """A store with one flagged campaign in the queue; returns its task id."""
    seed.ad(0.9)
    sampling.run(store, settings, as_of=as_of)
    with store.reading() as connection:
        return reviews.open_tasks(connection, at=as_of)[0].id


def _open(store, as_of):
    with store.reading() as connection:
        return reviews.open_tasks(connection, at=as_of)


def test_the_most_pressing_task_comes_first_and_stays_with_its_holder(seed, store, settings, as_of):
    seed.ad(0.7)
    worst = seed.ad(0.99)
    sampling.run(store, settings, as_of=as_of)
    first = queue.next_task(store, settings, "anna", as_of=as_of)
    assert first.campaign_id == worst
    assert queue.next_task(store, settings, "anna", as_of=as_of).id == first.id
    assert queue.next_task(store, settings, "boris", as_of=as_of).id != first.id


def test_a_lapsed_reservation_frees_the_task_and_refuses_the_late_verdict(one, store, settings, clock):
    queue.next_task(store, settings, "anna", as_of=clock.at)
    clock.forward(minutes=settings.review.lease_minutes + 1)
    assert queue.next_task(store, settings, "boris", as_of=clock.at).id == one
    with pytest.raises(QueueConflict):
        queue.submit(store, settings, "anna", one, CONCERN, as_of=clock.at)


def test_a_verdict_is_stored_with_its_audit_entry(one, store, settings, as_of):
    queue.next_task(store, settings, "anna", as_of=as_of)
    verdict = queue.submit(store, settings, "anna", one, CONCERN, as_of=as_of)
    with store.reading() as connection:
        assert reviews.verdict(connection, verdict.id) == verdict
        entry = audit.page(connection)[0]
    assert (entry["actor"], entry["action"], entry["object"]) == ("anna", "verdict", verdict.id)
    assert verdict.rationale == "two lures"


def test_a_concern_queues_a_blind_second_review_that_the_first_person_never_gets(one, store, settings, as_of):
    queue.next_task(store, settings, "anna", as_of=as_of)
    queue.submit(store, settings, "anna", one, CONCERN, as_of=as_of)
    (second,) = _open(store, as_of)
    assert (second.round, second.reason) == (2, TaskReason.SECOND_REVIEW)
    assert queue.next_task(store, settings, "anna", as_of=as_of) is None
    with pytest.raises(QueueConflict):
        queue.take(store, settings, "anna", second.id, as_of=as_of)
    assert queue.next_task(store, settings, "boris", as_of=as_of).id == second.id


def test_two_people_confirm_a_campaign(one, store, settings, as_of):
    for name in ("anna", "boris"):
        task = queue.next_task(store, settings, name, as_of=as_of)
        queue.submit(store, settings, name, task.id, CONCERN, as_of=as_of)
    with store.reading() as connection:
        (confirmed,) = reviews.confirmed_campaigns(connection)
    assert confirmed.severity == 2
    assert confirmed.patterns == ("sexual_exploitation",)
    assert queue.stats(store, as_of=as_of)["confirmed"] == 1
    assert not _open(store, as_of)


@pytest.mark.parametrize("second", [FINE, UNSURE])
def test_a_concern_that_is_not_shared_goes_to_a_third_person(one, store, settings, as_of, second):
    for name, decision in (("anna", CONCERN), ("boris", second)):
        task = queue.next_task(store, settings, name, as_of=as_of)
        queue.submit(store, settings, name, task.id, decision, as_of=as_of)
    (third,) = _open(store, as_of)
    assert third.round == 3
    with store.reading() as connection:
        assert not reviews.confirmed_campaigns(connection)


def test_unsure_goes_to_a_second_person(one, store, settings, as_of):
    queue.next_task(store, settings, "anna", as_of=as_of)
    queue.submit(store, settings, "anna", one, UNSURE, as_of=as_of)
    assert [task.round for task in _open(store, as_of)] == [2]


def test_no_concern_on_a_flagged_campaign_ends_it(one, store, settings, as_of):
    queue.next_task(store, settings, "anna", as_of=as_of)
    queue.submit(store, settings, "anna", one, FINE, as_of=as_of)
    assert not _open(store, as_of)


def test_harm_found_in_a_sentinel_goes_to_a_second_person(seed, store, settings, as_of):
    campaign = seed.ad(0.1)
    with store.writing() as connection:
        from zorya.domain import ids
        from zorya.domain.reviews import Task

        reviews.add_task(connection, Task(ids.task_id(campaign, 1), campaign, 1, TaskReason.SENTINEL, 0.7, as_of))
    task = queue.next_task(store, settings, "anna", as_of=as_of)
    queue.submit(store, settings, "anna", task.id, Decision(VerdictLabel.OTHER_HARM), as_of=as_of)
    assert [task.round for task in _open(store, as_of)] == [2]


def test_undo_withdraws_reserves_again_and_drops_the_unread_second_round(one, store, settings, as_of):
    queue.next_task(store, settings, "anna", as_of=as_of)
    queue.submit(store, settings, "anna", one, CONCERN, as_of=as_of)
    task = queue.undo(store, settings, "anna", as_of=as_of)
    assert (task.id, task.owner) == (one, "anna")
    assert [task.id for task in _open(store, as_of)] == [one]
    with store.reading() as connection:
        assert not reviews.verdicts_in_force(connection)
    assert queue.next_task(store, settings, "anna", as_of=as_of).id == one
    queue.submit(store, settings, "anna", one, CONCERN, as_of=as_of)
    assert [task.round for task in _open(store, as_of)] == [2]


def test_any_of_the_last_ten_decisions_is_taken_back_and_none_before_them(seed, store, settings, clock):
    for _ in range(11):
        seed.ad(0.9)
    sampling.run(store, settings, as_of=clock.at)
    given = []
    for _ in range(11):
        task = queue.next_task(store, settings, "anna", as_of=clock.at)
        given.append(queue.submit(store, settings, "anna", task.id, FINE, as_of=clock.at))
        clock.forward(minutes=1)
    oldest, tenth = given[0], given[1]
    assert queue.undo(store, settings, "anna", as_of=clock.at, verdict_id=oldest.id) is None
    assert queue.undo(store, settings, "anna", as_of=clock.at, verdict_id=tenth.id).id == tenth.task_id
    clock.forward(minutes=1)
    queue.submit(store, settings, "anna", tenth.task_id, UNSURE, as_of=clock.at)
    with store.reading() as connection:
        assert reviews.verdict(connection, tenth.id) == tenth
        words = {word.task_id: word.label for word in reviews.verdicts_in_force(connection)}
    assert words[tenth.task_id] is VerdictLabel.UNSURE
    assert len(words) == 11


def test_undo_leaves_the_second_person_at_work_in_peace(one, store, settings, as_of):
    queue.next_task(store, settings, "anna", as_of=as_of)
    queue.submit(store, settings, "anna", one, CONCERN, as_of=as_of)
    second = queue.next_task(store, settings, "boris", as_of=as_of)
    queue.undo(store, settings, "anna", as_of=as_of)
    queue.submit(store, settings, "boris", second.id, CONCERN, as_of=as_of)
    queue.submit(store, settings, "anna", one, CONCERN, as_of=as_of)
    with store.reading() as connection:
        assert len(reviews.confirmed_campaigns(connection)) == 1
    assert not _open(store, as_of)


def test_nobody_takes_back_what_another_decided(one, store, settings, as_of):
    queue.next_task(store, settings, "anna", as_of=as_of)
    verdict = queue.submit(store, settings, "anna", one, FINE, as_of=as_of)
    assert queue.undo(store, settings, "boris", as_of=as_of, verdict_id=verdict.id) is None


def test_nobody_counts_twice_on_one_campaign(one, store, settings, as_of):
    queue.next_task(store, settings, "anna", as_of=as_of)
    queue.submit(store, settings, "anna", one, CONCERN, as_of=as_of)
    (second,) = _open(store, as_of)
    with store.writing() as connection:
        reviews.reopen(connection, second.id, "anna", until=as_of.replace(hour=23))
    with pytest.raises(QueueConflict):
        queue.submit(store, settings, "anna", second.id, CONCERN, as_of=as_of)


def test_a_verdict_after_a_merge_belongs_to_the_living_campaign(seed, store, settings, as_of):
    old, young = seed.ad(0.9, seen_at=as_of.replace(month=9)), seed.ad(0.8)
    sampling.run(store, settings, as_of=as_of)
    with store.reading() as connection:
        task = next(t for t in reviews.open_tasks(connection, at=as_of) if t.campaign_id == young)
    queue.take(store, settings, "anna", task.id, as_of=as_of)
    with store.writing() as connection:
        campaign_changes.merge(connection, [old, young], at=as_of, by="ana", reason="one number")
    verdict = queue.submit(store, settings, "anna", task.id, CONCERN, as_of=as_of)
    assert verdict.campaign_id == old


@pytest.mark.parametrize(
    "decision",
    [
        Decision(VerdictLabel.CONCERN, ("sexual_exploitation",)),
        Decision(VerdictLabel.CONCERN, (), 2),
        Decision(VerdictLabel.CONCERN, ("debt_bondage",), 2),
        Decision(VerdictLabel.NO_CONCERN, (), 1),
        Decision(VerdictLabel.UNSURE, ("invented",)),
    ],
)
def test_an_incomplete_decision_is_refused_and_nothing_is_stored(one, store, settings, as_of, decision):
    queue.next_task(store, settings, "anna", as_of=as_of)
    with pytest.raises(VerdictRefused):
        queue.submit(store, settings, "anna", one, decision, as_of=as_of)
    assert [task.id for task in _open(store, as_of)] == [one]


def test_ten_people_at_once_never_share_a_task(seed, store, settings, as_of):
    for number in range(10):
        seed.ad(0.9, title=f"Flagged {number}")
    sampling.run(store, settings, as_of=as_of)
    given: list[str] = []

    def ask(name: str) -> None:
        task = queue.next_task(store, settings, name, as_of=as_of)
        if task:
            given.append(task.id)

    threads = [threading.Thread(target=ask, args=(f"person{number}",)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == len(set(given))
    assert len(given) >= 9


def test_released_tasks_come_last_for_who_skipped_them(seed, store, settings, as_of):
    seed.ad(0.9)
    seed.ad(0.8)
    sampling.run(store, settings, as_of=as_of)
    first = queue.next_task(store, settings, "anna", as_of=as_of)
    assert queue.release(store, "anna", first.id, as_of=as_of)
    assert queue.next_task(store, settings, "anna", as_of=as_of, skip=[first.id]).id != first.id


def test_stats_count_by_reason_and_label(seed, store, settings, as_of):
    seed.town()
    sampling.run(store, settings, as_of=as_of)
    task = queue.next_task(store, settings, "anna", as_of=as_of)
    queue.submit(store, settings, "anna", task.id, CONCERN, as_of=as_of)
    numbers = queue.stats(store, as_of=as_of)
    assert numbers["verdicts"]["concern"] == 1
    assert numbers["reasons"]["second_review"] == 1
    assert numbers["open"] == sum(numbers["reasons"].values())


def test_a_campaign_judged_before_its_merge_is_not_given_to_the_same_person_again(seed, store, settings, as_of):
    seed.ad(0.99, seen_at=as_of.replace(month=9))
    seed.ad(0.9)
    sampling.run(store, settings, as_of=as_of)
    first = queue.next_task(store, settings, "anna", as_of=as_of)
    queue.submit(store, settings, "anna", first.id, FINE, as_of=as_of)
    (other,) = _open(store, as_of)
    with store.writing() as connection:
        campaign_changes.merge(connection, seed.campaigns, at=as_of, by="ana", reason="one number")
    assert queue.next_task(store, settings, "anna", as_of=as_of) is None
    assert queue.next_task(store, settings, "boris", as_of=as_of).id == other.id
