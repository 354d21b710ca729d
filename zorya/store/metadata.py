"""What all tables share: the naming of constraints and the shape of ids."""

from sqlalchemy import Column, ForeignKey, Index, MetaData, String, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def identity(name: str = "id") -> Column[str]:
    """The id column of a record (`zorya.domain.ids`)."""
    return Column(name, String(40), primary_key=True)


def reference(name: str, target: str, *, nullable: bool = False) -> Column[str]:
    """A column with the id of a record of another table."""
    return Column(name, String(40), ForeignKey(f"{target}.id"), nullable=nullable)


def where(condition: str, *columns: str) -> Index:
    """An index of those rows alone that meet a condition."""
    return Index(None, *columns, sqlite_where=text(condition), postgresql_where=text(condition))
