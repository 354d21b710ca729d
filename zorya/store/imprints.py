"""What campaign finding keeps of stored ads: keys to look them up by, imprints to compare, hubs that tie nothing.

An imprint says too little to read the ad again. What its parts mean is `models.campaigns.imprint`'s.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from zorya.store.campaign_schema import campaign_keys, hub_keys, imprints, key_traits
from zorya.store.presence import chunks
from zorya.store.rows import insert_ignore


@dataclass(frozen=True, slots=True)
class StoredImprint:
    """Parts of an imprint as they are stored. `contacts` and `images` are version id → keys: an ad that was changed
    keeps what it once stated. `wording` is the text without contacts and numbers, `sketch` its signature, `offer` and
    `more` JSON of the core's own.
    """

    posting_id: str
    language: str | None
    source: str
    wording: str
    sketch: bytes | None
    organisations: tuple[str, ...]
    offer: Any
    contacts: dict[str, list[str]]
    images: dict[str, list[str]]
    more: dict[str, Any]


def put(connection: Connection, imprint: StoredImprint, keys: Iterable[str], *, at: datetime) -> None:
    """Store an ad's imprint in place of the one it had, and file it under exactly these keys."""
    row = {name: getattr(imprint, name) for name in StoredImprint.__slots__} | {"made_at": at}
    row["organisations"] = list(imprint.organisations)
    if not insert_ignore(connection, imprints, row):
        here = imprints.c.posting_id == imprint.posting_id
        connection.execute(update(imprints).where(here).values(row))
    wanted = set(keys)
    filed = select(campaign_keys.c.key).where(campaign_keys.c.posting_id == imprint.posting_id)
    known = set(connection.execute(filed).scalars())
    for chunk in chunks(sorted(known - wanted)):
        old = (campaign_keys.c.posting_id == imprint.posting_id, campaign_keys.c.key.in_(chunk))
        connection.execute(delete(campaign_keys).where(*old))
    rows = [{"key": key, "posting_id": imprint.posting_id} for key in sorted(wanted - known)]
    if rows:
        connection.execute(insert(campaign_keys), rows)


def of(connection: Connection, posting_ids: Iterable[str]) -> dict[str, StoredImprint]:
    """Imprints of these postings; an ad that was never screened has none."""
    found = {}
    for chunk in chunks(posting_ids):
        query = select(imprints).where(imprints.c.posting_id.in_(chunk))
        for row in connection.execute(query).mappings():
            parts = {name: row[name] for name in StoredImprint.__slots__}
            parts["organisations"] = tuple(row["organisations"])
            found[row["posting_id"]] = StoredImprint(**parts)
    return found


def under(connection: Connection, key: str, *, limit: int) -> list[str]:
    """The first postings of a key, by id: read from the index, however many the key has."""
    query = select(campaign_keys.c.posting_id).where(campaign_keys.c.key == key)
    return list(connection.execute(query.order_by(campaign_keys.c.posting_id).limit(limit)).scalars())


def hubs(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Those of these keys that are hubs."""
    found = set[str]()
    for chunk in chunks(keys):
        found |= set(connection.execute(select(hub_keys.c.key).where(hub_keys.c.key.in_(chunk))).scalars())
    return found


def make_hub(connection: Connection, key: str, *, why: str, at: datetime) -> bool:
    """Note that a key ties nothing from now on; False when it was a hub already. What told so is dropped."""
    new = insert_ignore(connection, hub_keys, {"key": key, "why": why, "since": at})
    if new:
        connection.execute(delete(key_traits).where(key_traits.c.key == key))
    return new


def add_trait(connection: Connection, key: str, trait: str) -> bool:
    """Note something distinct that the ads of a key say; False when it was known."""
    return insert_ignore(connection, key_traits, {"key": key, "trait": trait})


def traits(connection: Connection, key: str, *, limit: int) -> list[str]:
    """Distinct things said by the ads of a key, at most `limit`."""
    query = select(key_traits.c.trait).where(key_traits.c.key == key).order_by(key_traits.c.trait).limit(limit)
    return list(connection.execute(query).scalars())
