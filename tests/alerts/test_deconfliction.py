"""Deconfliction: both learn that and whom to call, nobody learns more, and who tries numbers out is stopped."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st
from sqlalchemy import event, select

from alerts.deconfliction import Hub
from zorya.domain.ads import Contact, ContactKind
from zorya.domain.deconfliction import AlarmKind, Holder, Reply
from zorya.errors import PolicyRefusal, ZoryaError
from zorya.setting_sections import DeconflictionSettings
from zorya.settings import Settings
from zorya.store import Store, audit, deconfliction, open_store
from zorya.store.schema import metadata

DAY = timedelta(days=1)
POINTS = {"la-strada": "duty desk, 0321", "dorcas": "Ms Kiss, 0322", "ijm": "front office, 0323"}


def phone(number: int) -> Contact:
    """An invented number of a range that is kept for drama (Ofcom)."""
    return Contact(ContactKind.PHONE, f"+447700900{number:03d}", "")


def write_partners(home: Path) -> None:
    folder = home / "partners"
    folder.mkdir(parents=True, exist_ok=True)
    for name, point in POINTS.items():
        lines = f"name: {name.title()}\norg_type: ngo\ntlp_ceiling: amber\nchannels: [{{kind: folder}}]\n"
        (folder / f"{name}.yml").write_text(f'{lines}contact_point: "{point}"\n', encoding="utf-8")
    (folder / "silent.yml").write_text(lines, encoding="utf-8")


@pytest.fixture
def partner_files(home: Path) -> None:
    write_partners(home)


@pytest.fixture
def hub(store: Store, settings: Settings, partner_files: None) -> Hub:
    return Hub(store, settings)


def who(partner: str) -> Holder:
    return Holder(partner, partner.title(), POINTS[partner])


def test_both_learn_that_and_whom_to_call(hub: Hub, as_of: datetime) -> None:
    hub.register("la-strada", phone(1), reference="LS-17", by="maria", at=as_of)
    assert hub.ask("dorcas", phone(1), by="dirk", at=as_of + DAY) == Reply((who("la-strada"),))
    (told,) = hub.matches("la-strada", at=as_of + DAY)
    assert (told.other, told.holding.reference, told.at) == (who("dorcas"), "LS-17", as_of + DAY)
    assert hub.matches("dorcas", at=as_of + DAY) == []


def test_who_registers_what_another_holds_reads_it_later_too(hub: Hub, as_of: datetime) -> None:
    hub.register("la-strada", phone(1), reference="", by="maria", at=as_of)
    assert hub.register("dorcas", phone(1), reference="D-4", by="dirk", at=as_of) == Reply((who("la-strada"),))
    assert [match.other for match in hub.matches("dorcas", at=as_of)] == [who("la-strada")]
    assert [match.other for match in hub.matches("la-strada", at=as_of)] == [who("dorcas")]


def test_ones_own_entry_is_no_answer(hub: Hub, as_of: datetime) -> None:
    hub.register("dorcas", phone(1), reference="", by="dirk", at=as_of)
    assert hub.ask("dorcas", phone(1), by="dirk", at=as_of) == Reply(())


def test_a_whatsapp_number_is_the_phone_that_it_is(hub: Hub, as_of: datetime) -> None:
    hub.register("la-strada", phone(1), reference="", by="maria", at=as_of)
    chat = Contact(ContactKind.WHATSAPP, phone(1).value, "")
    assert hub.ask("dorcas", chat, by="dirk", at=as_of).held_by


def test_what_has_expired_or_was_withdrawn_is_not_found(hub: Hub, store: Store, as_of: datetime) -> None:
    for number in (1, 2):
        hub.register("la-strada", phone(number), reference="", by="maria", at=as_of)
    later = as_of + hub.settings.deconfliction.days * DAY
    assert hub.ask("dorcas", phone(1), by="dirk", at=later - DAY).held_by
    assert not hub.ask("dorcas", phone(1), by="dirk", at=later).held_by
    with store.reading() as connection:
        newest = deconfliction.held_by(connection, "la-strada", at=as_of)[0].id
    assert not hub.withdraw("dorcas", newest, by="dirk", at=as_of)
    assert hub.withdraw("la-strada", newest, by="maria", at=as_of)
    assert not hub.ask("dorcas", phone(2), by="dirk", at=as_of).held_by
    with store.writing() as connection:
        assert deconfliction.drop_expired(connection, at=later) == 1


def test_registering_again_lasts_longer(hub: Hub, as_of: datetime) -> None:
    for days in (0, 100):
        hub.register("la-strada", phone(1), reference="", by="maria", at=as_of + days * DAY)
    assert hub.ask("dorcas", phone(1), by="dirk", at=as_of + 200 * DAY).held_by


def test_neither_the_database_nor_the_log_holds_what_was_asked_or_registered(
    hub: Hub, store: Store, as_of: datetime
) -> None:
    hub.register("la-strada", phone(123), reference="LS-17", by="maria", at=as_of)
    hub.ask("dorcas", phone(123), by="dirk", at=as_of)
    hub.ask("dorcas", phone(124), by="dirk", at=as_of)
    with store.reading() as connection:
        held = {table.name: str(connection.execute(select(table)).all()) for table in metadata.sorted_tables}
        acts = [entry["action"] for entry in audit.page(connection)]
        assert audit.first_bad(connection) is None
    assert acts == ["deconflict.ask", "deconflict.ask", "deconflict.register"]
    assert [name for name, rows in held.items() if "7700900" in rows or hub.token(phone(124)) in rows] == []
    assert "LS-17" not in held["audit"]


def test_a_reference_that_looks_like_a_contact_is_refused(hub: Hub, as_of: datetime) -> None:
    with pytest.raises(ZoryaError, match="file number"):
        hub.register("la-strada", phone(1), reference="+44 7700 900123", by="maria", at=as_of)


def test_who_names_nobody_to_call_takes_no_part(hub: Hub, as_of: datetime) -> None:
    with pytest.raises(PolicyRefusal, match="contact_point"):
        hub.ask("silent", phone(1), by="x", at=as_of)
    with pytest.raises(ZoryaError, match="no partner"):
        hub.ask("nobody", phone(1), by="x", at=as_of)


def test_a_holder_whose_file_is_gone_is_still_named(hub: Hub, home: Path, as_of: datetime) -> None:
    hub.register("la-strada", phone(1), reference="", by="maria", at=as_of)
    (home / "partners" / "la-strada.yml").unlink()
    assert hub.ask("dorcas", phone(1), by="dirk", at=as_of) == Reply((Holder("la-strada", "la-strada", ""),))


def test_a_planted_contact_reports_who_asks_and_says_nothing(hub: Hub, store: Store, as_of: datetime) -> None:
    assert hub.plant([phone(900), phone(901)], by="lena", at=as_of) == 2
    assert hub.plant([phone(900)], by="lena", at=as_of) == 0
    assert hub.ask("dorcas", phone(900), by="dirk", at=as_of) == hub.ask("dorcas", phone(5), by="dirk", at=as_of)
    with store.writing() as connection:
        (alarm,) = deconfliction.open_alarms(connection)
        assert (alarm.partner, alarm.kind, alarm.account, alarm.at) == ("dorcas", AlarmKind.PLANTED, "dirk", as_of)
        assert deconfliction.close_alarm(connection, alarm.seq, by="lena", at=as_of)
        assert not deconfliction.close_alarm(connection, alarm.seq, by="lena", at=as_of)
        assert deconfliction.count_alarms(connection) == 0


def test_a_contact_that_somebody_holds_is_not_planted(hub: Hub, as_of: datetime) -> None:
    hub.register("la-strada", phone(1), reference="", by="maria", at=as_of)
    with pytest.raises(ZoryaError, match="held by a partner"):
        hub.plant([phone(1)], by="lena", at=as_of)


def test_the_days_lookups_end_and_begin_anew(hub: Hub, store: Store, as_of: datetime) -> None:
    few = Hub(store, hub.settings.model_copy(update={"deconfliction": DeconflictionSettings(daily=3)}))
    for number in range(3):
        few.ask("dorcas", phone(number), by="dirk", at=as_of)
    for _ in range(2):
        with pytest.raises(PolicyRefusal, match="used the 3 lookups"):
            few.register("dorcas", phone(9), reference="", by="dirk", at=as_of)
    few.ask("ijm", phone(1), by="eva", at=as_of)
    few.ask("dorcas", phone(1), by="dirk", at=as_of + DAY)
    with store.reading() as connection:
        assert [alarm.kind for alarm in deconfliction.open_alarms(connection)] == [AlarmKind.CUT_OFF]
        assert [tuple(row) for row in deconfliction.asked_on(connection, as_of)] == [
            ("dorcas", 3, as_of),
            ("ijm", 1, None),
        ]
        assert deconfliction.held_by(connection, "dorcas", at=as_of) == []


def _statements(store: Store, act: Callable[[], Any]) -> list[str]:
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    act()
    event.remove(store.engine, "before_cursor_execute", note)
    return said


@pytest.mark.parametrize("number", [1, 900, 7], ids=["held", "planted", "unknown"])
def test_every_lookup_runs_the_same_statements(hub: Hub, store: Store, as_of: datetime, number: int) -> None:
    hub.register("la-strada", phone(1), reference="", by="maria", at=as_of)
    hub.plant([phone(900)], by="lena", at=as_of)
    unknown = _statements(store, lambda: hub.ask("dorcas", phone(8), by="dirk", at=as_of))
    assert _statements(store, lambda: hub.ask("dorcas", phone(number), by="dirk", at=as_of)) == unknown


_HELD = st.dictionaries(
    st.sampled_from(sorted(POINTS)),
    st.tuples(st.text(alphabet="abc XYZ-", max_size=12), st.integers(0, 90), st.sampled_from(["maria", "eva"])),
)


@pytest.fixture(scope="module")
def answers(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Callable[[dict[str, Any], datetime], tuple[Reply, int]]:
    """`answers(held, at)`: what dorcas is told of a contact that these hold, in a database of its own."""

    def ask(held: dict[str, Any], at: datetime) -> tuple[Reply, int]:
        home = tmp_path_factory.mktemp("home")
        write_partners(home)
        shutil.copy(sqlite_template, home / "zorya.sqlite")
        settings = Settings(home=home)
        opened = open_store(settings)
        hub = Hub(opened, settings)
        for name, (reference, days, by) in held.items():
            hub.register(name, phone(1), reference=reference, by=by, at=at - days * DAY)
        reply: list[Reply] = []
        said = _statements(opened, lambda: reply.append(hub.ask("dorcas", phone(1), by="dirk", at=at)))
        opened.close()
        return reply[0], len(said)

    return ask


@rules(max_examples=25)
@given(first=_HELD, more=st.randoms(use_true_random=False))
def test_an_answer_depends_on_who_holds_a_contact_and_on_nothing_else(
    answers: Any, as_of_moment: datetime, first: dict[str, Any], more: Any
) -> None:
    order = list(first.items())
    more.shuffle(order)
    other = {name: (f"{reference}!", (days * 7) % 91, "x") for name, (reference, days, _by) in order}
    reply, number = answers(first, as_of_moment)
    assert (reply, number) == answers(other, as_of_moment)
    assert reply == Reply(tuple(who(name) for name in sorted(set(first) - {"dorcas"})))


@pytest.fixture(scope="module")
def as_of_moment() -> datetime:
    return datetime.fromisoformat("2026-11-24T09:00:00+00:00")


@pytest.mark.slow
def test_a_hundred_thousand_lookups_of_one_partner_are_cut_off_and_reported(
    sqlite_store: Store, sqlite_settings: Settings, partner_files: None, as_of: datetime
) -> None:
    asked, answered = 100_000, 0
    hub = Hub(sqlite_store, sqlite_settings)
    hub.plant([phone(number) for number in range(100, 110)], by="lena", at=as_of)
    for number in range(asked):
        contact = phone(number) if number < 1000 else Contact(ContactKind.PHONE, f"+44770090{number:05d}", "")
        try:
            hub.ask("dorcas", contact, by="dirk", at=as_of + timedelta(milliseconds=100 * number))
        except PolicyRefusal:
            continue
        answered += 1
    with sqlite_store.reading() as connection:
        alarms = deconfliction.open_alarms(connection)
        ((_, counted, cut_off_at),) = deconfliction.asked_on(connection, as_of)
        assert len(audit.page(connection, action="deconflict.ask", limit=asked)) == answered
    assert answered == counted == sqlite_settings.deconfliction.daily
    assert sorted(alarm.kind for alarm in alarms) == [AlarmKind.CUT_OFF, *[AlarmKind.PLANTED] * 10]
    assert max(alarm.at for alarm in alarms) == cut_off_at
    assert cut_off_at - as_of <= timedelta(minutes=5)
