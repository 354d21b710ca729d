"""The patterns of the pay grammar, made of the words in `pay_words`; `pay` and `pay_parts` read with them."""

import re
from collections.abc import Mapping

from zorya.domain import pay_words as words


def alternatives(line: str) -> str:
    """Pattern of a list of words, longest first; after each that ends in a letter no other letter may follow."""
    return "|".join(_pattern(word) for word in sorted(set(line.split()), key=len, reverse=True))


def _pattern(word: str) -> str:
    if not word[-1].isalpha() and word[-1] not in "*.":
        return _glued(word) if word in words.SYMBOLS else re.escape(word)
    stem = re.escape(word.removesuffix(".")).replace(r"\+", r"\s").replace(r"\*", r"\w*").replace(r"\.", r"\.?")
    return stem + (r"(?:\.|(?![^\W\d_]))" if word.endswith(".") else r"(?![^\W\d_])")


def _glued(symbol: str) -> str:
    """A symbol between two numbers belongs to the one it touches: `069 123 €1500`."""
    symbol = re.escape(symbol)
    return rf"(?<=\d){symbol}|{symbol}(?!\d)"


def _named(lists: Mapping[str, str]) -> str:
    """Pattern of several word lists, each a group of its name."""
    return "|".join(f"(?P<{name}>{alternatives(line)})" for name, line in lists.items())


_SPACES = " \\u00a0\\u2007\\u2008\\u2009\\u202f"
_MARKS = "'\\u2019\\u2018\\u02bc`"
_NUMBER = rf"\d{{1,3}}(?:[{_SPACES}.,{_MARKS}]\d{{3}})+(?!\d)(?:[.,]\d{{1,2}}(?!\d))?|\d+(?:[.,]\d{{1,2}}(?!\d))?"
SEPARATORS = re.compile(f"[{_SPACES}{_MARKS}]")
STARTS = re.compile(r"(?<![\d.,])\d")
AMOUNT = re.compile(
    rf"(?P<number>{_NUMBER})(?:,[-–]{{1,2}})?"  # `2.500,- €`
    rf"(?:\s?(?:de\s)?(?P<kilo>{alternatives(words.THOUSANDS)}|e(?=\s?ft\b)))?(?:\s?\+)?"
    rf"(?:\s{{0,2}}(?:de\s)?(?:{_named(words.CURRENCIES)}))?",
    re.IGNORECASE,
)
"""A number, thousands and a currency; `de` is Romanian (`20 de mii de lei`)."""
_LEADING = "|".join(rf"(?<![^\W\d_]){word}" if word.isalpha() else re.escape(word) for word in words.LEADING.split())
LEAD = re.compile(
    rf"(?:\b(?P<between>{alternatives(words.BETWEEN)})\s{{1,2}})?(?P<before>{_LEADING})?\s?$", re.IGNORECASE
)
"""What stands before the first number, read backwards from it."""
TO, AND = (
    re.compile(rf"\s?(?:{alternatives(line)})\s?(?P<before>{_LEADING})?\s?(?=\d)", re.IGNORECASE)
    for line in (words.TO, f"{words.TO} {words.AND}")
)
WHOSE_LEI = re.compile(rf"\s?\(?(?:{_named(words.WHOSE_LEI)})\)?", re.IGNORECASE)
_NET, _GROSS = alternatives(words.NET), alternatives(words.GROSS)
TAX = re.compile(rf"(?<![^\W\d_])(?:(?P<net>{_NET})|(?P<gross>{_GROSS}))", re.IGNORECASE)
CLAUSE_END = re.compile(r"[\d\n;!?•|]|\.\s|, ")
_PER = alternatives(words.PER)
PERIOD = re.compile(
    rf"\s{{0,2}}(?:(?:{_NET}|{_GROSS})\.?,?\s{{0,2}})?(?P<per>{_PER})?\s{{0,2}}(?:1\s)?(?:{_named(words.PERIODS)})",
    re.IGNORECASE,
)
PERIOD_AHEAD = re.compile(rf"\b(?:{_named(words.AHEAD)})\W{{0,3}}(?:\w+\W{{1,2}}){{0,2}}$", re.IGNORECASE)
LOOSE_END = re.compile(r"\s?(?:$|[^\w\s%])")
DIGIT_RUN = re.compile(r"[\d \t\u00a0().+/-]*$")
PHONE = re.compile(r"(?P<plus>\+\s?\d)|(?<!\d)\(?0\d|(?<!\d)8[\s(-]{1,2}9\d\d")
CURRENCY = re.compile(_named(words.CURRENCIES), re.IGNORECASE)
FIELD_LEAD = re.compile(rf"[~≈<>≤≥\s]*(?:(?:{alternatives(words.FROM)})\s{{0,2}}){{0,2}}", re.IGNORECASE)
"""What a field may say before its amount."""
