"""`zorya user`, `zorya queue`, `zorya labels` and `zorya serve` on the command line."""

import json
import os
import signal
import subprocess
import sys

import httpx
import pytest
from typer.testing import CliRunner

from labeling import queue
from labeling.queue import Decision
from zorya.cli import app
from zorya.domain.reviews import VerdictLabel
from zorya.store import audit, people, reviews


@pytest.fixture
def zorya(town):
    """Runs a verb on the town."""

    def call(*words, given=None):
        return CliRunner().invoke(app, list(words), input=given, catch_exceptions=False)

    return call


def test_an_account_is_added_once(zorya, town):
    words = ("user", "add", "clara", "--role", "lead", "--password-stdin")
    assert zorya(*words, given="a long invented password\n").exit_code == 0
    assert zorya(*words, given="a long invented password\n").exit_code == 3
    with town.store.reading() as connection:
        assert people.user(connection, "clara")["role"] == "lead"
        assert audit.page(connection)[0]["action"] == "user.add"


def test_a_short_password_is_refused(zorya, town):
    from labeling.web.passwords import WeakPassword

    with pytest.raises(WeakPassword):
        zorya("user", "add", "clara", "--role", "lead", "--password-stdin", given="short\n")
    with town.store.reading() as connection:
        assert people.user(connection, "clara") is None


def test_queue_stats_are_json_on_request(zorya):
    numbers = json.loads(zorya("queue", "stats", "--json").stdout)
    assert numbers["reasons"]["risk"] == 6
    assert "waiting: risk" in zorya("queue", "stats").stdout


def test_a_task_is_assigned_and_released(zorya, town):
    answer = json.loads(zorya("queue", "assign", "anna", "--json").stdout)
    with town.store.reading() as connection:
        assert reviews.task(connection, answer["task"]).owner == "anna"
    assert zorya("queue", "release", answer["task"]).exit_code == 0
    assert zorya("queue", "release", answer["task"]).exit_code == 3


def test_labels_are_exported_with_text_and_without_contacts(zorya, town, tmp_path):
    task = queue.next_task(town.store, town.settings, "anna", as_of=town.at)
    decision = Decision(VerdictLabel.CONCERN, ("sexual_exploitation",), 3)
    queue.submit(town.store, town.settings, "anna", task.id, decision, as_of=town.at)
    target = tmp_path / "labels.jsonl"
    assert zorya("labels", "export", "--jsonl", str(target)).exit_code == 0
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 3
    assert {row["campaign"] for row in rows} == {task.campaign_id}
    assert rows[0]["label"] == "concern"
    assert "+44 7700" not in next(row for row in rows if row["title"].startswith("Fete 18"))["body"]
    with town.store.reading() as connection:
        assert audit.page(connection)[0]["action"] == "labels.export"


def test_serve_prints_its_address_and_answers(town):
    environment = {**os.environ, "ZORYA_HOME": str(town.settings.home)}
    command = [sys.executable, "-m", "zorya", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        try:
            address = process.stdout.readline().strip()
            assert httpx.get(f"{address}healthz", timeout=30).text == "ok"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)
