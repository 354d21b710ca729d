"""The mix of the queue: what its file says is what is drawn."""

import re
from collections import Counter
from datetime import UTC, datetime
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling import queue, sampling
from labeling.queue import Decision
from labeling.queue_mix import FILE, QueueMix, Risk, lot, mix_of
from labeling.sampling import risk_priority
from zorya.datafiles import load
from zorya.domain.findings import Band
from zorya.domain.reviews import TaskReason, VerdictLabel
from zorya.errors import DataFileError
from zorya.store import audit, reviews
from zorya.store.overview import CampaignView

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
FINE = Decision(VerdictLabel.NO_CONCERN)


def _waiting(store):
    with store.reading() as connection:
        return reviews.counts_by_reason(connection)


@given(share=st.floats(0.005, 0.5), purpose=st.sampled_from(("sentinel", "second look")), start=st.integers(0, 10**9))
def test_a_lot_draws_the_share_that_is_asked_for(share, purpose, start):
    drawn = sum(lot(purpose, f"c-{start + number:012x}") < share for number in range(3000))
    assert abs(drawn / 3000 - share) < 6 * sqrt(share * (1 - share) / 3000)  # six standard errors: once in 5e8


def test_the_lots_of_two_purposes_have_nothing_to_do_with_each_other():
    both = sum(max(lot("sentinel", f"c-{n}"), lot("second look", f"c-{n}")) < 0.5 for n in range(4000))
    assert abs(both - 1000) < 165


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_sentinels_are_the_share_of_the_file(seed, store, settings, as_of, mixed, share):
    for number in range(150):
        seed.ad(0.05, title=f"Ordinary {number}")
    sampling.run(store, mixed(settings, sentinel=share), as_of=as_of)
    assert abs(_waiting(store)[TaskReason.SENTINEL] - 150 * share) < 4 * sqrt(150 * share * (1 - share))


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_doubt_is_the_share_of_the_file(seed, store, settings, as_of, mixed, share):
    for number in range(30):
        seed.ad(0.9, title=f"Flagged {number}")
        seed.ad(0.5, title=f"Doubtful {number}", abstain=True)
    sampling.run(store, mixed(settings, sentinel=0.005, doubt=share), as_of=as_of)
    waiting = _waiting(store)
    assert waiting[TaskReason.DOUBT] == int(sum(waiting.values()) * share)


@pytest.mark.parametrize(("share", "fewest", "most"), [(0, 0, 0), (0.3, 4, 26), (1, 45, 45)])
def test_second_looks_at_ordinary_answers_are_the_share_of_the_file(
    seed, store, settings, as_of, mixed, share, fewest, most
):
    for number in range(45):
        seed.ad(0.9, title=f"Flagged {number}")
    house = mixed(settings, second_look=share)
    sampling.run(store, house, as_of=as_of)
    while task := queue.next_task(store, house, "anna", as_of=as_of):
        queue.submit(store, house, "anna", task.id, FINE, as_of=as_of)
    assert fewest <= _waiting(store).get(TaskReason.SECOND_REVIEW, 0) <= most


def test_a_second_look_by_lot_ends_when_both_agree(seed, store, settings, as_of, mixed):
    seed.ad(0.9)
    house = mixed(settings, second_look=1)
    sampling.run(store, house, as_of=as_of)
    for name in ("anna", "boris"):
        task = queue.next_task(store, house, name, as_of=as_of)
        queue.submit(store, house, name, task.id, FINE, as_of=as_of)
    assert _waiting(store) == Counter()


@given(
    scores=st.lists(st.floats(0.55, 1), min_size=2, max_size=2),
    sizes=st.lists(st.integers(1, 500), min_size=2, max_size=2),
)
def test_of_two_like_campaigns_the_surer_and_the_larger_are_never_behind(scores, sizes):
    risk = load(FILE, QueueMix).risk
    low, high = sorted(scores)
    few, many = sorted(sizes)
    assert risk_priority(_view(low, few), risk, START) <= risk_priority(_view(high, many), risk, START)


def test_the_file_says_how_much_novelty_weighs():
    view = _view(0.8, 1)
    plain = Risk(many_ads=0, many=20, novelty=0, novelty_days=14)
    assert risk_priority(view, plain, START) == 0.8
    assert risk_priority(view, plain.model_copy(update={"novelty": 0.25}), START) == 1.0


def _view(score, size):
    return CampaignView(
        campaign_id="c-1",
        size=size,
        posting_id="p-1",
        version_id="v-1",
        title="Work",
        language="en",
        score=score,
        band=Band.LIKELY,
        abstain=False,
        doubtful=False,
        languages=("en",),
        sources=("board",),
        first_seen=START,
        last_seen=START,
    )


def test_nobody_switches_the_sentinel_off(settings, mixed):
    with pytest.raises(DataFileError, match=r"sentinel\.share.*0\.005"):
        mix_of(mixed(settings, sentinel=0))


def test_a_mix_that_lacks_a_part_is_named(settings, tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text("risk: {many_ads: 0.06, many: 20, novelty: 0.04, novelty_days: 14}\ndoubt: {share: 2}\n", "utf-8")
    review = settings.review.model_copy(update={"queue_mix": path})
    with pytest.raises(DataFileError, match=r"mine\.yml"):
        mix_of(settings.model_copy(update={"review": review}))


def test_the_queue_page_says_the_mix_and_what_waits_of_each(browse):
    page = browse("anna").get("/queue").text
    told = page.partition("How the queue is mixed")[2].partition("</details>")[0]
    assert "at most 15% of what is open" in told
    assert "2% of the unflagged, drawn by lot" in told
    assert '<a href="/queue?reason=risk">Flagged</a></th><td class="num">6</td>' in told


def test_looking_at_the_queue_is_logged_with_its_filter(browse, town):
    browse("anna").get("/queue?language=ro")
    with town.store.reading() as connection:
        entry = audit.page(connection, action="queue.view")[0]
    assert (entry["actor"], entry["object"]) == ("anna", "language=ro")


def test_the_address_of_a_narrowed_list_shows_a_colleague_the_same(browse):
    anna, boris = browse("anna"), browse("boris")
    for query in ("language=ro", "band=likely", "reason=risk", "language=uk&reason=doubt"):
        mine, pasted = (re.findall(r'href="/tasks/[^"?]+', each.get(f"/queue?{query}").text) for each in (anna, boris))
        assert mine == pasted
    assert re.findall(r'href="/tasks/[^"?]+', anna.get("/queue?reason=risk").text)
