"""The learning curve on disk: points as CSV, and a picture where matplotlib is installed (extra `bench`)."""

import csv
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from models.learning.curve import ACTIVE, RANDOM, Point, Step


def save(points: Sequence[Point], steps: Sequence[Step], folder: Path) -> list[Path]:
    """Write every point and the picture; gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "learning-curve.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(Point.__dataclass_fields__))
        writer.writeheader()
        writer.writerows(asdict(point) for point in points)
    return [table, _picture(steps, folder / "learning-curve.png")] if find_spec("matplotlib") else [table]


def _picture(steps: Sequence[Step], path: Path) -> Path:
    figure = import_module("matplotlib.figure").Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    labels = [step.labels for step in steps]
    for policy in (ACTIVE, RANDOM):
        held = [getattr(step, policy) for step in steps]
        axes.plot(labels, [each.value for each in held], marker="o", label=policy)
        axes.fill_between(labels, [each.low for each in held], [each.high for each in held], alpha=0.2)
    axes.set(xlabel="labels bought", ylabel="average precision on held-out ads")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)
    return path
