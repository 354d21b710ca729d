"""The verbs `digest`, `partner` and `alert`: data on stdout, talk on stderr, documented exit codes."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alerts import partners
from labeling.web.passwords import hash_password
from zorya.cli import app
from zorya.domain.reviews import Role
from zorya.errors import DataFileError, PolicyRefusal, ZoryaError
from zorya.store import people, sharing

EXAMPLE = Path(partners.__file__).with_name("partners.example.yml")
BEFORE, MORNING = "2026-11-23T12:00Z", "2026-11-24T06:30Z"


@pytest.fixture
def zorya():
    """Run a command line; expected failures are raised as they are in `main`."""

    def call(*arguments, **more):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], **more)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def town(new_town, monkeypatch):
    """A town with one partner, which the command line sees too."""
    with new_town() as (made, settings):
        monkeypatch.setenv("ZORYA_HOME", str(settings.home))
        yield made


@pytest.fixture
def approve(town, zorya):
    """Lena, a lead, approves whatever waits, by the command line and with her password."""
    with town.store.writing() as connection:
        account = {"name": "lena", "display_name": "Lena", "role": Role.LEAD, "language": "en"}
        people.add_user(
            connection,
            **account,
            password_hash=hash_password("an invented word"),
            at=datetime(2026, 11, 20, tzinfo=UTC),
        )

    def everything():
        for line in zorya("alert", "list", "--waiting", "--json").stdout.splitlines():
            alert = json.loads(line)["id"]
            done = zorya("alert", "approve", alert, "--by", "lena", "--password-stdin", input="an invented word\n")
            assert done.exit_code == 0

    return everything


def test_preview_prints_the_text_and_the_subject_apart(town, zorya):
    town.confirmed()
    result = zorya("digest", "preview", "la-strada", "--as-of", BEFORE)
    assert result.exit_code == 0
    assert result.stdout.startswith("TLP:AMBER\n")
    assert "Subject: [TLP:AMBER] 1 new alert" in result.stderr


def test_preview_prints_html(town, zorya):
    town.confirmed()
    assert zorya("digest", "preview", "la-strada", "--html").stdout.startswith("<!doctype html>")


def test_preview_of_nothing_is_exit_3(town, zorya):
    assert zorya("digest", "preview", "la-strada").exit_code == 3


def test_preview_of_an_unknown_partner_names_the_known(town, zorya):
    with pytest.raises(ZoryaError, match="la-strada"):
        zorya("digest", "preview", "nobody")


def test_send_delivers_what_is_due_and_a_second_run_has_nothing_to_do(town, zorya, approve):
    town.confirmed()
    assert zorya("digest", "send", "--as-of", BEFORE).exit_code == 0
    approve()
    result = zorya("digest", "send", "--as-of", MORNING)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["counts"]["sent"] == 1
    assert zorya("digest", "send", "--as-of", MORNING).exit_code == 3


def test_a_dry_run_says_what_it_would_do_and_does_nothing(town, zorya, approve):
    town.confirmed()
    assert "would offer" in zorya("digest", "send", "--dry-run", "--as-of", BEFORE).stderr
    zorya("digest", "send", "--as-of", BEFORE)
    approve()
    result = zorya("digest", "send", "--dry-run", "--as-of", MORNING)
    assert "would render no. 1 for la-strada: digest, 1 alerts" in result.stderr
    with town.store.reading() as connection:
        assert sharing.last_digest(connection, "la-strada") is None


def test_send_with_a_broken_partner_file_is_partial(town, zorya, add_partner, monkeypatch):
    folder = add_partner("broken", typo=1).parent
    monkeypatch.setenv("ZORYA__PARTNER_DIRS", json.dumps([str(folder)]))
    result = zorya("digest", "send", "--as-of", MORNING)
    assert result.exit_code == 4
    assert "broken.yml" in result.stderr


def test_history_is_a_line_of_json_for_each_delivery(town, zorya, approve):
    town.confirmed()
    for moment in (BEFORE, MORNING):
        zorya("digest", "send", "--as-of", moment)
        approve()
    (line,) = zorya("digest", "history", "--json").stdout.splitlines()
    row = json.loads(line)
    assert (row["partner"], row["state"], row["sequence"]) == ("la-strada", "sent", 1)
    assert "la-strada" in zorya("digest", "history").stdout


def test_alert_list(town, zorya):
    campaign = town.confirmed()
    zorya("digest", "send", "--as-of", BEFORE)
    (line,) = zorya("alert", "list", "--json").stdout.splitlines()
    assert json.loads(line)["campaign_id"] == campaign
    assert campaign in zorya("alert", "list").stdout


def test_a_password_that_does_not_fit_approves_nothing(town, zorya, approve):
    town.confirmed()
    zorya("digest", "send", "--as-of", BEFORE)
    (line,) = zorya("alert", "list", "--waiting", "--json").stdout.splitlines()
    with pytest.raises(PolicyRefusal, match="do not fit"):
        zorya("alert", "approve", json.loads(line)["id"], "--by", "lena", "--password-stdin", input="another\n")
    assert zorya("alert", "list", "--waiting", "--json").stdout.splitlines() == [line]


def test_what_is_sent_back_does_not_leave(town, zorya, approve):
    town.confirmed()
    zorya("digest", "send", "--as-of", BEFORE)
    (line,) = zorya("alert", "list", "--waiting", "--json").stdout.splitlines()
    words = ("--by", "lena", "--reason", "the place is wrong", "--password-stdin")
    zorya("alert", "send-back", json.loads(line)["id"], *words, input="an invented word\n")
    assert json.loads(zorya("alert", "list", "--json").stdout)["state"] == "sent_back"
    assert zorya("digest", "send", "--as-of", MORNING).exit_code == 3


def test_partner_list_reports_a_broken_file_and_shows_the_others(town, zorya, add_partner, monkeypatch):
    folder = add_partner("broken", typo=1).parent
    monkeypatch.setenv("ZORYA__PARTNER_DIRS", json.dumps([str(folder)]))
    result = zorya("partner", "list", "--json")
    assert result.exit_code == 4
    assert json.loads(result.stdout)["id"] == "la-strada"
    assert "broken.yml:" in result.stderr
    assert "la-strada" in zorya("partner", "list").stdout


def test_partner_add_then_test(town, zorya, tmp_path):
    file = tmp_path / "dorcas.yml"
    file.write_text(
        EXAMPLE.read_text(encoding="utf-8").replace("  - kind: smtp\n    to: alerts@la-strada.example\n", "")
    )
    assert "dorcas" in zorya("partner", "add", file).stderr
    assert "folder: delivered" in zorya("partner", "test", "dorcas").stderr
    with pytest.raises(PolicyRefusal):
        zorya("partner", "add", file)


def test_partner_add_refuses_a_wrong_file(town, zorya, tmp_path):
    file = tmp_path / "dorcas.yml"
    file.write_text("name: Dorcas\ncolour: blue\n", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"dorcas\.yml:"):
        zorya("partner", "add", file)


def test_a_moment_that_is_none_is_wrong_use(town, zorya):
    assert zorya("digest", "send", "--as-of", "tomorrow").exit_code == 2


def test_verify_proves_saved_mails_and_names_what_is_missing_or_changed(town, zorya, approve, tmp_path):
    for day in (20, 21, 22, 23):
        town.confirmed()
        zorya("digest", "send", "--as-of", f"2026-11-{day}T12:00Z")
        approve()
        zorya("digest", "send", "--as-of", f"2026-11-{day + 1}T06:30Z")
    mails = sorted(Path(os.environ["ZORYA_HOME"]).glob("outbox/la-strada/*.eml"))
    assert len(mails) >= 3
    whole = zorya("digest", "verify", mails[0].parent)
    assert (whole.exit_code, "none is missing, none was changed" in whole.stderr) == (0, True)
    mails[0].write_bytes(mails[0].read_bytes().replace(b"Rotterdam", b"Amsterdam"))
    broken = zorya("digest", "verify", mails[0], *mails[2:])
    assert broken.exit_code == 4
    assert "gap: no. 0002 is missing" in broken.stderr
    assert f"changed: {mails[0].name}" in broken.stderr
    findings = [
        json.loads(line)["finding"] for line in zorya("digest", "verify", mails[0], "--json").stdout.splitlines()
    ]
    assert findings == ["changed"]
    assert zorya("digest", "verify", tmp_path).exit_code == 2
    assert all(json.loads(line)["chain"] for line in zorya("digest", "history", "--json").stdout.splitlines())


def test_the_list_says_when_the_next_digest_is_due_and_who_paused(town, zorya):
    from zorya.store import partner_standing

    with town.store.writing() as connection:
        partner_standing.pause(connection, "la-strada", at=datetime(2026, 11, 20, tzinfo=UTC), by="la-strada: link")
    line = json.loads(zorya("partner", "list", "--json", "--as-of", BEFORE).stdout)
    assert (line["next_at"], line["paused_by"]) == ("2026-11-24T08:00:00+02:00", "mail")
    assert (
        "Next digest: Tue 24 Nov 2026 08:00 Europe/Chisinau"
        in zorya("digest", "preview", "la-strada", "--as-of", BEFORE).stderr
    )
    assert zorya("partner", "resume", "la-strada").exit_code == 0
    assert zorya("partner", "resume", "la-strada").exit_code == 3
    assert json.loads(zorya("partner", "list", "--json").stdout)["paused_by"] == ""
