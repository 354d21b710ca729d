"""What second looks answered stands in two small tables that are told anew at every change: after any walk of
decisions, words taken back, merges, splits and changes undone they say what reading everything says."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text

from labeling import adjudication
from labeling.agreement import doubles
from labeling.snapshots import decided
from zorya.domain import ids
from zorya.domain.reviews import Task, TaskReason, Verdict, VerdictLabel
from zorya.errors import NothingToDo, PolicyRefusal, StoreError
from zorya.store import campaign_changes, campaigns, engine, reviews, second_looks
from zorya.store.review_schema import second_look_weeks
from zorya.store.review_schema import second_looks as table

PEOPLE = ("anna", "boris", "carla", "dan")
LABELS = (VerdictLabel.CONCERN, VerdictLabel.CONCERN, VerdictLabel.NO_CONCERN, VerdictLabel.UNSURE, *VerdictLabel)
EVENTS = ("judge",) * 6 + ("take_back", "correct", "settle", "merge", "split", "undo")


class Walk:
    """One change after another, drawn by chance; every one in a transaction of its own."""

    def __init__(self, seed, number):
        self.seed, self.chance, self.at = seed, random.Random(number), seed.at - timedelta(weeks=8)
        self.changes, self.homes = [], [seed.ad(0.9) for _ in range(4)]
        for campaign in self.homes[:2]:
            seed.ad(0.8, campaign=campaign)

    def step(self):
        name = self.chance.choice(EVENTS)
        self.at += timedelta(hours=self.chance.randrange(1, 60))
        with suppress(NothingToDo, PolicyRefusal, StoreError), self.seed.store.writing() as connection:
            getattr(self, name)(connection)
        return name

    def judge(self, connection, reason=TaskReason.SECOND_REVIEW, who=None):
        campaign = campaigns.resolve(connection, self.chance.choice(self.homes))
        number = 10 + len(reviews.tasks_of_campaign(connection, campaign))
        task = Task(ids.task_id(campaign, number), campaign, number, reason, 0.5, self.at, done_at=self.at)
        reviews.add_task(connection, task)
        self._say(connection, task.id, campaign, who or self.chance.choice(PEOPLE), self.chance.choice(LABELS))

    def settle(self, connection):
        self.judge(connection, TaskReason.ADJUDICATION, "lea")

    def take_back(self, connection):
        old = self._word(connection)
        self._say(connection, old.task_id, old.campaign_id, old.analyst, old.label, supersedes=old.id, withdrawn=True)

    def correct(self, connection):
        old = self._word(connection)
        label = self.chance.choice(LABELS)
        self._say(connection, old.task_id, old.campaign_id, old.analyst, label, supersedes=old.id)

    def merge(self, connection):
        pair = self.chance.sample(self.homes, 2)
        change = campaign_changes.merge(connection, pair, at=self.at, by="lea", reason="one phone")
        self.changes.append(change.seq)

    def split(self, connection):
        campaign = campaigns.resolve(connection, self.chance.choice(self.homes))
        some = [campaigns.members(connection, campaign)[-1].posting_id]
        change = campaign_changes.split(connection, campaign, some, at=self.at, by="lea", reason="two phones")
        self.changes.append(change.seq)
        self.homes += change.opened

    def undo(self, connection):
        if self.changes:
            campaign_changes.undo(connection, self.chance.choice(self.changes), at=self.at, by="lea")

    def _word(self, connection):
        words = reviews.verdicts_in_force(connection)
        if not words:
            raise NothingToDo("nobody has decided yet")
        return self.chance.choice(words)

    def _say(self, connection, task, campaign, who, label, **more):
        name = ids.verdict_id(task, who, self.at)
        reviews.add_verdict(connection, Verdict(name, task, campaign, who, label, self.at, **more))


def _told(connection):
    """Week and labels of every campaign, counted; by the two tables."""
    rows = Counter((row.week, second_looks._labels_of(row.labels)) for row in connection.execute(select(table)))
    weeks = second_looks.by_week(connection, since="")
    assert {(week, kind): number for week, kinds in weeks.items() for kind, number in kinds.items()} == rows
    return rows


def _open(connection, analysts):
    """Campaigns about which people disagree, by what is learnt of them; by reading everything."""
    merged, settling = campaigns.merges(connection), second_looks.adjudications(connection)
    words, settled = {}, set()
    for word in reviews.verdicts_in_force(connection):
        live = merged.get(word.campaign_id, word.campaign_id)
        if word.task_id in settling:
            settled.add(live)
        else:
            words.setdefault(live, {})[word.analyst] = word
    found = set()
    for campaign, by_person in words.items():
        labels = {word.label for word in by_person.values()}
        if VerdictLabel.CONCERN in labels and labels - {VerdictLabel.CONCERN, VerdictLabel.UNSURE}:
            about = decided(campaign, list(by_person.values()), concern_analysts=analysts)
            found |= {campaign} if isinstance(about, str) else set()
    return found - settled


@pytest.mark.parametrize("number", range(4))
def test_after_any_walk_the_tables_say_what_reading_everything_says(seed, number):
    walk, seen = Walk(seed, number), Counter()
    for _ in range(60):
        seen[walk.step()] += 1
        with seed.store.reading() as connection:
            whole = Counter((double.week, tuple(sorted(double.labels))) for double in doubles(connection))
            assert _told(connection) == whole, seen
            for analysts in (1, 2, 3):
                places = second_looks.disagreements(connection, concern_analysts=analysts, limit=99)
                assert {name for _, name in places} == _open(connection, analysts), seen
                assert places == sorted(places, reverse=True)
    assert whole
    assert set(seen) == set(EVENTS)


def test_two_who_answer_at_the_same_moment_both_count(seed):
    walk, both = Walk(seed, 0), threading.Barrier(2)
    with seed.store.writing() as connection:
        for campaign in walk.homes:
            reviews.add_task(connection, Task(ids.task_id(campaign, 2), campaign, 2, TaskReason.RISK, 0.5, walk.at))

    def answer(who):
        for campaign in walk.homes:
            both.wait(30)
            with seed.store.writing() as connection:
                walk._say(connection, ids.task_id(campaign, 2), campaign, who, VerdictLabel.UNSURE)
        return who

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(answer, PEOPLE[:2])) == list(PEOPLE[:2])
    with seed.store.reading() as connection:
        assert _told(connection).total() == len(walk.homes)


def test_what_is_listed_to_be_settled_opens(seed):
    walk = Walk(seed, 11)
    for _ in range(60):
        walk.step()
    with seed.store.reading() as connection:
        listed = {name for _, name in adjudication.waiting(connection, seed.settings).places}
        for campaign in {campaigns.resolve(connection, home) for home in walk.homes}:
            if campaign in listed:
                assert adjudication.disagreement(connection, seed.settings, campaign).campaign_id == campaign
            else:
                with pytest.raises(NothingToDo):
                    adjudication.disagreement(connection, seed.settings, campaign)


def test_a_store_of_before_is_told_by_its_migration(seed):
    walk = Walk(seed, 5)
    for _ in range(60):
        walk.step()
    with seed.store.reading() as connection:
        before = (_told(connection), connection.execute(select(table).order_by(table.c.campaign_id)).all())
    with seed.store.writing() as connection:
        connection.execute(delete(table))
        connection.execute(delete(second_look_weeks))
        for statement in ("DROP TABLE second_looks", "DROP TABLE second_look_weeks"):
            connection.execute(text(statement))
        index = "CREATE INDEX ix_tasks_done_at_id ON tasks (done_at, id) WHERE round = 2 AND done_at IS NOT NULL"
        connection.execute(text(index))
        connection.execute(text("UPDATE alembic_version SET version_num = '0026'"))
    engine.upgrade(seed.store.engine)
    with seed.store.reading() as connection:
        after = (_told(connection), connection.execute(select(table).order_by(table.c.campaign_id)).all())
    assert after == before
    assert before[1]
