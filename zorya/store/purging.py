"""Taking what was stored of ads out of the database: of stopped ads (`stopped`) and of erased ones (`erasing`).

Rows that others refer to stay, emptied. Evidence files are the caller's.
"""

import sqlite3
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from zorya.store import selection_backlog
from zorya.store.campaign_schema import (
    campaign_hits,
    campaign_keys,
    campaign_members,
    campaign_portraits,
    campaign_proposals,
    imprints,
)
from zorya.store.schema import assessments, contacts, tasks, versions
from zorya.store.search_schema import search_ads, search_backlog

_EMPTY: dict[str, Any] = {
    "title": "",
    "body": "",
    "employer": None,
    "places": [],
    "pay": None,
    "contacts": [],
    "images": [],
}


def overwrite(connection: Connection) -> None:
    """On SQLite: what a transaction frees is overwritten, not only forgotten."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
        if sqlite3.sqlite_version_info >= (3, 42):
            connection.exec_driver_sql("INSERT INTO search_index (search_index, rank) VALUES ('secure-delete', 1)")


def empty(connection: Connection, posting_ids: Collection[str], *, flag: str) -> None:
    """Take the words of ads out of every table that has them or was worked out of them; their rows stay, flagged."""
    own = select(versions.c.id).where(versions.c.posting_id.in_(posting_ids))
    connection.execute(delete(contacts).where(contacts.c.version_id.in_(own)))
    quoting = update(assessments).where(assessments.c.version_id.in_(own))
    connection.execute(quoting.values(hits=[], reasons=[], patterns={}))
    connection.execute(
        update(versions).where(versions.c.posting_id.in_(posting_ids)).values(_EMPTY | {"flags": [flag]})
    )
    for table in (imprints, campaign_keys, search_ads, search_backlog):
        connection.execute(delete(table).where(table.c.posting_id.in_(posting_ids)))
    pairs = or_(campaign_proposals.c.one.in_(posting_ids), campaign_proposals.c.other.in_(posting_ids))
    connection.execute(delete(campaign_proposals).where(pairs))


def leave_campaigns(connection: Connection, posting_ids: Collection[str], *, at: datetime) -> None:
    """Take ads out of their campaigns; what was worked out of their wording goes, a campaign left empty is asked about
    no more."""
    here = campaign_members.c.posting_id.in_(posting_ids)
    left = set(connection.scalars(select(campaign_members.c.campaign_id).where(here)))
    connection.execute(delete(campaign_members).where(here))
    selection_backlog.note(connection, left)
    connection.execute(delete(campaign_hits).where(campaign_hits.c.campaign_id.in_(left)))
    stale = {"template": None, "portrait": None, "style": None, "stale": True}
    connection.execute(update(campaign_portraits).where(campaign_portraits.c.campaign_id.in_(left)).values(stale))
    still = select(campaign_members.c.campaign_id).where(campaign_members.c.campaign_id.in_(left))
    empty = left - set(connection.scalars(still))
    open_tasks = (tasks.c.campaign_id.in_(empty), tasks.c.done_at.is_(None))
    connection.execute(update(tasks).where(*open_tasks).values(done_at=at))
