"""A digest as a mail: the same bytes on every attempt, so that a copy is recognised as one."""

from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr

from alerts import chain
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
    previous: str = ""
    chain: str = ""
    held_back: tuple[int, ...] = ()
    pause: str = ""
    """Address at which one press pauses these mails; empty where mails hold no links."""


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
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    mail.set_boundary(f"=_{letter.name}")  # "=_" begins no line of quoted-printable or base64
    return mail
