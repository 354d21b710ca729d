"""The webhook: what is posted, that receivers can verify it, where it may not go, and that nothing holds the outbox."""

import base64
import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError
from typer.testing import CliRunner

from alerts import digest, outbox, sending
from alerts.channels import https, webhook
from alerts.mail import Letter
from alerts.partners import load_all
from zorya.cli import app
from zorya.domain.sharing import Marking
from zorya.errors import NotReached, PolicyRefusal, SettingsError
from zorya.store import audit, sharing

MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
LETTER = Letter(
    "la-strada", "g-1", 7, Marking.AMBER, "uk", "<m-0a@zorya.example>", "[TLP:AMBER] тема", "TLP:AMBER\nтекст",
    "<p>html</p>", MORNING,
)  # fmt: skip


@pytest.fixture
def sent(allowing, machine):
    """Post a letter to the machine; the one request it got."""

    def post(letter=LETTER, at=MORNING):
        webhook.send(letter, allowing(machine.host), url=machine.url, at=at)
        return machine.requests[-1]

    return post


def test_the_body_says_what_the_mail_would_say_and_no_more(sent):
    path, headers, body = sent()
    assert (path, headers["content-type"]) == ("/zorya?for=us", "application/json")
    assert json.loads(body) == {
        "type": "zorya.digest",
        "timestamp": "2026-11-24T06:30:00Z",
        "data": {
            "digest": "g-1",
            "sequence": 7,
            "message_id": "<m-0a@zorya.example>",
            "marking": "TLP:AMBER",
            "language": "uk",
            "subject": "[TLP:AMBER] тема",
            "text": "TLP:AMBER\nтекст",
        },
    }


def test_the_library_of_standard_webhooks_verifies_it(sent, settings):
    _path, headers, body = sent(at=datetime.now(UTC))  # the library reads the real clock
    key = webhook.told_key(settings, "la-strada")
    assert Webhook(key).verify(body, headers)["data"]["sequence"] == 7
    with pytest.raises(WebhookVerificationError):
        Webhook(key).verify(body.replace(b"AMBER", b"GREEN"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook.told_key(settings, "dorcas")).verify(body, headers)


@settings_of(max_examples=50)
@given(subject=st.text(), text=st.text(max_size=300), sequence=st.integers(0, 10**6))
def test_whatever_a_letter_says_arrives_as_it_was_and_verifies(subject, text, sequence):
    letter = replace(LETTER, subject=subject, text=text, sequence=sequence)
    key, now = bytes(range(32)), datetime.now(UTC)
    body, stamp = webhook.body_of(letter), str(int(now.timestamp()))
    headers = {"webhook-id": "m-0a", "webhook-timestamp": stamp}
    headers["webhook-signature"] = webhook.signature(key, "m-0a", stamp, body)
    data = Webhook(key).verify(body, headers)["data"]
    assert (data["subject"], data["text"], data["sequence"]) == (subject, text, sequence)


def test_openssl_verifies_it(sent, settings):
    _path, headers, body = sent()
    key = base64.b64decode(webhook.told_key(settings, "la-strada").removeprefix("whsec_")).hex()
    told = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key}", "-binary"]
    found = subprocess.run(command, input=told, capture_output=True, check=True).stdout
    assert headers["webhook-signature"] == "v1," + base64.b64encode(found).decode()


def test_the_time_of_each_attempt_is_signed_and_the_id_stays(sent):
    first, second = sent(), sent(at=MORNING + timedelta(minutes=5))
    assert first[1]["webhook-id"] == second[1]["webhook-id"] == "m-0a"
    assert first[2] == second[2]
    assert int(second[1]["webhook-timestamp"]) - int(first[1]["webhook-timestamp"]) == 300
    assert first[1]["webhook-signature"] != second[1]["webhook-signature"]


def test_a_certificate_is_checked(allowing, tls_machine, monkeypatch, certificate):
    settings = allowing(tls_machine.host)
    with pytest.raises(NotReached, match="CERTIFICATE_VERIFY_FAILED"):
        webhook.send(LETTER, settings, url=tls_machine.url, at=MORNING)
    assert tls_machine.requests == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    webhook.send(LETTER, settings, url=tls_machine.url, at=MORNING)
    assert len(tls_machine.requests) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "10.0.0.7", "169.254.169.254", "192.168.1.9"])
def test_inner_addresses_are_refused_unless_the_operator_named_them(allowing, host):
    with pytest.raises(SettingsError, match="allow_hosts"):
        webhook.send(LETTER, allowing("another.example"), url=f"https://{host}:9/", at=MORNING)


def test_a_name_that_leads_inside_is_refused(allowing, monkeypatch):
    monkeypatch.setattr(https.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.1.2.3", 443))])
    with pytest.raises(SettingsError, match=r"10\.1\.2\.3"):
        webhook.send(LETTER, allowing(), url="https://hook.la-strada.example/", at=MORNING)


def test_one_inner_address_among_public_ones_is_enough(allowing, monkeypatch):
    both = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(https.socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(SettingsError):
        webhook.send(LETTER, allowing(), url="https://hook.la-strada.example/", at=MORNING)


@pytest.mark.parametrize(
    "url", ["http://hook.example/", "https://me:word@hook.example/", "https://0x7f.1/", "ftp://a/"]
)
def test_an_address_in_another_form_is_refused(allowing, url):
    with pytest.raises(SettingsError):
        webhook.send(LETTER, allowing("hook.example", "0x7f.1"), url=url, at=MORNING)


@pytest.mark.parametrize("status", [301, 307, 400, 410, 500])
def test_any_answer_but_success_is_a_failure_and_no_redirect_is_followed(allowing, machine, status):
    machine.answers = [status]
    with pytest.raises(NotReached, match=str(status)):
        webhook.send(LETTER, allowing(machine.host), url=machine.url, at=MORNING)
    assert len(machine.requests) == 1


def test_a_receiver_that_drips_is_cut_off(allowing, machine, monkeypatch):
    machine.drips = True
    monkeypatch.setattr(https, "WHOLE_S", 0.3)
    with pytest.raises(NotReached):
        webhook.send(LETTER, allowing(machine.host), url=machine.url, at=MORNING)
    machine.drips = False


def test_a_failure_is_tried_again_with_the_same_id_and_then_it_is_over(town, store, allowing, machine, add_partner):
    add_partner(channels=[{"kind": "webhook", "url": machine.url}])
    settings = allowing(machine.host)
    machine.answers = [503]
    town.confirmed()
    town.offer(settings, as_of=MORNING - timedelta(days=1))
    digest.run(store, settings, as_of=MORNING)
    assert outbox.deliver(store, settings, as_of=MORNING).counts["retry"] == 1
    assert outbox.deliver(store, settings, as_of=MORNING + timedelta(minutes=5)).counts["sent"] == 1
    assert outbox.deliver(store, settings, as_of=MORNING + timedelta(hours=5)).counts["sent"] == 0
    (first, second) = machine.requests
    assert first[1]["webhook-id"] == second[1]["webhook-id"]
    assert first[2] == second[2]
    with store.reading() as connection:
        (row,) = sharing.history(connection)
    assert (row["state"], row["attempts"]) == ("sent", 2)
    assert json.loads(second[2])["data"]["message_id"] == row["message_id"]


def test_red_never_leaves_by_webhook(allowing, machine, add_partner):
    add_partner(channels=[{"kind": "webhook", "url": machine.url}])
    settings = allowing(machine.host)
    (channel,) = load_all(settings).get("la-strada").spec.channels
    with pytest.raises(PolicyRefusal):
        sending.send_through(channel, replace(LETTER, marking=Marking.RED), settings, at=MORNING)
    assert machine.requests == []


def test_partner_test_takes_the_same_way_and_holds_no_alert(allowing, machine, add_partner):
    add_partner(channels=[{"kind": "webhook", "url": machine.url}])
    settings = allowing(machine.host)
    partner = load_all(settings).get("la-strada")
    assert [error for _, error in sending.send_test(partner, settings, as_of=MORNING)] == [""]
    data = json.loads(machine.requests[0][2])["data"]
    assert (data["sequence"], data["subject"]) == (0, "[TLP:CLEAR] Zorya test mail")


def test_the_verb_shows_and_renews_the_key(sqlite_store, sqlite_settings, add_partner):
    add_partner(channels=[{"kind": "webhook", "url": "https://hook.la-strada.example/"}])
    run = lambda *more: CliRunner().invoke(app, ["partner", "webhook-key", "la-strada", *more])  # noqa: E731
    first, again, renewed = (run(*more).stdout.strip() for more in ([], [], ["--renew"]))
    assert first == again != renewed
    assert renewed == webhook.told_key(sqlite_settings, "la-strada")
    assert (sqlite_settings.keys_dir / "webhook-la-strada.key").stat().st_mode & 0o077 == 0
    with sqlite_store.reading() as connection:
        assert audit.page(connection, action="partner.webhook-key.renew")
    assert first.removeprefix("whsec_") not in (sqlite_settings.home / "partners" / "la-strada.yml").read_text()
