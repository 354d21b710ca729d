"""Domain records ↔ JSON-ready values, and the one portable upsert."""

from dataclasses import asdict
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

from zorya.domain.ads import LINKED, Contact, ContactKind, Place
from zorya.domain.findings import IndicatorHit, Reason, State, Strength
from zorya.domain.pay import Pay


def insert_ignore(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert unless the key exists; True when a row was added."""
    return connection.execute(_insert_ignoring(table, connection.dialect.name), row).rowcount == 1


@cache
def _insert_ignoring(table: Table, dialect_name: str) -> Executable:
    """The statement without values: building it anew for every row costs more than running it."""
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    statement: Executable = dialect.insert(table).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)


def contact_row(contact: Contact) -> dict[str, Any]:
    """JSON form of a contact."""
    return asdict(contact)


def contact_of(row: dict[str, Any]) -> Contact:
    """Contact from its JSON form or a row of the `contacts` table, which may be older than confidence."""
    sure = row.get("confidence", LINKED)
    return Contact(ContactKind(row["kind"]), row["value"], row["raw"], row["start"], row["end"], sure)


def place_of(row: dict[str, Any]) -> Place:
    """Place from its JSON form."""
    return Place(**row)


def pay_of(row: dict[str, Any] | None) -> Pay | None:
    """Pay from its JSON form."""
    return Pay(**row) if row else None


def hit_row(hit: IndicatorHit) -> dict[str, Any]:
    """JSON form of an indicator hit."""
    return asdict(hit) | {"spans": [list(span) for span in hit.spans]}


def hit_of(row: dict[str, Any]) -> IndicatorHit:
    """Indicator hit from its JSON form."""
    spans = tuple((start, end) for start, end in row["spans"])
    values = row | {"spans": spans, "state": State(row["state"]), "strength": Strength(row["strength"])}
    return IndicatorHit(**values)


def reason_row(reason: Reason) -> dict[str, Any]:
    """JSON form of a reason."""
    return asdict(reason) | {"spans": [list(span) for span in reason.spans]}


def reason_of(row: dict[str, Any]) -> Reason:
    """Reason from its JSON form."""
    return Reason(**(row | {"spans": tuple((start, end) for start, end in row["spans"])}))
