"""Merging and splitting campaigns and taking it back, by a person or the machine: recorded, reversible, nothing lost.

Ids survive. The oldest id stays in a merge; a part that is split off gets the id it had before it was merged in, else
a new one; every id resolves to the campaign in which the posting it is named after is. A person's acts are audited,
and bind the machine: what a person split stays apart, what a person merged stays together, until it is undone.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, literal, select, update

from zorya.domain import ids
from zorya.errors import NothingToDo, PolicyRefusal, StoreError
from zorya.store import audit, campaigns, change_log, portraits, proposals, reviews, second_looks, selection_backlog
from zorya.store.campaign_schema import campaign_members, campaign_moves
from zorya.store.campaign_schema import campaigns as table
from zorya.store.change_log import MACHINE, Change
from zorya.store.presence import chunks


def merge(connection: Connection, campaign_ids: Iterable[str], *, at: datetime, by: str, reason: str) -> Change:
    """Merge campaigns into the oldest of them (then the smallest id); its id is the change's `campaign_id`.

    Raises StoreError for an unknown campaign, NothingToDo when they are one already.
    """
    campaigns.lock(connection)
    together = sorted({campaigns.live(connection, campaign) for campaign in campaign_ids})
    if len(together) < 2:
        raise NothingToDo(f"{' and '.join(together) or 'these'} is one campaign already")
    rows = select(table.c.id, table.c.founder).where(table.c.id.in_(together)).order_by(table.c.created_at, table.c.id)
    founders = {row.id: row.founder for row in connection.execute(rows)}
    survivor, *others = founders
    moving = campaign_members.c.campaign_id.in_(others)
    moved = connection.execute(select(func.count()).select_from(campaign_members).where(moving)).scalar_one()
    turns = {other: (None, survivor) for other in others}
    seq = change_log.record(connection, "merge", survivor, at=at, by=by, reason=reason, moved=moved, turns=turns)
    # No posting passes through Python: a campaign of ten thousand ads is one statement, as one of ten is.
    kept = select(literal(seq), campaign_members.c.posting_id, campaign_members.c.campaign_id, literal(survivor))
    columns = ["change", "posting_id", "from_campaign", "to_campaign"]
    connection.execute(insert(campaign_moves).from_select(columns, kept.where(moving)))
    connection.execute(update(campaign_members).where(moving).values(campaign_id=survivor))
    proposals.follow_merge(connection, others, survivor)
    connection.execute(update(table).where(table.c.id.in_(others)).values(merged_into=survivor, merged_at=at))
    if by != MACHINE:
        anchors = [anchor for anchor in founders.values() if anchor]
        change_log.add_links(connection, seq, [(anchors[0], other) for other in anchors[1:]], "same")
    return _done(connection, seq, touched=together)


def split(
    connection: Connection, campaign_id: str, posting_ids: Iterable[str], *, at: datetime, by: str, reason: str
) -> Change:
    """Take postings out of a campaign; the campaign they form is the change's `opened[0]`, or in `campaigns`.

    Raises StoreError for an unknown campaign, a posting that is not in it, none, or all of them.
    """
    campaigns.lock(connection)
    campaign = campaigns.live(connection, campaign_id)
    chosen, everybody = sorted(set(posting_ids)), _posting_ids(connection, campaign)
    strangers = [name for name in chosen if name not in everybody]
    if strangers:
        raise StoreError(
            f"posting {', '.join(strangers[:5])} is not in campaign {campaign}; `zorya campaign show {campaign}` lists "
            "its postings"
        )
    if not chosen or len(chosen) == len(everybody):
        raise StoreError(f"name some of the {len(everybody)} postings of {campaign} to split off, not none or all")
    return split_into(connection, campaign, [chosen], at=at, by=by, reason=reason)


def split_into(
    connection: Connection,
    campaign: str,
    parts: Sequence[Sequence[str]],
    *,
    at: datetime,
    by: str,
    reason: str,
) -> Change:
    """Make each part a campaign of its own in one change; what no part names keeps the id. The parts must be disjoint,
    not empty, of this live campaign, and leave something."""
    leaving = [name for part in parts for name in part]
    homes, turns = _open(connection, campaign, parts, at=at)
    moves = [(name, campaign, home) for part, home in zip(parts, homes, strict=True) for name in part]
    if by != MACHINE:
        # A person saw the whole campaign: whoever was left in it was left on purpose.
        staying = sorted(_posting_ids(connection, campaign) - set(leaving))
        moves += [(name, campaign, campaign) for name in staying]
    seq = change_log.record(connection, "split", campaign, at=at, by=by, reason=reason, moved=len(leaving), turns=turns)
    change_log.add_moves(connection, seq, moves)
    _move(connection, {name: home for name, _, home in moves[: len(leaving)]})
    if by != MACHINE:
        change_log.add_links(connection, seq, [(staying[0], min(part)) for part in parts], "different")
    return _done(connection, seq, touched=[campaign, *homes])


def keep_apart(
    connection: Connection, one: str, other: str, *, anchors: tuple[str, str], at: datetime, by: str, reason: str
) -> Change:
    """A person says that two campaigns are of different advertisers; `anchors` is a posting of each."""
    campaigns.lock(connection)
    first, second = sorted((campaigns.live(connection, one), campaigns.live(connection, other)))
    if first == second:
        raise StoreError(f"{one} and {other} are one campaign: split it instead (`zorya campaign split {first}`)")
    turns = {second: (None, None)}
    seq = change_log.record(connection, "different", first, at=at, by=by, reason=reason, moved=0, turns=turns)
    change_log.add_links(connection, seq, [anchors], "different")
    return _done(connection, seq, touched=[])


def undo(connection: Connection, seq: int, *, at: datetime, by: str, reason: str = "") -> Change:
    """Take a change back: every posting it moved returns, every id resolves as before.

    Postings that came since to a campaign that ceases go to the one it is merged into. A person who takes back what
    the machine did also says why it may not do it again: the two are `different` (a merge) or the `same` (a split).
    Raises StoreError for an unknown change, NothingToDo when it is undone already, PolicyRefusal (naming them) when
    later changes stand on it.
    """
    campaigns.lock(connection)
    old = change_log.change(connection, seq)
    if old is None:
        raise StoreError(f"there is no change {seq}; `zorya campaign history ID` lists those of a campaign")
    if not old.in_force:
        raise NothingToDo(f"change {seq} is undone already")
    later = change_log.standing_on(connection, seq)
    if later:
        raise PolicyRefusal(
            f"change {seq} cannot be undone: change {', '.join(map(str, later))} stands on it; undo "
            f"{'it' if len(later) == 1 else 'them'} first, the latest one first"
        )
    back = {name: (after, before) for name, (before, after) in change_log.turns_of(connection, seq).items()}
    _turn(connection, {name: before for name, (after, before) in back.items() if after != before}, at=at)
    goals = {name: home for name, home, there in change_log.moves_of(connection, seq) if home != there}
    closing = [name for name, (_, target) in back.items() if target is not None]
    goals = {late: name for name in closing for late in _posting_ids(connection, name)} | goals
    return _take_back(connection, old, back, goals, at=at, by=by, reason=reason)


def _take_back(
    connection: Connection,
    old: Change,
    back: dict[str, tuple[str | None, str | None]],
    goals: dict[str, str],
    *,
    at: datetime,
    by: str,
    reason: str,
) -> Change:
    """Move postings to their goals, or where those are merged into now, and record it."""
    live = {home: campaigns.resolve(connection, home) for home in set(goals.values())}
    now = campaigns.of_postings(connection, goals)
    # An ad that was erased since is in no campaign and stays out.
    moves = [
        (name, now[name], live[home]) for name, home in sorted(goals.items()) if now.get(name) not in {None, live[home]}
    ]
    seq = change_log.record(
        connection, "undo", old.campaign_id, at=at, by=by, reason=reason, moved=len(moves), turns=back, undoes=old.seq
    )
    change_log.add_moves(connection, seq, moves)
    _move(connection, {name: home for name, _, home in moves})
    if old.by_machine and by != MACHINE and old.kind in {"merge", "split"}:
        # Without a word for it the machine would do the same again at the next ad.
        founders = _founders(connection, [old.campaign_id, *old.closed, *old.opened])
        first = founders.pop(old.campaign_id, None)
        relation = "different" if old.kind == "merge" else "same"
        change_log.add_links(connection, seq, [(first, each) for each in founders.values() if first], relation)
    proposals.reopen(connection, old.seq)
    return _done(connection, seq, touched=[*back, *live.values()])


def _done(connection: Connection, seq: int, *, touched: Collection[str]) -> Change:
    """What every change ends with: audit of a person's act, stale portraits, tasks of ids that live again."""
    change = change_log.change(connection, seq)
    if change is None:
        raise StoreError(f"change {seq} was not recorded")
    reviews.ask_again(connection, change.opened)
    live = {campaigns.resolve(connection, each) for each in touched}
    portraits.mark_stale(connection, live)
    selection_backlog.note(connection, live)
    second_looks.retell(connection, {*touched, *change.opened, *change.closed})
    portraits.forget(connection, change.closed)
    if not change.by_machine:
        what = f"{change.campaign_id} change {seq}" + (f" of {change.undoes}" if change.undoes else "")
        action = f"campaign.{change.kind}"
        audit.add(connection, at=change.at, actor=change.actor, action=action, object=what, reason=change.reason)
    return change


def _open(
    connection: Connection, campaign: str, parts: Sequence[Sequence[str]], *, at: datetime
) -> tuple[list[str], dict[str, tuple[str | None, str | None]]]:
    """An id for each part, and where the ids that had been merged into the campaign lead now."""
    part_of = {name: number for number, part in enumerate(parts) for name in part}
    kin = [name for name in campaigns.family(connection, campaign) if name != campaign]
    founders = _founders(connection, kin)
    homes: list[str | None] = [None] * len(parts)
    for name in _by_age(connection, kin):
        number = part_of.get(founders.get(name) or "")
        if number is not None and homes[number] is None:
            homes[number] = name
    number_of_change = change_log.next_number(connection)
    opened = [
        home or _create(connection, campaign, min(part), number_of_change, at=at)
        for home, part in zip(homes, parts, strict=True)
    ]
    before = _targets(connection, kin) | {home: campaign for home, old in zip(opened, homes, strict=True) if not old}
    after: dict[str, str | None] = dict(before) | dict.fromkeys(opened)
    for name in kin:
        number = part_of.get(founders.get(name) or "")
        if name not in opened:
            # Straight to its campaign: a chain of merges may lead through an id that has another home now.
            after[name] = campaign if number is None else opened[number]
    turns = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    _turn(connection, {name: target for name, (_, target) in turns.items()}, at=at)
    return opened, turns


def _create(connection: Connection, campaign: str, first_posting: str, change: int, *, at: datetime) -> str:
    name = ids.split_campaign_id(campaign, first_posting, change)
    connection.execute(insert(table).values(id=name, created_at=at, founder=first_posting))
    return name


def _turn(connection: Connection, targets: dict[str, str | None], *, at: datetime) -> None:
    for name, target in targets.items():
        values = {"merged_into": target, "merged_at": at if target else None}
        connection.execute(update(table).where(table.c.id == name).values(values))


def _move(connection: Connection, homes: dict[str, str]) -> None:
    by_home: dict[str, list[str]] = {}
    for name, home in homes.items():
        by_home.setdefault(home, []).append(name)
    for home, names in by_home.items():
        for chunk in chunks(names):
            moving = campaign_members.c.posting_id.in_(chunk)
            connection.execute(update(campaign_members).where(moving).values(campaign_id=home))
            proposals.follow_postings(connection, chunk, home)


def _posting_ids(connection: Connection, campaign: str) -> set[str]:
    query = select(campaign_members.c.posting_id).where(campaign_members.c.campaign_id == campaign)
    return set(connection.execute(query).scalars())


def _founders(connection: Connection, names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for chunk in chunks(names):
        query = select(table.c.id, table.c.founder).where(table.c.id.in_(chunk), table.c.founder.is_not(None))
        found |= {row.id: row.founder for row in connection.execute(query)}
    return found


def _targets(connection: Connection, names: Iterable[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for chunk in chunks(names):
        query = select(table.c.id, table.c.merged_into).where(table.c.id.in_(chunk))
        found |= {row.id: row.merged_into for row in connection.execute(query)}
    return found


def _by_age(connection: Connection, names: Iterable[str]) -> list[str]:
    rows = [
        (row.created_at, row.id)
        for chunk in chunks(names)
        for row in connection.execute(select(table.c.created_at, table.c.id).where(table.c.id.in_(chunk)))
    ]
    return [name for _, name in sorted(rows)]
