"""Links that open a digest once, for ways by which its contents may not travel. Only hashes are stored."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, delete, select, update

from zorya.domain.ids import sha256_hex
from zorya.store.rows import insert_ignore
from zorya.store.sharing_schema import digest_links


@dataclass(frozen=True, slots=True)
class DigestLink:
    """Which digest a link opens, for which partner, and when it was opened."""

    digest_id: str
    partner: str
    expires_at: datetime
    used_at: datetime | None


def offer(connection: Connection, token: str, digest_id: str, partner: str, *, expires_at: datetime) -> None:
    """Let a link open a digest; an attempt to send it again moves the end of one that nobody has opened."""
    name = sha256_hex(token.encode())
    row = {"token_hash": name, "digest_id": digest_id, "partner": partner, "expires_at": expires_at}
    if not insert_ignore(connection, digest_links, row):
        unused = and_(digest_links.c.token_hash == name, digest_links.c.used_at.is_(None))
        connection.execute(update(digest_links).where(unused).values(expires_at=expires_at))


def known(connection: Connection, token: str) -> DigestLink | None:
    """The link of a token, even one that was used or has run out; None when there is none."""
    columns = (digest_links.c[name] for name in ("digest_id", "partner", "expires_at", "used_at"))
    row = connection.execute(select(*columns).where(digest_links.c.token_hash == sha256_hex(token.encode()))).first()
    return DigestLink(*row) if row else None


def find(connection: Connection, token: str, *, at: datetime) -> DigestLink | None:
    """The link of a token, used or not; None when there is none or it has run out."""
    link = known(connection, token)
    return link if link and link.expires_at > at else None


def forget(connection: Connection, token: str) -> bool:
    """Let a link open nothing any more; False when there is none."""
    name = digest_links.c.token_hash == sha256_hex(token.encode())
    return connection.execute(delete(digest_links).where(name)).rowcount == 1


def use(connection: Connection, token: str, *, at: datetime) -> bool:
    """Spend a link; False when it was spent or has run out."""
    name = digest_links.c.token_hash == sha256_hex(token.encode())
    unused = and_(name, digest_links.c.used_at.is_(None), digest_links.c.expires_at > at)
    return connection.execute(update(digest_links).where(unused).values(used_at=at)).rowcount == 1
