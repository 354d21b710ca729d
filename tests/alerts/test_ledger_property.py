"""From any sequence of answers, time-outs, pauses and recalls every open referral has exactly one responsible owner."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import yaml
from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from alerts import decisions, digest, ledger, outbox
from zorya.domain.referrals import ANSWERABLE, LEAD, Answer, Decline, Outcome, Step
from zorya.domain.sharing import AlertState, ReferralState
from zorya.errors import NothingToDo, PolicyRefusal, QueueConflict
from zorya.store import referrals, sharing

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
PARTNERS = ("la-strada", "second", "third")
SAYINGS = st.one_of(
    st.just(Answer(Step.ACCEPT)),
    st.sampled_from(Decline).map(lambda why: Answer(Step.DECLINE, why)),
    st.just(Answer(Step.ACT, note="looked into it")),
    st.sampled_from(ANSWERABLE).map(lambda how: Answer(Step.CLOSE, how)),
)


class Ledger(RuleBasedStateMachine):
    """Two campaigns, three organisations on one route, and a clock."""

    new_town: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.context = self.new_town(scope={"languages": ["ro"]})
        self.town, self.settings = self.context.__enter__()
        self.now = START
        for name in PARTNERS[1:]:
            self.write(name, paused=False)
        folder = self.settings.home / "partners"
        routes = {"routes": [{"name": "all", "organisations": list(PARTNERS)}]}
        (folder / "routes.yml").write_text(yaml.safe_dump(routes), encoding="utf-8")
        for _ in range(2):
            self.town.confirmed()
        self.town.offer(self.settings, as_of=self.now)

    def teardown(self) -> None:
        self.context.__exit__(None, None, None)

    def write(self, name: str, *, paused: bool) -> None:
        path = self.settings.home / "partners" / f"{name}.yml"
        spec = yaml.safe_load((self.settings.home / "partners" / "la-strada.yml").read_text("utf-8"))
        spec |= {"paused": paused, "scope": {"languages": ["hu"]}}
        path.write_text(yaml.safe_dump(spec), encoding="utf-8")

    def all(self) -> list[Any]:
        with self.town.store.reading() as connection:
            return [
                *referrals.page(connection, is_open=True, limit=99),
                *referrals.page(connection, is_open=False, limit=99),
            ]

    @rule(which=st.integers(0, 1), said=SAYINGS, who=st.sampled_from(["owner", *PARTNERS, LEAD]))
    def somebody_answers(self, which: int, said: Answer, who: str) -> None:
        before = sorted(self.all(), key=lambda each: each.id)[which]
        speaks_for = before.owner if who == "owner" else who
        words = {"speaks_for": speaks_for, "by": f"{speaks_for}:mail", "as_of": self.now}
        try:
            after = ledger.answer(self.town.store, self.settings, before.id, said, **words)
        except (PolicyRefusal, QueueConflict):
            return
        assert speaks_for == before.owner
        assert before.state is not ReferralState.CLOSED
        assert after.version == before.version + 1

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        digest.run(self.town.store, self.settings, as_of=self.now)
        outbox.deliver(self.town.store, self.settings, as_of=self.now)
        ledger.run(self.town.store, self.settings, as_of=self.now)
        assert all(each.due_at > self.now for each in self.all() if each.state is not ReferralState.CLOSED)

    @rule(name=st.sampled_from(PARTNERS[1:]), paused=st.booleans())
    def an_organisation_pauses(self, name: str, paused: bool) -> None:
        self.write(name, paused=paused)

    @rule(which=st.integers(0, 1))
    def the_lead_recalls(self, which: int) -> None:
        alert = sorted(self.all(), key=lambda each: each.id)[which].alert_id
        more = {"by": "lena", "as_of": self.now, "reason": "a lawful firm"}
        try:
            decisions.recall(self.town.store, self.settings, alert, **more)
        except NothingToDo:
            return
        with self.town.store.reading() as connection:
            assert all(each.state is AlertState.RECALLED for each in sharing.copies_of(connection, alert))

    @invariant()
    def exactly_one_is_responsible(self) -> None:
        found = self.all()
        assert len(found) == 2
        for referral in found:
            assert referral.owner in (*PARTNERS, LEAD)
            with self.town.store.reading() as connection:
                lines = referrals.history(connection, referral.id)
                read = ledger.told_alert(connection, referral)
            assert [line.from_owner for line in lines[1:]] == [one.to_owner for one in lines[:-1]]
            assert all(one.at <= two.at for one, two in pairwise(lines))
            assert lines[-1].to_owner == referral.owner
            assert referral.owner == LEAD or read is not None, "who is responsible can read the card"
            ended = referral.state is ReferralState.CLOSED
            assert ended == bool(referral.outcome)
            assert referral.outcome in {"", *Outcome}


def test_every_open_referral_has_exactly_one_responsible_organisation(new_town: Any) -> None:
    Ledger.new_town = staticmethod(new_town)
    run_state_machine_as_test(Ledger, settings=profile(max_examples=15, stateful_step_count=12))
