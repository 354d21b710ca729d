"""Delivery: once, later when the server is down, never against policy; over real SMTP and a real folder."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from alerts import digest, outbox, sending, stage
from zorya.domain.sharing import Marking
from zorya.errors import SettingsError
from zorya.store import audit, sharing

DAY = timedelta(days=1)
MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
MAIL = {"channels": [{"kind": "smtp", "to": "alerts@la-strada.example"}]}


@pytest.fixture
def waiting(town, store, settings, add_partner):
    """A digest in the outbox, on its way by mail; returns the campaign it tells of."""
    add_partner(**MAIL)
    campaign = town.confirmed()
    town.offer(settings, as_of=MORNING - DAY)
    digest.run(store, settings, as_of=MORNING)
    return campaign


def _states(store):
    with store.reading() as connection:
        return [row["state"] for row in sharing.history(connection)]


def _actions(store):
    with store.reading() as connection:
        assert audit.first_bad(connection) is None
        return [entry["action"] for entry in audit.page(connection)]


def test_a_mail_arrives_once_with_the_headers_it_needs(store, mailing, post_office, waiting):
    settings = mailing(post_office.port)
    for hour in range(3):
        outbox.deliver(store, settings, as_of=MORNING + timedelta(hours=hour))
    (mail,) = post_office.mails
    with store.reading() as connection:
        (row,) = sharing.history(connection)
    assert (row["state"], row["attempts"]) == ("sent", 1)
    assert mail["Message-ID"] == row["message_id"]
    assert mail["To"] == "alerts@la-strada.example"
    assert mail["From"] == "Zorya <alerts@zorya.example>"
    assert mail["List-Unsubscribe"] == "<mailto:alerts@zorya.example?subject=pause%20la-strada>"
    assert mail["Date"].datetime == MORNING
    assert mail["Subject"] == "[TLP:AMBER] 1 new alert, 23 Nov 2026"
    assert mail.get_body(("plain",)).get_content().startswith("TLP:AMBER")
    assert "Keeps the passport" in mail.get_body(("html",)).get_content()
    assert "digest.send" in _actions(store)


def test_a_server_that_is_down_delays_and_loses_nothing(store, mailing, post_office, free_port, waiting):
    report = outbox.deliver(store, mailing(free_port), as_of=MORNING)
    assert report.counts["retry"] == 1
    assert _states(store) == ["pending"]
    up = mailing(post_office.port)
    assert outbox.deliver(store, up, as_of=MORNING + timedelta(minutes=4)).counts["sent"] == 0
    assert outbox.deliver(store, up, as_of=MORNING + timedelta(minutes=5)).counts["sent"] == 1
    assert len(post_office.mails) == 1


def test_attempts_are_bounded_wait_longer_each_time_and_end_in_an_alarm(store, mailing, free_port, waiting):
    settings, now, waits = mailing(free_port), MORNING, []
    for _ in range(settings.digest.max_attempts):
        outbox.deliver(store, settings, as_of=now)
        with store.reading() as connection:
            (row,) = sharing.history(connection)
        waits.append(row["next_at"] - now)
        now = row["next_at"]
    assert waits[:-1] == sorted(waits[:-1])
    assert _states(store) == ["dead"]
    assert "digest.dead" in _actions(store)
    with store.writing() as connection:
        assert sharing.dead_letters(connection) == 1
        assert sharing.revive_dead(connection, at=now) == 1
    assert _states(store) == ["pending"]


def test_the_error_of_a_failed_attempt_holds_no_address(store, mailing, post_office, waiting):
    post_office.counter.unknown.add("alerts@la-strada.example")
    outbox.deliver(store, mailing(post_office.port), as_of=MORNING)
    with store.reading() as connection:
        (row,) = sharing.history(connection)
    assert "la-strada.example" not in row["error"]
    assert "550" in row["error"]


def test_with_starttls_the_mail_and_the_password_travel_encrypted(
    store, mailing, tls_post_office, certificate, waiting, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    settings = mailing(tls_post_office.port, smtp_starttls=True, smtp_user="zorya")
    settings.keys_dir.mkdir(exist_ok=True)
    (settings.keys_dir / "smtp.password").write_text("a secret\n", encoding="utf-8")
    assert outbox.deliver(store, settings, as_of=MORNING).messages == ()
    assert len(tls_post_office.mails) == 1
    assert tls_post_office.counter.logins == [("zorya", "a secret")]


def test_a_server_with_an_unknown_certificate_gets_nothing(store, mailing, tls_post_office, waiting):
    settings = mailing(tls_post_office.port, smtp_starttls=True)
    assert outbox.deliver(store, settings, as_of=MORNING).counts["retry"] == 1
    assert tls_post_office.mails == []


def test_a_crash_after_sending_sends_a_copy_with_the_same_message_id(store, mailing, post_office, waiting, monkeypatch):
    settings = mailing(post_office.port)
    with monkeypatch.context() as patched:
        patched.setattr(sharing, "delivered", _crash)
        with pytest.raises(KeyboardInterrupt):
            outbox.deliver(store, settings, as_of=MORNING)
    outbox.deliver(store, settings, as_of=MORNING)
    first, second = post_office.mails
    assert first.as_bytes() == second.as_bytes()


def _crash(*_args, **_more):
    raise KeyboardInterrupt


def test_a_concern_taken_back_after_rendering_is_refused_at_the_channel(town, store, mailing, post_office, waiting):
    town.withdraw(waiting)
    report = outbox.deliver(store, mailing(post_office.port), as_of=MORNING)
    assert report.counts["refused"] == 1
    assert post_office.mails == []
    assert _states(store) == ["refused"]
    assert _actions(store)[0] == "digest.refuse"


@pytest.mark.parametrize(
    "change",
    [
        {"paused": True},
        {"tlp_ceiling": "TLP:GREEN"},
        {"channels": [{"kind": "smtp", "to": "new@la-strada.example"}]},
    ],
)
def test_what_the_partner_file_forbids_now_is_refused(store, mailing, post_office, waiting, add_partner, change):
    add_partner(**(MAIL | change))
    outbox.deliver(store, mailing(post_office.port), as_of=MORNING)
    assert post_office.mails == []
    assert _states(store) == ["refused"]


def test_alerts_of_a_refused_digest_come_back_with_the_next_one(store, mailing, post_office, waiting, add_partner):
    settings = mailing(post_office.port)
    add_partner(**MAIL, paused=True)
    outbox.deliver(store, settings, as_of=MORNING)
    add_partner(**MAIL)
    digest.run(store, settings, as_of=MORNING + DAY)
    outbox.deliver(store, settings, as_of=MORNING + DAY)
    assert len(post_office.mails) == 1


def test_a_partner_file_that_is_broken_for_a_while_only_delays(store, mailing, post_office, waiting, add_partner):
    settings = mailing(post_office.port)
    add_partner(**MAIL, typo=1)
    assert outbox.deliver(store, settings, as_of=MORNING).counts["retry"] == 1
    add_partner(**MAIL)
    assert outbox.deliver(store, settings, as_of=MORNING + DAY).counts["sent"] == 1


def test_the_whole_stage_run_twice_does_everything_once(town, store, mailing, post_office, add_partner):
    settings = mailing(post_office.port)
    add_partner(**MAIL)
    town.confirmed()
    stage.run(store, settings, as_of=MORNING - DAY)
    town.approve(settings, as_of=MORNING - DAY)
    first = stage.run(store, settings, as_of=MORNING)
    second = stage.run(store, settings, as_of=MORNING)
    assert (first.counts["rendered"], first.counts["sent"]) == (1, 1)
    assert (second.counts["offered"], second.counts["rendered"], second.counts["sent"]) == (0, 0, 0)
    assert len(post_office.mails) == 1


def test_two_processes_at_once_offer_and_render_once(town, store, settings, add_partner):
    add_partner()
    town.confirmed()
    for moment in (MORNING - DAY, MORNING):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _, at=moment: stage.run(store, settings, as_of=at), range(4)))
        town.approve(settings, as_of=moment)
    with store.reading() as connection:
        assert len(sharing.all_alerts(connection)) == len(sharing.history(connection)) == 1
        assert audit.first_bad(connection) is None
    assert len(list((settings.outbox_dir / "la-strada").iterdir())) == 2


def test_two_channels_are_delivered_each_on_its_own(town, store, mailing, free_port, add_partner):
    settings = mailing(free_port)
    add_partner(channels=[*MAIL["channels"], {"kind": "folder"}])
    town.confirmed()
    town.offer(settings, as_of=MORNING - DAY)
    digest.run(store, settings, as_of=MORNING)
    report = outbox.deliver(store, settings, as_of=MORNING)
    assert (report.counts["sent"], report.counts["retry"]) == (1, 1)


def test_the_folder_holds_the_digest_under_marking_and_id_and_only_once(town, store, settings, add_partner):
    add_partner()
    town.confirmed()
    town.offer(settings, as_of=MORNING - DAY)
    digest.run(store, settings, as_of=MORNING)
    outbox.deliver(store, settings, as_of=MORNING)
    with store.reading() as connection:
        made = sharing.last_digest(connection, "la-strada")
    folder = settings.outbox_dir / "la-strada"
    stem = f"TLP-AMBER_0001_{made.id}"
    assert sorted(path.name for path in folder.iterdir()) == [f"{stem}.eml", f"{stem}.html"]
    before = (folder / f"{stem}.eml").read_bytes()
    assert message_from_bytes(before, policy=policy.default)["Subject"] == made.subject
    partner = digest.load_all(settings).get("la-strada")
    letter = outbox._letter(settings, partner, made, message_from_bytes(before, policy=policy.default)["Message-ID"])
    sending.send_through(partner.spec.channels[0], letter, settings, at=MORNING)
    assert (folder / f"{stem}.eml").read_bytes() == before
    assert len(list(folder.iterdir())) == 2


def test_tlp_red_never_goes_by_mail(store, settings, add_partner, waiting):
    from dataclasses import replace

    from zorya.errors import PolicyRefusal

    with store.reading() as connection:
        made = sharing.last_digest(connection, "la-strada")
    partner = digest.load_all(settings).get("la-strada")
    letter = replace(outbox._letter(settings, partner, made, "<x@zorya.example>"), marking=Marking.RED)
    with pytest.raises(PolicyRefusal):
        sending.send_through(partner.spec.channels[0], letter, settings, at=MORNING)


def test_a_password_never_travels_without_tls(store, mailing, post_office, waiting):
    outbox.deliver(store, mailing(post_office.port, smtp_user="zorya"), as_of=MORNING)
    assert post_office.mails == []
    with store.reading() as connection:
        (row,) = sharing.history(connection)
    assert row["error"].startswith(SettingsError.__name__)


def test_a_test_message_takes_the_same_way_and_holds_no_alert(settings, mailing, post_office, add_partner, as_of):
    add_partner(**MAIL)
    settings = mailing(post_office.port)
    partner = digest.load_all(settings).get("la-strada")
    assert [error for _, error in sending.send_test(partner, settings, as_of=as_of)] == [""]
    (mail,) = post_office.mails
    assert mail["Subject"] == "[TLP:CLEAR] Zorya test mail"
