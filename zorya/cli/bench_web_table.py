"""What `zorya bench web` tells of each page: the smallest house against the largest, as rows, as a file, as a plot."""

import csv
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from statistics import mean, median
from typing import Any, NamedTuple

Rows = list[dict[str, Any]]
P50, P99 = 1.2, 2.0
"""What the largest size may cost of the smallest."""
FULLER = 1.1
"""So many times the rows make a list fuller."""


class Cost(NamedTuple):
    """Of one visit: wall and CPU seconds, rows shown."""

    wall: float
    cpu: float
    rows: int


def compared(page: str, costs: Sequence[list[Cost]], sizes: Sequence[int]) -> dict[str, Any]:
    """A row of the table: the visits of the smallest house against those of the largest."""
    walls = [sorted(cost.wall for cost in each) for each in costs]
    (low50, high50), (low99, high99) = ([each[int(q * len(each))] for each in walls] for q in (0.5, 0.99))
    cpus = [median(cost.cpu for cost in each) for each in costs]
    rows = [mean(cost.rows for cost in each) for each in costs]
    holds = high50 <= P50 * low50 and high99 <= P99 * low99
    is_fuller = rows[1] > FULLER * rows[0]
    least, most = min(sizes), max(sizes)
    return (
        {"page": page, f"p50 ms, {least}": round(low50 * 1000, 1), f"p50 ms, {most}": round(high50 * 1000, 1)}
        | {"p50 ×": round(high50 / low50, 2), "cpu ×": round(cpus[1] / cpus[0], 2)}
        | {f"p99 ms, {least}": round(low99 * 1000, 1), f"p99 ms, {most}": round(high99 * 1000, 1)}
        | {"p99 ×": round(high99 / low99, 2), f"rows, {least}": round(rows[0]), f"rows, {most}": round(rows[1])}
        | {"holds": "yes" if holds else "fuller" if is_fuller else "no"}
    )


def save(tables: dict[str, Rows], folder: Path) -> None:
    """Each table as CSV, and the pages as a plot."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if rows:
            with (folder / f"web-{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
    figure: Any = import_module("matplotlib.figure").Figure(figsize=(9, 10), layout="constrained")
    axes, rows = figure.subplots(), tables["pages"][::-1]
    for shift, column, limit in ((0.2, "p50 ×", P50), (-0.2, "p99 ×", P99)):
        bars = axes.barh([place + shift for place in range(len(rows))], [row[column] for row in rows], height=0.38)
        bars.set_label(column)
        axes.axvline(limit, linestyle="--", linewidth=1, color=bars[0].get_facecolor())
    axes.set_yticks(range(len(rows)), [row["page"] for row in rows])
    axes.set(xlabel="times the cost at the smallest size; dashed: what is allowed")
    axes.legend()
    figure.savefig(folder / "web-pages.png", dpi=120)
