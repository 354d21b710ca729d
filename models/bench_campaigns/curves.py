"""Tables as CSV and the curves of scale as PNG."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]

_CURVES = (
    ("precision", "precision of pairs", "linear"),
    ("recall", "recall of pairs", "linear"),
    ("us per ad", "CPU µs per ad", "log"),
    ("bytes per ad", "bytes of index per ad", "linear"),
)
"""Column → what stands at its axis, and the scale of that."""
PICTURE = "campaigns-scale.png"


def save(tables: dict[str, Rows], folder: Path) -> list[Path]:
    """Write `campaigns-<table>.csv` for every table, and the picture; gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {name.replace(" ", "-"): rows for name, rows in tables.items() if rows}
    written = [_csv(rows, folder / f"campaigns-{name}.csv") for name, rows in named.items()]
    if tables.get("scale"):
        written.append(_picture(tables["scale"], folder / PICTURE))
    return written


def _csv(rows: Rows, path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _picture(rows: Rows, path: Path) -> Path:
    from matplotlib.figure import Figure as Drawing  # a third of a second

    figure = Drawing(figsize=(10, 7), layout="constrained")
    for axes, (column, label, scale) in zip(figure.subplots(2, 2).flat, _CURVES, strict=True):
        if all(row[column] is None for row in rows):
            axes.set_axis_off()
            continue
        for who in dict.fromkeys(row["who"] for row in rows):
            _line(
                axes, who, [(row["ads"], row[column]) for row in rows if row["who"] == who and row[column] is not None]
            )
        axes.set(xlabel="ads", ylabel=label, xscale="log", yscale=scale)
        axes.grid(visible=True, alpha=0.3)
        if column in ("precision", "recall"):
            axes.set_ylim(0, 1.02)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    figure.savefig(path, dpi=120)
    return path


def _line(axes: Any, who: str, points: Sequence[tuple[int, float]]) -> None:
    if points:
        axes.plot(*zip(*points, strict=True), marker="o", label=who)
