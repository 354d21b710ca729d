"""Selection looks at what changed, and ends where looking at everything would."""

import random
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts import selection
from alerts.partners import load_all
from zorya.domain import ids
from zorya.domain.ads import Place
from zorya.domain.reviews import VerdictLabel
from zorya.errors import NothingToDo, PolicyRefusal
from zorya.store import (
    assessments,
    audit,
    campaign_changes,
    campaigns,
    postings,
    presence,
    purging,
    selection_backlog,
    sharing,
    sources,
)

PLACES = (Place("Rotterdam", "Rotterdam", "nl"), Place("Chisinau", "Chisinau", "md"), Place("abroad"))
FILES = (
    {},
    {"scope": {"countries": ["md"]}},
    {"scope": {"languages": ["uk"]}},
    {"scope": {"corridors": ["ro>nl"]}},
    {"scope": {"min_severity": 3}},
    {"scope": {"patterns": ["loverboy"]}},
    {"tlp_ceiling": "TLP:GREEN"},
    {"tlp_ceiling": "TLP:AMBER+STRICT", "redact": {"phones": "whole"}},
)
EVENTS = (
    *("found", "confirm", "join", "judge", "judge", "withdraw", "merge", "split", "undo", "partner", "partner"),
    *("remove_partner", "reword", "read", "vanish", "leave", "back", "board"),
)


class Walk:
    """One event after another, drawn by chance."""

    def __init__(self, town, add_partner, ad, seed, as_of):
        self.town, self.add_partner, self.ad, self.as_of = town, add_partner, ad, as_of
        self.chance, self.homes, self.words, self.changes, self.left = random.Random(seed), [], [], [], []

    def step(self):
        name = self.chance.choice(EVENTS) if self.homes else "found"
        with suppress(NothingToDo, PolicyRefusal):
            getattr(self, name)()
        return name

    def _live(self, connection):
        return campaigns.resolve(connection, self.chance.choice(self.homes))

    def _some_ad(self, connection):
        members = campaigns.members(connection, self._live(connection))
        return self.chance.choice(members).posting_id if members else None

    def _new_ad(self):
        language = self.chance.choice(("ro", "uk", None))
        return replace(self.ad, places=(self.chance.choice(PLACES),), language=language)

    def found(self):
        self.homes.append(self.town.campaign(self._new_ad()))

    def confirm(self):
        self.homes.append(self.town.confirmed(self._new_ad()))

    def join(self):
        with self.town.store.reading() as connection:
            home = self._live(connection)
        self.town.campaign(self._new_ad(), home=home)

    def judge(self):
        label = self.chance.choice((*[VerdictLabel.CONCERN] * 4, VerdictLabel.NO_CONCERN))
        with self.town.store.reading() as connection:
            home = self._live(connection)
        person, severity = self.chance.choice(("ana", "bohdan", "eva")), self.chance.choice((2, 3))
        self.words.append(self.town.verdict(home, person, label, severity=severity))

    def withdraw(self):
        if self.words:
            word = self.words.pop(self.chance.randrange(len(self.words)))
            self.town.verdict(word.campaign_id, word.analyst, word.label, supersedes=word, withdrawn=True)

    def merge(self):
        with self.town.store.writing() as connection:
            both = self.chance.sample(self.homes, min(2, len(self.homes)))
            self._keep(campaign_changes.merge(connection, both, at=self.as_of, by="ana", reason="one number"))

    def split(self):
        with self.town.store.writing() as connection:
            home = self._live(connection)
            members = [member.posting_id for member in campaigns.members(connection, home)]
            if len(members) > 1:
                leaving = [self.chance.choice(members)]
                self._keep(campaign_changes.split(connection, home, leaving, at=self.as_of, by="ana", reason="two"))

    def undo(self):
        if self.changes:
            with self.town.store.writing() as connection:
                campaign_changes.undo(connection, self.changes.pop(), at=self.as_of, by="ana")

    def _keep(self, change):
        self.changes.append(change.seq)
        self.homes += [name for name in change.opened if name not in self.homes]

    def partner(self):
        self.add_partner(self.chance.choice(("first", "second")), **self.chance.choice(FILES))

    def remove_partner(self):
        self.add_partner(self.chance.choice(("first", "second"))).unlink()

    def reword(self):
        with self.town.store.writing() as connection:
            if name := self._some_ad(connection):
                now = postings.current(connection, name).posting
                places = self.chance.choice([(place,) for place in PLACES if (place,) != now.places])
                postings.record(connection, replace(now, places=places), capture_id=None, seen_at=self.as_of)

    def read(self):
        with self.town.store.writing() as connection:
            if name := self._some_ad(connection):
                (last,) = assessments.current_of_campaign(connection, [name]).values() or (None,)
                if last:
                    serial, language = f"rules-{self.chance.random()}", self.chance.choice(("ro", "uk"))
                    again = replace(last, id=ids.assessment_id(last.version_id, serial, "model"), ruleset=serial)
                    at = last.created_at + timedelta(minutes=1)
                    assessments.add(connection, replace(again, language=language, created_at=at))

    def vanish(self):
        with self.town.store.writing() as connection:
            if name := self._some_ad(connection):
                presence.gone(connection, [name], self.as_of)

    def leave(self):
        with self.town.store.writing() as connection:
            if name := self._some_ad(connection):
                purging.leave_campaigns(connection, [name], at=self.as_of)
                self.left.append(name)

    def back(self):
        if self.left:
            with self.town.store.writing() as connection:
                self.homes.append(campaigns.found(connection, self.left.pop(), at=self.as_of))

    def board(self):
        told = {"title": "Jobs", "engine": "html", "owner": "ana", "standing": "active", "spec": {}}
        country = self.chance.choice(("ro", "md"))
        with self.town.store.writing() as connection:
            sources.record(connection, "jobs-example", country=country, **told, at=self.as_of)


@pytest.mark.parametrize("seed", range(3))
def test_what_changed_leads_where_everything_would(town, store, settings, add_partner, ad, as_of, seed):
    walk, done = Walk(town, add_partner, ad, seed, as_of), []
    add_partner("first")
    walk.confirm()
    for hour in range(30):
        done += [walk.step() for _ in range(walk.chance.randint(1, 3))]
        selection.run(store, settings, as_of=as_of + timedelta(hours=hour))
        with store.reading() as connection:
            whole = selection.choose(connection, load_all(settings), None, as_of=as_of)
            offered = {alert.id for alert in sharing.all_alerts(connection)}
            unclaimed = selection_backlog.unclaimed(connection)
        assert [alert.id for alert in whole.alerts if alert.id not in offered] == [], done
        assert whole.excluded == [], done
        assert whole.unclaimed == unclaimed, done
    assert offered


@pytest.mark.parametrize(
    "events",
    [
        *(["join"], ["judge"], ["judge", "withdraw"], ["found", "merge"], ["found", "merge", "undo"]),
        *(["join", "split"], ["reword"], ["read"], ["leave"], ["leave", "back"], ["board"], ["partner"]),
    ],
    ids=" ".join,
)
def test_what_may_change_the_answer_is_looked_at(town, store, settings, add_partner, ad, as_of, events):
    walk = Walk(town, add_partner, ad, 1, as_of)
    walk.confirm()
    *before, last = events
    for name in before:
        getattr(walk, name)()
    selection.run(store, settings, as_of=as_of)
    getattr(walk, last)()
    assert selection.run(store, settings, as_of=as_of).counts["looked_at"] > 0


def test_ads_that_are_seen_again_or_gone_are_no_reason_to_look(town, store, settings, add_partner, ad, as_of):
    walk = Walk(town, add_partner, ad, 1, as_of)
    walk.confirm()
    selection.run(store, settings, as_of=as_of)
    with store.writing() as connection:
        name = walk._some_ad(connection)
        presence.sighted(connection, [name], as_of)
        postings.record(connection, postings.current(connection, name).posting, capture_id=None, seen_at=as_of)
    walk.vanish()
    assert selection.run(store, settings, as_of=as_of).counts["looked_at"] == 0


def test_two_campaigns_without_a_partner_are_one_once_they_are_merged(town, store, settings, as_of):
    both = [town.confirmed(), town.confirmed()]
    assert selection.run(store, settings, as_of=as_of).counts["unclaimed"] == 2
    with store.writing() as connection:
        campaign_changes.merge(connection, both, at=as_of, by="ana", reason="one number")
    assert selection.run(store, settings, as_of=as_of).counts["unclaimed"] == 1


def test_an_hour_without_a_change_looks_at_nothing(town, store, settings, add_partner, as_of):
    add_partner()
    town.confirmed()
    assert selection.run(store, settings, as_of=as_of).counts["looked_at"] == 1
    assert selection.run(store, settings, as_of=as_of + timedelta(hours=1)).counts["looked_at"] == 0


def test_a_campaign_without_a_partner_is_told_at_every_run_until_one_takes_it(
    town, store, settings, add_partner, as_of
):
    add_partner(scope={"countries": ["md"]})
    campaign = town.confirmed()
    for hour in range(2):
        report = selection.run(store, settings, as_of=as_of + timedelta(hours=hour))
        assert report.counts["unclaimed"] == 1
        assert any(campaign in message for message in report.messages)
    add_partner("second")
    report = selection.run(store, settings, as_of=as_of + timedelta(hours=2))
    assert report.counts["unclaimed"] == 0
    assert report.counts["offered"] == 1


def test_another_way_to_a_partner_is_no_reason_to_look_again(town, store, settings, add_partner, as_of):
    add_partner()
    town.confirmed()
    selection.run(store, settings, as_of=as_of)
    add_partner(language="ro", cadence={"every": "weekly", "hour": 9}, channels=[{"kind": "smtp", "to": "a@b.example"}])
    assert selection.run(store, settings, as_of=as_of).counts["looked_at"] == 0


def test_a_run_that_fails_loses_nothing(town, store, settings, add_partner, as_of, monkeypatch):
    add_partner()
    town.confirmed()

    def fail(*_args, **_named):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(audit, "add", fail)
        with pytest.raises(RuntimeError, match="disk"):
            selection.run(store, settings, as_of=as_of)
    with store.reading() as connection:
        assert sharing.all_alerts(connection) == []
    assert selection.run(store, settings, as_of=as_of).counts["offered"] == 1


def test_more_than_one_transaction_takes_are_all_looked_at(town, store, settings, add_partner, as_of, monkeypatch):
    monkeypatch.setattr(selection, "BATCH", 2)
    add_partner()
    for _ in range(5):
        town.confirmed()
    report = selection.run(store, settings, as_of=as_of)
    assert (report.counts["looked_at"], report.counts["offered"]) == (5, 5)


def test_a_change_that_is_committed_while_a_run_decides_is_looked_at_by_the_next(
    town, store, settings, add_partner, as_of
):
    if store.is_sqlite:
        return  # one writer at a time
    add_partner()
    campaign = town.confirmed()
    selection.run(store, settings, as_of=as_of)
    with store.writing() as late:
        selection_backlog.note(late, [campaign])
        town.verdict(campaign, "eva")  # committed after the note above was made, before it is
        assert selection.run(store, settings, as_of=as_of).counts["looked_at"] == 1
    assert selection.run(store, settings, as_of=as_of).counts["looked_at"] == 1


def test_a_preview_shows_what_the_next_run_would_look_at(town, store, settings, add_partner, as_of):
    add_partner()
    campaign = town.confirmed()
    with store.reading() as connection:
        assert selection.pending(connection, load_all(settings)) is None
    selection.run(store, settings, as_of=as_of)
    town.verdict(campaign, "eva")
    with store.reading() as connection:
        assert selection.pending(connection, load_all(settings)) == [campaign]
