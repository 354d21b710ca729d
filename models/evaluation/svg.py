"""Plots as SVG, drawn in the page's own colours so that they follow its light or dark theme."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import log10

Point = tuple[float, float]


@dataclass(frozen=True)
class Trace:
    """One line of a plot. `shade` 0 is the line in question, others are told apart by colour and dash."""

    name: str
    points: Sequence[Point]
    shade: int = 0
    dots: bool = False
    whiskers: Sequence[Point] = ()
    """Lower and upper end of an interval at each point."""


@dataclass(frozen=True)
class Axes:
    """Size in pixels, range and names of the axes; `log_x` for a logarithmic x axis."""

    x_name: str
    y_name: str
    width: int = 320
    height: int = 240
    x: Point = (0.0, 1.0)
    y: Point = (0.0, 1.0)
    x_ticks: Sequence[float] = ()
    """Where numbers stand on the x axis; quarters of the range when empty."""
    log_x: bool = False
    diagonal: bool = False
    bare: bool = False
    """Without names and numbers, for small multiples."""


def plot(title: str, traces: Sequence[Trace], axes: Axes) -> str:
    """A plot with a title that screen readers say."""
    left, top, right, bottom = (6, 6, 6, 6) if axes.bare else (54, 10, 14, 38)
    across, down = axes.width - left - right, axes.height - top - bottom

    def at(point: Point) -> Point:
        return left + across * _share(point[0], axes.x, log=axes.log_x), top + down * (1 - _share(point[1], axes.y))

    parts = [
        f'<svg viewBox="0 0 {axes.width} {axes.height}" role="img" aria-label="{escape(title)}" class="plot">',
        f'<rect x="{left}" y="{top}" width="{across}" height="{down}" class="frame"/>',
        *_grid(axes, at, (left, top, across, down)),
    ]
    if axes.diagonal:
        parts.append(_path([at((0, 0)), at((1, 1))], "diagonal"))
    for trace in traces:
        parts += _trace(trace, at)
    return "".join([*parts, "</svg>"])


def _share(value: float, span: Point, *, log: bool = False) -> float:
    low, high, value = (log10(max(each, 1e-9)) for each in (*span, value)) if log else (*span, value)
    return max(0.0, min(1.0, (value - low) / ((high - low) or 1)))


def _grid(axes: Axes, at: Callable[[Point], Point], box: tuple[int, int, int, int]) -> list[str]:
    left, top, across, down = box
    parts = []
    for value in _ticks(axes.y):
        y = at((axes.x[0], value))[1]
        parts.append(f'<line x1="{left}" x2="{left + across}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>')
        if not axes.bare:
            parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    for value in axes.x_ticks or _ticks(axes.x):
        x = at((value, axes.y[0]))[0]
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{top + down}" class="grid"/>')
        if not axes.bare:
            parts.append(f'<text x="{x:.1f}" y="{top + down + 15}" text-anchor="middle">{value:g}</text>')
    if not axes.bare:
        middle, foot = left + across / 2, top + down + 32
        parts.append(f'<text x="{middle:.1f}" y="{foot}" text-anchor="middle">{escape(axes.x_name)}</text>')
        place = f'x="12" y="{top + down / 2:.1f}" transform="rotate(-90 12 {top + down / 2:.1f})"'
        parts.append(f'<text {place} text-anchor="middle">{escape(axes.y_name)}</text>')
    return parts


def _ticks(span: Point) -> list[float]:
    return [round(span[0] + (span[1] - span[0]) * part / 4, 4) for part in range(5)]


def _trace(trace: Trace, at: Callable[[Point], Point]) -> list[str]:
    places = [at(point) for point in trace.points]
    parts = []
    for (x, _), (low, high) in zip(trace.points, trace.whiskers, strict=False):
        parts.append(_path([at((x, low)), at((x, high))], f"whisker s{trace.shade}"))
    parts.append(_path(places, f"line s{trace.shade}"))
    if trace.dots:
        dots = zip(places, trace.points, strict=True)
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="dot s{trace.shade}">'
            f"<title>{escape(trace.name)}: {point[0]:g}, {point[1]:.3f}</title></circle>"
            for (x, y), point in dots
        ]
    return parts


def _path(points: Sequence[Point], kind: str) -> str:
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{joined}" class="{kind}"/>'
