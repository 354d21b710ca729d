"""What people and the machine changed of campaigns: append-only, read back as history.

A change is *in force* unless a later change that is itself in force undoes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, insert, or_, select

from zorya.store import campaigns
from zorya.store.campaign_schema import campaign_changes, campaign_links, campaign_mentions, campaign_moves
from zorya.store.presence import chunks

MACHINE = "stage:screen"
"""Who merged or split where no person did."""


@dataclass(frozen=True, slots=True)
class Change:
    """One merge, split, undo or *different*. `campaign_id` is the campaign that stayed (merge) or was cut (split);
    `opened` and `closed` are the ids that became campaigns of their own or ceased to be; `moved` counts postings."""

    seq: int
    kind: str
    campaign_id: str
    at: datetime
    actor: str
    reason: str
    moved: int
    undoes: int | None
    in_force: bool
    campaigns: tuple[str, ...]
    opened: tuple[str, ...]
    closed: tuple[str, ...]

    @property
    def by_machine(self) -> bool:
        """True where no person did it."""
        return self.actor == MACHINE


Turns = Mapping[str, tuple[str | None, str | None]]
"""Campaign → what it was merged into before and after."""


def record(
    connection: Connection,
    kind: str,
    campaign_id: str,
    *,
    at: datetime,
    by: str,
    reason: str,
    moved: int,
    turns: Turns,
    undoes: int | None = None,
) -> int:
    """Append a change and what it is about; returns its number. Its moves are written by the caller."""
    row = {"kind": kind, "campaign_id": campaign_id, "at": at, "actor": by, "reason": reason}
    done = connection.execute(insert(campaign_changes).values(**row, moved=moved, undoes=undoes))
    (seq,) = done.inserted_primary_key or (0,)
    mentions = [
        {"change": seq, "campaign_id": campaign, "before": before, "after": after}
        for campaign, (before, after) in sorted(({campaign_id: (None, None)} | dict(turns)).items())
    ]
    connection.execute(insert(campaign_mentions), mentions)
    return int(seq)


def add_moves(connection: Connection, seq: int, moves: Iterable[tuple[str, str, str]]) -> None:
    """Note (posting, from, to) of a change."""
    rows = [{"change": seq, "posting_id": p, "from_campaign": one, "to_campaign": other} for p, one, other in moves]
    if rows:
        connection.execute(insert(campaign_moves), rows)


def add_links(connection: Connection, seq: int, pairs: Iterable[tuple[str, str]], relation: str) -> None:
    """Note that a change says `same` or `different` of the advertisers of pairs of postings."""
    unique = sorted({(min(pair), max(pair)) for pair in pairs})
    rows = [{"change": seq, "one": one, "other": other, "relation": relation} for one, other in unique if one != other]
    if rows:
        connection.execute(insert(campaign_links), rows)


def change(connection: Connection, seq: int) -> Change | None:
    """One change by number."""
    found = _changes(connection, [seq])
    return found[0] if found else None


def history(connection: Connection, campaign_id: str, limit: int = 200) -> list[Change]:
    """What was done to a campaign and to those merged into it, the newest first."""
    found: set[int] = set()
    for chunk in chunks(campaigns.family(connection, campaign_id)):
        query = select(campaign_mentions.c.change).where(campaign_mentions.c.campaign_id.in_(chunk))
        found |= set(connection.execute(query.order_by(campaign_mentions.c.change.desc()).limit(limit)).scalars())
    return _changes(connection, sorted(found, reverse=True)[:limit])


def revoked(connection: Connection, numbers: Iterable[int]) -> set[int]:
    """Those of these changes that are not in force. Only what undoes them is read, and what undoes that."""
    undone_by: dict[int, int] = {}
    asked = set(numbers)
    while asked:
        found: dict[int, int] = {}
        for chunk in chunks(sorted(asked)):
            query = select(campaign_changes.c.undoes, campaign_changes.c.seq).where(
                campaign_changes.c.undoes.in_(chunk)
            )
            for row in connection.execute(query):
                found[row.undoes] = max(row.seq, found.get(row.undoes, 0))
        undone_by |= found
        asked = set(found.values()) - undone_by.keys()

    def in_force(seq: int) -> bool:
        return seq not in undone_by or not in_force(undone_by[seq])

    return {seq for seq in numbers if not in_force(seq)}


def standing_on(connection: Connection, seq: int) -> list[int]:
    """Later changes in force that touch what a change touched: they must be undone before it can be.

    A later change and its undoing, both after `seq`, leave everything as it was and do not count.
    """
    first, later = campaign_moves.alias(), campaign_moves.alias()
    touched = (
        select(later.c.change)
        .join(first, later.c.posting_id == first.c.posting_id)
        .where(first.c.change == seq, first.c.from_campaign != first.c.to_campaign, later.c.change > seq)
    )
    opened, named = campaign_mentions.alias(), campaign_mentions.alias()
    turned = or_(
        opened.c.before != opened.c.after,
        and_(opened.c.before.is_(None), opened.c.after.is_not(None)),
        and_(opened.c.before.is_not(None), opened.c.after.is_(None)),
    )
    mentioned = (
        select(named.c.change)
        .join(opened, named.c.campaign_id == opened.c.campaign_id)
        .where(opened.c.change == seq, turned, named.c.change > seq)
    )
    found = set(connection.execute(touched.union(mentioned)).scalars())
    gone = revoked(connection, found)
    return [
        later_one.seq
        for later_one in _changes(connection, sorted(found))
        if later_one.seq not in gone and (later_one.undoes is None or later_one.undoes <= seq)
    ]


def next_number(connection: Connection) -> int:
    """A number no change has had; it may be that of the next one."""
    return int(connection.execute(select(func.coalesce(func.max(campaign_changes.c.seq), 0))).scalar_one()) + 1


def moves_of(connection: Connection, seq: int) -> list[tuple[str, str, str]]:
    """(posting, from, to) of a change, those it left where they were included."""
    query = select(campaign_moves).where(campaign_moves.c.change == seq).order_by(campaign_moves.c.posting_id)
    return [(row.posting_id, row.from_campaign, row.to_campaign) for row in connection.execute(query)]


def turns_of(connection: Connection, seq: int) -> dict[str, tuple[str | None, str | None]]:
    """Campaigns a change is about, with what each was merged into before and after."""
    query = select(campaign_mentions).where(campaign_mentions.c.change == seq)
    return {row.campaign_id: (row.before, row.after) for row in connection.execute(query)}


def _changes(connection: Connection, numbers: list[int]) -> list[Change]:
    """Changes by number, in the order given."""
    gone = revoked(connection, numbers)
    about: dict[int, dict[str, tuple[str | None, str | None]]] = {}
    rows: dict[int, RowMapping] = {}
    for chunk in chunks(numbers):
        query = select(campaign_changes).where(campaign_changes.c.seq.in_(chunk))
        rows |= {row["seq"]: row for row in connection.execute(query).mappings()}
        named = select(campaign_mentions).where(campaign_mentions.c.change.in_(chunk))
        for row in connection.execute(named.order_by(campaign_mentions.c.campaign_id)):
            about.setdefault(row.change, {})[row.campaign_id] = (row.before, row.after)
    return [_change(dict(rows[seq]), about.get(seq, {}), seq not in gone) for seq in numbers if seq in rows]


def _change(row: dict[str, Any], turns: Turns, in_force: bool) -> Change:
    return Change(
        **row,
        in_force=in_force,
        campaigns=tuple(turns),
        opened=tuple(name for name, (before, after) in turns.items() if before is not None and after is None),
        closed=tuple(name for name, (before, after) in turns.items() if before is None and after is not None),
    )
