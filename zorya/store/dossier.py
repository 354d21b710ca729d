"""What the record says beside the captures: the wordings of the ads, their campaigns, and who did what with them, as a
package hands it on. JSON-ready; only reads.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from zorya.store import campaigns
from zorya.store.ad_history import CONTENT
from zorya.store.campaign_schema import campaigns as campaign_table
from zorya.store.presence import chunks
from zorya.store.schema import audit, postings, tasks, verdicts, versions

_AD = ("source", "native_id", "url", "kind", "first_seen", "last_seen", "gone_at", "repost_of")


def collect(connection: Connection, names: Collection[str], capture_ids: Collection[str]) -> dict[str, Any]:
    """`ads` with their wordings, `campaigns` with what ties their ads, and `custody`, what the log has about any of it.

    `names` are what was asked for: a posting or campaign brings all its wordings, a version or capture itself alone.
    """
    whole = {name for name in names if name.startswith("p-")} | _members_of(connection, names)
    wordings = _wordings(connection, whole, capture_ids)
    ads = _ads(connection, wordings)
    homes = campaigns.of_postings(connection, list(ads))
    kin = {home: campaigns.family(connection, home) for home in sorted(set(homes.values()))}
    objects = {*capture_ids, *ads, *(row["version"] for rows in wordings.values() for row in rows)}
    for family in kin.values():
        objects |= {*family, *_decided(connection, family)}
    return {
        "ads": [ad | {"campaign": homes.get(name), "versions": wordings[name]} for name, ad in ads.items()],
        "campaigns": [_campaign(connection, home, family, ads) for home, family in kin.items()],
        "custody": custody(connection, objects),
    }


def custody(connection: Connection, objects: Iterable[str]) -> list[dict[str, Any]]:
    """Audit entries about any of these ids, oldest first, as they stand in the chain."""
    found: list[dict[str, Any]] = []
    for part in chunks(objects):
        rows = connection.execute(select(audit).where(audit.c.object.in_(part))).mappings()
        found += [_plain(row) for row in rows]
    return sorted(found, key=lambda entry: entry["seq"])


def _members_of(connection: Connection, names: Collection[str]) -> set[str]:
    """Ads of the campaigns among the names."""
    found: set[str] = set()
    for name in names:
        if name.startswith("c-"):
            for one in campaigns.family(connection, campaigns.resolve(connection, name)):
                found |= {member.posting_id for member in campaigns.members(connection, one, limit=1_000_000)}
    return found


def _wordings(
    connection: Connection, whole: Collection[str], capture_ids: Collection[str]
) -> dict[str, list[dict[str, Any]]]:
    """Posting → its wordings, the oldest first: all of those in `whole`, else those read from these captures."""
    columns = [versions.c[name] for name in ("id", "posting_id", "capture_id", "seen_at", "language", *CONTENT)]
    found: dict[str, dict[str, Any]] = {}
    for column, wanted in ((versions.c.posting_id, whole), (versions.c.capture_id, capture_ids)):
        for part in chunks(wanted):
            for row in connection.execute(select(*columns).where(column.in_(part))).mappings():
                found[row["id"]] = _plain(row)
    ordered = sorted(found.values(), key=lambda row: (row["seen_at"], row["id"]))
    wordings: dict[str, list[dict[str, Any]]] = {}
    for wording in ordered:
        told = {"version": wording.pop("id"), "capture": wording.pop("capture_id")}
        wordings.setdefault(wording.pop("posting_id"), []).append(told | wording)
    return wordings


def _ads(connection: Connection, wordings: Collection[str]) -> dict[str, dict[str, Any]]:
    """Posting → what is known of it, in the order they were first seen."""
    rows: list[dict[str, Any]] = []
    for part in chunks(wordings):
        columns = [postings.c.id.label("posting"), *(postings.c[name] for name in _AD)]
        rows += [_plain(row) for row in connection.execute(select(*columns).where(postings.c.id.in_(part))).mappings()]
    return {row["posting"]: row for row in sorted(rows, key=lambda row: (row["first_seen"], row["posting"]))}


def _campaign(connection: Connection, home: str, family: list[str], ads: Collection[str]) -> dict[str, Any]:
    """A campaign, and how those of its ads that are here came to it."""
    begun = connection.execute(select(campaign_table.c.created_at).where(campaign_table.c.id == home)).scalar_one()
    members = [campaigns.member(connection, name) for name in ads]
    ties = [
        {
            "posting": one.posting_id,
            "tie": one.edge,
            "tied_to": one.edge_to,
            "because": one.edge_reason,
            "joined_at": _told(one.added_at),
        }
        for one in members
        if one is not None and one.campaign_id in family
    ]
    size = sum(campaigns.size(connection, one) for one in family)
    return {"campaign": home, "begun_at": _told(begun), "size": size, "ads": ties}


def _decided(connection: Connection, family: Collection[str]) -> set[str]:
    """Tasks and verdicts on the campaigns of a family."""
    found: set[str] = set()
    for table in (tasks, verdicts):
        found |= set(connection.scalars(select(table.c.id).where(table.c.campaign_id.in_(list(family)))))
    return found


def _plain(row: RowMapping) -> dict[str, Any]:
    return {name: _told(value) for name, value in row.items()}


def _told(value: Any) -> Any:
    """Times as ISO 8601 in UTC, days as ISO."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
