"""What a digest says around its cards: whose it is, which period, where it stands in the chain, what it leaves out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from alerts.partners import Partner
from alerts.render import Asked, Rendered, bar, card_of, drawn
from alerts.words import Words
from zorya.domain.referrals import ANSWER_WITHIN
from zorya.domain.sharing import Alert, ChainLink, DigestKind, Exclusion, Marking
from zorya.store.indicator_texts import Titles


@dataclass(frozen=True, slots=True)
class Issue:
    """What a digest is about: whose, which period, which number, which alerts, which of the three kinds."""

    partner: Partner
    start: datetime
    end: datetime
    sequence: int
    alerts: tuple[Alert, ...]
    sender: str
    titles: Titles
    """Titles of indicators in the partner's language; where one is missing, its English title is shown."""
    preview: bool = False
    asked: Mapping[str, Asked] = field(default_factory=dict)
    """Alert → by when and where to answer; a week from now where it is not said."""
    kind: DigestKind = DigestKind.DIGEST
    previous: str = ""
    held_back: tuple[int, ...] = ()
    at_once: tuple[int, ...] = ()
    """Numbers of the urgent digests that left since the last one."""
    excluded: Mapping[Exclusion, int] = field(default_factory=dict)
    work: tuple[int, int] | None = None
    """(ads screened, campaigns judged by people) in the period."""
    next_at: datetime | None = None
    page: str = ""
    """Where the partner reads all of its referrals, with an account."""
    pause: str = ""
    """Where these mails are paused."""

    @property
    def marking(self) -> Marking:
        """The most closed marking of its alerts; CLEAR where there is none."""
        order = list(Marking)
        return max((alert.marking for alert in self.alerts), key=order.index, default=Marking.CLEAR)


def render(issue: Issue) -> Rendered:
    """Subject, text and HTML of an issue; both together stay below 90 KB however many alerts there are."""
    words = Words.of(issue.partner.spec.language, issue.partner.spec.zone)
    later = Asked(issue.end + ANSWER_WITHIN)
    cards = [
        card_of(number, alert, words, issue.titles, issue.asked.get(alert.id, later), issue.partner.spec.redact)
        for number, alert in enumerate(issue.alerts, start=1)
    ]
    return drawn(issue.marking, _head(issue, words), cards, words, page=issue.page)


def chain_line(words: Words, link: ChainLink) -> str:
    """Where a mail stands among those of its recipient."""
    sequence, before = f"{link.sequence:04d}", f"{link.sequence - 1:04d}"
    if not link.previous:
        return words.text("chain_first", sequence=sequence)
    return words.text("chain", sequence=sequence, before=before, value=link.previous[:16])


def pause_link(words: Words, address: str) -> dict[str, str] | None:
    """The last line of a mail; None where mails hold no links."""
    return {"label": words.text("pause"), "address": address} if address else None


def _head(issue: Issue, words: Words) -> dict[str, Any]:
    urgent = sum(1 for alert in issue.alerts if alert.severity == 3)
    lines = [line for line in _lines(issue, words) if line]
    link = ChainLink(issue.sequence, issue.previous)
    foot = [
        words.text("next", at=words.minute(issue.next_at)) if issue.next_at else "",
        words.text("how") if issue.alerts else "",
        words.text("care") if issue.alerts else "",
        words.text("contact", sender=parseaddr(issue.sender)[1]),
        chain_line(words, link),
        words.text("draft") if words.language.draft else "",
    ]
    return bar(words, issue.marking) | {
        "subject": _subject(issue, words),
        "preheader": words.plural("urgent", urgent) if urgent else words.plural("alerts", len(issue.alerts)),
        "heading": words.text("heading", partner=issue.partner.spec.name),
        "lines": [words.text("preview"), *lines] if issue.preview else lines,
        "foot": [line for line in foot if line],
        "pause": pause_link(words, issue.pause),
    }


def _subject(issue: Issue, words: Words) -> str:
    marking, number = issue.marking.value, len(issue.alerts)
    zone = issue.partner.spec.zone
    if issue.kind is DigestKind.URGENT:
        day = issue.end.astimezone(zone).date()
        return words.text(
            "subject", marking=marking, alerts=words.plural("urgent_alerts", number), period=words.days(day, day)
        )
    first = issue.start.astimezone(zone).date()
    last = (issue.end - timedelta(microseconds=1)).astimezone(zone).date()
    return words.text("subject", marking=marking, alerts=words.plural("alerts", number), period=words.days(first, last))


def _lines(issue: Issue, words: Words) -> list[str]:
    """What stands between heading and cards; empty lines are left out."""
    zone = issue.partner.spec.timezone.replace("_", " ")
    if issue.kind is DigestKind.URGENT:
        when = words.text("urgent_line", at=words.minute(issue.end))
    else:
        when = words.text("period", start=words.minute(issue.start), end=words.minute(issue.end), zone=zone)
    counts = [words.plural("alerts", len(issue.alerts))]
    if issue.work:
        counts += [words.plural("screened", issue.work[0]), words.plural("judged", issue.work[1])]
    reasons = [words.plural(reason.value, issue.excluded[reason]) for reason in Exclusion if issue.excluded.get(reason)]
    return [
        when,
        words.text("issue", sequence=f"{issue.partner.id}/{issue.sequence:04d}"),
        " · ".join(counts),
        words.text("heartbeat") if issue.kind is DigestKind.HEARTBEAT else "",
        words.text("at_once", numbers=numbers(issue.at_once)) if issue.at_once else "",
        words.text("not_included", reasons=" · ".join(reasons)) if reasons else "",
        words.text("held_back", numbers=numbers(issue.held_back)) if issue.held_back else "",
    ]


def numbers(of: Iterable[int]) -> str:
    """Numbers of mails as their heads have them: `0007, 0012`."""
    return ", ".join(f"{number:04d}" for number in of)
