"""Apprise: a real local receiver of its JSON service; subject and link above GREEN, the address never told."""

import json
import sys
from datetime import UTC, datetime, timedelta

import pytest

from alerts import digest, outbox, sending
from alerts.channels import apprise
from alerts.mail import Letter
from alerts.partners import load_all
from zorya.domain.sharing import Marking
from zorya.errors import NotReached, SettingsError
from zorya.store import sharing

# Apprise imports each library that one of its services could use, old ones too, where it is installed.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
CHAT = {"channels": [{"kind": "apprise", "key": "chat"}]}
LETTER = Letter("p", "g-1", 7, Marking.GREEN, "en", "<m-0a@zorya.example>", "subject", "text & more", "", MORNING)


@pytest.fixture
def house(settings):
    """The settings of a house whose app partners reach."""
    reached = settings.digest.model_copy(update={"answer_url": "https://zorya.example"})
    return settings.model_copy(update={"digest": reached})


@pytest.fixture
def address(settings, machine):
    """Write the address of a service into its key file; that of the machine where none is given."""

    def write(text=None, mode=0o600):
        settings.keys_dir.mkdir(parents=True, exist_ok=True)
        path = settings.keys_dir / "chat.apprise"
        path.write_text(f"# the chat of La Strada\n{text or f'json://user:secret-word@{machine.host}/'}\n")
        path.chmod(mode)
        return path

    return write


def test_subject_and_link_alone_above_green(town, store, house, add_partner, machine, address):
    address()
    add_partner(**CHAT)
    town.confirmed()
    town.offer(house, as_of=MORNING - timedelta(days=1))
    digest.run(store, house, as_of=MORNING)
    assert outbox.deliver(store, house, as_of=MORNING).counts["sent"] == 1
    ((_path, _headers, body),) = machine.requests
    told = json.loads(body)
    with store.reading() as connection:
        made = sharing.last_digest(connection, "la-strada")
    assert told["title"] == made.subject == "[TLP:AMBER] 1 new alert, 23 Nov 2026"
    assert "https://zorya.example/digests/open/" in told["message"]
    assert not [secret for secret in ("Keeps the passport", "Rotterdam", "labour") if secret in body.decode()]


def test_what_is_green_is_told_whole(settings, machine, address):
    address()
    apprise.send(LETTER, settings, key="chat")
    told = json.loads(machine.requests[0][2])
    assert (told["title"], told["message"]) == ("subject", "text & more")


@pytest.mark.parametrize("status", [307, 404, 500])
def test_a_service_that_takes_nothing_is_tried_again_and_its_address_never_told(settings, machine, address, status):
    address()
    machine.answers = [status]
    with pytest.raises(NotReached) as failure:
        apprise.send(LETTER, settings, key="chat")
    assert len(machine.requests) == 1
    assert "secret-word" not in str(failure.value)


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ("nonsense://", 0o600, "knows no such service"),
        ("json://a/\njson://b/", 0o600, "expected one address, found 2"),
        ("json://a/", 0o644, "chmod 600"),
    ],
)
def test_a_wrong_key_file_says_what_to_do(settings, address, text, mode, said):
    address(text, mode)
    with pytest.raises(SettingsError, match=said):
        apprise.send(LETTER, settings, key="chat")


def test_a_missing_key_file_is_named(settings):
    with pytest.raises(SettingsError, match=r"keys/chat\.apprise"):
        apprise.send(LETTER, settings, key="chat")
    assert "chat.apprise" in apprise.fault(settings, "chat")


def test_without_the_library_its_extra_is_named(settings, address, monkeypatch):
    address()
    assert apprise.fault(settings, "chat") == ""
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert "zorya[apprise]" in apprise.fault(settings, "chat")


def test_partner_test_takes_the_same_way(settings, add_partner, machine, address):
    address()
    add_partner(**CHAT)
    partner = load_all(settings).get("la-strada")
    assert [error for _, error in sending.send_test(partner, settings, as_of=MORNING)] == [""]
    assert json.loads(machine.requests[0][2])["title"] == "[TLP:CLEAR] Zorya test mail"
