"""Pay that structured data states in parts: amounts, a currency, a period, each as numbers, codes or words.

Amounts and words are read by the grammar of `pay`: `1500-2000`, `15k`, `2 тыс.`, `12-14 евро/час`; `lei`, `€`; `lună`.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from zorya.domain import pay_grammar as grammar
from zorya.domain import pay_words as words
from zorya.domain.pay import Pay, Tax, ends, make_pay, parse_pay, plausible_period, whose_lei

_MACHINE = re.compile(r"\d{4,}\.\d+|\d+\.\d{4,}")
"""A number as programs write it, which the grammar would take for thousands or not at all: `1500.000`."""
_LARGEST = 1e9
_LONGEST = 120
"""Characters of a value; more is prose."""


class _Part(NamedTuple):
    """What one value says: its ends, and whatever else it says itself."""

    low: float
    high: float
    currency: str | None = None
    period: str | None = None
    tax: Tax | None = None


def pay_of_parts(
    values: Iterable[object], currency: str, period: str, *, tax: Tax | None = None, country: str | None = None
) -> Pay | None:
    """Pay from the least to the largest of the values; None without an amount or a currency.

    `currency` is a code, symbol or word, `period` a word of the ten languages or a code (`MON`, `P1M`); what a value
    says itself (`12-14 евро/час`) goes before them. `country` (ISO alpha-2) decides what `lei` are.
    """
    parts = [part for value in values if (part := _part(value, country))]
    code = next((part.currency for part in parts if part.currency), None) or currency_of(currency, country=country)
    if not parts or code is None:
        return None
    low, high = min(part.low for part in parts), max(part.high for part in parts)
    named = next((part.period for part in parts if part.period), None) or _unit(period)
    named = plausible_period(named, (low + high) / 2, code)
    tax = next((part.tax for part in parts if part.tax), tax)
    raw = f"{low:g}" + (f"-{high:g}" if high != low else "") + f" {code}" + (f" / {named}" if named else "")
    return make_pay(low, high, code, named, raw, tax)


def currency_of(text: str, *, country: str | None = None) -> str | None:
    """ISO 4217 code of a currency field: a code, a symbol or a word; None when it is none."""
    text = text.strip()
    match = grammar.CURRENCY.fullmatch(text)
    if match is None:
        return text.upper() if len(text) == 3 and text.isascii() and text.isalpha() else None
    return whose_lei(text, country) if match.lastgroup == "LEI" else match.lastgroup


def _unit(text: str) -> str | None:
    """Period that a unit names: `MONTH`, `PER_HOUR`, `days`, `lună`, `за час`, `MON`, `P1M`."""
    unit = " ".join(text.replace("_", " ").split())[:_LONGEST]
    match = grammar.PERIOD.match(unit) or grammar.PERIOD.match(unit.rstrip("sS"))
    return words.CODES.get(unit.upper()) or (match.lastgroup if match else None)


def _part(value: object, country: str | None) -> _Part | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _Part(float(value), float(value)) if 0 < value < _LARGEST else None
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = " ".join(value.split())
    if pay := parse_pay(text, country=country):
        return _Part(pay.min, pay.max, pay.currency, pay.period, pay.tax)
    if _MACHINE.fullmatch(text):
        return _Part(float(text), float(text))
    part = _amount(text)
    return part if part and part.low > 0 and part.high < _LARGEST else None


def _amount(text: str) -> _Part | None:
    """A text that holds an amount without a currency, and nothing that is not about it: `od 15k`, `12-14 / час`."""
    lead = grammar.FIELD_LEAD.match(text)
    low = grammar.AMOUNT.match(text, lead.end() if lead else 0)
    if low is None:
        return None
    joint = grammar.TO.match(text, low.end())
    high = grammar.AMOUNT.match(text, joint.end()) if joint else None
    rest = text[(high or low).end() :]
    per, taxed = grammar.PERIOD.match(rest), grammar.TAX.search(rest)
    said = max(per.end() if per else 0, taxed.end() if taxed else 0)
    if rest[said:].strip(" .,;:)"):
        return None
    tax: Tax | None = None if taxed is None else "net" if taxed["net"] else "gross"
    return _Part(*ends(low, high), None, per.lastgroup if per else None, tax)
