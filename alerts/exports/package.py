"""What may leave as data, and what is said of an alert that was withdrawn. The one gate of all formats.

An alert leaves for its own partner, approved as it reads now, confirmed by two people, below the partner's ceiling
and never as TLP:RED; its contacts are narrowed to the partner's profile. Of a withdrawn alert that had reached the
partner its id is said again, revoked, and nothing else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parseaddr

from sqlalchemy import Connection

from alerts import approvals, notices, sealing, selection
from alerts.partners import Catalog, Partner
from zorya.domain.sharing import Alert, AlertState, Marking, NoticeKind
from zorya.errors import NothingToDo, PolicyRefusal, ZoryaError
from zorya.settings import Settings
from zorya.store import approvals as decisions
from zorya.store import indicator_texts, sharing
from zorya.store.indicator_texts import Titles
from zorya.store.reviews import Confirmed
from zorya.store.tellings import Telling

FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)
"""`created` of what has no moment of its own (the house, a country): the same in every export."""


@dataclass(frozen=True, slots=True)
class Item:
    """An alert as its partner may have it. `changed_at` is the moment of the approval or the recall in force."""

    alert: Alert
    changed_at: datetime
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class House:
    """Who sends: the name and the domain of the digests."""

    name: str
    domain: str

    @classmethod
    def of(cls, settings: Settings) -> "House":
        """As the settings say."""
        name, _address = parseaddr(settings.digest.sender)
        return cls(name or settings.digest.message_domain, settings.digest.message_domain)


@dataclass(frozen=True, slots=True)
class Package:
    """What one export holds; `name` is the digest it is, or what else was asked for."""

    partner: Partner
    house: House
    name: str
    items: tuple[Item, ...]
    titles: Titles
    tellings: tuple[Telling, ...] = ()

    @property
    def marking(self) -> Marking:
        """The most closed marking of what is in it."""
        order = list(Marking)
        return max((item.alert.marking for item in self.items), key=order.index)

    @property
    def changed_at(self) -> datetime:
        """The newest change of what is in it."""
        return max(item.changed_at for item in self.items)


def of_alerts(connection: Connection, settings: Settings, catalog: Catalog, alert_ids: Iterable[str]) -> Package:
    """These alerts of one partner, all or none; PolicyRefusal says which may not leave and why."""
    alerts = [approvals.known(connection, name) for name in dict.fromkeys(alert_ids)]
    owners = sorted({alert.partner for alert in alerts})
    if len(owners) != 1:
        raise ZoryaError(f"these alerts are of {', '.join(owners)}: export those of one partner at a time")
    partner = catalog.get(owners[0])
    items, refused = sorted_out(connection, settings, partner, alerts)
    if refused:
        raise PolicyRefusal("nothing was exported: " + "; ".join(refused))
    return made_of(connection, settings, partner, "alerts-" + alerts[0].id, items)


def of_digest(connection: Connection, settings: Settings, catalog: Catalog, partner_id: str, digest_id: str) -> Package:
    """The alerts of one digest or notice of a partner, all or none."""
    partner, digest = catalog.get(partner_id), sharing.digest(connection, digest_id)
    if digest is None or digest.partner != partner.id:
        raise ZoryaError(f"{partner.id} has no digest {digest_id!r}; `zorya digest history --json` shows their ids")
    if not digest.alert_ids:
        raise NothingToDo(f"digest {digest_id} tells no alert")
    whole = of_alerts(connection, settings, catalog, digest.alert_ids)
    names = {name: getattr(digest, name) for name in Telling.__dataclass_fields__}
    return replace(whole, name=digest.id, tellings=(Telling(**names),))


def sorted_out(
    connection: Connection, settings: Settings, partner: Partner, alerts: Iterable[Alert]
) -> tuple[list[Item], list[str]]:
    """(what may leave, why the rest may not)."""
    alerts = list(alerts)
    standing, key = selection.standing(connection, alerts), sealing.key_of(settings)
    items, refused = [], []
    for alert in alerts:
        try:
            items.append(_item(connection, partner, alert, standing, key))
        except PolicyRefusal as exc:
            refused.append(str(exc))
    return items, refused


def recalled_at(connection: Connection, alert: Alert) -> datetime:
    """When an alert was withdrawn."""
    told = decisions.notices(connection, [alert.id])
    return max((each.at for each in told if each.kind is NoticeKind.RECALLED), default=alert.created_at)


def withdrawn(alert: Alert, partner: Partner, at: datetime) -> Item:
    """An alert without anything that it said."""
    ceiling = partner.spec.tlp_ceiling
    marking = alert.marking if alert.marking.within(ceiling) else ceiling
    return Item(replace(alert, content={}, marking=marking, verdict_ids=(), route=()), at, withdrawn=True)


def _item(
    connection: Connection, partner: Partner, alert: Alert, standing: Mapping[str, Confirmed], key: bytes
) -> Item:
    if alert.partner != partner.id:
        raise PolicyRefusal(f"alert {alert.id} is not for {partner.id}")
    if alert.state is AlertState.RECALLED:
        if not notices.reached(connection, alert):
            raise PolicyRefusal(f"alert {alert.id} was recalled before it left")
        return withdrawn(alert, partner, recalled_at(connection, alert))
    if alert.marking is Marking.RED:
        raise PolicyRefusal(f"alert {alert.id} is TLP:RED, which is for named persons: it is read in the app only")
    if why := selection.obstacle(connection, alert, partner, dict(standing), key):
        raise PolicyRefusal(why)
    root = approvals.known(connection, alert.origin) if alert.origin else alert
    decision = decisions.of(connection, root)
    at = max(alert.created_at, decision.at) if decision else alert.created_at
    return Item(replace(alert, content=partner.spec.redact.narrowed(alert.content)), at)


def made_of(connection: Connection, settings: Settings, partner: Partner, name: str, items: Iterable[Item]) -> Package:
    """A package of what was let through, in the order in which it was offered."""
    titles = indicator_texts.titles(connection, partner.spec.language)
    ordered = tuple(sorted(items, key=lambda item: (item.alert.created_at, item.alert.id)))
    return Package(partner, House.of(settings), name, ordered, titles)
