"""One ad of a campaign is something else than it; near-duplicates dismissed together; flags for a lead."""

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from labeling import dismissal, export, queue, sampling, snapshots
from labeling.queue import Decision, VerdictRefused
from zorya.cli import app
from zorya.domain.reviews import Role, TaskReason, VerdictLabel
from zorya.erasure_list import ErasureList
from zorya.errors import NothingToDo
from zorya.store import assessments, audit, base_rates, campaigns, imprints, lead_flags, postings, reviews
from zorya.store.imprints import StoredImprint

CONCERN = Decision(VerdictLabel.CONCERN, ("labour_exploitation",), 2, ("A1",))


@pytest.fixture
def three(seed):
    """A campaign of three ads with a task; returns its ads."""
    home = seed.ad(0.9, title="Pickers wanted", body="We keep the papers.")
    for number in (2, 3):
        seed.ad(0.8, title=f"Pickers wanted {number}", body="We keep the papers.", campaign=home)
    sampling.run(seed.store, seed.settings, as_of=seed.at)
    with seed.store.reading() as connection:
        return [member.posting_id for member in campaigns.members(connection, home)]


def _judge(seed, who, decision, minutes=0):
    at = seed.at + timedelta(minutes=minutes)
    task = queue.next_task(seed.store, seed.settings, who, as_of=at)
    return queue.submit(seed.store, seed.settings, who, task.id, decision, as_of=at)


def _apart(decision, *pairs):
    return Decision(decision.label, decision.patterns, decision.severity, decision.indicators, ads=pairs)


def test_an_ad_set_apart_is_kept_and_exported_with_its_own_label(seed, three):
    verdict = _judge(seed, "anna", _apart(CONCERN, (three[1], VerdictLabel.NO_CONCERN)))
    with seed.store.reading() as connection:
        assert reviews.verdict(connection, verdict.id) == verdict
        rows = list(export.labelled_ads(connection, ErasureList(seed.settings)))
    assert verdict.ads == ((three[1], VerdictLabel.NO_CONCERN),)
    assert [row["label"] for row in rows] == ["concern", "no_concern", "concern"]
    assert [row["campaign_label"] for row in rows] == ["concern"] * 3
    assert (rows[1]["patterns"], rows[1]["severity"], rows[1]["indicators"]) == ([], None, [])


def test_the_command_says_what_an_ad_in_question_is(seed, three, monkeypatch):
    monkeypatch.setenv("ZORYA__DATABASE_URL", seed.settings.resolved_database_url)
    _judge(seed, "anna", _apart(CONCERN, (three[1], VerdictLabel.NO_CONCERN)))
    _judge(seed, "boris", Decision(CONCERN.label, CONCERN.patterns, CONCERN.severity, CONCERN.indicators))
    told = CliRunner().invoke(app, ["labels", "export"])
    assert told.exit_code == 0, told.exception
    assert "1 left out: ads set apart" in told.stderr


def test_taking_back_the_verdict_takes_its_ads_back(seed, three):
    _judge(seed, "anna", _apart(CONCERN, (three[1], VerdictLabel.NO_CONCERN)))
    queue.undo(seed.store, seed.settings, "anna", as_of=seed.at)
    with seed.store.reading() as connection:
        assert list(export.labelled_ads(connection, ErasureList(seed.settings))) == []


@pytest.mark.parametrize(
    ("decision", "which", "says"),
    [
        (CONCERN, lambda three: [(name, VerdictLabel.NO_CONCERN) for name in three], "Every ad"),
        (CONCERN, lambda three: [("p-elsewhere", VerdictLabel.NO_CONCERN)], "another campaign"),
        (CONCERN, lambda three: [(three[0], VerdictLabel.UNSURE)], "unsure"),
        (Decision(VerdictLabel.UNSURE), lambda three: [(three[0], VerdictLabel.NO_CONCERN)], "unsure"),
    ],
)
def test_ads_that_cannot_be_set_apart(seed, three, decision, which, says):
    with pytest.raises(VerdictRefused, match=says):
        _judge(seed, "anna", _apart(decision, *which(three)))


def test_a_snapshot_teaches_what_people_say_of_the_ad(seed, three):
    """Both see the concern and set one ad apart; of a third ad only one does: of that nobody can say."""
    ordinary = VerdictLabel.NO_CONCERN
    _judge(seed, "anna", _apart(CONCERN, (three[1], ordinary), (three[2], ordinary)))
    _judge(seed, "boris", _apart(CONCERN, (three[1], ordinary)), minutes=1)
    left_out = snapshots.Counter()
    with seed.store.reading() as connection:
        ads = list(snapshots.verdict_ads(connection, seed.settings, key=seed.store.contact_key, left_out=left_out))
    assert [ad.label for ad in ads] == [VerdictLabel.CONCERN, ordinary]
    assert left_out == {"ad_in_question": 1}


def _imprint(seed, campaign, wording):
    with seed.store.writing() as connection:
        for member in campaigns.members(connection, campaign):
            rank = imprints_rank(wording)
            imprints.put(
                connection,
                StoredImprint(member.posting_id, "en", "invented-board", wording, rank, None, (), None, {}, {}),
                at=seed.at,
            )
            imprints.file_ad(connection, member.posting_id, [f"x:{rank}"], text=rank)


def imprints_rank(wording):
    """Sixteen hex digits of a wording."""
    return f"{sum(map(ord, wording)):016x}"


SAME = "warehouse work in three shifts paid by the hour with a contract from a named firm"


@pytest.fixture
def alike(seed):
    """Four campaigns of one text and one of another, all waiting; their ids."""
    homes = [seed.ad(0.9 - n / 100, title=f"Warehouse {n}", body=SAME) for n in range(4)]
    homes.append(seed.ad(0.7, title="Something else", body="other words"))
    for home in homes:
        _imprint(seed, home, SAME if home != homes[-1] else "other words altogether of another kind of offer")
    sampling.run(seed.store, seed.settings, as_of=seed.at)
    return homes


def test_near_duplicates_of_an_ordinary_ad_are_dismissed_together(seed, alike):
    first = _judge(seed, "anna", Decision(VerdictLabel.NO_CONCERN))
    with seed.store.reading() as connection:
        twins = dismissal.twins(connection, "anna", first.campaign_id, at=seed.at)
    assert {twin.view.campaign_id for twin in twins} == set(alike[1:4])
    chosen = [twin.task.id for twin in twins[:2]]
    assert dismissal.dismiss(seed.store, seed.settings, "anna", first.campaign_id, chosen, as_of=seed.at) == 2
    with seed.store.reading() as connection:
        words = reviews.verdicts_in_force(connection)
        assert audit.first_bad(connection) is None
    assert [word.label for word in words] == [VerdictLabel.NO_CONCERN] * 3
    assert sum(first.campaign_id in word.rationale for word in words) == 2


def test_nothing_is_dismissed_with_a_concern_or_by_who_has_not_judged(seed, alike):
    verdict = _judge(seed, "anna", CONCERN)
    with seed.store.reading() as connection:
        assert dismissal.twins(connection, "anna", verdict.campaign_id, at=seed.at) == []
        assert dismissal.twins(connection, "boris", verdict.campaign_id, at=seed.at) == []
        waiting = [task.id for task in reviews.open_tasks(connection, at=seed.at)]
    done = dismissal.dismiss(seed.store, seed.settings, "anna", verdict.campaign_id, waiting, as_of=seed.at)
    assert done == 0


def test_what_is_held_is_a_sample_or_has_another_ad_is_not_dismissed(seed, alike):
    first = _judge(seed, "anna", Decision(VerdictLabel.NO_CONCERN))
    others = [name for name in alike[:4] if name != first.campaign_id]
    with seed.store.writing() as connection:
        (held,) = reviews.tasks_of_campaign(connection, others[0])
        reviews.lease(connection, "boris", at=seed.at, until=seed.at + timedelta(minutes=5), task_id=held.id)
        (drawn,) = reviews.tasks_of_campaign(connection, others[1])
        reviews.regrade(connection, drawn.id, reason=TaskReason.SENTINEL, priority=0.6)
    seed.ad(0.6, title="Odd one out", body="quite other words", campaign=others[2])
    with seed.store.reading() as connection:
        assert dismissal.twins(connection, "anna", first.campaign_id, at=seed.at) == []


def test_a_flag_is_answered_once_and_stays(seed, three):
    with seed.store.writing() as connection:
        number = lead_flags.raise_flag(connection, seed.campaigns[0], "whose van is this?", by="anna", at=seed.at)
        (flag,) = lead_flags.waiting(connection, limit=10)
        lead_flags.answer(connection, flag, "the farm's own", by="lena", at=seed.at)
        with pytest.raises(NothingToDo):
            lead_flags.answer(connection, flag, "again", by="lena", at=seed.at)
        assert lead_flags.waiting(connection, limit=10) == []
        (kept,) = lead_flags.of_campaigns(connection, seed.campaigns)
    assert (kept.seq, kept.words) == (number, "whose van is this?")
    assert (kept.answer, kept.answered_by) == ("the farm's own", "lena")


def test_base_rates_count_every_reading_of_a_source(seed):
    seed.ad(0.9, title="fete 18–25", words="fete 18–25")
    seed.ad(0.2, title="Warehouse")
    with seed.store.writing() as connection:
        read = [
            ("invented-board", assessments.latest(connection, version.id))
            for version in postings.currents(
                connection, [m.posting_id for c in seed.campaigns for m in campaigns.members(connection, c)]
            )
        ]
        base_rates.count(connection, read)
        base_rates.count(connection, read[:1])
        assert base_rates.of_source(connection, "invented-board", "rules-invented") == (3, {"A1": 2})
        assert base_rates.of_source(connection, "another", "rules-invented") == (0, {})


def test_a_flag_reaches_a_lead_and_only_its_author_until_others_have_judged(browse, town):
    town.person("lena", Role.LEAD)
    anna, boris, lena = browse("anna"), browse("boris"), browse("lena")
    task = anna.reserve()
    assert anna.fill(f"{task}/flag", words="no").status_code == 422
    shown = anna.fill(f"{task}/flag", words="looks like the same van as in May")
    assert "A lead will look at it" in shown.text
    campaign = f"/campaigns/{town.campaigns[0]}"
    assert "same van" in anna.get(campaign).text
    assert "same van" not in boris.get(campaign).text
    assert "same van" in lena.get("/flags").text
    assert anna.get("/flags").status_code == 403
    lena.fill("/flags/1", words="It is another one.")
    assert "It is another one." in anna.get(campaign).text
    assert lena.fill("/flags/1", words="It is another one.").status_code == 409


def test_an_ad_is_set_apart_on_the_page(browse, town):
    anna = browse("anna")
    task = anna.reserve()
    with town.store.reading() as connection:
        ads = [member.posting_id for member in campaigns.members(connection, town.campaigns[0])]
    form = {"label": "concern", "severity": "2", "pattern": "loverboy", f"ad.{ads[2]}": "no_concern"}
    anna.fill(f"{task}/verdict", **form)
    assert "this ad: No concern" in anna.get(f"/ads/{ads[2]}/history").text
    assert "this ad:" not in anna.get(f"/ads/{ads[1]}/history").text
    anna.fill("/undo")
    assert f'name="ad.{ads[2]}"' in anna.get(task).text
    assert '<option value="no_concern" selected>' in anna.get(task).text
