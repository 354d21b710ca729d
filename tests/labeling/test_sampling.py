"""What enters the queue."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from labeling import sampling
from labeling.queue_mix import lot
from models.campaigns.sketch import sketch
from zorya.domain import ids
from zorya.domain.reviews import TaskReason
from zorya.store import Store, campaign_changes, campaigns, imprints, proposals, reviews
from zorya.store.imprints import StoredImprint


def _reasons(store: Store, as_of: datetime) -> Counter[str]:
    with store.reading() as connection:
        return Counter(task.reason.value for task in reviews.open_tasks(connection, at=as_of, limit=10_000))


def test_flagged_campaigns_become_risk_and_unflagged_ones_wait_outside(seed, store, settings, as_of, mixed):
    seed.town()
    report = sampling.run(store, mixed(settings, sentinel=0.005), as_of=as_of)
    reasons = _reasons(store, as_of)
    assert reasons[TaskReason.RISK] == 6
    assert reasons[TaskReason.DOUBT] == 1
    assert report.stage == "enqueue"


def test_a_second_run_changes_nothing(seed, store, settings, as_of):
    seed.town()
    sampling.run(store, settings, as_of=as_of)
    before = _reasons(store, as_of)
    report = sampling.run(store, settings, as_of=as_of)
    assert _reasons(store, as_of) == before
    assert not report.counts.get("risk")
    assert not report.counts.get("regraded")


def test_a_campaign_of_many_ads_is_one_task(seed, store, settings, as_of):
    campaign = seed.ad(0.9)
    for _ in range(4):
        seed.ad(0.9, campaign=campaign)
    sampling.run(store, settings, as_of=as_of)
    assert _reasons(store, as_of) == {TaskReason.RISK: 1}


def test_the_sentinel_draw_is_a_share_that_depends_on_the_campaign_alone(seed, store, settings, as_of):
    drawn = [lot("sentinel", f"c-{number:012x}") < 0.1 for number in range(5000)]
    assert 400 < sum(drawn) < 600
    assert drawn == [lot("sentinel", f"c-{number:012x}") < 0.1 for number in range(5000)]


def test_sentinels_stand_between_risks_so_that_they_are_seen(seed, store, settings, as_of, mixed):
    for number in range(30):
        seed.ad(0.1, title=f"Ordinary {number}")
        seed.ad(0.6 + number / 100, title=f"Flagged {number}")
    sampling.run(store, mixed(settings, sentinel=0.5), as_of=as_of)
    with store.reading() as connection:
        order = [task.reason for task in reviews.open_tasks(connection, at=as_of)]
    assert TaskReason.SENTINEL in order[:15]
    assert TaskReason.RISK in order[-15:]


def test_doubt_is_capped_to_its_share_of_the_queue(seed, store, settings, as_of, mixed):
    for number in range(8):
        seed.ad(0.9, title=f"Flagged {number}")
    for number in range(20):
        seed.ad(0.5, title=f"Doubtful {number}", abstain=True)
    report = sampling.run(store, mixed(settings, sentinel=0.005, doubt=0.2), as_of=as_of)
    reasons = _reasons(store, as_of)
    assert reasons[TaskReason.DOUBT] <= 0.2 * sum(reasons.values())
    assert report.counts["doubt_waiting"] > 10


def _with_imprint(seed: Any, text: str, score: float = 0.5) -> str:
    """A doubtful campaign whose text campaign finding has seen."""
    campaign = str(seed.ad(score, body=text, abstain=True))
    signature = sketch(text)
    assert signature
    with seed.store.writing() as connection:
        posting = campaigns.members(connection, campaign)[0].posting_id
        rank = ids.sha256_hex(text.encode())[:16]
        seen = StoredImprint(posting, "en", "board", text, rank, signature.signature, (), None, {}, {})
        imprints.put(connection, seen, at=seed.at)
    return campaign


def test_of_doubtful_campaigns_whose_texts_nearly_agree_one_is_asked_about(seed, store, settings, as_of, mixed):
    text = "Hostesses for a club by the sea, room above the bar, papers are kept in the office, pay after the season."
    twins = {_with_imprint(seed, f"{text} {number}", 0.5 - number / 100) for number in range(4)}
    other = _with_imprint(
        seed, "Fruit pickers wanted, caravan on the farm, wages after the harvest, ask for the owner."
    )
    report = sampling.run(store, mixed(settings, sentinel=0.005, doubt=1.0), as_of=as_of)
    with store.reading() as connection:
        asked = {task.campaign_id for task in reviews.open_tasks(connection, at=as_of)}
    assert other in asked
    assert len(asked & twins) == 1
    assert report.counts["doubt_waiting"] == 3
    sampling.run(store, mixed(settings, sentinel=0.005, doubt=1.0), as_of=as_of)
    assert len(_reasons(store, as_of)) == 1
    assert sum(_reasons(store, as_of).values()) == 2


def test_of_two_campaigns_with_an_open_question_between_them_one_is_asked_about(seed, store, settings, as_of, mixed):
    one, other = seed.ad(0.5, title="One", abstain=True), seed.ad(0.5, title="Other", abstain=True)
    with store.writing() as connection:
        pair = [campaigns.members(connection, each)[0].posting_id for each in (one, other)]
        proposals.propose(connection, *pair, kind="text", weight=0.5, reason="half of the words", at=as_of)
    for _ in range(2):
        sampling.run(store, mixed(settings, sentinel=0.005, doubt=1.0), as_of=as_of)
        assert _reasons(store, as_of) == {TaskReason.DOUBT: 1}


def test_size_and_novelty_raise_a_risk_a_little(seed, store, settings, as_of):
    small_old = seed.ad(0.8, title="Old", seen_at=as_of - timedelta(days=60))
    big_new = seed.ad(0.8, title="New", seen_at=as_of - timedelta(days=1))
    seed.ad(0.8, campaign=big_new)
    higher = seed.ad(0.95, title="Higher", seen_at=as_of - timedelta(days=60))
    sampling.run(store, settings, as_of=as_of)
    with store.reading() as connection:
        order = [task.campaign_id for task in reviews.open_tasks(connection, at=as_of)]
    assert order == [higher, big_new, small_old]


def test_a_waiting_task_follows_its_campaign_upwards(seed, store, settings, as_of, mixed):
    campaign = seed.ad(0.5, abstain=True)
    sampling.run(store, mixed(settings, sentinel=0.005), as_of=as_of)
    seed.ad(0.97, campaign=campaign)
    sampling.run(store, settings, as_of=as_of)
    assert _reasons(store, as_of) == {TaskReason.RISK: 1}


def test_merged_campaigns_keep_one_open_task(seed, store, settings, as_of):
    first, second = seed.ad(0.9), seed.ad(0.8)
    sampling.run(store, settings, as_of=as_of)
    with store.writing() as connection:
        campaign_changes.merge(connection, [first, second], at=as_of, by="ana", reason="one number")
    sampling.run(store, settings, as_of=as_of)
    assert sum(_reasons(store, as_of).values()) == 1
