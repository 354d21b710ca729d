"""Everything a partner was told and may have today, each alert with the moment from which it could be fetched.

The moments follow the partner's numbered digests and notices, and each is later than the one before: whoever asks for
what was added after the newest thing seen misses nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection

from alerts.exports.package import Item, Package, made_of, recalled_at, sorted_out, withdrawn
from alerts.partners import Catalog, Partner
from zorya.domain.sharing import Alert, AlertState, NoticeKind
from zorya.errors import NothingToDo
from zorya.settings import Settings
from zorya.store import sharing, tellings
from zorya.store.tellings import Telling

_STEP = timedelta(milliseconds=1)
"""The finest step that all readers of STIX keep."""


@dataclass(frozen=True, slots=True)
class Told:
    """An alert, since when this state of it can be fetched, and whether the partner was told that it is withdrawn."""

    alert: Alert
    added_at: datetime
    recalled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a partner was told: digests and notices with their moments, and the last word on each alert, in order."""

    tellings: tuple[tuple[Telling, datetime], ...]
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Alerts that could be fetched from the same moment on; `held` of them may not leave today."""

    added_at: datetime
    items: tuple[Item, ...]
    held: int


def ledger_of(connection: Connection, partner: str) -> Ledger:
    """The ledger of a partner."""
    dated: list[tuple[Telling, datetime]] = []
    last: dict[str, tuple[datetime, datetime | None]] = {}
    for telling in tellings.of_partner(connection, partner):
        at = max(telling.created_at, dated[-1][1] + _STEP) if dated else telling.created_at
        dated.append((telling, at))
        last |= {name: (at, None) for name in telling.alert_ids}
        for kind, name in (notice.split(":")[:2] for notice in telling.notices if ":" in notice):
            if kind == NoticeKind.RECALLED and name in last:
                last[name] = (at, telling.created_at)
    told = [_told(connection, alert, *last[alert.id]) for alert in sharing.alerts_by_id(connection, last)]
    return Ledger(tuple(dated), tuple(sorted(told, key=lambda each: (each.added_at, each.alert.id))))


def batches(
    connection: Connection, settings: Settings, partner: Partner, ledger: Ledger, *, since: datetime | None = None
) -> Iterator[Batch]:
    """What may be had today, moment by moment, from a moment on; each is looked at when it is asked for."""
    due = (each for each in ledger.told if since is None or each.added_at >= since)
    for moment, group in groupby(due, key=lambda each: each.added_at):
        told = list(group)
        gone = [each for each in told if each.recalled_at and each.alert.state is not AlertState.RECALLED]
        items, refused = sorted_out(connection, settings, partner, [each.alert for each in told if each not in gone])
        items += [withdrawn(each.alert, partner, each.recalled_at or moment) for each in gone]
        yield Batch(moment, tuple(items), len(refused))


def package_of(connection: Connection, settings: Settings, catalog: Catalog, partner_id: str) -> tuple[Package, int]:
    """The collection as one package, and how many alerts are held back; NothingToDo when it is empty."""
    partner = catalog.get(partner_id)
    ledger = ledger_of(connection, partner.id)
    found = list(batches(connection, settings, partner, ledger))
    items = [item for batch in found for item in batch.items]
    if not items:
        raise NothingToDo(f"{partner.id} was told nothing that may be exported today")
    package = made_of(connection, settings, partner, "told", items)
    told = tuple(telling for telling, _at in ledger.tellings if telling.alert_ids)
    return replace(package, tellings=told), sum(batch.held for batch in found)


def _told(connection: Connection, alert: Alert, at: datetime, recalled: datetime | None) -> Told:
    """A recall that no notice could tell counts from its own moment."""
    if alert.state is AlertState.RECALLED and recalled is None:
        recalled = recalled_at(connection, alert)
        at = max(at, recalled)
    return Told(alert, at, recalled)
