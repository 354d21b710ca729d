"""A digest as a mail: the same bytes on every attempt, so that a copy is recognised as one."""

from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr

from zorya.domain.sharing import Marking
from zorya.settings import Settings


class _WholeSubject(EmailPolicy):
    """Encodes a subject as one text. Python's own folding (3.11) drops the space where two encoded words meet."""

    def fold(self, name: str, value: str) -> str:
        """A header as lines of text."""
        return self._subject(name, value) if name.lower() == "subject" else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """A header as it is sent."""
        is_subject = name.lower() == "subject"
        return self._subject(name, value).encode("ascii") if is_subject else super().fold_binary(name, value)

    def _subject(self, name: str, value: str) -> str:
        encoded = Header(str(value), header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}"


_POLICY = _WholeSubject(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a channel delivers."""

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


def message(letter: Letter, settings: Settings, *, to: str | None = None) -> EmailMessage:
    """The mail, with a text and an HTML part and deterministic boundaries."""
    sender_name, sender = parseaddr(settings.digest.sender)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(sender_name, addr_spec=sender)
    if to:
        mail["To"] = Address(addr_spec=to)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.at)
    mail["Message-ID"] = letter.message_id
    mail["List-Unsubscribe"] = f"<mailto:{sender}?subject=pause%20{letter.partner}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = letter.language
    mail["X-Zorya-Digest"] = f"{letter.partner}/{letter.sequence:04d} {letter.name}"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    mail.set_boundary(f"=_{letter.name}")  # "=_" begins no line of quoted-printable or base64
    return mail
