"""Constant stretches and slots of aligned ads.

A column is a unit of the canonical ad; before, between and behind columns are seams, where other ads may have units of
their own. Columns and seams alternate: cell 0 is the first seam, cell 2i + 1 is column i.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from models.campaigns.units import CONTACTS, Unit
from zorya.domain.portraits import SlotKind

_AGREE = 0.8
"""Share of the ads that must have a unit for it to be constant, where they are enough to speak of shares …"""
_ENOUGH = 5
"""… else all must: of four ads, one that differs is a slot."""
_ISLAND = 3
"""Letters up to which one word between two slots of words belongs to them: `in`, `и`, a comma."""
_OPTIONAL = 3
"""Columns that the same ads lack: an optional part."""


@dataclass(frozen=True, slots=True)
class Region:
    """`spans`: per ad the half-open range of its units."""

    constant: bool
    spans: tuple[tuple[int, int], ...]


def regions(canonical: Sequence[Unit], ads: Sequence[Sequence[Unit]], paths: Sequence[Sequence[int]]) -> list[Region]:
    """Regions in the order of the text. `paths` say per ad which of its units stands beside each canonical one, or
    -1 (`models.campaigns.alignment`).
    """
    cells = _Cells(canonical, ads, paths)
    marks = cells.marks()
    found = []
    for _, run in groupby(range(len(marks)), key=lambda cell: marks[cell]):
        held = list(run)
        spans = tuple((edges[held[0]], edges[held[-1] + 1]) for edges in cells.edges)
        found.append(Region(marks[held[0]] == _CONSTANT, spans))
    return found


_CONSTANT = (0, "")
_OPTIONAL_MARK = "optional "
_Mark = tuple[int, str]
"""Cells of one mark in a row are one region: which slot or optional part, and the kind of what stands there."""


class _Cells:
    def __init__(
        self, canonical: Sequence[Unit], ads: Sequence[Sequence[Unit]], paths: Sequence[Sequence[int]]
    ) -> None:
        self.canonical, self.ads, self.paths = canonical, ads, paths
        self.edges = [list(_edges(path, len(units))) for path, units in zip(paths, ads, strict=True)]
        self.needed = ceil(_AGREE * len(ads)) if len(ads) >= _ENOUGH else len(ads)

    def marks(self) -> list[_Mark]:
        """The mark of every cell."""
        varies = self._varying()
        kinds = [self._kind(cell) if varies[cell] else None for cell in range(len(varies))]
        self._dissolve(varies, kinds)
        optional = self._optional(varies)
        marks: list[_Mark] = []
        for number, (varying, run) in enumerate(groupby(range(len(varies)), key=varies.__getitem__), 1):
            cells = list(run)
            marks += self._split(cells, kinds, optional, number) if varying else [_CONSTANT] * len(cells)
        return marks

    def _varying(self) -> list[bool]:
        """Columns in which too few agree, seams in which too many have something, and seams beside such columns."""
        count = len(self.ads)
        columns = [self._varies(column) for column in range(len(self.canonical))]
        varies = [False] * (2 * len(columns) + 1)
        varies[1::2] = columns
        for seam in range(0, len(varies), 2):
            filled = sum(edges[seam] < edges[seam + 1] for edges in self.edges)
            beside = any(varies[max(0, seam - 1) : seam + 2])
            inside = all(varies[cell] for cell in (seam - 1, seam + 1) if 0 < cell < len(varies)) and beside
            varies[seam] = filled > count - self.needed or (bool(filled) and beside) or inside
        return varies

    def _varies(self, column: int) -> bool:
        """Too few agree; or one has another number, place or contact, which is no misspelling."""
        agreeing = self._agreeing(column)
        filled = sum(path[column] >= 0 for path in self.paths)
        return agreeing < self.needed or (self.canonical[column].kind is not None and agreeing < filled)

    def _agreeing(self, column: int) -> int:
        key = self.canonical[column].key
        return sum(
            path[column] >= 0 and units[path[column]].key == key
            for path, units in zip(self.paths, self.ads, strict=True)
        )

    def _held(self, cell: int) -> Iterator[Unit]:
        for units, edges in zip(self.ads, self.edges, strict=True):
            yield from units[edges[cell] : edges[cell + 1]]

    def _kind(self, cell: int) -> str | None:
        """Kind of what stands in a cell, when half of it is of one kind; `contact` for all kinds of contacts."""
        kinds = [unit.kind for unit in self._held(cell)]
        counts = Counter(SlotKind.CONTACT if kind in CONTACTS else kind for kind in kinds)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0] or ""))
        return ranked[0][0] if ranked and 2 * ranked[0][1] >= len(kinds) else None

    def _dissolve(self, varies: list[bool], kinds: list[str | None]) -> None:
        """A small word or a sign between two slots of words is theirs."""
        runs = [list(run) for _, run in groupby(range(len(varies)), key=varies.__getitem__)]
        for before, run, after in zip(runs, runs[1:], runs[2:], strict=False):
            if varies[run[0]] or not self._is_island([cell for cell in run if cell % 2]):
                continue
            left, right = self._plain(before, kinds), self._plain(after, kinds)
            if left and right:
                for cell in run:
                    varies[cell] = True

    def _plain(self, run: list[int], kinds: list[str | None]) -> bool:
        """True when a run of varying cells holds words alone."""
        return not any(kinds[cell] for cell in run)

    def _is_island(self, cells: list[int]) -> bool:
        units = [self.canonical[cell // 2] for cell in cells]
        words = [unit for unit in units if unit.key[:1].isalnum()]
        plain = all(unit.kind is None for unit in units)
        return plain and len(words) <= 1 and sum(len(unit.key) for unit in words) <= _ISLAND

    def _optional(self, varies: list[bool]) -> dict[int, int]:
        """Columns of optional parts → the first of each part: in a row, right in some ads and lacking in the rest."""
        found: dict[int, int] = {}
        run: list[int] = []
        lacking: frozenset[int] | None = None
        for column in range(len(self.canonical) + 1):
            now = self._lacking(column) if column < len(self.canonical) and varies[2 * column + 1] else None
            broken = bool(run) and any(edges[2 * column] < edges[2 * column + 1] for edges in self.edges)
            if run and (now != lacking or broken):
                if len(run) >= _OPTIONAL:
                    found |= dict.fromkeys(run, run[0])
                run = []
            lacking = now
            if now is not None:
                run.append(column)
        return found

    def _lacking(self, column: int) -> frozenset[int] | None:
        """Ads that have nothing in a column, None unless all others have what the canonical ad has."""
        absent = frozenset(row for row, path in enumerate(self.paths) if path[column] < 0)
        return absent if absent and self._agreeing(column) + len(absent) == len(self.ads) else None

    def _split(self, cells: list[int], kinds: list[str | None], optional: dict[int, int], number: int) -> list[_Mark]:
        """Marks of varying cells in a row: a slot for each kind, a part for each optional text. What fewer than half
        of the ads have belongs to the slot it stands beside: `Novi` before `Sad`.
        """
        marks: list[_Mark | None] = []
        for cell in cells:
            column = cell // 2
            if cell % 2 and column in optional:
                marks.append((number, f"{_OPTIONAL_MARK}{optional[column]}"))
            else:
                marks.append((number, kinds[cell] or "") if self._is_common(cell) else None)
        for order in (range(len(marks) - 2, -1, -1), range(1, len(marks))):
            step = 1 if order.step < 0 else -1
            for index in order:
                beside = marks[index + step]
                if marks[index] is None and beside and (self._is_empty(cells[index]) or not _is_optional(beside)):
                    marks[index] = beside
        return [mark or (number, "") for mark in marks]

    def _is_empty(self, cell: int) -> bool:
        return all(edges[cell] == edges[cell + 1] for edges in self.edges)

    def _is_common(self, cell: int) -> bool:
        return 2 * sum(edges[cell] < edges[cell + 1] for edges in self.edges) >= len(self.ads)


def _is_optional(mark: _Mark) -> bool:
    return mark[1].startswith(_OPTIONAL_MARK)


def _edges(path: Sequence[int], count: int) -> Iterator[int]:
    """Per cell the first unit of an ad that stands in it or later; one more at the end."""
    at = 0
    for beside in path:
        yield at
        if beside >= 0:
            at = beside
            yield at
            at += 1
        else:
            yield at
    yield at
    yield count
