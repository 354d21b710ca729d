"""Ads that wait to be filed for search: whoever changes what an ad is found by notes it here, in its transaction."""

from sqlalchemy import Connection, bindparam, delete, select

from zorya.store.rows import insert_ignore
from zorya.store.schema import versions
from zorya.store.search_schema import search_backlog

_OF_VERSION = select(versions.c.posting_id).where(versions.c.id == bindparam("version"))


def refile(connection: Connection, posting_id: str) -> None:
    """Ask for an ad to be filed anew."""
    insert_ignore(connection, search_backlog, {"posting_id": posting_id})


def refile_version(connection: Connection, version_id: str) -> None:
    """Ask for the ad of a version to be filed anew."""
    posting = connection.execute(_OF_VERSION, {"version": version_id}).scalar()
    if posting is not None:
        refile(connection, posting)


def take(connection: Connection, *, limit: int) -> list[str]:
    """The next ads of the backlog, which leave it with this transaction."""
    query = select(search_backlog.c.posting_id).order_by(search_backlog.c.posting_id).limit(limit)
    names = list(connection.execute(query).scalars())
    if names:
        connection.execute(delete(search_backlog).where(search_backlog.c.posting_id.in_(names)))
    return names
