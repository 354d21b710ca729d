"""Looking back: ads that once had a contact or hold certain words, gone from the web or not, with what is kept of each
and who has seen it. Contacts are compared by keyed token alone. Read only.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from zorya.domain.search_words import Question
from zorya.store import ad_history, campaigns, dossier, search
from zorya.store.presence import chunks
from zorya.store.schema import audit, captures, contacts, postings, versions

HANDLED = ("ad.view", "contact.reveal", "evidence-capture", "evidence-export")
"""Acts of the log that tell who has seen an ad: opened, contacts shown, captured by hand, handed on."""
ACTION = "lookback"
WORDINGS = 50
_LOOKED_AT, _STEP = 2000, 200


@dataclass(frozen=True, slots=True)
class Remembered:
    """One ad that was found, and what is kept of it. `captures` are those whose file is kept, `purged` those whose file
    had to go; `seen_by` tells (who, act, when), the newest last.
    """

    posting_id: str
    source: str
    first_seen: datetime
    last_seen: datetime
    gone_at: datetime | None
    campaign: str | None
    wordings: tuple[ad_history.VersionRow, ...]
    captures: int
    purged: int
    seen_by: tuple[tuple[str, str, datetime], ...]


def with_contact(
    connection: Connection, tokens: Iterable[str], *, first_day: date | None, last_day: date | None, limit: int
) -> list[str]:
    """Ads that had one of these contacts in any wording, seen within the days (UTC, both included), the latest first.

    `tokens` are keyed tokens of contacts or their beginnings.
    """
    either = or_(*(and_(contacts.c.token >= one, contacts.c.token < f"{one}g") for one in tokens))
    query = select(postings.c.id).join(versions, versions.c.posting_id == postings.c.id)
    query = query.join(contacts, contacts.c.version_id == versions.c.id).where(either, *_seen(first_day, last_day))
    ordered = query.group_by(postings.c.id, postings.c.last_seen).order_by(postings.c.last_seen.desc(), postings.c.id)
    return list(connection.scalars(ordered.limit(limit)))


def with_words(
    connection: Connection, wanted: Question, *, first_day: date | None, last_day: date | None, limit: int
) -> list[str]:
    """Ads whose newest wording holds the words, seen within the days, by first sight, the latest first."""
    found: list[str] = []
    before: int | None = None
    for _ in range(_LOOKED_AT // _STEP):
        batch = search.find(connection, wanted, before=before, last_day=last_day, limit=_STEP)
        names = [each.posting_id for each in batch]
        query = select(postings.c.id).where(postings.c.id.in_(names), *_seen(first_day, last_day))
        inside = set(connection.scalars(query))
        found += [name for name in names if name in inside]
        if len(batch) < _STEP or len(found) >= limit:
            break
        before = batch[-1].key
    return found[:limit]


def recall(connection: Connection, posting_ids: Collection[str]) -> list[Remembered]:
    """What is kept of these ads, in their order."""
    homes = campaigns.of_postings(connection, list(posting_ids))
    rows: dict[str, dict[str, Any]] = {}
    for part in chunks(posting_ids):
        found = connection.execute(select(postings).where(postings.c.id.in_(part))).mappings()
        rows |= {row["id"]: dict(row) for row in found}
    return [_remembered(connection, rows[name], homes.get(name)) for name in posting_ids if name in rows]


def number_by(connection: Connection, person: str, *, since: datetime) -> int:
    """How often somebody has looked back since a moment."""
    query = select(func.count()).select_from(audit)
    mine = (audit.c.actor == person, audit.c.action == ACTION, audit.c.at > since)
    return int(connection.execute(query.where(*mine)).scalar_one())


def _seen(first_day: date | None, last_day: date | None) -> list[ColumnElement[bool]]:
    """Conditions on an ad: that it was to be seen on one of the days."""
    found: list[ColumnElement[bool]] = []
    if first_day is not None:
        found.append(postings.c.last_seen >= _begin(first_day))
    if last_day is not None:
        found.append(postings.c.first_seen < _begin(last_day + timedelta(days=1)))
    return found


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _remembered(connection: Connection, row: dict[str, Any], campaign: str | None) -> Remembered:
    wordings = ad_history.versions_of(connection, row["id"], limit=WORDINGS)
    own = select(versions.c.capture_id).where(versions.c.posting_id == row["id"])
    kept = dict[bool, int]()
    query = select(captures.c.purged_at.is_not(None).label("gone"), func.count().label("number"))
    for counted in connection.execute(query.where(captures.c.id.in_(own)).group_by("gone")):
        kept[bool(counted.gone)] = int(counted.number)
    capture_ids = [one.capture["id"] for one in wordings if one.capture]
    log = dossier.custody(connection, [row["id"], *(one.id for one in wordings), *capture_ids])
    return Remembered(
        posting_id=row["id"],
        source=row["source"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        gone_at=row["gone_at"],
        campaign=campaign,
        wordings=tuple(wordings),
        captures=kept.get(False, 0),
        purged=kept.get(True, 0),
        seen_by=tuple(
            (entry["actor"], entry["action"], datetime.fromisoformat(entry["at"]))
            for entry in log
            if entry["action"] in HANDLED
        ),
    )
