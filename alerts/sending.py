"""One letter by one way, and the test message of `zorya partner test`."""

import smtplib
from datetime import datetime

from alerts.channel_spec import Channel, SmtpChannel, WebhookChannel
from alerts.channels import folder, smtp, webhook
from alerts.mail import Letter
from alerts.partners import Partner
from alerts.render import note
from alerts.words import Words
from zorya.domain import ids
from zorya.domain.sharing import Marking
from zorya.errors import PolicyRefusal, ZoryaError
from zorya.redact import redact
from zorya.settings import Settings


def send_through(channel: Channel, letter: Letter, settings: Settings, *, at: datetime) -> None:
    """Deliver by one channel; TLP:RED is for named persons and leaves by none that somebody else may read."""
    if isinstance(channel, SmtpChannel | WebhookChannel) and letter.marking is Marking.RED:
        raise PolicyRefusal("TLP:RED never goes by mail or webhook")
    if isinstance(channel, SmtpChannel):
        smtp.send(letter, settings, to=channel.to)
    elif isinstance(channel, WebhookChannel):
        webhook.send(letter, settings, url=channel.url, at=at)
    else:
        folder.send(letter, settings)


def send_test(partner: Partner, settings: Settings, *, as_of: datetime) -> list[tuple[str, str]]:
    """Send a note without contents by every channel: (channel, what went wrong or empty)."""
    words = Words.of(partner.spec.language, partner.spec.zone)
    subject = words.text("test_subject", marking=Marking.CLEAR.value)
    drawn = note(words, Marking.CLEAR, subject, words.text("test_body", partner=partner.spec.name))
    results = []
    for channel in partner.spec.channels:
        name = ids.digest_id(partner.id, as_of, as_of)
        mail_id = ids.message_id(name, channel.name, settings.digest.message_domain)
        facts = (partner.id, f"test-{name}", 0, drawn.marking, partner.spec.language)
        letter = Letter(*facts, mail_id, drawn.subject, drawn.text, drawn.html, as_of)
        try:
            send_through(channel, letter, settings, at=as_of)
            results.append((channel.name, ""))
        except (OSError, smtplib.SMTPException, ZoryaError) as exc:
            results.append((channel.name, redact(f"{type(exc).__name__}: {exc}")))
    return results
