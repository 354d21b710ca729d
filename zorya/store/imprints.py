"""What campaign finding keeps of stored ads: keys to look them up by, imprints to compare, hubs that tie nothing.

What the parts mean is `models.campaigns`'. Keys: `c:` contact, `i:` picture, `o:` offer and `x:` text file an ad; `t:`
band and `s:` segment file a text, once for all its ads.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, insert, select, union, update

from zorya.store.campaign_schema import campaign_keys, campaign_members, hub_keys, imprints
from zorya.store.presence import chunks
from zorya.store.rows import insert_ignore

_FIRST = (
    select(campaign_keys.c.posting_id)
    .where(campaign_keys.c.key == bindparam("of"))
    .order_by(campaign_keys.c.rank, campaign_keys.c.posting_id)
    .limit(bindparam("most"))
)
_TERMS = 16


def _first_of(number: int) -> Select[Any]:
    first = (
        select(campaign_keys.c.posting_id)
        .where(campaign_keys.c.key == bindparam(f"of{number}"))
        .order_by(campaign_keys.c.rank, campaign_keys.c.posting_id)
        .limit(bindparam("most"))
        .subquery()
    )
    return select(first.c.posting_id)


_FIRST_OF_ANY = union(*(_first_of(number) for number in range(_TERMS)))
"""Every band of every ad asks these: building the statements anew would cost more than running them."""


@dataclass(frozen=True, slots=True)
class StoredImprint:
    """Parts of an imprint as they are stored. `contacts` and `images` are version id → keys: an ad that was changed
    keeps what it once stated; a contact stands there alone and, ` s:` and 16 hex digits behind it, with its sentence.
    `wording` is the text without contacts and numbers, `text` its rank (16 hex digits), `sketch` its signature, None
    when it is too short; `offer` is JSON of the core's own.
    """

    posting_id: str
    language: str | None
    source: str
    wording: str
    text: str
    sketch: bytes | None
    organisations: tuple[str, ...]
    offer: Any
    contacts: dict[str, list[str]]
    images: dict[str, list[str]]


def put(connection: Connection, imprint: StoredImprint, *, at: datetime) -> None:
    """Store an ad's imprint in place of the one it had."""
    row = {name: getattr(imprint, name) for name in StoredImprint.__slots__} | {"made_at": at}
    row["organisations"] = list(imprint.organisations)
    if not insert_ignore(connection, imprints, row):
        here = imprints.c.posting_id == imprint.posting_id
        connection.execute(update(imprints).where(here).values(row))


def file_ad(connection: Connection, posting_id: str, keys: Iterable[str], *, text: str) -> None:
    """File an ad under exactly these keys of its own. The keys of a text it no longer has go to another ad of it."""
    wanted = set(keys)
    mine = select(campaign_keys.c.key, campaign_keys.c.rank).where(campaign_keys.c.posting_id == posting_id)
    rows = connection.execute(mine).all()
    known = {row.key for row in rows if not row.rank}
    _write(connection, posting_id, "", wanted=wanted, known=known)
    for rank in sorted({row.rank for row in rows} - {"", text}):
        held = (campaign_keys.c.posting_id == posting_id, campaign_keys.c.rank == rank)
        heir = next((name for name in under(connection, f"x:{rank}", limit=2) if name != posting_id), None)
        if heir:
            connection.execute(update(campaign_keys).where(*held).values(posting_id=heir))
        else:
            connection.execute(delete(campaign_keys).where(*held))


def file_text(connection: Connection, text: str, keys: Iterable[str], *, posting_id: str, kind: str) -> None:
    """File a text under exactly these keys of one kind (`t:` or `s:`), with the ad it is filed with already, else with
    this one."""
    filed = select(campaign_keys.c.key, campaign_keys.c.posting_id).where(campaign_keys.c.rank == text)
    rows = connection.execute(filed).all()
    holder = rows[0].posting_id if rows else posting_id
    known = {row.key for row in rows if row.key.startswith(kind)}
    _write(connection, holder, text, wanted=set(keys), known=known)


def set_sketch(connection: Connection, text: str, sketch: bytes | None) -> None:
    """Note the signature of a text with all its ads."""
    connection.execute(update(imprints).where(imprints.c.text == text).values(sketch=sketch))


def of(connection: Connection, posting_ids: Iterable[str]) -> dict[str, StoredImprint]:
    """Imprints of these postings; an ad that was never screened has none."""
    found = {}
    for chunk in chunks(posting_ids):
        for row in connection.execute(select(imprints).where(imprints.c.posting_id.in_(chunk))).mappings():
            parts = {name: row[name] for name in StoredImprint.__slots__}
            parts["organisations"] = tuple(row["organisations"])
            found[row["posting_id"]] = StoredImprint(**parts)
    return found


def sketches(connection: Connection, posting_ids: Iterable[str]) -> dict[str, bytes]:
    """Posting → signature of its text, of those whose text is long enough for one."""
    found: dict[str, bytes] = {}
    for chunk in chunks(posting_ids):
        query = select(imprints.c.posting_id, imprints.c.sketch).where(imprints.c.posting_id.in_(chunk))
        found |= {row.posting_id: bytes(row.sketch) for row in connection.execute(query) if row.sketch}
    return found


def under(connection: Connection, key: str, *, limit: int) -> list[str]:
    """The first postings of a key (of texts: those of lowest rank), read from the index, however many the key has."""
    return list(connection.execute(_FIRST, {"of": key, "most": limit}).scalars())


def under_any(connection: Connection, keys: Iterable[str], *, limit: int) -> set[str]:
    """The first `limit` postings of each of these keys: the bands of a text are one question, not sixteen."""
    wanted, found = sorted(set(keys)), set[str]()
    for start in range(0, len(wanted), _TERMS):
        some = wanted[start : start + _TERMS]
        padded = some + some[-1:] * (_TERMS - len(some))
        values: dict[str, Any] = {f"of{number}": key for number, key in enumerate(padded)}
        found |= set(connection.execute(_FIRST_OF_ANY, values | {"most": limit}).scalars())
    return found


def members(connection: Connection, campaign_id: str, *, limit: int) -> list[str]:
    """Postings of a campaign by id, at most `limit`."""
    query = select(campaign_members.c.posting_id).where(campaign_members.c.campaign_id == campaign_id)
    return list(connection.execute(query.order_by(campaign_members.c.posting_id).limit(limit)).scalars())


def hubs(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Those of these keys that are hubs."""
    found = set[str]()
    for chunk in chunks(keys):
        found |= set(connection.execute(select(hub_keys.c.key).where(hub_keys.c.key.in_(chunk))).scalars())
    return found


def make_hub(connection: Connection, key: str, *, why: str, at: datetime) -> bool:
    """Note that a key ties nothing from now on; False when it was a hub already."""
    return insert_ignore(connection, hub_keys, {"key": key, "why": why, "since": at})


def _write(connection: Connection, posting_id: str, rank: str, *, wanted: set[str], known: set[str]) -> None:
    for chunk in chunks(sorted(known - wanted)):
        old = (campaign_keys.c.posting_id == posting_id, campaign_keys.c.rank == rank, campaign_keys.c.key.in_(chunk))
        connection.execute(delete(campaign_keys).where(*old))
    rows = [{"key": key, "rank": rank, "posting_id": posting_id} for key in sorted(wanted - known)]
    if rows:
        connection.execute(insert(campaign_keys), rows)
