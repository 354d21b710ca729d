"""One letter by one way, and the test message of `zorya partner test`."""

import smtplib
from collections.abc import Callable
from datetime import datetime

from alerts import disclosure
from alerts.channel_spec import AppriseChannel, Channel, FeedChannel, FolderChannel, SmtpChannel, WebhookChannel
from alerts.channels import apprise, folder, smtp, webhook
from alerts.disclosure import Form
from alerts.mail import Letter
from alerts.partners import Partner
from alerts.render import note
from alerts.words import Words
from zorya.domain import ids
from zorya.domain.sharing import Marking
from zorya.errors import PolicyRefusal, ZoryaError
from zorya.redact import redact
from zorya.settings import Settings


def prepared(partner: Partner, channel: Channel, letter: Letter, link: Callable[[], str]) -> Letter:
    """The letter as this channel may carry it; `link` makes the address of our page where contents stay behind."""
    words = Words.of(partner.spec.language, partner.spec.zone)
    form = disclosure.form_of(letter.marking, channel.kind, has_key=partner.key is not None)
    if form is Form.ENCRYPTED and partner.key:
        return disclosure.encrypted(letter, partner.key, words)
    if form is Form.LINK and not isinstance(channel, FeedChannel):
        return disclosure.link_only(letter, link(), words)
    return letter


def send_through(channel: Channel, letter: Letter, settings: Settings, *, at: datetime) -> None:
    """Deliver a prepared letter by one channel; TLP:RED by none."""
    if letter.marking is Marking.RED:
        raise PolicyRefusal("TLP:RED leaves by no channel: it is for named persons, on our page")
    if isinstance(channel, SmtpChannel):
        smtp.send(letter, settings, to=channel.to)
    elif isinstance(channel, WebhookChannel):
        webhook.send(letter, settings, url=channel.url, at=at)
    elif isinstance(channel, AppriseChannel):
        apprise.send(letter, settings, key=channel.key)
    elif isinstance(channel, FolderChannel):
        folder.send(letter, settings)
    # A feed is fetched: what the outbox marks as sent stands in it (`alerts.web.feed`).


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
            send_through(channel, prepared(partner, channel, letter, str), settings, at=as_of)
            results.append((channel.name, ""))
        except (OSError, smtplib.SMTPException, ZoryaError) as exc:
            results.append((channel.name, redact(f"{type(exc).__name__}: {exc}")))
    return results
