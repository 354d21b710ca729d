"""Everything a partner was told and may have today, each alert with the moment from which it could be fetched.

The moments follow the partner's numbered digests and notices, and each is later than the one before: whoever asks for
what was added after the newest thing seen misses nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts.exports.package import Item, Package, made_of, sorted_out, withdrawn
from alerts.partners import Catalog, Partner
from zorya.domain.sharing import Alert, AlertState, NoticeKind
from zorya.errors import NothingToDo
from zorya.settings import Settings
from zorya.store import sharing, tellings
from zorya.store.tellings import Telling

_STEP = timedelta(milliseconds=1)
"""The finest step that all readers of STIX keep."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An alert and since when this state of it could be fetched."""

    item: Item
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Collection:
    """`tellings` are the digests that told something, each with its moment; `held` alerts may not leave today."""

    entries: tuple[Entry, ...]
    tellings: tuple[tuple[Telling, datetime], ...]
    held: int


@dataclass(frozen=True, slots=True)
class _Last:
    """What a partner was told of an alert last."""

    at: datetime
    told_at: datetime
    recalled: bool


def of_partner(
    connection: Connection, settings: Settings, partner: Partner, *, after: datetime | None = None
) -> Collection:
    """The collection; with `after`, only what was added later."""
    told, last = _ledger(tellings.of_partner(connection, partner.id))
    alerts = [alert for alert in sharing.alerts_by_id(connection, last) if _is_due(alert, last[alert.id], after)]
    gone = [alert for alert in alerts if last[alert.id].recalled and alert.state is not AlertState.RECALLED]
    items, refused = sorted_out(connection, settings, partner, [alert for alert in alerts if alert not in gone])
    items += [withdrawn(alert, partner, last[alert.id].told_at) for alert in gone]
    entries = [Entry(item, _added(item, last[item.alert.id])) for item in items]
    entries = [entry for entry in entries if after is None or entry.added_at > after]
    entries.sort(key=lambda entry: (entry.added_at, entry.item.alert.id))
    reports = tuple(pair for pair in told if pair[0].alert_ids and (after is None or pair[1] > after))
    return Collection(tuple(entries), reports, len(refused))


def package_of(connection: Connection, settings: Settings, catalog: Catalog, partner_id: str) -> tuple[Package, int]:
    """The collection as one package, and how many alerts are held back; NothingToDo when it is empty."""
    partner = catalog.get(partner_id)
    told = of_partner(connection, settings, partner)
    if not told.entries:
        raise NothingToDo(f"{partner.id} was told nothing that may be exported today")
    package = made_of(connection, settings, partner, partner.id, [entry.item for entry in told.entries])
    return replace(package, tellings=tuple(telling for telling, _at in told.tellings)), told.held


def _ledger(told: list[Telling]) -> tuple[list[tuple[Telling, datetime]], dict[str, _Last]]:
    """Tellings with their moments, and the last word on each alert."""
    dated: list[tuple[Telling, datetime]] = []
    last: dict[str, _Last] = {}
    for telling in told:
        at = max(telling.created_at, dated[-1][1] + _STEP) if dated else telling.created_at
        dated.append((telling, at))
        for name in telling.alert_ids:
            last[name] = _Last(at, telling.created_at, recalled=False)
        for kind, name, _revision in (notice.split(":") for notice in telling.notices):
            if kind == NoticeKind.RECALLED and name in last:
                last[name] = _Last(at, telling.created_at, recalled=True)
    return dated, last


def _is_due(alert: Alert, last: _Last, after: datetime | None) -> bool:
    """A recall that no notice could tell is looked at always."""
    return after is None or last.at > after or alert.state is AlertState.RECALLED


def _added(item: Item, last: _Last) -> datetime:
    return max(last.at, item.changed_at) if item.withdrawn else last.at
