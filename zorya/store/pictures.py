"""What people said of pictures, by digest: each is judged once, for every ad that has it. No picture is stored."""

import re
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from zorya.store.care_schema import picture_verdicts
from zorya.store.presence import chunks
from zorya.store.rows import insert_ignore

_DIGEST = re.compile("[0-9a-f]{32,64}")


def is_digest(text: str) -> bool:
    """Whether this may be the digest of a picture."""
    return bool(_DIGEST.fullmatch(text))


def say(connection: Connection, digest: str, word: str, *, by: str, at: datetime) -> bool:
    """Keep what somebody said of a picture; False when somebody had judged it before."""
    return insert_ignore(connection, picture_verdicts, {"digest": digest, "word": word, "actor": by, "at": at})


def said_of(connection: Connection, digests: Collection[str]) -> dict[str, str]:
    """Digest → what was said, of those that were judged."""
    found: dict[str, str] = {}
    for part in chunks(digests):
        query = select(picture_verdicts.c.digest, picture_verdicts.c.word)
        found |= {row.digest: row.word for row in connection.execute(query.where(picture_verdicts.c.digest.in_(part)))}
    return found
