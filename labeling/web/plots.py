"""A plot as plain data — rows, series, a table that says the same — and where its bars stand in an SVG."""

from dataclasses import dataclass

WIDTH, HEIGHT = 720, 240
"""Units of a plot over time; the page stretches it."""
NARROW = 300
"""Width of the drawing for narrow screens, on which a wide one could only be seen in part."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 12, 34
_LINE, _NAMES, _NUMBERS = 26, 250, 60
"""Height of a row of a plot of values, and what is kept at its sides for names and numbers."""
_A_NAME = 76
"""Width that the name of a column takes."""


@dataclass(frozen=True, slots=True)
class PlotRow:
    """One column or bar: its name, its stacked values (one a series), and the cells of its table row."""

    name: str
    values: tuple[int, ...]
    cells: tuple[str, ...]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class Plot:
    """`key` is its address, `head` the table's heading (the first of the names), `over_time` whether its rows are
    weeks or days. All words are said in the reader's language already."""

    key: str
    title: str
    about: str
    series: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[PlotRow, ...]
    over_time: bool

    @property
    def is_empty(self) -> bool:
        """Nothing to draw."""
        return not any(row.total for row in self.rows)


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of one series."""

    series: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """Words in the drawing; `anchor` as in SVG."""

    text: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a template draws."""

    width: int
    height: int
    blocks: tuple[Block, ...]
    labels: tuple[Label, ...]
    lines: tuple[float, ...]
    """Heights of the grid's lines (plots over time)."""


def drawing(plot: Plot, *, width: int = WIDTH) -> Drawing:
    """Columns for a plot over time, bars for one of values; on a narrow one the names stand above their bars."""
    if plot.over_time:
        return _columns(plot, width)
    return _bars(plot) if width >= WIDTH else _bars_below_names(plot, width)


def _columns(plot: Plot, width: int) -> Drawing:
    top = _round_up(max((row.total for row in plot.rows), default=1))
    tall, step = HEIGHT - _TOP - _BOTTOM, (width - _LEFT - _RIGHT) / max(1, len(plot.rows))
    every = -(-len(plot.rows) // (width // _A_NAME))
    blocks, labels = [], []
    for place, row in enumerate(plot.rows):
        left, floor = _LEFT + place * step, float(HEIGHT - _BOTTOM)
        for series, value in enumerate(row.values):
            height = value / top * tall
            floor -= height
            if value:
                blocks.append(
                    Block(
                        series, round(left + step * 0.12, 1), round(floor, 1), round(step * 0.76, 1), round(height, 1)
                    )
                )
        if place % every == 0:
            labels.append(Label(row.name, round(left + step / 2, 1), HEIGHT - 12, "middle"))
    marks = sorted({0, top // 2, top})
    labels += [Label(str(mark), _LEFT - 6, round(HEIGHT - _BOTTOM - mark / top * tall + 4, 1), "end") for mark in marks]
    lines = tuple(round(HEIGHT - _BOTTOM - mark / top * tall, 1) for mark in marks)
    return Drawing(width, HEIGHT, tuple(blocks), tuple(labels), lines)


def _bars_below_names(plot: Plot, width: int) -> Drawing:
    top, wide = max((row.total for row in plot.rows), default=1) or 1, width - _NUMBERS
    blocks, labels = [], []
    for place, row in enumerate(plot.rows):
        left, y = 0.0, place * 2 * _LINE
        labels.append(Label(_short(row.name), 0, y + 18, "start"))
        for series, value in enumerate(row.values):
            if value:
                blocks.append(Block(series, round(left, 1), y + 25, round(value / top * wide, 1), _LINE - 10))
            left += value / top * wide
        labels.append(Label(str(row.values[0]), round(left + 6, 1), y + 38, "start"))
    return Drawing(width, max(1, len(plot.rows)) * 2 * _LINE, tuple(blocks), tuple(labels), ())


def _bars(plot: Plot) -> Drawing:
    top, wide = max((row.total for row in plot.rows), default=1) or 1, WIDTH - _NAMES - _NUMBERS
    blocks, labels = [], []
    for place, row in enumerate(plot.rows):
        left, y = float(_NAMES), place * _LINE + 5
        for series, value in enumerate(row.values):
            width = value / top * wide
            if value:
                blocks.append(Block(series, round(left, 1), y, round(width, 1), _LINE - 10))
            left += width
        labels.append(Label(_short(row.name), _NAMES - 8, y + 13, "end"))
        labels.append(Label(str(row.values[0]), round(left + 6, 1), y + 13, "start"))
    return Drawing(WIDTH, max(1, len(plot.rows)) * _LINE + 4, tuple(blocks), tuple(labels), ())


def _short(name: str) -> str:
    return name if len(name) <= 36 else f"{name[:35]}…"


def _round_up(most: int) -> int:
    """The next 1, 2, 4, 6 or 8 times a power of ten: a scale whose half is a whole number."""
    size = 1
    while size * 10 <= most:
        size *= 10
    return next(size * step for step in (1, 2, 4, 6, 8, 10) if size * step >= most) if most > 1 else 2
