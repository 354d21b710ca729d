"""A partner's collection as a stream of STIX objects, each with the moment from which it could be fetched."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from itertools import groupby

from sqlalchemy import Connection

from alerts.exports import collection, stix
from alerts.exports.package import Package, made_of
from alerts.partners import Partner
from zorya.settings import Settings
from zorya.store.tellings import Telling


@dataclass(frozen=True, slots=True)
class Dated:
    """A STIX object, when it came into the collection, and its version (`modified`, else `created`, else that)."""

    added_at: datetime
    thing: stix.Thing

    @property
    def id(self) -> str:
        """The object's id."""
        return str(self.thing["id"])

    @property
    def position(self) -> tuple[datetime, str]:
        """Where it stands in the stream."""
        return self.added_at, self.id

    @property
    def version(self) -> str:
        """An RFC 3339 timestamp."""
        return str(self.thing.get("modified") or self.thing.get("created") or stamp(self.added_at))


def of_partner(
    connection: Connection, settings: Settings, partner: Partner, *, since: datetime | None = None
) -> Iterator[Dated]:
    """The collection in the order in which it came, from a moment on; made as it is read.

    What several alerts share (a country, an address) stands where the first of them does, counted from that moment.
    """
    ledger = collection.ledger_of(connection, partner.id)
    package = made_of(connection, settings, partner, "told", ())
    groups = collection.batches(connection, settings, partner, ledger, since=since)
    begun = ledger.tellings[0][1] if ledger.tellings else None
    frame = [(begun, _dated(begun, stix.every_frame(package)))] if begun and begun >= (since or begun) else []
    late = [(telling, at) for telling, at in ledger.tellings if at >= (since or at)]
    reports = ((at, _dated(at, _reports(package, telling))) for telling, at in late)
    alerts = ((batch.added_at, _dated(batch.added_at, _things(package, batch))) for batch in groups)
    merged = merge(frame, reports, alerts, key=lambda pair: pair[0])
    given: set[str] = set()
    for _moment, group in groupby(merged, key=lambda pair: pair[0]):
        fresh = {dated.id: dated for _at, found in group for dated in found if dated.id not in given}
        given |= fresh.keys()
        yield from sorted(fresh.values(), key=lambda dated: dated.position)


def stamp(moment: datetime) -> str:
    """A moment as TAXII writes it, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _dated(at: datetime, things: Iterable[stix.Thing]) -> list[Dated]:
    return [Dated(at, thing) for thing in things]


def _reports(package: Package, telling: Telling) -> list[stix.Thing]:
    return [stix.report_of(package, telling)] if telling.alert_ids else []


def _things(package: Package, batch: collection.Batch) -> Iterator[stix.Thing]:
    return (thing for item in batch.items for thing in stix.objects_of(package, item))
