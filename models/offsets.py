"""A text on its way through rewriting, with an exact map back to the original characters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Edit = tuple[int, int, str]
"""Half-open span of the current text and what stands there instead; `start < end`."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """`starts[i]`/`ends[i]` are the original half-open offsets of character i of `text`; both never decrease."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, text: str) -> "Mapped":
        """A text that is its own original. The map costs nothing until something is cut out or put in."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    def with_text(self, text: str) -> "Mapped":
        """Another text of the same length, character for character."""
        return Mapped(text, self.starts, self.ends)

    def rewritten(self, edits: Iterable[Edit]) -> "Mapped":
        """Edits applied, given in the order of the text and without overlap.

        A replacement of the same length goes character for character; of any other length, each of its characters
        stands for the whole of what it replaced.
        """
        edits = list(edits)
        pieces: list[str] = []
        at = 0
        for start, end, new in edits:
            pieces += (self.text[at:start], new)
            at = end
        text = "".join((*pieces, self.text[at:]))
        if all(len(new) == end - start for start, end, new in edits):
            return self.with_text(text)
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for start, end, new in edits:
            if len(new) == end - start:
                continue
            starts += self.starts[at:start]
            ends += self.ends[at:start]
            starts += [self.starts[start]] * len(new)
            ends += [self.ends[end - 1]] * len(new)
            at = end
        return Mapped(text, [*starts, *self.starts[at:]], [*ends, *self.ends[at:]])

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Original half-open span of the span [start, end) of `text`; empty spans stay empty."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return at, at
        return self.starts[start], self.ends[end - 1]
