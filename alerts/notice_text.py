"""A notice as a person reads it: what was withdrawn or corrected, what waits for an answer. Dressed as a digest."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr

from alerts.card import plain
from alerts.issue import chain_line, numbers, pause_link
from alerts.partners import Partner
from alerts.render import Asked, Card, Rendered, Row, bar, card_of, drawn
from alerts.words import Words
from zorya.domain.referrals import ANSWER_WITHIN
from zorya.domain.sharing import Alert, ChainLink, Marking, NoticeKind
from zorya.store.indicator_texts import Titles


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """One thing a partner is told; `told_in` is the number and moment of the digest that told the alert first."""

    kind: str
    alert: Alert
    reason: str
    told_in: tuple[int, datetime] | None
    due_at: datetime | None
    link: str


@dataclass(frozen=True, slots=True)
class Message:
    """A notice: whose, when, which number, about what."""

    partner: Partner
    at: datetime
    link: ChainLink
    cards: tuple[NoticeCard, ...]
    sender: str
    titles: Titles
    pause: str = ""


def render_notice(message: Message) -> Rendered:
    """Subject, text and HTML. Only a corrected card holds facts of an ad."""
    spec = message.partner.spec
    words = Words.of(spec.language, spec.zone)
    order = list(Marking)
    marking = max((card.alert.marking for card in message.cards), key=order.index)
    count = words.plural("notices", len(message.cards))
    held_back = message.link.held_back
    head: Mapping[str, object] = {
        "subject": words.text("notice_subject", marking=marking.value, notices=count),
        "preheader": count,
        "heading": words.text("notice_heading", partner=spec.name),
        "lines": [
            words.minute(message.at),
            words.text("issue", sequence=f"{message.partner.id}/{message.link.sequence:04d}"),
            count,
            *([words.text("held_back", numbers=numbers(held_back))] if held_back else []),
        ],
        "foot": [
            words.text("contact", sender=parseaddr(message.sender)[1]),
            chain_line(words, message.link),
            *([words.text("draft")] if words.language.draft else []),
        ],
        "pause": pause_link(words, message.pause),
    }
    cards = [_card(number, card, words, message) for number, card in enumerate(message.cards, start=1)]
    return drawn(marking, bar(words, marking) | dict(head), cards, words)


def _card(number: int, told: NoticeCard, words: Words, message: Message) -> Card:
    sent = ""
    if told.told_in:
        sent = words.text("sent_in", sequence=numbers(told.told_in[:1]), day=words.day(told.told_in[1]))
    about = [Row(words.text("label_sent"), sent), Row(words.text("label_reason"), plain(told.reason, 300))]
    title = words.text(f"notice_{told.kind}")
    if told.kind == NoticeKind.CORRECTED:
        asked = Asked(told.due_at or message.at + ANSWER_WITHIN, told.link)
        card = card_of(number, told.alert, words, message.titles, asked, message.partner.spec.redact)
        ask = Row(title, words.text("corrected_ask"), strong=True)
        rows = (*(row for row in about if row.value), ask, *card.rows)
        return replace(card, title=f"{title} · {card.title}", brief=f"{title} · {card.brief}", rows=rows)
    ask_words = words.text("recalled_ask")
    if told.kind == "reminder":
        ask_words = words.text("reminder_ask", due=words.day(told.due_at or message.at))
    answer = Row(words.text("label_answer"), words.text("answer_here") if told.link else "", link=told.link)
    rows = (about[1], Row(words.text("label_ask"), ask_words, strong=True), answer)
    kept = tuple(row for row in rows if row.value)
    brief, marking = f"{title} {sent}".strip(), told.alert.marking.value
    facts = f"{words.text('label_sent')}: {sent}" if sent else ""
    return Card(number, told.alert.id, told.alert.severity, title, brief, facts, kept, marking)
