"""What evidence stands behind a campaign or an ad: captures, with the ads that were read from each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from zorya.domain.ads import Capture
from zorya.errors import ZoryaError
from zorya.store import archive, campaigns
from zorya.store.campaign_schema import campaign_members
from zorya.store.campaign_schema import campaigns as campaign_table
from zorya.store.presence import chunks
from zorya.store.schema import captures, postings, versions


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One capture and what the store says was read from it: per ad its ids, source, title and when it was seen."""

    capture: Capture
    ads: tuple[dict[str, Any], ...]


def behind(connection: Connection, names: Iterable[str]) -> list[Exhibit]:
    """Exhibits behind ids (`c-` campaign, `p-` posting, `v-` version, `k-` capture), each once, oldest first.

    Raises ZoryaError for an id that nothing here has.
    """
    wanted: set[str] = set()
    for name in names:
        wanted |= _captures_behind(connection, name)
    ads = _read_from(connection, wanted)
    return [Exhibit(one, tuple(ads.get(one.id, ()))) for one in archive.named(connection, wanted)]


def _captures_behind(connection: Connection, name: str) -> set[str]:
    """Ids of the captures behind one id."""
    letter = name.partition("-")[0]
    tables = {"c": campaign_table, "p": postings, "v": versions, "k": captures}
    if letter not in tables:
        raise ZoryaError(f"`{name}` is no id of a campaign (c-…), posting (p-…), version (v-…) or capture (k-…)")
    if connection.execute(select(tables[letter].c.id).where(tables[letter].c.id == name)).first() is None:
        raise ZoryaError(f"nothing here is called `{name}`")
    if letter == "k":
        return {name}
    query = select(versions.c.capture_id).where(versions.c.capture_id.is_not(None))
    return set(connection.execute(query.where(_belongs(connection, letter, name))).scalars())


def _belongs(connection: Connection, letter: str, name: str) -> ColumnElement[bool]:
    """Condition on a version: that it is the one named, or of the posting or campaign named."""
    if letter != "c":
        return (versions.c.id if letter == "v" else versions.c.posting_id) == name
    family = campaigns.family(connection, campaigns.resolve(connection, name))
    members = select(campaign_members.c.posting_id).where(campaign_members.c.campaign_id.in_(family))
    return versions.c.posting_id.in_(members)


def _read_from(connection: Connection, capture_ids: set[str]) -> dict[str, list[dict[str, Any]]]:
    """Capture id → the ads whose versions were read from it."""
    found: dict[str, list[dict[str, Any]]] = {}
    query = (
        select(
            versions.c.capture_id,
            versions.c.id.label("version"),
            versions.c.title,
            versions.c.seen_at,
            postings.c.id.label("posting"),
            postings.c.source,
            postings.c.url,
            postings.c.first_seen,
            postings.c.last_seen,
            postings.c.gone_at,
        )
        .join(postings, postings.c.id == versions.c.posting_id)
        .order_by(versions.c.seen_at, versions.c.id)
    )
    for part in chunks(capture_ids):
        for row in connection.execute(query.where(versions.c.capture_id.in_(part))).mappings():
            ad = {key: value for key, value in row.items() if key != "capture_id"}
            found.setdefault(row["capture_id"], []).append(ad)
    return found
