"""Tasks of Label Studio's JSON export as flat rows.

A task's `data` are columns; so is each choice, under the name of its control (`from_name`). Of several annotations
what most say counts; a task on which they are split is left out, one that nobody has annotated too.
"""

from collections import Counter
from typing import Any

from labeling.imports.rows import Fault, Row

ANALYST, LEFT_OUT = "completed_by", "nobody has annotated it, or its annotations are split"


def flattened(row: Row, label_columns: tuple[str, ...]) -> Row | Fault | None:
    """The task as one row; None where it has no label to give."""
    data = row.values.get("data")
    if not isinstance(data, dict):
        return Fault(row.line, "no `data` object: export from Label Studio as JSON, not JSON-MIN")
    said = [_said(each) for each in row.values.get("annotations") or [] if isinstance(each, dict)]
    said = [each for each in said if any(each.get(column) for column in label_columns)]
    counts = Counter(str(each.get(column)) for each in said for column in label_columns if each.get(column))
    ranked = counts.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    sharing = [each for each in said if any(str(each.get(column)) == ranked[0][0] for column in label_columns)]
    together: dict[str, Any] = {}
    for each in sharing:
        for name, values in each.items():
            held = together.setdefault(name, [])
            held += [value for value in values if value not in held]
    return Row(row.line, {"id": row.values.get("id")} | data | together)


def _said(annotation: dict[str, Any]) -> dict[str, list[str]]:
    """Choices of one annotation by the name of their control, and who made it; nothing where it was cancelled."""
    if annotation.get("was_cancelled"):
        return {}
    said: dict[str, list[str]] = {}
    for result in annotation.get("result") or []:
        value = result.get("value") if isinstance(result, dict) else None
        choices = value.get("choices") if isinstance(value, dict) else None
        if choices and isinstance(result.get("from_name"), str):
            said.setdefault(result["from_name"], []).extend(str(choice) for choice in choices)
    who = annotation.get("completed_by")
    who = (who.get("email") or who.get("id")) if isinstance(who, dict) else who
    return said | ({ANALYST: [str(who)]} if who is not None else {})
