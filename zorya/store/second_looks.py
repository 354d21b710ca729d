"""What people answered who judged the same campaign without knowing of each other, told anew in the transaction of
every decision, merge and split: pages read what stands here, whatever was ever judged.

A campaign is here while blind decisions of two people or more are in force on it (merges followed, one person counts
once, by the last word). Who settles a disagreement knew both sides: that word is none of them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from zorya.domain.reviews import TaskReason, VerdictLabel, iso_week
from zorya.store import campaigns
from zorya.store.campaign_schema import campaigns as live_campaigns
from zorya.store.in_force import IN_FORCE
from zorya.store.presence import chunks
from zorya.store.review_schema import second_look_weeks, second_looks
from zorya.store.rows import insert_ignore
from zorya.store.schema import tasks, verdicts

Labels = tuple[VerdictLabel, ...]
"""Labels of one campaign, one a person, in the order of their names."""
Place = tuple[datetime, str]
"""Where a page of disagreements ends: the moment of the last word, and the campaign."""

_WORDS = (
    select(verdicts.c.campaign_id, verdicts.c.analyst, verdicts.c.label, verdicts.c.decided_at, tasks.c.reason)
    .join(tasks, tasks.c.id == verdicts.c.task_id)
    .where(verdicts.c.campaign_id.in_(bindparam("some", expanding=True)), *IN_FORCE)
    .order_by(verdicts.c.decided_at, verdicts.c.id)
)
_MORE = (
    update(second_look_weeks)
    .where(second_look_weeks.c.week == bindparam("of_week"), second_look_weeks.c.labels == bindparam("of_labels"))
    .values(campaigns=second_look_weeks.c.campaigns + bindparam("more"))
)


@dataclass(slots=True)
class _Look:
    """Blind labels by person, when the last was given, and whether somebody settled what they disagree about."""

    labels: dict[str, VerdictLabel]
    at: datetime
    settled: bool = False


def retell(connection: Connection, campaign_ids: Iterable[str]) -> None:
    """Tell anew what was answered to these campaigns, or to those that they were merged into; whoever changes which
    decisions are in force on a campaign calls this in the same transaction."""
    asked = campaigns.resolve_all(connection, campaign_ids)
    kin = campaigns.kin(connection, asked.values())
    if connection.dialect.name == "postgresql":  # two people may answer at the same moment: each must see the other
        rows = select(live_campaigns.c.id).where(live_campaigns.c.id.in_(sorted(set(kin.values()))))
        connection.execute(rows.order_by(live_campaigns.c.id).with_for_update(key_share=True))
    known = {*asked, *kin}
    before = [row for some in chunks(known) for row in connection.execute(_rows_of(some)).mappings()]
    after = [_row(name, look) for name, look in _looks(connection, kin).items() if len(look.labels) > 1]
    if sorted(map(repr, map(dict, before))) == sorted(map(repr, after)):
        return
    for some in chunks(known):
        connection.execute(delete(second_looks).where(second_looks.c.campaign_id.in_(some)))
    if after:
        connection.execute(insert(second_looks), after)
    change = Counter((row["week"], row["labels"]) for row in after)
    change.subtract((row["week"], row["labels"]) for row in before)
    _count(connection, change)


def by_week(connection: Connection, *, since: str) -> dict[str, Counter[Labels]]:
    """ISO week, from one on → how many campaigns whose last word is of that week were given which labels."""
    query = select(second_look_weeks).where(second_look_weeks.c.week >= since, second_look_weeks.c.campaigns > 0)
    found: dict[str, Counter[Labels]] = {}
    for row in connection.execute(query):
        found.setdefault(row.week, Counter())[_labels_of(row.labels)] += row.campaigns
    return found


def disagreements(
    connection: Connection, *, concern_analysts: int, limit: int, before: Place | None = None
) -> list[Place]:
    """Campaigns that wait for somebody to settle them, where so many must see a concern; the newest first."""
    below = second_looks.c.open_below
    # Fewer than three analysts: ties alone are open, which the index has in order.
    query = select(second_looks.c.at, second_looks.c.campaign_id)
    query = query.where(below == 1 if concern_analysts < 3 else below <= concern_analysts)
    if before is not None:
        at, last = before
        same = and_(second_looks.c.at == at, second_looks.c.campaign_id < last)
        query = query.where(second_looks.c.at <= at, or_(second_looks.c.at < at, same))
    ordered = query.order_by(second_looks.c.at.desc(), second_looks.c.campaign_id.desc()).limit(limit)
    return [(row.at, row.campaign_id) for row in connection.execute(ordered)]


def adjudications(connection: Connection, task_ids: Iterable[str] | None = None) -> frozenset[str]:
    """Tasks (of these, or all) by which a lead settled a disagreement."""
    query = select(tasks.c.id).where(tasks.c.reason == TaskReason.ADJUDICATION)
    if task_ids is None:
        return frozenset(connection.scalars(query))
    return frozenset(
        name for chunk in chunks(sorted(task_ids)) for name in connection.scalars(query.where(tasks.c.id.in_(chunk)))
    )


def open_below(labels: Iterable[VerdictLabel]) -> int | None:
    """From how many analysts on, whose concern is asked for, these labels leave open what a campaign is: 1 where as
    many say one thing as another, one more than see a concern where most do; None where nobody disagrees about it.
    """
    given = Counter(label for label in labels if label is not VerdictLabel.UNSURE)
    if len(given) < 2 or not given[VerdictLabel.CONCERN]:
        return None
    (first, most), (_, following), *_ = given.most_common()
    if most == following:
        return 1
    return most + 1 if first is VerdictLabel.CONCERN else None


def _looks(connection: Connection, kin: dict[str, str]) -> dict[str, _Look]:
    found: dict[str, _Look] = {}
    words = [row for some in chunks(sorted(kin)) for row in connection.execute(_WORDS, {"some": some})]
    for word in sorted(words, key=lambda word: word.decided_at):
        look = found.setdefault(kin[word.campaign_id], _Look({}, word.decided_at))
        if word.reason == TaskReason.ADJUDICATION:
            look.settled = True
        else:
            look.labels[word.analyst], look.at = VerdictLabel(word.label), word.decided_at
    return found


def _rows_of(campaign_ids: list[str]) -> Any:
    return select(second_looks).where(second_looks.c.campaign_id.in_(campaign_ids))


def _row(campaign_id: str, look: _Look) -> dict[str, Any]:
    counted = sorted(Counter(label.value for label in look.labels.values()).items())
    return {
        "campaign_id": campaign_id,
        "at": look.at,
        "week": iso_week(look.at),
        "labels": " ".join(f"{label}:{number}" for label, number in counted),
        "open_below": None if look.settled else open_below(look.labels.values()),
    }


def _labels_of(text: str) -> Labels:
    pairs = (part.split(":") for part in text.split())
    return tuple(VerdictLabel(label) for label, number in pairs for _ in range(int(number)))


def _count(connection: Connection, change: Counter[tuple[str, str]]) -> None:
    for (week, labels), number in sorted(change.items()):  # one order: two writers never wait for each other's rows
        if number:
            insert_ignore(connection, second_look_weeks, {"week": week, "labels": labels, "campaigns": 0})
            connection.execute(_MORE, {"of_week": week, "of_labels": labels, "more": number})
