"""Who somebody is at their organisation's log-in: an account by issuer and subject, never by e-mail address."""

from datetime import datetime

from sqlalchemy import Connection, select

from zorya.store.people_schema import identities
from zorya.store.rows import insert_ignore


def user_of(connection: Connection, issuer: str, subject: str) -> str | None:
    """The account of an identity."""
    here = (identities.c.issuer == issuer, identities.c.subject == subject)
    return connection.execute(select(identities.c.user).where(*here)).scalar()


def link(connection: Connection, issuer: str, subject: str, name: str, *, at: datetime) -> bool:
    """Tie an identity to an account for good; False when it is tied to one already."""
    return insert_ignore(connection, identities, {"issuer": issuer, "subject": subject, "user": name, "linked_at": at})


def issuers_of(connection: Connection, name: str) -> list[str]:
    """Providers at which this account has an identity."""
    query = select(identities.c.issuer).where(identities.c.user == name).order_by(identities.c.issuer)
    return list(connection.scalars(query))
