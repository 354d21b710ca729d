"""Notices: an alert was withdrawn or corrected, an answer is due. They leave at once, not with the next digest.

A pause does not hold them: it stops new alerts, and whoever acts on a withdrawn one harms a lawful person. A recall
holds no card, so no ceiling stops it; a correction above the ceiling is told as a recall.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from alerts import links, sealing
from alerts.notice_text import Message, NoticeCard, render_notice
from alerts.partners import Catalog
from zorya.domain import ids
from zorya.domain.sharing import Alert, Marking, NoticeKind
from zorya.settings import Settings
from zorya.store import digest_chain, indicator_texts, sharing


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell: `kind` is a NoticeKind or `reminder`; `due_at` and `link` belong to reminders."""

    kind: str
    alert: Alert
    reason: str = ""
    due_at: datetime | None = None
    link: str = ""

    @property
    def name(self) -> str:
        """What a digest stores of it."""
        return f"{self.kind}:{self.alert.id}:{self.alert.revision}"


def reached(connection: Connection, alert: Alert) -> bool:
    """True when an alert may have left the house: a delivery that was tried, or waits and may have been."""
    return any(state != "refused" for _digest, states in sharing.digests_with(connection, alert) for state in states)


def tell(
    connection: Connection,
    settings: Settings,
    catalog: Catalog,
    partner_id: str,
    items: Sequence[Item],
    *,
    at: datetime,
) -> str | None:
    """Render and store a notice with its deliveries; why it cannot reach the partner, or None."""
    partner = catalog.partners.get(partner_id)
    if partner is None:
        what = ", ".join(item.name for item in items)
        return f"{partner_id} must be told of {what} by other means: its file is gone or broken"
    items = [_fitting(item, partner.spec.tlp_ceiling) for item in items]
    cards = [_card(connection, item) for item in items]
    titles = indicator_texts.titles(connection, partner.spec.language)
    link = digest_chain.next_link(connection, partner_id)
    name = ids.notice_id(partner_id, at, link.sequence)
    pause = links.pause_address(settings, name)
    rendered = render_notice(Message(partner, at, link, tuple(cards), settings.digest.sender, titles, pause))
    told = tuple(item.alert.id for item in items if item.kind == NoticeKind.CORRECTED)
    names = tuple(item.name for item in items)
    sealing.keep_notice(connection, settings, partner, link, rendered, names=names, at=at, alert_ids=told)
    return None


def _fitting(item: Item, ceiling: Marking) -> Item:
    if item.kind == NoticeKind.CORRECTED and not item.alert.marking.within(ceiling):
        return Item(NoticeKind.RECALLED, item.alert, item.reason)
    return item


def _card(connection: Connection, item: Item) -> NoticeCard:
    told = [digest for digest, _states in sharing.digests_with(connection, item.alert)]
    first = (told[0].sequence, told[0].created_at) if told else None
    return NoticeCard(item.kind, item.alert, item.reason, first, item.due_at, item.link)
