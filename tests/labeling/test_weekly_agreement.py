"""Agreement week by week: what is read, what is too few to say, and the page and file that tell it."""

import csv
import io
from datetime import timedelta

import pytest

from labeling.agreement import ac1, alpha
from labeling.web.agreeing import as_csv
from labeling.web.speech import LANGUAGES
from labeling.weekly_agreement import LABELS, weekly
from zorya.domain import ids
from zorya.domain.reviews import Role, Task, TaskReason, Verdict, VerdictLabel
from zorya.store import audit, campaign_changes, reviews

CONCERN, ORDINARY = VerdictLabel.CONCERN, VerdictLabel.NO_CONCERN


def judged_twice(seed, campaign, one, other, *, at, reason=TaskReason.SECOND_REVIEW):
    """A first look by anna and a blind second one by boris, both done."""
    with seed.store.writing() as connection:
        for number, (analyst, label) in enumerate((("anna", one), ("boris", other)), 1):
            why = TaskReason.RISK if number == 1 else reason
            task = Task(ids.task_id(campaign, number), campaign, number, why, 0.9, at, done_at=at)
            reviews.add_task(connection, task)
            reviews.requeue(connection, task)  # the town has queued some of them: done all the same
            reviews.lease(connection, analyst, at=at, until=at + timedelta(minutes=1), task_id=task.id)
            reviews.close(connection, task.id, analyst, at=at)
            severity, patterns = (2, ("loverboy",)) if label is CONCERN else (None, ())
            name = ids.verdict_id(task.id, analyst, at)
            reviews.add_verdict(
                connection, Verdict(name, task.id, campaign, analyst, label, at, patterns, severity, rationale="read")
            )


@pytest.fixture
def weeks(seed):
    """Eleven campaigns judged twice this week (nine alike), two the week before, one half a year and a week ago."""
    pairs = [(CONCERN, CONCERN)] * 4 + [(CONCERN, ORDINARY)] * 2 + [(ORDINARY, ORDINARY)] * 5
    for one, other in pairs:
        judged_twice(seed, seed.ad(0.9), one, other, at=seed.at - timedelta(hours=1))
    for days in (7, 7, 27 * 7):
        judged_twice(seed, seed.ad(0.9), CONCERN, CONCERN, at=seed.at - timedelta(days=days))
    return seed


def _weekly(seed, **more):
    with seed.store.reading() as connection:
        return weekly(connection, as_of=seed.at, **more)


def test_each_week_tells_its_campaigns_and_each_label_against_the_rest(weeks):
    found = _weekly(weeks)
    assert [(span.week, span.campaigns, span.is_few) for span in found.spans] == [
        ("", 13, False),
        ("2026-W48", 11, False),
        ("2026-W47", 2, True),
    ]
    answers = [[True, True]] * 4 + [[True, False]] * 2 + [[False, False]] * 5
    concern = next(each for each in found.spans[1].labels if each.label is CONCERN)
    assert (concern.alpha, concern.ac1) == (
        pytest.approx(alpha(answers, (True, False))),
        pytest.approx(ac1(answers, (True, False))),
    )


def test_no_number_is_said_of_few_campaigns_or_of_a_label_nobody_gave(weeks):
    _, this, before = _weekly(weeks).spans
    assert {each.alpha for each in before.labels} == {each.ac1 for each in before.labels} == {None}
    assert next(each for each in this.labels if each.label is VerdictLabel.NOT_AN_AD).ac1 is None


def test_a_word_taken_back_leaves_the_count(weeks):
    with weeks.store.writing() as connection:
        word = next(word for word in reviews.verdicts_in_force(connection) if word.analyst == "boris")
        back = Verdict("v-back", word.task_id, word.campaign_id, "boris", word.label, weeks.at, supersedes=word.id,
                       withdrawn=True)  # fmt: skip
        reviews.add_verdict(connection, back)
    with weeks.store.reading() as connection:
        numbers = [span.campaigns for span in weekly(connection, as_of=weeks.at + timedelta(days=1)).spans]
    assert sum(numbers[1:]) == numbers[0] <= 13


def test_merged_campaigns_count_once(weeks):
    pair = [weeks.ad(0.9), weeks.ad(0.8)]
    for campaign in pair:
        judged_twice(weeks, campaign, CONCERN, CONCERN, at=weeks.at - timedelta(hours=1))
    before = _weekly(weeks).spans[0].campaigns
    with weeks.store.writing() as connection:
        campaign_changes.merge(connection, pair, at=weeks.at, by="anna", reason="one phone")
    assert _weekly(weeks).spans[0].campaigns == before - 1


def test_the_file_has_a_line_per_week_and_label(weeks):
    rows = list(csv.DictReader(io.StringIO(as_csv(_weekly(weeks)).decode("utf-8-sig"))))
    assert len(rows) == 3 * len(LABELS)
    assert (rows[0]["week"], rows[0]["campaigns"], rows[0]["label"]) == ("all", "13", "concern")
    assert {row["alpha"] for row in rows if row["week"] == "2026-W47"} == {""}


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_the_page_is_read_in_every_language(town, browse, code):
    for campaign in town.campaigns[:11]:
        judged_twice(town, campaign, CONCERN, CONCERN, at=town.at)
    anna = browse("anna")
    anna.fill("/preferences", language=code, next="/")
    page = anna.get("/agreement")
    assert page.status_code == 200
    assert "2026-W48" in page.text


def test_looking_and_exporting_are_logged_and_a_partner_may_neither(town, browse):
    town.person("paula", Role.PARTNER)
    anna, paula = browse("anna"), browse("paula")
    assert anna.get("/agreement").status_code == 200
    assert anna.get("/agreement/weeks.csv").text.startswith("\ufeffweek,campaigns,label,alpha,ac1")
    assert anna.get("/agreement/else.csv").status_code == 404
    assert {paula.get(path).status_code for path in ("/agreement", "/agreement/weeks.csv")} == {403}
    with town.store.reading() as connection:
        actions = [row["action"] for row in audit.page(connection, actor="anna")]
    assert {"agreement.view", "agreement.export"} <= set(actions)


def test_labels_that_a_model_doubts_are_counted_and_lead_to_the_queue(town, browse):
    with town.store.writing() as connection:
        name = ids.task_id(town.campaigns[0], 2)
        reviews.add_task(connection, Task(name, town.campaigns[0], 2, TaskReason.LABEL_ISSUE, 0.9, town.at))
    page = browse("anna").get("/agreement").text
    assert 'href="/queue?reason=label_issue">1 label that a model doubts waits' in page
