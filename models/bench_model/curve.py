"""The tables as CSV, and quality against cost as PNG."""

import csv
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]
PICTURE = "model-cost.png"


def save(tables: dict[str, Rows], folder: Path) -> list[Path]:
    """Write `model-<table>.csv` for every table, and the picture; gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [_csv(rows, folder / f"model-{name}.csv") for name, rows in tables.items()]
    return [*written, _picture(tables["recipes"], tables["cascade"], folder / PICTURE)]


def _csv(rows: Rows, path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _picture(recipes: Rows, cascade: Rows, path: Path) -> Path:
    from matplotlib.figure import Figure as Drawing  # a third of a second

    figure = Drawing(figsize=(11, 4.5), layout="constrained")
    for axes, measure in zip(figure.subplots(1, 2), ("AP", "ECE"), strict=True):
        for row in recipes:
            axes.plot(row["us per ad"], row[measure], marker="o", linestyle="")
            axes.annotate(row["recipe"], (row["us per ad"], row[measure]), xytext=(5, 5), textcoords="offset points")
        costs = [row["us per ad"] for row in cascade]
        for say in ("chosen say", "full say"):
            axes.plot(costs, [row[f"{measure}, {say}"] for row in cascade], alpha=0.6, label=f"0–100 % routed, {say}")
        axes.set(xlabel="CPU µs per ad (reading apart)", ylabel=measure, xscale="log")
        axes.grid(visible=True, alpha=0.3)
        axes.legend(loc="best")
    figure.savefig(path, dpi=120)
    return path
