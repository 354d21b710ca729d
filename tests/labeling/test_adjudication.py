"""Disagreements: which wait, who may settle them, and that what is exported follows the last word."""

from datetime import timedelta

import pytest

from labeling import adjudication, queue, snapshots
from labeling.agreement import doubles
from labeling.export import labelled_ads
from labeling.queue import Decision, VerdictRefused
from zorya.domain import ids
from zorya.domain.reviews import Role, Task, TaskReason, VerdictLabel
from zorya.erasure_list import ErasureList
from zorya.errors import NothingToDo, QueueConflict
from zorya.store import audit, reviews

CONCERN, ORDINARY = VerdictLabel.CONCERN, VerdictLabel.NO_CONCERN
WHY = "adjudication: the employer is named and the pay is usual"
LAWFUL = Decision(ORDINARY, rationale=WHY)


def _judged_twice(seed, campaign, *labels, at):
    """Anna's look and, blind, that of boris, as the queue asks for them."""
    with seed.store.writing() as connection:
        reviews.add_task(connection, Task(ids.task_id(campaign, 1), campaign, 1, TaskReason.RISK, 0.9, at))
    for number, (who, label) in enumerate(zip(("anna", "boris"), labels, strict=True), 1):
        task = queue.take(seed.store, seed.settings, who, ids.task_id(campaign, number), as_of=at)
        given = Decision(label, ("loverboy",), 2, rationale="read") if label is CONCERN else Decision(label)
        queue.submit(seed.store, seed.settings, who, task.id, given, as_of=at)
    return campaign


@pytest.fixture
def split(seed):
    """Anna saw a concern, boris did not; of a second campaign both say the same."""
    for other in (ORDINARY, CONCERN):
        _judged_twice(seed, seed.ad(0.9), CONCERN, other, at=seed.at - timedelta(hours=1))
    return seed


def _settle(seed, decision=LAWFUL, who="lea", *, campaign=0, at=None):
    name = seed.campaigns[campaign]
    return adjudication.adjudicate(seed.store, seed.settings, who, name, decision, as_of=at or seed.at)


def _waiting(seed, **more):
    with seed.store.reading() as connection:
        return [name for _, name in adjudication.waiting(connection, seed.settings, **more).places]


def _learnt(seed):
    with seed.store.reading() as connection:
        ads = snapshots.verdict_ads(connection, seed.settings, key=seed.store.contact_key)
        return {ad.campaign: ad.label for ad in ads}


def test_what_two_disagree_about_waits_until_it_is_settled(split):
    assert _waiting(split) == [split.campaigns[0]]
    _settle(split)
    assert _waiting(split) == []
    with pytest.raises(NothingToDo):
        _settle(split, who="leo")


def test_nothing_is_open_where_people_agree(split):
    with pytest.raises(NothingToDo):
        _settle(split, campaign=1)


@pytest.mark.parametrize(
    "decision",
    [
        LAWFUL,
        Decision(VerdictLabel.OTHER_HARM, rationale=WHY),
        Decision(CONCERN, ("loverboy",), 3, rationale=WHY),
    ],
)
def test_what_is_learnt_and_exported_follows_the_last_word(split, decision):
    assert split.campaigns[0] not in _learnt(split)
    verdict = _settle(split, decision)
    assert _learnt(split)[split.campaigns[0]] is decision.label
    with split.store.reading() as connection:
        rows = labelled_ads(connection, ErasureList(split.settings))
        lines = [line for line in rows if line["campaign"] == split.campaigns[0]]
        confirmed = {each.campaign_id for each in reviews.confirmed_campaigns(connection)}
    assert [line["verdict"] for line in lines if line["adjudicates"]] == [verdict.id]
    assert len(lines) == 3
    assert (split.campaigns[0] in confirmed) is (decision.label is CONCERN)


def test_the_last_word_is_not_counted_as_a_blind_one(split):
    _settle(split)
    with split.store.reading() as connection:
        assert sorted(len(double.labels) for double in doubles(connection)) == [2, 2]


@pytest.mark.parametrize("who", ["anna", "boris"])
def test_who_judged_the_campaign_does_not_settle_it(split, who):
    with pytest.raises(QueueConflict, match="another lead"):
        _settle(split, who=who)
    assert _waiting(split) == [split.campaigns[0]]


@pytest.mark.parametrize("decision", [Decision(ORDINARY), Decision(VerdictLabel.UNSURE, rationale=WHY)])
def test_it_needs_a_reason_and_a_clear_answer(split, decision):
    with pytest.raises(VerdictRefused):
        _settle(split, decision)


def test_a_third_look_that_nobody_holds_is_called_off_and_one_that_is_held_is_waited_for(seed):
    _judged_twice(seed, seed.ad(0.9), CONCERN, ORDINARY, at=seed.at)
    held = queue.next_task(seed.store, seed.settings, "carla", as_of=seed.at)
    with pytest.raises(QueueConflict, match="third person"):
        _settle(seed)
    queue.release(seed.store, "carla", held.id, as_of=seed.at)
    _settle(seed)
    assert queue.next_task(seed.store, seed.settings, "carla", as_of=seed.at) is None


def test_taken_back_it_is_open_again_and_no_blind_reader_gets_its_round(seed):
    campaign = _judged_twice(seed, seed.ad(0.9), CONCERN, ORDINARY, at=seed.at)
    _settle(seed)
    queue.undo(seed.store, seed.settings, "lea", as_of=seed.at + timedelta(minutes=1))
    assert _waiting(seed) == [campaign]
    assert queue.next_task(seed.store, seed.settings, "carla", as_of=seed.at + timedelta(minutes=2)) is None
    _settle(seed, at=seed.at + timedelta(minutes=3))
    assert _learnt(seed)[campaign] is ORDINARY


def test_pages_go_on_where_the_last_one_ended(split, monkeypatch):
    _judged_twice(split, split.ad(0.9), CONCERN, ORDINARY, at=split.at)
    monkeypatch.setattr(adjudication, "LISTED", 1)
    found, after = [], None
    with split.store.reading() as connection:
        for _ in range(2):
            page = adjudication.waiting(connection, split.settings, after=after)
            found += [name for _, name in page.places]
            after = page.after
    assert (found, after) == ([split.campaigns[2], split.campaigns[0]], None)


def test_a_lead_settles_on_the_page_and_the_campaign_says_so(town, browse):
    town.person("lea", Role.LEAD)
    name = town.campaigns[0]
    _judged_twice(town, name, CONCERN, ORDINARY, at=town.at)
    lea, anna, path = browse("lea"), browse("anna"), f"/agreement/open/{name}"
    assert f'href="{path}"' in lea.get("/agreement/open").text
    assert {anna.get(address).status_code for address in ("/agreement/open", path)} == {403}
    assert "read" in lea.get(path).text
    assert lea.fill(path, label="no_concern", reason=" ").status_code == 422
    assert "Settled." in lea.fill(path, label="no_concern", severity="2", reason=WHY).text
    assert "settles the disagreement" in anna.get(f"/campaigns/{name}").text
    assert (lea.get(path).status_code, lea.fill(path, label="no_concern", reason=WHY).status_code) == (404, 409)
    with town.store.reading() as connection:
        actions = {row["action"]: row["reason"] for row in audit.page(connection, actor="lea")}
    assert {"disagreements.view", "disagreement.view", "verdict.adjudicate"} <= set(actions)
    assert WHY in actions["verdict.adjudicate"]
