"""What a partner was told, in order: the ledger of its digests and notices without their words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, or_, select

from zorya.domain.sharing import DigestKind, Marking
from zorya.store.sharing_schema import digests, outbox


@dataclass(frozen=True, slots=True)
class Telling:
    """One digest or notice; `notices` are `recalled:ALERT:REVISION` and the like."""

    id: str
    sequence: int
    kind: DigestKind
    marking: Marking
    created_at: datetime
    alert_ids: tuple[str, ...]
    notices: tuple[str, ...]


def of_partner(connection: Connection, partner: str) -> list[Telling]:
    """Everything that may have reached a partner: at least one delivery was tried, or waits and is not refused."""
    left = and_(outbox.c.digest_id == digests.c.id, or_(outbox.c.state != "refused", outbox.c.attempts > 0))
    query = select(*_COLUMNS).where(digests.c.partner == partner, exists().where(left)).order_by(digests.c.sequence)
    return [_telling(dict(row)) for row in connection.execute(query).mappings()]


_COLUMNS = tuple(digests.c[name] for name in Telling.__dataclass_fields__)


def _telling(row: dict[str, Any]) -> Telling:
    lists = {"alert_ids": tuple(row["alert_ids"]), "notices": tuple(row["notices"])}
    return Telling(**(row | lists | {"marking": Marking(row["marking"]), "kind": DigestKind(row["kind"])}))
