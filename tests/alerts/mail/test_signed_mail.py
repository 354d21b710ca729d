"""With a signing key of this house its mails are signed, and a partner's GnuPG knows a changed one."""

import shutil
import subprocess
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from alerts import chain, pgp
from alerts.channels import folder, smtp
from alerts.mail import Letter
from zorya.cli.channel_checks import channels
from zorya.domain.sharing import Marking
from zorya.errors import DataFileError

MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
VALUE = chain.value_of(
    "la-strada", 7, "", (), subject="[TLP:AMBER] дуже", text="From Kyiv \nдуже таємно", html="<p>дуже таємно</p>"
)
LETTER = Letter(
    "la-strada", "g-1", 7, Marking.AMBER, "uk", "<m-0a@zorya.example>", "[TLP:AMBER] дуже",
    "From Kyiv \nдуже таємно\n", "<p>дуже таємно</p>", MORNING, chain=VALUE,
)  # fmt: skip


class House:
    """A GnuPG home with the private key of this house."""

    def __init__(self, *when: str, expires: str = "never", passphrase: str = "") -> None:
        self.home = Path(tempfile.mkdtemp(prefix="zorya-gpg-", dir="/tmp"))
        self.passphrase = passphrase
        self.run(*when, "--quick-gen-key", "Zorya <alerts@zorya.example>", "ed25519", "sign", expires)

    def run(self, *arguments: str) -> bytes:
        fixed = ["gpg", "--homedir", str(self.home), "--batch", "--pinentry-mode", "loopback"]
        done = [*fixed, "--passphrase", self.passphrase, *arguments]
        return subprocess.run(done, capture_output=True, check=True).stdout

    def end(self) -> None:
        subprocess.run(["gpgconf", "--homedir", str(self.home), "--kill", "all"], capture_output=True, check=False)
        shutil.rmtree(self.home, ignore_errors=True)


def _house(settings, **more):
    """(settings that sign, the public key) of a house with a key of its own."""
    house = House(*more.pop("when", ()), **more)
    file = settings.keys_dir / "signing.asc"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(house.run("--armor", "--export-secret-keys"))
    file.chmod(0o600)
    public = house.run("--armor", "--export")
    house.end()
    signs = settings.digest.model_copy(update={"signing_key": "signing.asc"})
    return settings.model_copy(update={"digest": signs}), public


@pytest.fixture
def signing(sqlite_settings):
    return _house(sqlite_settings)


@pytest.fixture
def partner(signing, gnupg):
    """The partner's GnuPG, which has our public key."""
    gnupg("--import", data=signing[1])
    return gnupg


def _parts(raw: bytes) -> tuple[bytes, bytes]:
    """(what was signed, the signature) of a mail as it came, by RFC 1847: without the line end before a boundary."""
    boundary = message_from_bytes(raw).get_boundary().encode()
    _head, inside, told, _end = raw.split(b"--" + boundary)
    return inside.removeprefix(b"\r\n").removesuffix(b"\r\n"), message_from_bytes(told.lstrip()).get_payload().encode()


def _verify(partner, tmp_path, signed: bytes, signature: bytes) -> str:
    (tmp_path / "signed").write_bytes(signed)
    (tmp_path / "signature.asc").write_bytes(signature)
    return partner("--status-fd", "1", "--verify", str(tmp_path / "signature.asc"), str(tmp_path / "signed")).decode()


def _sent(settings, post_office, letter=LETTER):
    digest = settings.digest.model_copy(update={"smtp_port": post_office.port})
    smtp.send(letter, settings.model_copy(update={"digest": digest}), to="alerts@la-strada.example")
    return post_office.raw[-1]


def test_a_partners_gnupg_says_good_signature(signing, partner, post_office, tmp_path):
    raw = _sent(signing[0], post_office)
    mail = post_office.mails[-1]
    assert mail.get_content_type() == "multipart/signed"
    assert (mail.get_param("protocol"), mail.get_param("micalg")) == ("application/pgp-signature", "pgp-sha512")
    said = _verify(partner, tmp_path, *_parts(raw))
    assert "GOODSIG" in said
    assert "Zorya <alerts@zorya.example>" in said
    assert [line.split()[9] for line in said.splitlines() if "VALIDSIG" in line] == ["10"], "SHA-512, as micalg says"


def test_a_changed_part_is_rejected(signing, partner, post_office, tmp_path):
    signed, signature = _parts(_sent(signing[0], post_office))
    changed = signed.replace(b"Subject: ", b"Subject: not ", 1)
    assert changed != signed
    with pytest.raises(AssertionError, match="BAD signature"):
        _verify(partner, tmp_path, changed, signature)


def test_the_words_are_whole_and_the_chain_still_proves_them(signing, post_office, tmp_path):
    raw = _sent(signing[0], post_office)
    (tmp_path / "mail.eml").write_bytes(raw)
    found = chain.check([tmp_path / "mail.eml"])
    assert ([mail.computed for mail in found.mails], found.faults) == ([VALUE], ())
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail.get_body(("plain",)).get_content().splitlines() == LETTER.text.splitlines()
    inside = next(mail.iter_parts())
    assert (inside["Subject"], inside.get_param("protected-headers")) == (LETTER.subject, "v1")


def test_a_link_without_html_is_signed_too(signing, partner, post_office, tmp_path):
    raw = _sent(signing[0], post_office, replace(LETTER, html=""))
    assert "GOODSIG" in _verify(partner, tmp_path, *_parts(raw))


def test_a_file_holds_the_signed_mail(signing, partner, tmp_path):
    written = folder.send(LETTER, signing[0])
    assert "GOODSIG" in _verify(partner, tmp_path, *_parts(written.read_bytes()))


def test_an_encrypted_mail_is_signed_inside(signing, partner, post_office, tmp_path):
    key = tmp_path / "la-strada.asc"
    key.write_bytes(partner("--armor", "--export", "alerts@la-strada.example"))
    _sent(signing[0], post_office, replace(LETTER, key=key, cover="[TLP:AMBER] Zorya, № 7"))
    _version, sealed = post_office.mails[-1].iter_parts()
    said = partner("--status-fd", "1", "--decrypt", data=sealed.get_content()).decode()
    assert "GOODSIG" in said
    assert "DECRYPTION_OKAY" in said


def test_without_a_signing_key_nothing_is_signed(sqlite_settings, post_office):
    _sent(sqlite_settings, post_office)
    assert post_office.mails[-1].get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda file: file.unlink(), "put the armoured private key"),
        (lambda file: file.chmod(0o644), "others can read"),
        (lambda file: file.write_text("nonsense"), "expected one private key"),
    ],
)
def test_with_a_key_that_is_none_no_mail_leaves_and_doctor_says_why(signing, post_office, spoil, said):
    settings, _public = signing
    spoil(settings.keys_dir / "signing.asc")
    with pytest.raises(DataFileError, match=said):
        _sent(settings, post_office)
    assert post_office.raw == []
    (check,) = [check for check in channels(settings) if check.name == "signing"]
    assert check.state == "bad"
    assert said in check.detail


def test_a_key_with_a_passphrase_is_refused_with_words(sqlite_settings, post_office):
    settings, _public = _house(sqlite_settings, passphrase="secret")
    with pytest.raises(Exception, match="may have no passphrase"):
        _sent(settings, post_office)


@pytest.mark.parametrize(("expires", "state"), [("never", "ok"), ("60d", "ok"), ("20d", "bad")])
def test_doctor_says_when_the_key_runs_out_soon(sqlite_settings, expires, state):
    settings, _public = _house(sqlite_settings, expires=expires)
    (check,) = [check for check in channels(settings) if check.name == "signing"]
    assert check.state == state
    assert "Zorya <alerts@zorya.example>" in check.detail


def test_a_key_that_has_run_out_signs_nothing(sqlite_settings):
    settings, _public = _house(sqlite_settings, when=("--faked-system-time", "20200101T000000"), expires="2d")
    with pytest.raises(DataFileError, match="has run out"):
        pgp.read_signing_key(settings.keys_dir / "signing.asc")


def test_nothing_of_the_private_key_stays_behind(signing, tmp_path, monkeypatch):
    short = Path(tempfile.mkdtemp(prefix="z-", dir="/tmp"))
    monkeypatch.setattr(tempfile, "tempdir", str(short))
    assert pgp.signature(b"told", signing[0].keys_dir / "signing.asc").startswith(b"-----BEGIN PGP SIGNATURE-----")
    assert list(short.iterdir()) == []
    short.rmdir()
