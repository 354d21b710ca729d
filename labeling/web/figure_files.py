"""A plot as a file: CSV that no spreadsheet takes for a formula, and PNG by matplotlib (imported when asked for)."""

import csv
from io import BytesIO, StringIO

from labeling.web.plots import Plot
from zorya.spreadsheets import safe_cell

_COLOURS = ("#1a5b80", "#b4a06a", "#7d8b98", "#20613a", "#c9d2da")
"""Fills of the series, as `.s0` to `.s4` of zorya.css in the light theme."""


def as_csv(plot: Plot) -> bytes:
    """The plot's table, UTF-8 with a byte-order mark so that spreadsheets read its letters."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(safe_cell(cell) for cell in plot.head)
    for row in plot.rows:
        writer.writerow(safe_cell(cell) for cell in (row.name, *row.cells))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_png(plot: Plot) -> bytes:
    """The plot as a picture of 1,200 × 600 points or, of values, as high as it has rows."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height = 5.0 if plot.over_time else max(2.0, 0.42 * len(plot.rows) + 1.4)
    figure = Figure(figsize=(10, height), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    names, floor = range(len(plot.rows)), [0.0] * len(plot.rows)
    for series, name in enumerate(plot.series):
        values = [float(row.values[series]) for row in plot.rows]
        if plot.over_time:
            axes.bar(names, values, bottom=floor, color=_COLOURS[series], label=_plain(name))
        else:
            axes.barh(names, values, left=floor, color=_COLOURS[series], label=_plain(name))
        floor = [low + value for low, value in zip(floor, values, strict=True)]
    ticks = [_plain(row.name) for row in plot.rows]
    if plot.over_time:
        axes.set_xticks(list(names), ticks, rotation=45, ha="right")
    else:
        axes.set_yticks(list(names), ticks)
        axes.invert_yaxis()
    axes.set_title(_plain(plot.title), loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    out = BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _plain(text: str) -> str:
    """Nothing that matplotlib would read as a formula."""
    return text.replace("$", r"\$")
