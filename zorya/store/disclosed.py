"""What partners were told of ads that are erased: contacts and addresses leave the cards, digests lose their words.

Where a card or digest also holds the data of somebody on hold, it stays whole until the hold is released.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select, update

from zorya.domain import ids
from zorya.domain.sharing import Alert, AlertState
from zorya.settings import Settings
from zorya.store import campaigns, sharing
from zorya.store.campaign_schema import campaign_members
from zorya.store.sharing_schema import alerts, digests, outbox

_PERSONAL = ("contacts", "addresses")
WORDS = "This digest was erased: an ad that it told of was."


@dataclass(frozen=True, slots=True)
class Told:
    """A digest that told a partner of an erased ad."""

    partner: str
    sequence: int
    digest: str

    def delete_files(self, settings: Settings) -> None:
        """Delete what the `folder` channel laid down of it."""
        for path in (settings.outbox_dir / self.partner).glob(f"*_{self.digest}.*"):
            path.unlink(missing_ok=True)


def erase(
    connection: Connection, posting_ids: Collection[str], *, is_held: Callable[[Collection[str]], bool]
) -> list[Told]:
    """Take ads out of the cards and digests of their campaigns, before they leave those; digests that were sent."""
    names = set(connection.scalars(select(alerts.c.campaign_id).distinct()))
    live = campaigns.resolve_all(connection, names) if names else {}
    here = campaign_members.c.posting_id.in_(posting_ids)
    concerned = set(connection.scalars(select(campaign_members.c.campaign_id).where(here).distinct()))
    touched = {name for name, today in live.items() if today in concerned and not _held(connection, today, is_held)}
    if not touched:
        return []
    query = select(alerts.c.id).where(alerts.c.campaign_id.in_(touched))
    cards = sharing.alerts_by_id(connection, list(connection.scalars(query)))
    told = _digests(connection, cards, live, is_held)
    for card in cards:
        _blank(connection, card, emptied=_emptied(connection, live[card.campaign_id], posting_ids))
    return told


def _held(connection: Connection, campaign: str, is_held: Callable[[Collection[str]], bool]) -> bool:
    here = campaign_members.c.campaign_id == campaign
    return is_held(list(connection.scalars(select(campaign_members.c.posting_id).where(here))))


def _emptied(connection: Connection, campaign: str, posting_ids: Collection[str]) -> bool:
    here = campaign_members.c.campaign_id == campaign
    return not set(connection.scalars(select(campaign_members.c.posting_id).where(here))) - set(posting_ids)


def _blank(connection: Connection, card: Alert, *, emptied: bool) -> None:
    """A new revision without contacts and addresses: nobody has approved it. What no digest told is made anew by the
    next selection, unless no ad is left."""
    content = card.content | {name: type(card.content[name])() for name in _PERSONAL if name in card.content}
    state = AlertState.WAITING if card.state is AlertState.APPROVED else card.state
    if emptied and card.state in {AlertState.WAITING, AlertState.APPROVED, AlertState.SENT_BACK}:
        state = AlertState.RECALLED
    if content == card.content and state is card.state:
        return
    fresh = replace(card, content=content, revision=card.revision + 1, state=state)
    sharing.revise_alert(connection, replace(fresh, content_hash=ids.content_digest(fresh.bound)))


def _digests(
    connection: Connection, cards: list[Alert], live: dict[str, str], is_held: Callable[[Collection[str]], bool]
) -> list[Told]:
    """Empty the digests that told of these cards; deliveries that wait are refused."""
    mine = {card.id for card in cards}
    campaign_of = {row.id: row.campaign_id for row in connection.execute(select(alerts.c.id, alerts.c.campaign_id))}
    found: list[Told] = []
    columns = (digests.c.id, digests.c.partner, digests.c.sequence, digests.c.alert_ids, digests.c.notices)
    query = select(*columns).where(digests.c.partner.in_({card.partner for card in cards}), digests.c.text != WORDS)
    for row in connection.execute(query.order_by(digests.c.partner, digests.c.sequence)).all():
        named = set(row.alert_ids) | {word.split(":")[1] for word in row.notices if word.count(":") > 1}
        if not named & mine:
            continue
        if any(_held(connection, live.get(campaign_of.get(each, ""), ""), is_held) for each in named - mine):
            continue
        waiting = select(outbox.c.message_id).where(outbox.c.digest_id == row.id, outbox.c.state == "pending")
        for message in connection.scalars(waiting).all():
            sharing.delivery_refused(connection, message, "an ad of this digest was erased")
        connection.execute(update(digests).where(digests.c.id == row.id).values(text=WORDS, html=""))
        found.append(Told(row.partner, row.sequence, row.id))
    return found
