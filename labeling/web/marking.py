"""An ad's original text in pieces: underlined where an indicator was read, masked where a contact stands.

Pieces are plain data; templates escape every one of them. Spans may overlap, nest, repeat or lie outside the text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from zorya.domain.ads import Contact
from zorya.domain.findings import IndicatorHit, Span
from zorya.redact import contact_spans


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. `notes` are the numbers of the indicators read here, `ends` those that end here."""

    text: str
    notes: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    contact: bool = False
    masked: bool = False


def pieces(
    text: str, hits: Sequence[IndicatorHit], contacts: Iterable[Contact], *, reveal: bool = False
) -> list[Piece]:
    """The whole text, cut at the edges of spans. Indicators are numbered from 1 in the order of `hits`."""
    secrets = contact_spans(text, contacts)
    marks = [(span, number) for number, hit in enumerate(hits, 1) for span in _sound(hit.spans, len(text))]
    cuts = (
        {0, len(text)} | {edge for span, _ in marks for edge in span} | {e for s in secrets for e in (s.start, s.end)}
    )
    inside = {cut for cut in cuts for secret in secrets if secret.start < cut < secret.end}
    edges = sorted(cuts - inside)
    by_start = {secret.start: secret for secret in secrets}
    found = []
    for start, end in pairwise(edges):
        notes = tuple(sorted({number for span, number in marks if span[0] < end and start < span[1]}))
        ends = tuple(sorted({number for span, number in marks if start < span[1] <= end}))
        secret = by_start.get(start)
        shown = text[start:end] if secret is None or reveal else secret.shown
        found.append(Piece(shown, notes, ends, secret is not None, secret is not None and not reveal))
    return found


def masked_text(text: str, contacts: Iterable[Contact]) -> str:
    """The text with every known contact masked, for titles and lists."""
    return "".join(piece.text for piece in pieces(text, (), contacts))


def split_lines(parts: Iterable[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Pieces of the first line (the title) and of the rest (the body)."""
    title: list[Piece] = []
    body: list[Piece] = []
    in_title = True
    for piece in parts:
        head, newline, tail = piece.text.partition("\n") if in_title else ("", "", piece.text)
        if in_title and not newline:
            title.append(piece)
            continue
        if in_title:
            title.append(replace(piece, text=head, ends=() if tail else piece.ends))
        body.append(replace(piece, text=tail))
        in_title = False
    return [piece for piece in title if piece.text], [piece for piece in body if piece.text]


def _sound(spans: Iterable[Span], length: int) -> list[Span]:
    """Spans cut to the text; empty ones are dropped."""
    cut = ((max(0, start), min(length, end)) for start, end in spans)
    return [(start, end) for start, end in cut if start < end]
