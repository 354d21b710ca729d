"""What a run measures, on both databases: ads seen and read, ads still there, lost pages, texts."""

from datetime import datetime, timedelta
from typing import Any

from crawlers import measures
from crawlers.account import Account, AdFacts
from crawlers.baseline import Baseline, Past
from crawlers.health import assess
from zorya.domain import ids
from zorya.domain.ads import Kind, Posting
from zorya.domain.health import Checkup
from zorya.domain.runs import Outcome, RequestOutcome, RunReport, RunStatus
from zorya.store import Store, health, postings, runs

BODY = (
    "Căutăm colegi pentru brutăria din centru, program de opt ore pe zi, contract de muncă din prima zi de lucru, {}."
)
BOARD = "https://board.example"


def ads(spec: Any, numbers: range, *, body: str = BODY) -> list[Posting]:
    return [
        Posting(spec.id, str(n), f"{BOARD}/{n}", Kind.JOB, f"Brutar {n}", body.format("abcdefghij"[n % 10] * n))
        for n in numbers
    ]


def seen(store: Store, found: list[Posting], at: datetime, *, read: bool = True, gone: tuple[str, ...] = ()) -> Account:
    account = Account([RequestOutcome(f"{BOARD}/", Outcome.OK)])
    account.requests += [RequestOutcome(url, Outcome.SKIPPED, "gone (404)") for url in gone]
    with store.writing() as connection:
        for ad in found:
            _, sighting = postings.record(connection, ad, capture_id=None, seen_at=at)
            account.add([AdFacts.of(ad, sighting, read=read)])
    return account


def test_numbers_and_shares_of_a_run(store: Store, board: Any, source: Any, as_of: datetime) -> None:
    spec, before = source(board), as_of - timedelta(days=1)
    seen(store, ads(spec, range(1, 11)), before)
    account = seen(store, ads(spec, range(4, 13)), as_of, gone=(f"{BOARD}/2", f"{BOARD}/99"))
    with store.reading() as connection:
        found = measures.take(connection, spec, account, at=as_of, last_sound=before)
    assert (found.numbers["seen"], found.numbers["read"], found.numbers["new"]) == (9, 9, 2)
    assert found.numbers["quiet_days"] == 0
    assert found.shares["kept"] == (7, 10)
    assert found.shares["yield"] == (9, 10), "a known ad that is gone is no lost page; an unknown one is"
    assert found.shares["language.ro"] == (9, 9)
    assert (found.shares["alike"], found.shares["garbled"]) == ((0, 9), (0, 9))


def test_sighted_ads_prove_nothing_about_fields(store: Store, board: Any, source: Any, as_of: datetime) -> None:
    spec = source(board)
    account = seen(store, ads(spec, range(1, 6)), as_of, read=False)
    with store.reading() as connection:
        found = measures.take(connection, spec, account, at=as_of, last_sound=None)
    assert (found.numbers["seen"], found.numbers["read"]) == (5, 0)
    assert not [name for name in found.shares if name.startswith(("fill.", "language."))]


def test_boilerplate_and_damaged_text_are_noticed(store: Store, board: Any, source: Any, as_of: datetime) -> None:
    spec = source(board)
    same = seen(store, ads(spec, range(1, 6), body="Acceptă cookie-urile noastre, te rugăm."), as_of)
    broken = BODY.encode().decode("latin-1")
    damaged = seen(store, ads(spec, range(11, 16), body=broken), as_of)
    with store.reading() as connection:
        assert measures.take(connection, spec, same, at=as_of, last_sound=None).shares["alike"] == (5, 5)
        assert measures.take(connection, spec, damaged, at=as_of, last_sound=None).shares["garbled"] == (5, 5)


def test_a_run_is_judged_by_the_runs_before_it(store: Store, board: Any, source: Any, as_of: datetime) -> None:
    spec = source(board)
    for day in range(6, 0, -1):
        at = as_of - timedelta(days=day)
        verdict = assess(store, spec, seen(store, ads(spec, range(1, 41)), at), "", as_of=at)
        assert verdict.status is RunStatus.OK, verdict.messages
        run_id = ids.run_id(spec.id, at)
        report = RunReport(
            run_id, spec.id, at, at, verdict.status, 1, {"ok": 1}, 40, measures=verdict.checkup.as_json()
        )
        with store.writing() as connection:
            runs.begin(connection, run_id, spec.id, at)
            runs.finish(connection, report)
    few = assess(store, spec, seen(store, ads(spec, range(1, 6)), as_of), "", as_of=as_of)
    assert few.status is RunStatus.FAILED
    assert "ads seen: 5, usually 24–56" in few.messages
    assert "ads still there: 12%, usually 85–100%" in few.messages
    with store.reading() as connection:
        (view,) = health.overview(connection, at=as_of)
        assert len(health.checkups(connection, spec.id, before=as_of - timedelta(days=3))) == 3
    assert (view.verdict, len(view.runs)) == ("ok", 6)


def test_ads_are_not_missed_after_a_long_silence(as_of: datetime) -> None:
    sound = Checkup(numbers={"seen": 9}, grade="sound")
    baseline = Baseline([Past(as_of - timedelta(days=day), sound) for day in range(6)])
    assert baseline.last_sound(as_of + timedelta(days=1)) == as_of
    assert baseline.last_sound(as_of + timedelta(days=9)) is None
