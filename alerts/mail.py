"""A digest as a mail: the same bytes on every attempt, so that a copy is recognised as one.

Encrypted (PGP/MIME, RFC 3156) only what is inside is the same; the subject is inside too, a cover stands outside. With
a signing key of this house every mail is signed, an encrypted one inside; the signature alone differs in a copy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from pathlib import Path

from alerts import chain, pgp
from zorya.domain.sharing import Marking
from zorya.settings import Settings


class _WholeHeaders(EmailPolicy):
    """Encodes a subject as one text and leaves addresses whole. Python's own folding (3.11) drops the space where two
    encoded words meet, and writes an address of more than a line as an encoded word, which no mail program reads.
    """

    def fold(self, name: str, value: str) -> str:
        """A header as lines of text."""
        return self._whole(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """A header as it is sent."""
        return self._whole(name, value).encode("ascii") or super().fold_binary(name, value)

    def _whole(self, name: str, value: str) -> str:
        if name.lower() == "list-unsubscribe":
            return f"{name}: {str(value).replace(', ', f',{self.linesep} ')}{self.linesep}"
        return self._subject(name, value) if name.lower() == "subject" else ""

    def _subject(self, name: str, value: str) -> str:
        encoded = Header(str(value), header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}"


_POLICY = _WholeHeaders(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a channel delivers; `html` is empty where the letter is but a link."""

    partner: str
    name: str
    sequence: int
    marking: Marking
    language: str
    message_id: str
    subject: str
    text: str
    html: str
    at: datetime
    previous: str = ""
    chain: str = ""
    held_back: tuple[int, ...] = ()
    pause: str = ""
    """Address at which one press pauses these mails; empty where mails hold no links."""
    key: Path | None = None
    """The partner's public key, where the letter may leave encrypted only."""
    cover: str = ""
    """The subject outside of what is encrypted."""


def message(letter: Letter, settings: Settings, *, to: str | None = None) -> EmailMessage:
    """The mail, with a text and an HTML part and deterministic boundaries; encrypted where the letter has a key, signed
    where this house has one.
    """
    sender_name, sender = parseaddr(settings.digest.sender)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(sender_name, addr_spec=sender)
    if to:
        mail["To"] = Address(addr_spec=to)
    mail["Subject"] = letter.cover if letter.key else letter.subject
    mail["Date"] = format_datetime(letter.at)
    mail["Message-ID"] = letter.message_id
    by_mail = f"<mailto:{sender}?subject=pause%20{letter.partner}>"
    mail["List-Unsubscribe"] = f"<{letter.pause}>, {by_mail}" if letter.pause else by_mail
    if letter.pause.startswith("https://"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058: HTTPS only
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = letter.language
    mail[chain.KEY_HEADER] = f"{letter.partner}/{letter.sequence:04d} {letter.name}"
    if letter.chain:
        mail[chain.CHAIN_HEADER], mail[chain.PREVIOUS_HEADER] = letter.chain, letter.previous or "none"
    if letter.held_back:
        mail[chain.HELD_BACK_HEADER] = ", ".join(str(number) for number in letter.held_back)
    signer = signing_key(settings)
    if letter.key:
        _encrypt(mail, letter, letter.key, signer)
    elif signer:
        _sign(mail, letter, signer)
    else:
        _fill(mail, letter)
    return mail


def signing_key(settings: Settings) -> Path | None:
    """The file of the private key that signs mails; None where this house signs none."""
    name = settings.digest.signing_key
    return settings.keys_dir / name if name else None


def _fill(mail: EmailMessage, letter: Letter, *, cte: str | None = None) -> None:
    mail.set_content(letter.text, cte=cte)
    if not letter.html:
        return
    mail.add_alternative(letter.html, subtype="html", cte=cte)
    mail.set_boundary(f"=_{letter.name}")  # "=_" begins no line of quoted-printable or base64


def _inside(letter: Letter, *, cte: str | None = None) -> EmailMessage:
    """What is encrypted or signed, with the subject: mail programs show this one, not that outside."""
    inside = EmailMessage(policy=_POLICY)
    inside["Subject"] = letter.subject
    _fill(inside, letter, cte=cte)
    inside.set_param("protected-headers", "v1")
    return inside


def _sign(mail: EmailMessage, letter: Letter, signer: Path) -> None:
    """Two parts: what is signed, in base64, which no server on the way changes (RFC 3156 §3), and the signature."""
    inside = _inside(letter, cte="base64")
    del inside["MIME-Version"]
    told = EmailMessage(policy=_POLICY)
    told.set_content(
        pgp.signature(inside.as_bytes(), signer), "application", "pgp-signature", "7bit", "inline", "signature.asc"
    )
    del told["MIME-Version"]
    kind = 'multipart/signed; micalg="pgp-sha512"; protocol="application/pgp-signature"'
    _put_together(mail, kind, [inside, told], f"=_signed-{letter.name}")


def _encrypt(mail: EmailMessage, letter: Letter, key: Path, signer: Path | None) -> None:
    version = EmailMessage(policy=_POLICY)
    version.set_content(b"Version: 1\r\n", "application", "pgp-encrypted", cte="7bit")
    sealed = EmailMessage(policy=_POLICY)
    armoured = pgp.encrypted(_inside(letter).as_bytes(), key, signer=signer)
    sealed.set_content(armoured, "application", "octet-stream", "7bit", "inline", "encrypted.asc")
    for part in (version, sealed):
        del part["MIME-Version"]
    _put_together(
        mail, 'multipart/encrypted; protocol="application/pgp-encrypted"', [version, sealed], f"=_{letter.name}"
    )


def _put_together(mail: EmailMessage, kind: str, parts: Sequence[EmailMessage], boundary: str) -> None:
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = kind
    mail.set_payload(list(parts))
    mail.set_boundary(boundary)  # no other part's begins with it
