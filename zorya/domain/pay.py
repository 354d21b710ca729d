"""One grammar of pay, for page fields and for free text alike; words in `pay_words`, patterns in `pay_grammar`.

Reads `1.500 €`, `12-14 евро/час`, `2 тыс. евро`, `15k lei`, `150 zł/dzień`, `£12.50 per hour`, `od 4 000 do 6 000 PLN`,
`15.000 de lei`, `1500 евро - 2000 евро`. A number without a currency is never pay. `lei` is MDL or RON by country; `L`
and `р` alone are not currencies.
"""

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple

from zorya.domain import pay_grammar as grammar
from zorya.domain import pay_words as words

Tax = Literal["net", "gross"]

_MOST = 10_000_000
_HOURS = {"hour": 168.0, "day": 21.0, "week": 4.33, "month": 1.0, "year": 1 / 12}
"""How many of each period make a month of full-time work (40-hour week)."""


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay as offered: amounts in `currency` (ISO 4217) per `period`, and the monthly euro mean.

    `eur_month` is the mid-point converted at the dated table's rate and to a full-time month; None when the
    period is unknown. `start`/`end` are offsets of the mention in the text it was found in, `amount_end` where its
    numbers and currency end and words for the period may begin. `tax` is `net` or `gross` as stated, None when the ad
    does not say; `rate_date` (ISO) is the day of the rates behind `eur_month`.
    """

    min: float
    max: float
    currency: str
    period: str | None
    eur_month: float | None
    raw: str
    start: int = 0
    end: int = 0
    tax: Tax | None = None
    rate_date: str | None = None
    amount_end: int = 0


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(
        resources.files("zorya.domain").joinpath("exchange_rates.json").read_text("utf-8")
    )
    return table


@cache
def rates() -> dict[str, float]:
    """Units per euro of the dated table shipped with Zorya."""
    return {code: float(rate) for code, rate in _table()["per_eur"].items()}


def rate_date() -> str:
    """ISO day of the shipped table."""
    return str(_table()["date"])


def parse_number(text: str) -> float:
    """`1.500`, `1 500,50`, `1,500.50`, `12,5` → float. A final group of three digits is thousands."""
    digits = grammar.SEPARATORS.sub("", text)
    cut = max(digits.rfind("."), digits.rfind(","))
    if cut < 0:
        return float(digits)
    head, tail = re.sub(r"[.,]", "", digits[:cut]), digits[cut + 1 :]
    return float(head + tail) if len(tail) == 3 else float(f"{head}.{tail}")


def monthly_eur(amount: float, currency: str, period: str | None) -> float | None:
    """Euro per full-time month, or None when currency or period is unknown."""
    rate = rates().get(currency)
    return round(amount / rate * _HOURS[period], 2) if rate and period in _HOURS else None


def make_pay(low: float, high: float, currency: str, period: str | None, raw: str, tax: Tax | None = None) -> Pay:
    """Pay from already separated parts, as structured page data gives them."""
    low, high = min(low, high), max(low, high)
    eur = monthly_eur((low + high) / 2, currency, period)
    return Pay(low, high, currency, period, eur, raw, tax=tax, rate_date=None if eur is None else rate_date())


def find_pay(text: str, *, country: str | None = None) -> list[Pay]:
    """Every mention of pay in a text, left to right. `country` (ISO alpha-2) decides what `lei` are."""
    found: list[Pay] = []
    position = 0
    while start := grammar.STARTS.search(text, position):
        at = start.start()
        low = grammar.AMOUNT.match(text, at)
        if low is None:
            position = at + 1
            continue
        lead = grammar.LEAD.search(text, max(position, at - 16), at)
        before = lead["before"] if lead else None
        first = _currency(low, before)
        if first and _is_phone(text, low):
            position = low.end("number")
            continue
        high, second = _other_end(text, low, first, between=bool(lead and lead["between"]), named=bool(before))
        position = (high or low).end()
        if not (currency := second or first):
            continue
        begins = lead.start("before") if lead and before else at
        if pay := _mention(text, _Amount(*ends(low, high), currency, begins, position), country):
            found.append(pay)
            position = max(position, pay.end)
    return found


class _Amount(NamedTuple):
    """One number or two with their currency, as they stand in a text."""

    low: float
    high: float
    currency: str
    """ISO 4217, or `LEI`."""
    start: int
    end: int


def _currency(amount: re.Match[str], before: str | None) -> str | None:
    """ISO 4217 code, or `LEI`, of the currency after a number or before it."""
    if (name := amount.lastgroup) in words.CURRENCIES:
        return name
    return words.SYMBOLS.get(before, before.upper()) if before else None


def _other_end(
    text: str, low: re.Match[str], first: str | None, *, between: bool, named: bool
) -> tuple[re.Match[str] | None, str | None]:
    """The second number of a range, and its currency: that of the first, or one of them is left unsaid.

    `named` True: the first currency stands before its number, and usually for both.
    """
    joint = (grammar.AND if between else grammar.TO).match(text, low.end())
    high = grammar.AMOUNT.match(text, joint.end()) if joint else None
    if joint is None or high is None:
        return None, None
    second = _currency(high, joint["before"])
    if first is None or first == second or (second and {first, second} in ({"LEI", "MDL"}, {"LEI", "RON"})):
        return high, second
    if second is None and (named or (_rise(low, high) and _ends_loosely(text, high.end()))):
        return high, None
    return None, None


def _ends_loosely(text: str, at: int) -> bool:
    """True where a range may end that named its currency at its first number only: `10 € - 12 h` is no range."""
    per = grammar.PERIOD.match(text, at)
    return bool(grammar.LOOSE_END.match(text, at) or (per and per["per"]) or grammar.TAX.match(text, at + 1))


def _rise(low: re.Match[str], high: re.Match[str]) -> bool:
    return parse_number(low["number"]) < parse_number(high["number"])


def _is_phone(text: str, amount: re.Match[str]) -> bool:
    """True for a telephone number, or the last digits of one, that stands before a currency by chance."""
    number, start = str(amount["number"]), amount.start()
    if number[0] == "0" and number[1:2].isdigit():
        return True
    run = grammar.DIGIT_RUN.search(text, max(0, start - 24), start)
    ahead = run[0] if run else ""
    phone = grammar.PHONE.search(ahead + number)
    if phone is None or phone.start() >= len(ahead):
        return False
    before, own = (sum(char.isdigit() for char in part) for part in (ahead[phone.start() :], number))
    return before < 11 and 8 <= before + own <= (13 if phone["plus"] else 11)


def _mention(text: str, amount: _Amount, country: str | None) -> Pay | None:
    """Pay of an amount; what follows or leads says per what, and net or gross."""
    low, high, currency, start, end = amount
    if low <= 0 or high > _MOST:
        return None
    if currency == "LEI":
        whose = grammar.WHOSE_LEI.match(text, end)
        currency = str(whose.lastgroup) if whose else whose_lei(text[start:end], country)
        end = whose.end() if whose else end
    after = grammar.PERIOD.match(text, end)
    named = after or grammar.PERIOD_AHEAD.search(text, max(0, start - 40), start)
    period = plausible_period(named.lastgroup if named else None, (low + high) / 2, currency)
    amount_end, end = end, after.end() if after else end
    eur = monthly_eur((low + high) / 2, currency, period)
    dated, tax = None if eur is None else rate_date(), _tax(text, start, end)
    return Pay(low, high, currency, period, eur, text[start:end].strip(), start, end, tax, dated, amount_end)


def settle_lei(pay: Pay, country: str | None) -> Pay:
    """The same pay when the country becomes known after it was read: `lei` that do not say whose they are."""
    if pay.currency not in {"RON", "MDL"} or not country:
        return pay
    again = parse_pay(pay.raw, country=country)
    if again is None or again.currency == pay.currency or (again.min, again.max) != (pay.min, pay.max):
        return pay
    eur = monthly_eur((pay.min + pay.max) / 2, again.currency, pay.period)
    return replace(pay, currency=again.currency, eur_month=eur)


def whose_lei(written: str, country: str | None) -> str:
    """In Latin letters `lei` are Romanian, in Cyrillic Moldovan, unless `country` says."""
    known = {"md": "MDL", "ro": "RON"}.get((country or "").lower())
    return known or ("MDL" if re.search(r"л[еє]", written, re.IGNORECASE) else "RON")


def _tax(text: str, start: int, end: int) -> Tax | None:
    """Net or gross as said in the mention, right after it, or right before it; another amount or sentence ends it."""
    after = text[end : end + 24]
    stop = grammar.CLAUSE_END.search(after)
    ahead = text[max(0, start - 22) : start]
    cut = max((m.end() for m in grammar.CLAUSE_END.finditer(ahead)), default=0)
    for window in (text[start : end + (stop.start() if stop else len(after))], ahead[cut:]):
        if match := grammar.TAX.search(window):
            return "net" if match["net"] else "gross"
    return None


def parse_pay(text: str, *, country: str | None = None) -> Pay | None:
    """The pay a field states: the first mention with a period, else the first mention."""
    mentions = find_pay(text, country=country)
    return next((pay for pay in mentions if pay.period), mentions[0] if mentions else None)


def ends(low: re.Match[str], high: re.Match[str] | None) -> tuple[float, float]:
    """(least, largest) of one number or two; thousands said once are meant for both: `5-7 тыс.`"""
    first = parse_number(low["number"])
    if high is None:
        first *= 1000 if low["kilo"] else 1
        return first, first
    second = parse_number(high["number"])
    if high["kilo"]:
        second *= 1000
        first *= 1000 if low["kilo"] or first < second / 100 else 1
    elif low["kilo"]:
        first *= 1000
        second *= 1000 if second < first / 10 else 1
    return min(first, second), max(first, second)


def plausible_period(period: str | None, amount: float, currency: str) -> str | None:
    """Slavic `год`/`година` is *hour* in Ukrainian and *year* in Russian/Bulgarian: the amount decides."""
    euros = amount / rates().get(currency, 1.0)
    if period == "hour" and euros > 400:
        return "year" if euros > 8000 else None
    if period == "year" and euros < 200:
        return "hour"
    return period
