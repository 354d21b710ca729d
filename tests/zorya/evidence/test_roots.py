"""Roots of days on both engines: made once, in order, never changed, and every capture proven under one."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from zorya import packages, sealing
from zorya.domain import merkle
from zorya.domain.ads import Capture
from zorya.domain.day_roots import DayRoot, capture_leaf, proves, read_document
from zorya.errors import NothingToDo, StoreError
from zorya.evidence.checking import check
from zorya.evidence.witnesses import Held
from zorya.setting_sections import EvidenceSettings
from zorya.settings import Settings
from zorya.store import Store, audit, postings, roots
from zorya.store.evidence_schema import evidence_leaves, evidence_roots
from zorya.store.schema import captures

DAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
HEX = st.binary(min_size=32, max_size=32).map(bytes.hex)
Run = Callable[..., tuple[int, str, str]]


def capture(store: Store, number: int, at: datetime) -> str:
    name = f"k-{number:020x}"
    one = Capture(name, f"https://b.example/{number}", 200, "text/html", (), at, f"{number:064x}", f"{number}", 0, "ab")
    with store.writing() as connection:
        postings.add_capture(connection, one, None)
    return name


def make(store: Store, day: date, at: datetime = MORNING) -> DayRoot:
    with store.writing() as connection:
        return roots.make(connection, day, at=at)


def leaf_of(number: int, at: datetime) -> bytes:
    return capture_leaf(capture=f"k-{number:020x}", fetched_at=at, payload_sha256=f"{number:064x}", file_sha256="ab")


def test_every_capture_of_the_day_is_proven_and_none_of_the_next(store: Store, as_of: datetime) -> None:
    names = [capture(store, number, as_of) for number in range(7)]
    late = capture(store, 99, as_of + timedelta(days=1))
    root = make(store, DAY)
    with store.reading() as connection:
        found = roots.proofs(connection, [*names, late])
    assert sorted(found) == sorted(names)
    assert all(proves(found[name], leaf_of(number, as_of), root) for number, name in enumerate(names))
    assert not proves(found[names[0]], leaf_of(1, as_of), root)


def test_a_root_is_made_once_and_says_the_same_ever_after(store: Store, as_of: datetime) -> None:
    capture(store, 1, as_of)
    first = make(store, DAY)
    capture(store, 2, as_of)
    assert make(store, DAY, MORNING + timedelta(hours=5)) == first


def test_what_comes_late_is_under_the_next_root_and_that_one_stands_on_the_one_before(
    store: Store, as_of: datetime
) -> None:
    capture(store, 1, as_of)
    first = make(store, DAY)
    late = capture(store, 2, as_of - timedelta(days=400))
    second = make(store, DAY + timedelta(days=1), MORNING + timedelta(days=1))
    with store.reading() as connection:
        assert roots.proofs(connection, [late])[late].day == second.day
    assert (second.previous_day, second.previous_root) == (first.day, first.root)
    assert second.root != merkle.root([leaf_of(2, as_of - timedelta(days=400))]).hex()


def test_the_log_up_to_then_is_under_it_and_the_root_is_in_the_log(store: Store, as_of: datetime) -> None:
    with store.writing() as connection:
        audit.add(connection, at=as_of, actor="ana", action="ad.view", object="v-1")
        head = audit.page(connection, limit=1)[0]
    root = make(store, DAY)
    assert (root.audit_seq, root.audit_hash) == (head["seq"], head["hash"])
    with store.reading() as connection:
        entry = audit.page(connection, limit=1)[0]
    assert (entry["action"], entry["object"], entry["reason"]) == ("evidence.root", "2026-11-24", root.root)


@pytest.mark.parametrize(
    ("day", "why"), [(date(2026, 11, 25), "is not over yet"), (date(2026, 11, 22), "has no root of its own")]
)
def test_a_day_that_is_not_over_or_was_passed_over_has_none(store: Store, as_of: datetime, day: date, why: str) -> None:
    capture(store, 1, as_of - timedelta(days=1))
    make(store, date(2026, 11, 23))
    with pytest.raises(StoreError, match=why):
        make(store, day)


def test_where_nothing_is_recorded_there_is_nothing_to_seal(store: Store) -> None:
    with pytest.raises(NothingToDo):
        make(store, DAY)


@pytest.mark.parametrize("table", [evidence_roots, evidence_leaves])
def test_roots_and_leaves_refuse_changes(store: Store, as_of: datetime, table: Any) -> None:
    capture(store, 1, as_of)
    make(store, DAY)
    for statement in (update(table).values(day=date(2020, 1, 1)), table.delete()):
        with pytest.raises(DBAPIError, match="append-only"), store.writing() as connection:
            connection.execute(statement)


def test_a_capture_that_was_purged_is_proven_still(store: Store, as_of: datetime) -> None:
    name = capture(store, 1, as_of)
    root = make(store, DAY)
    with store.writing() as connection:
        connection.execute(update(captures).values(purged_at=as_of, headers=[]))
        assert proves(roots.proofs(connection, [name])[name], leaf_of(1, as_of), root)


@given(
    st.builds(
        DayRoot,
        day=st.dates(),
        made_at=st.datetimes(timezones=st.just(UTC)),
        leaves=st.integers(0, 10**9),
        root=HEX,
        audit_seq=st.integers(0, 10**9),
        audit_hash=HEX,
        previous_day=st.just(DAY),
        previous_root=HEX,
    ),
    st.data(),
)
@hypothesis_settings(max_examples=40)
def test_a_document_reads_back_and_no_other_spelling_does(root: DayRoot, data: st.DataObject) -> None:
    whole = root.document()
    assert read_document(whole) == root
    place = data.draw(st.integers(0, len(whole) - 1))
    other = whole[:place] + bytes([data.draw(st.integers(0, 255))]) + whole[place + 1 :]
    try:
        assert read_document(other).document() == other
    except ValueError:
        assert other != whole


def test_a_package_is_held_against_a_root_that_was_handed_out(town: Any, as_of: datetime, tmp_path: Path) -> None:
    (counts,) = [sealing.run(town.store, town.settings, as_of=MORNING).counts]
    assert counts == {"captures": 4, "stamps": 0, "stamps_missing": 0}
    with town.store.reading() as connection:
        root = roots.latest(connection, limit=1)[0].root
    target = tmp_path / "case.wacz"
    packages.make(town.store, town.settings, tuple(town.ads), target=target, by="N", reason="r", as_of=MORNING)
    found = check(target, Held(roots=frozenset({root})))
    assert (found.damages, found.under_root, found.roots) == ((), 4, {"2026-11-24": root})
    assert {damage.kind for damage in check(target, Held(roots=frozenset({"0" * 64}))).damages} == {"unproven"}


def test_a_capture_that_no_root_covers_is_unproven_by_any(town: Any, as_of: datetime, tmp_path: Path) -> None:
    target = tmp_path / "case.wacz"
    packages.make(town.store, town.settings, tuple(town.ads), target=target, by="N", reason="r", as_of=MORNING)
    assert check(target).damages == ()
    assert len(check(target, Held(roots=frozenset({"0" * 64}))).damages) == 4


def test_the_verbs_make_show_and_list_roots(town: Any, run_zorya: Run) -> None:
    assert run_zorya("roots")[0] == 3
    code, out, err = run_zorya("root", "--day", "2026-11-24")
    assert (code, out.split()[1], "4 captures" in err) == (0, "2026-11-24", True)
    assert run_zorya("root", "--day", "2026-11-24")[1] == out == run_zorya("roots")[1]
    assert '"leaves": 6' in run_zorya("root", "--day", "2026-11-24", "--json")[1]
    assert "write it as YYYY-MM-DD" in run_zorya("root", "--day", "24.11.2026")[2]
    assert run_zorya("root", "--day", "2026-11-20")[0] == 2


def test_an_authority_that_could_not_be_asked_is_asked_again(
    town: Any, authority: Any, sqlite_settings: Settings
) -> None:
    settings = sqlite_settings.model_copy(
        update={"evidence": EvidenceSettings(timestamp_authorities=(authority.setting(),))}
    )
    authority.status = 503
    report = sealing.run(town.store, settings, as_of=MORNING)
    assert (report.counts["stamps_missing"], "503" in report.messages[0]) == (1, True)
    authority.status = 200
    assert sealing.run(town.store, settings, as_of=MORNING + timedelta(days=1)).messages == ()
    with town.store.reading() as connection:
        days = [one.day for one in roots.latest(connection, limit=9)]
        assert [list(roots.stamps(connection, day)) for day in days] == [["invented"], ["invented"]]
    assert authority.asked == 3
