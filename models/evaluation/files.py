"""Reports on disk: HTML, tables as CSV, figures as JSON, and PNG."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from models.evaluation.curves import Line
from models.evaluation.evaluation import Evaluation, card_figures
from models.evaluation.intervals import Figure
from models.evaluation.page import comparison_page, page
from models.evaluation.slices import Slice

Rows = Sequence[dict[str, Any]]
REPORT, COMPARISON = "report.html", "comparison.html"


def save(found: Evaluation, folder: Path, *, made: str) -> list[Path]:
    """Write the report and everything in it; gives the files, the page first."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [_text(folder / REPORT, page(found, made=made))]
    written.append(_text(folder / "figures.json", json.dumps(card_figures(found), indent=1, ensure_ascii=False)))
    tables = {
        "figures": _figures(found),
        "slices": [*map(_slice, found.slices), *map(_slice, found.patterns)],
        "precision-recall": _points(found.precision_recall, "recall", "precision"),
        "reliability": _points(found.reliability, "said", "found"),
        "abstention": [
            {"language": each.language, "kind": each.kind, "ads": each.ads}
            | _columns("covered", each.covered)
            | _columns("unsure", each.unsure)
            for each in found.abstention
        ],
        "learning-curve": [
            {"classifier": each.classifier, "ads": each.ads} | _columns("average_precision", each.average_precision)
            for each in found.learning
        ],
    }
    written += [_csv(rows, folder / f"{name}.csv") for name, rows in tables.items() if rows]
    return written + _pictures(found, folder)


def save_comparison(found: Evaluation, other: str, folder: Path, *, made: str) -> list[Path]:
    """Write the comparison with another classifier; gives the files, the page first."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {"prevalence": prevalence, "figure": name} | _columns("difference", value)
        for prevalence, held in found.ahead[other].items()
        for name, value in held.items()
    ]
    written = _text(folder / COMPARISON, comparison_page(found, other, made=made))
    return [written, _csv(rows, folder / "comparison.csv")]


def _text(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _csv(rows: Rows, path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _columns(name: str, value: Figure) -> dict[str, Any]:
    return {f"{name}_{key}".removesuffix("_value"): each for key, each in value.plain().items()}


def _figures(found: Evaluation) -> Rows:
    return [
        {"classifier": classifier, "prevalence": prevalence, "figure": name} | value.plain()
        for classifier, held in found.figures.items()
        for prevalence, row in held.items()
        for name, value in row.items()
    ]


def _slice(each: Slice) -> dict[str, Any]:
    row: dict[str, Any] = {"dimension": each.dimension, "value": each.value, "ads": each.ads, "concern": each.concern}
    for name, value in each.figures.items():
        row |= _columns(name, value)
    return row


def _points(lines: Iterable[Line], x: str, y: str) -> Rows:
    return [{"line": line.name, x: point[0], y: point[1]} for line in lines for point in line.points]


def _pictures(found: Evaluation, folder: Path) -> list[Path]:
    drawn = [
        _picture(found.precision_recall, ("recall", "precision"), folder / "precision-recall.png"),
        _picture(found.reliability, ("probability said", "share found"), folder / "reliability.png"),
    ]
    if found.learning:
        names = dict.fromkeys(each.classifier for each in found.learning)
        lines = [
            Line(name, tuple((p.ads, p.average_precision.value) for p in found.learning if p.classifier == name))
            for name in names
        ]
        drawn.append(_picture(lines, ("ads learnt from", "average precision"), folder / "learning-curve.png"))
    return drawn


def _picture(lines: Sequence[Line], axis: tuple[str, str], path: Path) -> Path:
    from matplotlib.figure import Figure as Drawing  # a third of a second

    figure = Drawing(figsize=(8, 6), layout="constrained")
    axes = figure.subplots()
    for line in lines:
        axes.plot(*zip(*line.points, strict=True), marker="." if len(line.points) < 20 else "", label=line.name)
    axes.set(xlabel=axis[0], ylabel=axis[1])
    axes.grid(visible=True, alpha=0.3)
    figure.legend(loc="outside right upper")
    figure.savefig(path, dpi=120)
    return path
