"""Which parts of a text only quote: what scammers write, what they told me, what I ask others about.

A lure in quotation marks is no sign by itself (ads set slogans in them); it is one after words of reporting. The words
are the lists `reporting` and `asking` of `lexicons/warning_frame.yml`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from models.fact_values import FactValue
from models.signs import Sign
from zorya.domain.findings import Span

_LEAD = r"[^\n.!?:„“«\"”]{0,60}"
"""Words between a phrase of reporting and what it introduces: `scammers write in closed groups:`."""
_QUOTE = re.compile(_LEAD + r":?\s*[„“«\"”]")
_COLON = re.compile(_LEAD + r":")
_CLOSING = re.compile(r"[”“»\"]")
_NEXT_QUOTE = re.compile(r"[”“»\"][\s,;/–-]*(?:\w{1,4}\s)?[„“«\"]")
_SENTENCE_END = re.compile(r"[.!?\n]|$")


def reported_parts(text: str, reporting: Iterable[Sign]) -> list[Span]:
    """Original spans that words of reporting introduce: the quotation after them (and those joined to it), the rest of
    the paragraph after their colon, or else the rest of their sentence.
    """
    return [part for sign in reporting for part in _introduced(text, sign.span[1])]


def _introduced(text: str, at: int) -> list[Span]:
    quote = _QUOTE.match(text, at)
    if quote:
        parts, begin = [], quote.end()
        while True:
            closing = _CLOSING.search(text, begin)
            parts.append((begin, closing.start() if closing else len(text)))
            following = closing and _NEXT_QUOTE.match(text, closing.start())
            if not following:
                return parts
            begin = following.end()
    colon = _COLON.match(text, at)
    if colon:
        line = text.find("\n", colon.end())
        return [(colon.end(), line if line >= 0 else len(text))]
    return [(at, _sentence_end(text, at))]


def asks(text: str, asking: Iterable[Sign]) -> bool:
    """Whether the text asks others about an offer: a phrase of asking in a sentence that ends with `?`."""
    return any(text[end : end + 1] == "?" for end in (_sentence_end(text, sign.span[1]) for sign in asking))


def _sentence_end(text: str, at: int) -> int:
    match = _SENTENCE_END.search(text, at)
    return match.start() if match else len(text)


def split(found: Mapping[str, list[Sign]], parts: Sequence[Span]) -> tuple[dict[str, list[Sign]], set[str]]:
    """(signs outside the quoted parts, lists that have signs within)."""
    if not parts:
        return dict(found), set()
    outside = {name: [sign for sign in signs if not _within(sign.span, parts)] for name, signs in found.items()}
    return outside, {name for name, signs in found.items() if len(outside[name]) < len(signs)}


def stated_outside(values: Mapping[str, FactValue], parts: Sequence[Span]) -> dict[str, FactValue]:
    """Facts without those that stand in quoted parts only."""
    if not parts:
        return dict(values)
    return {
        name: value
        for name, value in values.items()
        if not value.spans or not all(_within(span, parts) for span in value.spans)
    }


def _within(span: Span, parts: Sequence[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in parts)
