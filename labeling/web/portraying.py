"""A campaign's portrait as drawn: the timeline's bars, the contact graph's places, the template's numbered slots.

Only numbers and names: the templates draw them. The same portrait always gives the same picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log2
from typing import Any

from zorya.domain.portraits import ContactGraph, Fixed, Portrait, Slot, Template, TimelineRow

WIDTH = 1000.0
"""Units of a timeline row; the page stretches it."""
_LEAST = 6.0
"""Width of an ad that was seen once."""
_STEP, _TOP = 24, 20
"""Height of a node's line in the graph, and of what is above the first."""
_LEFT, _RIGHT, GRAPH_WIDTH = 250, 430, 680


@dataclass(frozen=True, slots=True)
class Bar:
    """One ad on a row: from `x`, `width` wide, in units of `WIDTH`."""

    posting_id: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    """One source of the timeline; of `ads` the newest are drawn as bars."""

    source: str
    ads: int
    first_seen: datetime
    last_seen: datetime
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Rows on one scale, and the days at its start, middle and end, each once."""

    rows: tuple[Row, ...]
    days: tuple[datetime, ...]


def timeline(portrait: Portrait) -> Timeline:
    """Rows of a portrait on the scale from its first sight to its last."""
    start, span = portrait.first_seen, max(portrait.last_seen - portrait.first_seen, timedelta(days=1))
    rows = tuple(_row(row, start, span) for row in portrait.timeline)
    days = {moment.date(): moment for moment in (start + span, start + span / 2, start)}
    return Timeline(rows, tuple(sorted(days.values())))


def _row(row: TimelineRow, start: datetime, span: timedelta) -> Row:
    bars = []
    for dot in row.dots:
        left = (dot.first_seen - start) / span * WIDTH
        width = max(_LEAST, (dot.last_seen - dot.first_seen) / span * WIDTH)
        bars.append(Bar(dot.posting_id, round(min(left, WIDTH - width), 1), round(width, 1)))
    return Row(row.source, row.ads, row.first_seen, row.last_seen, tuple(bars))


@dataclass(frozen=True, slots=True)
class Spot:
    """A node with its place: `y` of its centre, `r` its size; contacts stand left, ads or sources right."""

    id: str
    kind: str
    label: str
    ads: int
    x: int
    y: float
    r: float


@dataclass(frozen=True, slots=True)
class Line:
    """A link between two spots; `beside` are the labels of both, for the table."""

    one: Spot
    other: Spot
    ads: int
    width: float


@dataclass(frozen=True, slots=True)
class GraphDrawing:
    """Two columns with lines between them; None of it overlaps, and `height` holds all."""

    contacts: tuple[Spot, ...]
    places: tuple[Spot, ...]
    lines: tuple[Line, ...]
    more: int
    height: int
    width: int = GRAPH_WIDTH


def drawn(graph: ContactGraph, names: Mapping[str, str]) -> GraphDrawing:
    """Places for the nodes: contacts in their order, each other node near the contacts it belongs to.

    `names`: posting → what to call it; an ad without one is called by the end of its id.
    """
    left = [node for node in graph.nodes if node.kind not in {"ad", "source"}]
    rank = {node.id: number for number, node in enumerate(left)}
    near: dict[str, list[int]] = {}
    for link in graph.links:
        near.setdefault(link.other, []).append(rank.get(link.one, 0))
    right = [node for node in graph.nodes if node.kind in {"ad", "source"}]
    right.sort(key=lambda node: (sum(near.get(node.id, [0])) / len(near.get(node.id, [0])), node.id))
    tall = max(len(left), len(right), 1) * _STEP
    spots: dict[str, Spot] = {}
    for column, x in ((left, _LEFT), (right, _RIGHT)):
        step = tall / max(len(column), 1)
        for number, node in enumerate(column):
            label = names.get(node.id, f"ad …{node.id[-6:]}") if node.kind == "ad" else node.label
            radius = round(min(9.0, 4 + log2(max(node.ads, 1))), 1)
            spots[node.id] = Spot(
                node.id, node.kind, label, node.ads, x, round(_TOP + step * (number + 0.5), 1), radius
            )
    lines = tuple(
        Line(spots[link.one], spots[link.other], link.ads, round(min(6.0, 1 + log2(max(link.ads, 1))), 1))
        for link in graph.links
        if link.one in spots and link.other in spots
    )
    return GraphDrawing(
        tuple(spots[node.id] for node in left),
        tuple(spots[node.id] for node in right),
        lines,
        graph.more,
        int(tall + 2 * _TOP),
    )


@dataclass(frozen=True, slots=True)
class NumberedSlot:
    """A slot with the number by which text and table name it."""

    number: int
    slot: Slot


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template for reading: parts in the order of the text, and the slots once more for the table."""

    template: Template
    parts: tuple[Fixed | NumberedSlot, ...]
    slots: tuple[NumberedSlot, ...]


def templates(stored: Mapping[str, Any] | None) -> list[TemplateView]:
    """Views of what the screen stage stored of a campaign's texts."""
    views = []
    for plain in (stored or {}).get("templates", ()):
        template = Template.from_json(plain)
        parts: list[Fixed | NumberedSlot] = []
        for part in template.parts:
            number = sum(isinstance(each, NumberedSlot) for each in parts) + 1
            parts.append(NumberedSlot(number, part) if isinstance(part, Slot) else part)
        slots = tuple(part for part in parts if isinstance(part, NumberedSlot))
        views.append(TemplateView(template, tuple(parts), slots))
    return views
