"""An ad on legal hold is kept as evidence and goes into no export for training."""

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from labeling import snapshots, subject_rights
from labeling.subject_rights import Wish
from zorya.cli import app
from zorya.domain import ids
from zorya.domain.reviews import Task, TaskReason, Verdict, VerdictLabel
from zorya.erasure_list import Subject
from zorya.snapshots import read_snapshot
from zorya.store import campaigns, postings, reviews

DAY = timedelta(days=1)


@pytest.fixture
def held(town):
    """Two campaigns are judged; one ad of the first is on hold: (its subject, its version's id)."""
    for campaign in town.campaigns[:2]:
        with town.store.writing() as connection:
            task = Task(ids.task_id(campaign, 9), campaign, 9, TaskReason.RISK, 1.0, town.at, done_at=town.at)
            reviews.add_task(connection, task)
            name = ids.verdict_id(task.id, "anna", town.at)
            label = VerdictLabel.NO_CONCERN
            reviews.add_verdict(connection, Verdict(name, task.id, campaign, "anna", label, town.at))
    with town.store.reading() as connection:
        posting = campaigns.members(connection, town.campaigns[0])[0].posting_id
        version = postings.current(connection, posting)
    subject = Subject("ad", posting)
    subject_rights.hold(town.store, town.settings, [subject], Wish("lena", "court 5/26", town.at))
    return subject, version.id


def _export(town):
    return snapshots.export(town.store, town.settings, as_of=town.at + DAY, actor="anna", without={"seed"})


def test_a_snapshot_leaves_it_out_and_its_manifest_counts_it(town, held):
    subject, version = held
    done = _export(town)
    frozen = read_snapshot(town.settings.snapshots_dir / done.manifest.version)
    assert (frozen.manifest.on_hold, done.left_out["on_hold"]) == (1, 1)
    assert version not in {ad.id for ad in frozen.ads}
    subject_rights.release(town.store, town.settings, [subject], Wish("olga", "court closed", town.at))
    again = _export(town)
    assert again.manifest.on_hold == 0
    assert again.manifest.parts[0].ads == len(frozen.ads) + 1


def test_the_commands_say_so_and_write_no_line_of_it(town, held):
    told = CliRunner().invoke(app, ["labels", "export", "--without", "seed"])
    assert "1 left out: ads on legal hold" in told.stderr
    shown = CliRunner().invoke(app, ["labels", "show", "newest"])
    assert "1 left out: ads on legal hold" in shown.stderr
    lines = CliRunner().invoke(app, ["labels", "export", "--jsonl", "-"]).stdout.splitlines()
    assert lines
    assert held[1] not in {json.loads(line)["id"] for line in lines}
