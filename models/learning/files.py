"""Learning curves and weak labels on disk: tables as CSV, the curve as a page, pictures as PNG."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from models.evaluation.intervals import Figure
from models.learning.curve import ACTIVE, RANDOM, Point, Step
from models.learning.page import About, page
from models.learning.votes import Function
from models.learning.weak import Gain


def save_curve(points: Sequence[Point], steps: Sequence[Step], about: About, folder: Path, *, made: str) -> list[Path]:
    """Write page, every point and picture; gives the files, the page first. `made` says when and with what."""
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "learning-curve.html"
    report.write_text(page(steps, about, made=made), encoding="utf-8")
    table = _csv(map(asdict, points), folder / "learning-curve.csv")
    lines = {policy: [getattr(step, policy) for step in steps] for policy in (ACTIVE, RANDOM)}
    return [
        report,
        table,
        _lines([step.labels for step in steps], lines, "labels bought", folder / "learning-curve.png"),
    ]


def save_weak(functions: Sequence[Function], gains: Sequence[Gain], folder: Path) -> list[Path]:
    """Write how indicators vote and what their labels add, as CSV and PNG; gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [
        _csv(map(asdict, functions), folder / "votes.csv"),
        _votes([each for each in functions if each.coverage], folder / "votes.png"),
    ]
    if gains:
        rows = ({"labels": each.labels, "finding": each.finding} | _columns(each) for each in gains)
        written.append(_csv(rows, folder / "weak-labels.csv"))
        lines = {"labels alone": [each.alone for each in gains], "with weak labels": [each.weak for each in gains]}
        path = folder / "weak-labels.png"
        written.append(_lines([each.labels for each in gains], lines, "labels by people", path))
    return written


def _columns(gain: Gain) -> dict[str, float | None]:
    figures = {"alone": gain.alone, "weak": gain.weak, "gain": gain.gain}
    return {
        f"{name}_{key}".removesuffix("_value"): v for name, each in figures.items() for key, v in each.plain().items()
    }


def _csv(rows: Iterable[Mapping[str, Any]], path: Path) -> Path:
    held = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(held[0]))
        writer.writeheader()
        writer.writerows(held)
    return path


def _lines(labels: Sequence[int], lines: Mapping[str, Sequence[Figure]], x_name: str, path: Path) -> Path:
    from matplotlib.figure import Figure as Drawing  # a third of a second

    figure = Drawing(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for (name, held), style in zip(lines.items(), ("-", "--"), strict=True):
        axes.plot(labels, [each.value for each in held], style, marker="o", label=name)
        axes.fill_between(labels, [each.low for each in held], [each.high for each in held], alpha=0.2)
    axes.set(xlabel=x_name, ylabel="average precision on held-out ads")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)
    return path


def _votes(functions: Sequence[Function], path: Path) -> Path:
    """Bars a function: its votes, those that another shares, those that another opposes."""
    from matplotlib.figure import Figure as Drawing  # a third of a second

    size = (8, 1.2 + 0.22 * len(functions))
    figure = Drawing(figsize=size, layout="constrained")
    axes = figure.subplots()
    places = range(len(functions))
    for name, width in (("coverage", 0.8), ("overlap", 0.55), ("conflict", 0.3)):
        axes.barh(places, [100 * getattr(each, name) for each in functions], height=width, label=name)
    axes.set_yticks(places, [each.code for each in functions], fontsize=8)
    axes.invert_yaxis()
    axes.set(xlabel="% of ads")
    axes.grid(visible=True, axis="x", alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)
    return path
