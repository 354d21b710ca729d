"""A digest as a mail: the same bytes on every attempt, so that a copy is recognised as one."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from zorya.domain.sharing import Marking
from zorya.settings import Settings


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
    mail = EmailMessage(policy=SMTP)
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
