"""Ads as a line of a list shows them: title, source, language, band, contacts to mask. No bodies, no reasons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from zorya.domain.ads import Contact
from zorya.domain.findings import Band
from zorya.store import assessments as readings
from zorya.store.presence import chunks
from zorya.store.rows import contact_of
from zorya.store.schema import assessments, postings, versions


@dataclass(frozen=True, slots=True)
class Glance:
    """One ad at its newest wording and assessment. `contacts` are those it states and those found in its text; `band`
    and `score` are None where nobody assessed it."""

    posting_id: str
    version_id: str
    title: str
    source: str
    language: str | None
    band: Band | None
    score: float | None
    first_seen: datetime
    contacts: tuple[Contact, ...]


def glances(connection: Connection, posting_ids: Iterable[str]) -> dict[str, Glance]:
    """Each of these ads that is stored, by posting; the newest assessment counts."""
    found: dict[str, Glance] = {}
    for chunk in chunks(posting_ids):
        rows = connection.execute(_lines(), {"some": chunk}).all()
        contacts = readings.contacts_in(connection, {row.version_id for row in rows})
        for row in rows:  # of several assessments the newest comes last
            found[row.id] = Glance(
                posting_id=row.id,
                version_id=row.version_id,
                title=row.title,
                source=row.source,
                language=row.read_as or row.language,
                band=Band(row.band) if row.band else None,
                score=row.score,
                first_seen=row.first_seen,
                contacts=(*map(contact_of, row.contacts), *contacts.get(row.version_id, ())),
            )
    return found


@cache
def _lines() -> Select[Any]:
    return (
        select(
            postings.c.id,
            versions.c.id.label("version_id"),
            versions.c.title,
            versions.c.language,
            versions.c.contacts,
            postings.c.source,
            postings.c.first_seen,
            assessments.c.language.label("read_as"),
            assessments.c.band,
            assessments.c.score,
        )
        .join(versions, versions.c.id == postings.c.current_version)
        .outerjoin(assessments, assessments.c.version_id == versions.c.id)
        .where(postings.c.id.in_(bindparam("some", expanding=True)))
        .order_by(assessments.c.created_at, assessments.c.id.desc())
    )
