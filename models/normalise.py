"""Text as it was meant, with an exact map back to the original.

Mojibake is repaired, characters are folded, words are taken out of their disguise, transliterated ads are read in
Cyrillic; each step looks cheaply whether it has anything to do. What was *hidden* is itself a fact (`repairs`,
indicator E6): invisible characters inside words, mixed alphabets, digits for letters, spacing. What has an innocent
cause is not: missing diacritics, mojibake, an Asian keyboard's full-width letters, transliteration, a slip of the keys.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from models.disguise import Repair, spaced_words, words_in_disguise
from models.folding import fold_mapped
from models.known_words import KnownWords, known_words
from models.mojibake import repair_mojibake
from models.offsets import Mapped
from models.transliteration import transliteration
from models.umlauts import umlaut_edits
from zorya.domain.findings import Span

_WORD = re.compile(r"[^\W\d_]+")
_HEADLINE = re.compile(r"[A-ZА-ЯІЇЄҐ](?: {1,2}[A-ZА-ЯІЇЄҐ])+")
_HIDING, _SUSPICIOUS, _SLIPS = 2, 1, 3
_MANY_SEAMS = 3
"""Words cut by invisible characters from which they are no accident of a web page, known words or not."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """Folded text; `starts[i]`/`ends[i]` are the original offsets of character i.

    `undone` names the kinds of rewriting that took place; `repairs` are the words that were hidden on purpose, as
    original spans in the order of the text.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    undone: frozenset[str]
    repairs: tuple[Span, ...] = ()

    def original_span(self, start: int, end: int) -> Span:
        """Original half-open span of the normalised span [start, end); empty spans stay empty."""
        return Mapped(self.text, self.starts, self.ends).original_span(start, end)


def normalise(text: str) -> Normalised:
    """Normalise an ad. Total (any string is accepted), linear, and idempotent on its own output."""
    known = known_words()
    undone: set[str] = set()
    mapped = Mapped.of(text)
    if not text.isascii():
        mapped = repair_mojibake(mapped, known)
        if mapped.text is not text:
            undone.add("mojibake")
    folded = fold_mapped(mapped)
    mapped, hidden = folded.mapped, _cut_words(folded.mapped, folded.seams, known)
    if folded.seams:
        undone.add("invisible")
    for step in (words_in_disguise, spaced_words, words_in_disguise):  # a sign may stand behind a word spaced out
        repairs = step(mapped.text, known)
        if repairs:
            undone |= {repair.kind for repair in repairs}
            hidden += _hidden(repairs, mapped, text)
            mapped = mapped.rewritten(repair.edit for repair in repairs)
        elif step is spaced_words:
            break
    turned = transliteration().edits(mapped.text) or umlaut_edits(text, mapped.text, known)
    if turned:
        undone.add("transliteration")
        mapped = mapped.rewritten(turned)
    return Normalised(mapped.text, mapped.starts, mapped.ends, frozenset(undone), tuple(sorted(set(hidden))))


def _hidden(repairs: list[Repair], mapped: Mapped, original: str) -> list[Span]:
    """Original spans of what was hidden. One odd letter in a word or two is a slip; `Р А Б О Т А` is a headline."""
    suspicious = [repair for repair in repairs if repair.weight >= _SUSPICIOUS]
    if len(suspicious) < _SLIPS and all(repair.weight < _HIDING for repair in suspicious):
        return []
    spans = [(mapped.original_span(*repair.edit[:2]), repair.kind) for repair in suspicious]
    return [span for span, kind in spans if kind != "spaced" or not _HEADLINE.fullmatch(original[slice(*span)])]


def _cut_words(mapped: Mapped, seams: Sequence[int], known: KnownWords) -> list[Span]:
    """Original spans of words that invisible characters ran through: known words, or many of any kind."""
    if not seams:
        return []
    words: dict[Span, str] = {}
    for match in _WORD.finditer(mapped.text):
        start, end = mapped.original_span(*match.span())
        if bisect_left(seams, start) < bisect_left(seams, end):
            words[start, end] = match.group()
    many = len(words) >= _MANY_SEAMS
    return [span for span, word in words.items() if many or word in known]
