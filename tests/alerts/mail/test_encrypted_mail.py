"""Above TLP:AMBER: encrypted to the partner's key and read by GnuPG, or a link; the headers tell nothing either way."""

import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from alerts import card, chain, digest, outbox, partners, pgp, sending
from alerts.channels import webhook
from alerts.mail import Letter
from zorya.domain.sharing import Marking
from zorya.errors import DataFileError
from zorya.store import digest_links, sharing

DAY = timedelta(days=1)
MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
SECRETS = ("Keeps the passport", "Rotterdam", "labour", "23 Nov", "1 new alert")
LETTER = Letter(
    "la-strada", "g-1", 7, Marking.AMBER_STRICT, "uk", "<m-0a@zorya.example>", "[TLP:AMBER+STRICT] дуже таємно",
    "TLP:AMBER+STRICT\nдуже таємно", "<p>дуже таємно</p>", MORNING, cover="[TLP:AMBER+STRICT] Zorya, № 7",
)  # fmt: skip


@pytest.fixture
def key(gnupg, tmp_path):
    """The public key as a file."""
    path = tmp_path / "la-strada.asc"
    path.write_bytes(gnupg("--armor", "--export"))
    return path


@pytest.fixture
def strict(town, store, settings, add_partner, monkeypatch):
    """A digest of one alert above TLP:AMBER waits; channels and key as asked for."""

    def made(channel, key=None):
        more = {"pgp": "keys/la-strada.asc"} if key else {}
        path = settings.home / "partners" / "keys" / "la-strada.asc"
        if key:
            path.parent.mkdir(parents=True)
            path.write_bytes(key.read_bytes())
        add_partner(tlp_ceiling="TLP:AMBER+STRICT", channels=[channel], **more)
        monkeypatch.setattr(card, "CARD_MARKING", Marking.AMBER_STRICT)
        town.confirmed()
        town.offer(settings, as_of=MORNING - DAY)
        digest.run(store, settings, as_of=MORNING)
        with store.reading() as connection:
            found = sharing.last_digest(connection, "la-strada")
        assert found.marking is Marking.AMBER_STRICT
        return found

    return made


@pytest.fixture
def house(settings):
    """The settings of a house whose app partners reach."""
    reached = settings.digest.model_copy(update={"answer_url": "https://zorya.example"})
    return settings.model_copy(update={"digest": reached})


MAIL = {"kind": "smtp", "to": "alerts@la-strada.example"}


def _headers(mail):
    return "\n".join(f"{name}: {value}" for name, value in mail.items())


def test_a_partner_with_a_key_gets_what_it_alone_can_read(strict, store, mailing, post_office, gnupg, key):
    made = strict(MAIL, key)
    outbox.deliver(store, mailing(post_office.port), as_of=MORNING)
    (mail,) = post_office.mails
    assert mail.get_content_type() == "multipart/encrypted"
    assert mail.get_param("protocol") == "application/pgp-encrypted"
    version, sealed = mail.iter_parts()
    assert (version.get_content_type(), version.get_content()) == ("application/pgp-encrypted", b"Version: 1\r\n")
    assert mail["Subject"] == "[TLP:AMBER+STRICT] Zorya, no. 1"
    outside = mail.as_bytes().decode()
    assert not [secret for secret in SECRETS if secret in outside]
    inside = message_from_bytes(gnupg("--decrypt", data=sealed.get_content()), policy=policy.default)
    assert inside["Subject"] == made.subject
    assert inside.get_param("protected-headers") == "v1"
    assert inside.get_body(("plain",)).get_content().split() == made.text.split()
    assert "Keeps the passport" in inside.get_body(("html",)).get_content()


def test_a_partner_without_a_key_gets_a_link_and_no_content(strict, store, mailing, post_office):
    strict(MAIL)
    outbox.deliver(store, mailing(post_office.port, answer_url="https://zorya.example"), as_of=MORNING)
    (mail,) = post_office.mails
    assert mail.get_content_type() == "text/plain"
    for told in (mail.get_content(), _headers(mail)):
        assert not [secret for secret in SECRETS if secret in told]
        assert "TLP:AMBER+STRICT" in told
    token = re.search(r"https://zorya\.example/digests/open/([\w-]{43})\s", mail.get_content())[1]
    with store.reading() as connection:
        link = digest_links.find(connection, token, at=MORNING)
        assert digest_links.find(connection, token, at=MORNING + timedelta(days=14)) is None
    assert (link.partner, link.used_at) == ("la-strada", None)


@pytest.mark.parametrize("has_key", [True, False])
def test_what_was_left_out_is_no_change_of_the_chain(strict, store, house, key, has_key):
    strict({"kind": "folder"}, key if has_key else None)
    outbox.deliver(store, house, as_of=MORNING)
    found = chain.check((house.outbox_dir / "la-strada").glob("*.eml"))
    assert ([mail.computed for mail in found.mails], found.faults) == ([None], ())


def test_without_page_and_without_key_it_waits_and_says_what_to_do(strict, store, mailing, post_office):
    strict(MAIL)
    report = outbox.deliver(store, mailing(post_office.port), as_of=MORNING)
    assert report.counts["retry"] == 1
    assert "digest.answer_url" in report.messages[0]
    assert post_office.mails == []


def test_without_gpg_nothing_leaves_in_the_open(strict, store, mailing, post_office, key, monkeypatch):
    strict(MAIL, key)
    monkeypatch.setenv("PATH", "/nowhere")
    report = outbox.deliver(store, mailing(post_office.port), as_of=MORNING)
    assert report.counts["retry"] == 1
    assert "install GnuPG" in report.messages[0]
    assert post_office.mails == []


def test_a_folder_holds_the_encrypted_mail_alone(strict, store, settings, gnupg, key):
    made = strict({"kind": "folder"}, key)
    outbox.deliver(store, settings, as_of=MORNING)
    (file,) = (settings.outbox_dir / "la-strada").iterdir()
    assert file.name == f"TLP-AMBER+STRICT_0001_{made.id}.eml"
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    _version, sealed = mail.iter_parts()
    assert b"Keeps the passport" in gnupg("--decrypt", data=sealed.get_content())


def test_a_webhook_carries_the_encrypted_text(gnupg, key):
    data = json.loads(webhook.body_of(replace(LETTER, key=key)))["data"]
    assert data["subject"] == LETTER.cover
    assert gnupg("--decrypt", data=data["text"].encode()).decode() == LETTER.text


def test_an_open_digest_is_encrypted_too_once_there_is_a_key(add_partner, settings, mailing, post_office, gnupg, key):
    path = add_partner(channels=[MAIL], pgp="la-strada.asc")
    (path.parent / "la-strada.asc").write_bytes(key.read_bytes())
    partner = partners.load_all(settings).get("la-strada")
    assert [error for _, error in sending.send_test(partner, mailing(post_office.port), as_of=MORNING)] == [""]
    (mail,) = post_office.mails
    _version, sealed = mail.iter_parts()
    assert b"Zorya test mail" in gnupg("--decrypt", data=sealed.get_content())


def test_nothing_of_the_key_or_the_message_stays_behind(key, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(tmp_path.rglob("*"))
    assert pgp.encrypted(b"secret", key).startswith(b"-----BEGIN PGP MESSAGE-----")
    assert set(tmp_path.rglob("*")) == before


def test_a_key_tells_whose_it_is(key, gnupg):
    found = pgp.read_key(key)
    assert (len(found.fingerprint), found.owner) == (40, "La Strada (invented) <alerts@la-strada.example>")
    assert found.expires_at is None


@pytest.mark.parametrize("what", ["no key", "private", "two", "nothing"])
def test_another_file_is_refused_with_words(what, gnupg, key, tmp_path):
    path = tmp_path / "other.asc"
    if what == "no key":
        path.write_text("-----BEGIN NONSENSE-----", encoding="utf-8")
    elif what == "private":
        path.write_bytes(gnupg("--armor", "--export-secret-keys"))
    elif what == "two":
        path.write_bytes(key.read_bytes() + _another())
    with pytest.raises(DataFileError, match="private key" if what == "private" else "key"):
        pgp.read_key(path)


def _another(*more):
    """A second key: one that signs only, or that has run out."""
    home = tempfile.mkdtemp(prefix="zorya-gpg-", dir="/tmp")
    fixed = ["gpg", "--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    made = [*fixed, *more, "--quick-gen-key", "Dorcas <a@dorcas.example>", "ed25519", "sign,cert", "2d"]
    subprocess.run(made, capture_output=True, check=True)
    exported = subprocess.run([*fixed, "--armor", "--export"], capture_output=True, check=True).stdout
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], capture_output=True, check=False)
    shutil.rmtree(home, ignore_errors=True)
    return exported


@pytest.mark.parametrize(
    ("more", "said"), [((), "cannot be encrypted to"), (("--faked-system-time", "20200101T000000"), "has run out")]
)
def test_a_key_to_which_nobody_can_encrypt_is_refused(gnupg, tmp_path, more, said):
    path = tmp_path / "dead.asc"
    path.write_bytes(_another(*more))
    with pytest.raises(DataFileError, match=said):
        pgp.encrypted(b"secret", path)


def test_adding_a_partner_brings_its_key_along(sqlite_settings, tmp_path, key):
    file = tmp_path / "la-strada.yml"
    file.write_text(
        "name: La Strada\norg_type: ngo\ntlp_ceiling: TLP:AMBER\nchannels: [{kind: folder}]\npgp: la-strada.asc\n"
    )
    added = partners.add(sqlite_settings, file)
    assert partners.load_all(sqlite_settings).get("la-strada").key == added.key
    assert added.key.read_bytes() == key.read_bytes()
    assert added.key.parent == sqlite_settings.home / "partners"


def test_a_key_that_is_not_there_is_a_fault_of_the_file(add_partner, sqlite_settings):
    add_partner(pgp="absent.asc")
    (fault,) = partners.load_all(sqlite_settings).faults
    assert "absent.asc" in str(fault)


@pytest.mark.parametrize("path", ["../key.asc", "/etc/passwd", "a/../../b", ".hidden"])
def test_a_key_lies_beside_the_file(add_partner, sqlite_settings, path):
    add_partner(pgp=path)
    (fault,) = partners.load_all(sqlite_settings).faults
    assert "pgp" in str(fault)
