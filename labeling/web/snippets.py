"""The stretch of an ad's text that shows why it was found, with the words marked and contacts masked."""

from collections.abc import Sequence

from labeling.web.marking import Piece
from zorya.domain.search_words import Question, matches, words

AROUND = 90
"""Characters before the first match."""
LENGTH = 320


def marked(text: str, asked: Question) -> list[Piece]:
    """A text (contacts masked already) with every wanted part marked."""
    found = list(words(text))
    spans = sorted({span for part in asked.wanted for span in matches(part, found)})
    pieces, at = [], 0
    for start, end in spans:
        if start < at:
            continue
        pieces += [Piece(text[at:start]), Piece(text[start:end], notes=(1,))]
        at = end
    pieces.append(Piece(text[at:]))
    return [piece for piece in pieces if piece.text]


def snippet(text: str, asked: Question) -> list[Piece]:
    """Some three lines of a text around the first word that was looked for, else its beginning."""
    found = list(words(text))
    starts = [start for part in asked.wanted for start, _ in matches(part, found)]
    begin = _at_a_word(text, max(0, min(starts, default=0) - AROUND))
    end = min(len(text), begin + LENGTH)
    shown = marked(" ".join(text[begin:end].split()), asked)
    return [*_dots(begin > 0), *shown, *_dots(end < len(text))]


def _at_a_word(text: str, at: int) -> int:
    return at if at == 0 else text.find(" ", at) + 1 or at


def _dots(are_needed: bool) -> Sequence[Piece]:
    return [Piece(" … ")] if are_needed else []
