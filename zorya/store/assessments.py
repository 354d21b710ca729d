"""Contacts found in an ad and what the machine said about it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select

from zorya.domain.ads import Contact
from zorya.domain.findings import Assessment, Band
from zorya.domain.ids import contact_token
from zorya.store import selection_backlog
from zorya.store.presence import chunks
from zorya.store.rows import contact_of, hit_of, hit_row, insert_ignore, reason_of, reason_row
from zorya.store.schema import assessments, contacts, postings
from zorya.store.search_backlog import refile_version

_SOME: BindParameter[str] = bindparam("some", expanding=True)
# What every page asks is built once: building a statement takes longer than these run.
_CONTACTS = select(contacts).order_by(contacts.c.version_id, contacts.c.position)
_CONTACTS_OF = _CONTACTS.where(contacts.c.version_id == bindparam("version"))
_CONTACTS_IN = _CONTACTS.where(contacts.c.version_id.in_(_SOME))
_CURRENT = (
    select(postings.c.id.label("posting"), assessments)
    .join(assessments, assessments.c.version_id == postings.c.current_version)
    .where(postings.c.id.in_(_SOME))
    .order_by(assessments.c.created_at, assessments.c.id)
)


def set_contacts(connection: Connection, version_id: str, found: Iterable[Contact], *, key: bytes) -> list[str]:
    """Replace the contacts of a version; returns their tokens."""
    connection.execute(delete(contacts).where(contacts.c.version_id == version_id))
    rows = [
        {
            "version_id": version_id,
            "position": position,
            "kind": contact.kind,
            "token": contact_token(key, contact.number_or_kind, contact.value),
            "value": contact.value,
            "raw": contact.raw,
            "start": contact.start,
            "end": contact.end,
            "confidence": contact.confidence,
        }
        for position, contact in enumerate(found)
    ]
    if rows:
        connection.execute(insert(contacts), rows)
    return [str(row["token"]) for row in rows]


def contacts_of(connection: Connection, version_id: str) -> list[tuple[Contact, str]]:
    """(contact, token) of a version, in the order of the text."""
    rows = connection.execute(_CONTACTS_OF, {"version": version_id}).mappings()
    return [(contact_of(dict(row)), row["token"]) for row in rows]


def contacts_in(connection: Connection, version_ids: Iterable[str]) -> dict[str, list[Contact]]:
    """Contacts of each of these versions that has any, in the order of its text."""
    found: dict[str, list[Contact]] = {}
    for chunk in chunks(version_ids):
        for row in connection.execute(_CONTACTS_IN, {"some": chunk}).mappings():
            found.setdefault(row["version_id"], []).append(contact_of(dict(row)))
    return found


def add(connection: Connection, assessment: Assessment) -> bool:
    """Store an assessment; False when it was there already."""
    added = insert_ignore(
        connection,
        assessments,
        {
            "id": assessment.id,
            "version_id": assessment.version_id,
            "ruleset": assessment.ruleset,
            "model": assessment.model,
            "language": assessment.language,
            "score": assessment.score,
            "band": assessment.band,
            "abstain": assessment.abstain,
            "patterns": assessment.patterns,
            "hits": [hit_row(hit) for hit in assessment.hits],
            "reasons": [reason_row(reason) for reason in assessment.reasons],
            "created_at": assessment.created_at,
        },
    )
    if added:
        refile_version(connection, assessment.version_id)
        selection_backlog.note_read(connection, assessment.version_id)
    return added


def latest(connection: Connection, version_id: str) -> Assessment | None:
    """The newest assessment of a version."""
    query = (
        select(assessments)
        .where(assessments.c.version_id == version_id)
        .order_by(assessments.c.created_at.desc(), assessments.c.id)
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return _assessment_of(dict(row)) if row else None


def current_of_campaign(connection: Connection, posting_ids: Iterable[str]) -> dict[str, Assessment]:
    """Newest assessment of the current version of each posting, by posting id."""
    rows = connection.execute(_CURRENT, {"some": list(posting_ids)}).mappings()
    return {row["posting"]: _assessment_of(dict(row)) for row in rows}


def _assessment_of(row: dict[str, Any]) -> Assessment:
    return Assessment(
        id=row["id"],
        version_id=row["version_id"],
        ruleset=row["ruleset"],
        model=row["model"],
        language=row["language"],
        score=row["score"],
        band=Band(row["band"]),
        abstain=row["abstain"],
        patterns=row["patterns"],
        hits=tuple(hit_of(hit) for hit in row["hits"]),
        reasons=tuple(reason_of(reason) for reason in row["reasons"]),
        created_at=row["created_at"],
    )
