"""The tables as CSV, and quality against cost as PNG."""

import csv
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]
PICTURE = "model-cost.png"
_TICKS = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000)


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

    figure = Drawing(figsize=(11, 5.2), layout="constrained")
    pair = figure.subplots(1, 2)
    for axes, measure, better in zip(pair, ("AP", "ECE"), ("more is better", "less is better"), strict=True):
        for row, mark in zip(recipes, "osD^vPX*", strict=False):
            axes.plot(row["us per ad"], row[measure], mark, markersize=9, alpha=0.7, label=row["recipe"])
        costs = [row["us per ad"] for row in cascade]
        for say, line in (("chosen say", "-"), ("full say", ":")):
            told = f"cascade, 0 to 100 % routed, {say}"
            axes.plot(costs, [row[f"{measure}, {say}"] for row in cascade], line, color="grey", label=told)
        axes.set(xlabel="CPU µs per ad, reading apart", ylabel=f"{measure} ({better})", xscale="log")
        axes.set_xticks(_TICKS, [f"{tick:,}" for tick in _TICKS])
        axes.minorticks_off()
        every = [*costs, *(row["us per ad"] for row in recipes)]
        axes.set_xlim(min(every) / 1.5, max(every) * 1.5)
        axes.grid(visible=True, alpha=0.3)
    # Recipes lie close to each other: a name beside each point would cover the next.
    figure.legend(*pair[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.savefig(path, dpi=120)
    return path
