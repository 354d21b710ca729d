"""Erase, hold, release, everywhere and after a restore; what is past its time."""

import gzip
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from labeling import index, snapshots, subject_rights
from labeling.subject_rights import Wish
from zorya import retention
from zorya.domain import ids
from zorya.domain.ads import Contact, ContactKind, Kind, Posting
from zorya.domain.reviews import Task, TaskReason, Verdict, VerdictLabel
from zorya.erasure_list import ErasureList, Subject
from zorya.errors import DataFileError, PolicyRefusal, StoreError
from zorya.evidence import Archive
from zorya.evidence.exchange import Exchange
from zorya.store import archive, assessments, audit, campaigns, erased, erasing, open_store, postings, reviews
from zorya.store.backup import backup, restore
from zorya.store.schema import metadata

DAY = timedelta(days=1)
SUBJECTS = range(1000, 2000)


def contact(number: int) -> Contact:
    """An invented number (Ofcom's range for drama holds a thousand; the rest has a digit too many)."""
    text = f"+447700900{number:03d}" if number < 1000 else f"+4477009{number:05d}00"
    return Contact(ContactKind.PHONE, text, text)


def subject(seed: Any, number: int) -> Subject:
    return Subject("contact", ids.contact_token(seed.store.contact_key, "phone", contact(number).value))


@pytest.fixture
def wish(as_of: datetime) -> Wish:
    return Wish("olga", "request 2026/7", as_of)


def _ad(seed: Any, number: int, *, page: bytes | None = None, **more: Any) -> str:
    """An ad with words of its own on a page of its own; its posting id."""
    given = contact(number)
    body = f"Call {given.value} today, wordofad{number} and no papers."
    posting = Posting(
        "board", f"{number}", f"https://board.example/ad/{number}-{given.value}", Kind.JOB, f"Ad {number}", body
    )
    at = seed.at - 3 * DAY
    address = "https://board.example/list" if page else posting.url
    exchange = Exchange(address, 200, (), (), page or body.encode(), at)
    with seed.store.writing() as connection:
        capture = Archive(seed.settings.evidence_dir).put(exchange)
        postings.add_capture(connection, capture, None)
        version, _ = postings.record(connection, posting, capture_id=capture.id, seen_at=at)
        postings.set_language(connection, version, "en")
        found = [replace(given, start=posting.text.index("+"), end=posting.text.index("+") + len(given.value))]
        assessments.set_contacts(connection, version, found, key=seed.store.contact_key)
        reading = seed._assessment(version, posting.text, more.get("score", 0.9), "en", f"wordofad{number}", False, at)
        assessments.add(connection, reading)
        name = ids.posting_id("board", f"{number}")
        if more.get("campaign"):
            tie = {"edge": "contact", "edge_to": more["beside"], "weight": 1.0, "at": at}
            campaigns.join(connection, more["campaign"], name, **tie)
        else:
            campaigns.found(connection, name, at=at)
    return name


def _decide(seed: Any, posting: str, label: VerdictLabel, at: datetime) -> None:
    with seed.store.writing() as connection:
        campaign = campaigns.of_posting(connection, posting)
        assert campaign
        for number, name in enumerate(("anna", "boris"), start=1):
            task = Task(ids.task_id(campaign, number), campaign, number, TaskReason.RISK, 1.0, at, done_at=at)
            reviews.add_task(connection, task)
            severity = 2 if label is VerdictLabel.CONCERN else None
            verdict = Verdict(ids.verdict_id(task.id, name, at), task.id, campaign, name, label, at, severity=severity)
            reviews.add_verdict(connection, verdict)


def _rows(store: Any) -> dict[str, str]:
    with store.reading() as connection:
        return {
            table.name: json.dumps([list(row) for row in connection.execute(select(table))], default=str)
            for table in metadata.sorted_tables
        }


def _words_left(store: Any, number: int) -> list[str]:
    return [
        name for name, held in _rows(store).items() if f"wordofad{number} " in held or contact(number).value in held
    ]


def _whole(seed: Any, name: str) -> bool:
    """Whether text, contacts and evidence of an ad are as they were."""
    with seed.store.reading() as connection:
        version = postings.current(connection, name)
        if version is None or not version.posting.body or not assessments.contacts_of(connection, version.id):
            return False
        (capture,) = archive.named(connection, [version.capture_id])
    return version.posting.body.encode() in Archive(seed.settings.evidence_dir).get(
        capture.warc_file, capture.sha256, capture.file_sha256
    )


def test_nothing_of_an_erased_contact_is_left_anywhere(seed: Any, wish: Wish) -> None:
    name, other = _ad(seed, 1), _ad(seed, 2)
    for each in (name, other):
        _decide(seed, each, VerdictLabel.NO_CONCERN, seed.at - DAY)
    index.run(seed.store, seed.settings, as_of=seed.at)
    frozen = snapshots.export(seed.store, seed.settings, as_of=seed.at, actor="anna")
    assert _words_left(seed.store, 1)
    done = subject_rights.erase(seed.store, seed.settings, [subject(seed, 1)], wish)
    assert (done.ads, done.held, done.files, done.snapshots) == (1, 0, 1, {frozen.manifest.version: 1})
    assert _words_left(seed.store, 1) == []
    files = [path for path in seed.settings.home.rglob("*") if path.is_file()]
    assert [path.name for path in files if b"wordofad1" in _plain(path)] == []
    assert _whole(seed, other)
    assert not _whole(seed, name)
    assert archive.verify(seed.store, seed.settings.evidence_dir).faults == []
    with seed.store.reading() as connection:
        assert audit.first_bad(connection) is None
        acts = [(entry["action"], entry["actor"]) for entry in audit.page(connection, limit=4)]
        assert erased.among(connection, {name}, set()) == {name}
    assert {("ad.erase", "olga"), ("privacy.erase", "olga")} <= set(acts)


def _plain(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def test_a_hold_wins_and_its_release_meets_the_wish(seed: Any, wish: Wish) -> None:
    name = _ad(seed, 1)
    subject_rights.hold(seed.store, seed.settings, [Subject("ad", name)], replace(wish, grounds="court 5/26"))
    done = subject_rights.erase(seed.store, seed.settings, [subject(seed, 1)], wish)
    assert (done.ads, done.held) == (0, 1)
    assert _whole(seed, name)
    with pytest.raises(PolicyRefusal, match="somebody else"):
        subject_rights.release(seed.store, seed.settings, [Subject("ad", name)], wish)
    released = subject_rights.release(seed.store, seed.settings, [Subject("ad", name)], replace(wish, by="lena"))
    assert (released.ads, released.held) == (1, 0)
    assert _words_left(seed.store, 1) == []
    with pytest.raises(PolicyRefusal, match="no hold"):
        subject_rights.release(seed.store, seed.settings, [Subject("ad", name)], replace(wish, by="lena"))


def test_a_page_that_an_ad_on_hold_was_read_from_stays(seed: Any, wish: Wish) -> None:
    page = b"Call +447700900001 today, wordofad1 and no papers. Call +447700900002 today, wordofad2 and no papers."
    gone, held = _ad(seed, 1, page=page), _ad(seed, 2, page=page)
    subject_rights.hold(seed.store, seed.settings, [Subject("ad", held)], wish)
    done = subject_rights.erase(seed.store, seed.settings, [Subject("ad", gone)], wish)
    assert (done.ads, done.files) == (1, 0)
    assert _whole(seed, held)
    subject_rights.release(seed.store, seed.settings, [Subject("ad", held)], replace(wish, by="lena"))
    assert erasing.apply(seed.store, seed.settings, by="x", at=seed.at).files == 1
    assert _words_left(seed.store, 1) == []


def test_a_wish_reaches_what_was_seen_until_then(seed: Any, wish: Wish) -> None:
    subject_rights.erase(seed.store, seed.settings, [subject(seed, 1)], replace(wish, at=seed.at - 10 * DAY))
    name = _ad(seed, 1)
    assert erasing.apply(seed.store, seed.settings, by="x", at=seed.at).ads == ()
    assert _whole(seed, name)


def test_the_list_names_nobody(seed: Any, wish: Wish) -> None:
    name = _ad(seed, 1)
    subject_rights.erase(seed.store, seed.settings, [subject(seed, 1), Subject("ad", name)], wish)
    text = ErasureList(seed.settings).path.read_text("utf-8")
    assert not {name, subject(seed, 1).value, contact(1).value} & set(json.dumps(text).split('"'))
    assert subject(seed, 1).value not in text
    assert name not in text


@pytest.mark.parametrize("line", ["{}", "not JSON", '{"act": "erase"}'])
def test_a_broken_list_names_its_line(seed: Any, wish: Wish, line: str) -> None:
    subject_rights.erase(seed.store, seed.settings, [subject(seed, 1)], wish)
    path = ErasureList(seed.settings).path
    path.write_text(f"{path.read_text('utf-8')}{line}\n", "utf-8")
    with pytest.raises(DataFileError, match=r"erasures\.jsonl:2: not an act"):
        _ = ErasureList(seed.settings).acts


def test_a_lost_key_of_the_list_is_told(seed: Any, wish: Wish) -> None:
    subject_rights.erase(seed.store, seed.settings, [subject(seed, 1)], wish)
    (seed.settings.keys_dir / "erasures.key").unlink()
    with pytest.raises(DataFileError, match="restore your key backup"):
        ErasureList(seed.settings).token(subject(seed, 1))


def test_a_database_from_before_an_erasure_is_refused_until_it_is_applied(
    town: Any, tmp_path: Path, wish: Wish
) -> None:
    name = _ad(town, 1)
    backup(town.settings, tmp_path / "before.sqlite")
    subject_rights.erase(town.store, town.settings, [subject(town, 1)], wish)
    town.store.close()
    restore(town.settings, tmp_path / "before.sqlite", replace=True, stamp="x")
    with pytest.raises(StoreError, match="zorya privacy apply"):
        open_store(town.settings)
    opened = open_store(town.settings, unerased=True)
    assert _words_left(opened, 1)
    assert erasing.apply(opened, town.settings, by="x", at=town.at).ads == (name,)
    assert _words_left(opened, 1) == []
    opened.close()
    open_store(town.settings).close()


def test_age_is_counted_first_and_erased_on_demand(seed: Any, as_of: datetime) -> None:
    dismissed, unflagged, waiting, judged = (
        _ad(seed, number, score=score) for number, score in ((1, 0.9), (2, 0.1), (3, 0.9), (4, 0.9))
    )
    _decide(seed, dismissed, VerdictLabel.NO_CONCERN, as_of)
    _decide(seed, judged, VerdictLabel.CONCERN, as_of)
    assert not any(retention.perform(seed.store, seed.settings, as_of=as_of + 20 * DAY, pretend=True).counts.values())
    month = retention.perform(seed.store, seed.settings, as_of=as_of + 31 * DAY, pretend=False)
    assert (month.counts["pages"], month.counts["files"], month.counts["dismissed"]) == (1, 1, 0)
    assert not _whole_or_text(seed, unflagged)[0]
    assert _whole_or_text(seed, unflagged)[1]
    quarter = retention.perform(seed.store, seed.settings, as_of=as_of + 100 * DAY, pretend=True)
    assert quarter.counts["dismissed"] == 2
    assert _whole(seed, dismissed)
    retention.perform(seed.store, seed.settings, as_of=as_of + 100 * DAY, pretend=False)
    assert [_whole_or_text(seed, name)[1] for name in (dismissed, unflagged, waiting, judged)] == [
        False,
        False,
        True,
        True,
    ]
    late = retention.perform(seed.store, seed.settings, as_of=as_of + 200 * DAY, pretend=False)
    assert late.counts["under_review_too_long"] == 2
    assert "decide or escalate" in late.messages[0]
    assert _whole(seed, judged)


def _whole_or_text(seed: Any, name: str) -> tuple[bool, bool]:
    """(evidence kept, text kept)."""
    with seed.store.reading() as connection:
        version = postings.current(connection, name)
        assert version
        kept = bool(archive.named(connection, [version.capture_id or ""]))
    return kept, bool(version.posting.body)


def test_age_does_not_beat_a_hold(seed: Any, as_of: datetime, wish: Wish) -> None:
    name = _ad(seed, 1, score=0.1)
    subject_rights.hold(seed.store, seed.settings, [subject(seed, 1)], wish)
    done = retention.perform(seed.store, seed.settings, as_of=as_of + 400 * DAY, pretend=False)
    assert (done.counts["held"], done.counts["dismissed"]) == (1, 0)
    assert _whole(seed, name)


def test_a_page_of_which_one_ad_is_not_due_stays(seed: Any, as_of: datetime) -> None:
    page = b"Call +447700900001 today, wordofad1 and no papers. Call +447700900002 today, wordofad2 and no papers."
    _ad(seed, 1, page=page, score=0.1)
    kept = _ad(seed, 2, page=page, score=0.9)
    assert retention.perform(seed.store, seed.settings, as_of=as_of + 40 * DAY, pretend=False).counts["files"] == 0
    assert _whole(seed, kept)


@pytest.mark.slow
def test_of_a_thousand_subjects_a_hundred_on_hold_stay_whole_also_after_an_older_backup(
    town: Any, tmp_path: Path, wish: Wish
) -> None:
    names = [_ad(town, number) for number in SUBJECTS]
    backup(town.settings, tmp_path / "before.sqlite")
    everybody = [subject(town, number) for number in SUBJECTS]
    subject_rights.hold(town.store, town.settings, everybody[::10], replace(wish, by="lena", grounds="court 5/26"))
    done = subject_rights.erase(town.store, town.settings, everybody, wish)
    assert (done.ads, done.held, done.files) == (900, 100, 900)
    _nine_hundred_gone(town, names)
    town.store.close()
    restore(town.settings, tmp_path / "before.sqlite", replace=True, stamp="x")
    town.store = open_store(town.settings, unerased=True)
    again = erasing.apply(town.store, town.settings, by="x", at=town.at)
    assert (len(again.ads), len(again.held)) == (900, 100)
    _nine_hundred_gone(town, names)
    town.store.close()


def _nine_hundred_gone(town: Any, names: list[str]) -> None:
    rows = " ".join(_rows(town.store).values())
    left = {number for number in SUBJECTS if f"wordofad{number} " in rows or contact(number).value in rows}
    assert left == set(SUBJECTS[::10])
    assert all(_whole(town, name) for name in names[::10])
    pages = [_plain(path) for path in town.settings.evidence_dir.rglob("*") if path.is_file()]
    assert sum(b"wordofad" in page for page in pages) == 100
    assert archive.verify(town.store, town.settings.evidence_dir).faults == []
    with town.store.reading() as connection:
        assert audit.first_bad(connection) is None
