"""What people answered who judged the same campaign blind, told anew at every decision: a row a campaign, and how many
campaigns were given which labels, week by week. The index of second rounds by which this was read until now goes.
"""

from collections import Counter
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0027"
down_revision = "0026"

_INDEX = "ix_tasks_done_at_id"
_OPEN = "ix_second_looks_open_below_at_campaign_id"


def upgrade() -> None:
    """Apply."""
    looks = op.create_table(
        "second_looks",
        sa.Column("campaign_id", sa.String(40), sa.ForeignKey("campaigns.id"), primary_key=True),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("labels", sa.String(120), nullable=False),
        sa.Column("open_below", sa.Integer()),
    )
    is_open = sa.text("open_below IS NOT NULL")
    columns = ["open_below", "at", "campaign_id"]
    op.create_index(_OPEN, "second_looks", columns, sqlite_where=is_open, postgresql_where=is_open)
    weeks = op.create_table(
        "second_look_weeks",
        sa.Column("week", sa.String(8), primary_key=True),
        sa.Column("labels", sa.String(120), primary_key=True),
        sa.Column("campaigns", sa.Integer(), nullable=False),
    )
    op.drop_index(_INDEX, table_name="tasks")
    rows = _answered(op.get_bind())
    if rows:
        counted = Counter((row["week"], row["labels"]) for row in rows)
        op.bulk_insert(looks, rows)
        op.bulk_insert(weeks, [{"week": w, "labels": x, "campaigns": n} for (w, x), n in sorted(counted.items())])


def downgrade() -> None:
    """Undo."""
    op.drop_table("second_look_weeks")
    op.drop_table("second_looks")
    done = sa.text("round = 2 AND done_at IS NOT NULL")
    op.create_index(_INDEX, "tasks", ["done_at", "id"], sqlite_where=done, postgresql_where=done)


def _answered(connection: sa.Connection) -> list[dict[str, Any]]:
    """The rows of what is stored, by the rule of `zorya.store.second_looks` on the day of this migration."""
    merged = sa.text("SELECT id, merged_into FROM campaigns WHERE merged_into IS NOT NULL")
    into: dict[str, str] = {row.id: row.merged_into for row in connection.execute(merged)}
    query = sa.text(
        "SELECT v.campaign_id, v.analyst, v.label, v.decided_at, t.reason FROM verdicts v JOIN tasks t"
        " ON t.id = v.task_id WHERE NOT v.withdrawn AND NOT EXISTS"
        " (SELECT 1 FROM verdicts later WHERE later.supersedes = v.id) ORDER BY v.decided_at, v.id"
    ).columns(decided_at=UtcTime)
    labels: dict[str, dict[str, str]] = {}
    last: dict[str, datetime] = {}
    settled = set()
    for word in connection.execute(query):
        campaign = word.campaign_id
        while campaign in into:
            campaign = into[campaign]
        if word.reason == "adjudication":
            settled.add(campaign)
        else:
            labels.setdefault(campaign, {})[word.analyst] = word.label
            last[campaign] = word.decided_at
    return [_row(name, given, last[name], name in settled) for name, given in labels.items() if len(given) > 1]


def _row(campaign: str, given: dict[str, str], at: datetime, settled: bool) -> dict[str, Any]:
    counted = Counter(given.values())
    year, week, _ = at.isocalendar()
    sure = Counter({label: number for label, number in counted.items() if label != "unsure"})
    below = None
    if len(sure) > 1 and sure["concern"] and not settled:
        (first, most), (_, following), *_ = sure.most_common()
        below = 1 if most == following else most + 1 if first == "concern" else None
    told = " ".join(f"{label}:{number}" for label, number in sorted(counted.items()))
    return {"campaign_id": campaign, "at": at, "week": f"{year}-W{week:02d}", "labels": told, "open_below": below}
