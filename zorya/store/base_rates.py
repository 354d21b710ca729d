"""How usual each indicator is on each source: counters that every screening adds to. Nothing is scanned to read them.

A rate is "present in so many of the readings of this source under this ruleset"; an ad that was changed counts once
for each wording. Counters of earlier rulesets stay and are not read.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from zorya.domain.findings import Assessment, State
from zorya.store.schema import indicator_counts

_READINGS = ""
"""The code under which all readings are counted."""


def count(connection: Connection, read: Iterable[tuple[str, Assessment]]) -> None:
    """Add newly stored readings, as (source, assessment). Rows are written in one order: two writers never wait for
    each other's."""
    found: Counter[tuple[str, str, str]] = Counter()
    for source, assessment in read:
        present = {hit.code for hit in assessment.hits if hit.state is State.PRESENT}
        found.update((source, assessment.ruleset, code) for code in (_READINGS, *present))
    if not found:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(indicator_counts)
    more = indicator_counts.c.present + statement.excluded.present
    keys = ("source", "ruleset", "code")
    rows = [dict(zip(keys, key, strict=True)) | {"present": number} for key, number in sorted(found.items())]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"present": more}), rows)


def of_source(connection: Connection, source: str, ruleset: str) -> tuple[int, Mapping[str, int]]:
    """(readings of a source under a ruleset, code → in how many it is present)."""
    columns = (indicator_counts.c.code, indicator_counts.c.present)
    same = (indicator_counts.c.source == source, indicator_counts.c.ruleset == ruleset)
    numbers = {row.code: row.present for row in connection.execute(select(*columns).where(*same))}
    return numbers.pop(_READINGS, 0), numbers
