"""One grammar of pay, for page fields and for free text alike.

Reads `1.500 €`, `12-14 евро/час`, `2 тыс. евро`, `15k lei`, `150 zł/dzień`, `£12.50 per hour`, `od 4 000 do 6 000 PLN`.
A number without a currency is never pay. `lei` is MDL or RON by country; `L` and `р` alone are not currencies.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

Tax = Literal["net", "gross"]

_CURRENCY_WORDS = {
    "EUR": r"€|eur|euro|euros|eura|eur[oó]w|euró[kt]?|євро|евро|еврo",
    "USD": r"\$|usd|dollars?|долл?(?:ар\w*)?\.?|dolar\w*|dollár",
    "GBP": r"£|gbp|pounds?|фунт\w*|funt\w*",
    "PLN": r"zł|zl|pln|złot\w*|злот\w*|зл\.?",
    "HUF": r"ft|huf|forint\w*|форинт\w*",
    "CZK": r"kč|kc|czk|korun\w*|крон\w*",
    "LEI": r"lei|leu|леев|лей|лея|лєй",
    "RON": r"ron",
    "MDL": r"mdl",
    "BGN": r"лв\.?|лева|bgn|lv",
    "UAH": r"грн\.?|гривень|гривен|гривні|uah|₴|hrn",
    "RUB": r"руб\.?|рублей|рубля|rub|₽",
    "CHF": r"chf|fr\.|franken",
    "SEK": r"sek",
    "NOK": r"nok",
    "DKK": r"dkk",
    "AED": r"aed|dirhams?|дирхам\w*",
}
_PERIOD_WORDS = {
    "hour": r"h|hr|hour|hourly|std|stunde|uur|godz(?:in[aęy])?|hod(?:inu|ina|\.)?|óra|órá\w+|ora|or[aă]"
    r"|час|годину|година|год\.?|ч\.?",
    "day": r"day|daily|tag|täglich|dag|dzień|dnia|dniówka|dziennie|den|denně|nap|naponta|zi|zilnic"
    r"|день|сутки|смену|зміну|смяна|ден|дневно|щодня|ежедневно|shift",
    "week": r"week|weekly|woche|wöchentlich|tydzień|tygodniowo|týden|týdně|hét|hetente|săptămân[aă]|saptaman[aă]"
    r"|săptămânal|неделю|еженедельно|тиждень|щотижня|седмица|седмично",
    "month": r"month|monthly|monat|monatlich|mtl\.?|maand|mies(?:iąc|ięcznie|\.)?|mc|měsíc|měsíčně|hó(?:nap)?|havi"
    r"|havonta|lun[aă]|lunar|мес(?:яц|\.)?|місяць|міс\.?|месеца?|месечно|месячно|ежемесячно|щомісяця|щомісячно|pm|pcm"
    r"|p\.m\.|p/m|mo",
    "year": r"year|annum|annually|pa|p\.a\.|jahr|jährlich|jaar|rok|rocznie|ročně|év|évente|an|anual|год|рік|година",
}
_SPACES = " \\u00a0\\u2007\\u2008\\u2009\\u202f"
_MARKS = "'\\u2019\\u2018\\u02bc`"
_NUMBER = rf"\d{{1,3}}(?:[{_SPACES}.,{_MARKS}]\d{{3}})+(?!\d)(?:[.,]\d{{1,2}}(?!\d))?|\d+(?:[.,]\d{{1,2}}(?!\d))?"
_SEPARATORS = re.compile(f"[{_SPACES}{_MARKS}]")
_ROUND = r"(?:,[-–]{1,2})?"  # `2.500,- €`
_KILO = (
    r"(?:k|к|тыс\.?(?:яч[аи]?)?|тис\.?(?:яч[аі]?)?|хил\.?(?:яди)?|tys\.?|tis\.?|tisíc|mii(?:\sde)?|mie|ezer"
    r"|duizend|tausend)(?!\w)"
)
_CURRENCY = "|".join(f"(?P<c_{code}>(?:{words})(?![^\\W\\d_]))" for code, words in _CURRENCY_WORDS.items())
_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "₽": "RUB", "₴": "UAH"}
_BETWEEN = r"between|zwischen|tussen|między|miedzy|mezi|între|intre|между|між"
_AND = r"and|und|en|i|a|și|si|şi|и|та|і|й"
_TO = r"-|–|—|до|do|to|bis|tot|až|până la|pana la"
_LEAD = re.compile(
    rf"(?:\b(?P<between>{_BETWEEN})\s{{1,2}})?"
    r"(?P<before>[€$£₽₴]|(?<![^\W\d_])(?:eur|usd|gbp|pln|huf|czk|ron|mdl|chf|aed))?\s?$",
    re.IGNORECASE,
)
"""What stands before the first number, read backwards from it."""


def _amount(to: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<low>{_NUMBER}){_ROUND}\s?(?P<lowk>{_KILO})?"
        rf"(?:\s?(?:€|\$|£|eur|zł|zl|pln)?\s?(?:{to})\s?(?:€|\$|£)?\s?(?P<high>{_NUMBER}){_ROUND}\s?(?P<highk>{_KILO})?)?"
        rf"(?:\s?\+)?\s?(?:{_CURRENCY})?",
        re.IGNORECASE,
    )


_AMOUNT, _AMOUNT_BETWEEN = _amount(_TO), _amount(rf"{_TO}|(?:{_AND})(?=[\s€$£])")
_STARTS = re.compile(r"(?<![\d.,])\d")
_NET = (
    r"netto|net|neto|nettó|нетто|на руки|на рук[иу]|чистыми|чистими|чист[аоиы]|чистого|čistého|čistá|čistý|čisté"
    r"|na rękę|na ręke|na reke|în mână|in mana|in de hand|на ръка|after tax(?:es)?|после вычета|take[- ]home"
)
_GROSS = (
    r"brutto|gross|bruto|brut|bruttó|брутто|hrubého|hrubá|hrubý|hrubé|before tax(?:es)?|до вычета|до вирахування"
    r"|до сплати податків|бруто"
)
_TAXED = rf"{_NET}|{_GROSS}"
_TAX = re.compile(rf"(?<![^\W\d_])(?:(?P<net>{_NET})|(?P<gross>{_GROSS}))(?![^\W\d_])", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[\d\n;!?•|]|\.\s|, ")
_PER = r"/|per|pro|im|am|in der|die|der|al|na|an?|za|в|за|на|pe|p/|je|a"
_PERIOD = re.compile(
    rf"\s{{0,2}}(?:(?:{_TAXED})\.?,?\s{{0,2}})?(?:{_PER})?\s{{0,2}}(?:"
    + "|".join(f"(?P<{period}>(?:{words})(?![^\\W\\d_]))" for period, words in _PERIOD_WORDS.items())
    + ")",
    re.IGNORECASE,
)
_PERIOD_AHEAD = re.compile(
    r"\b(?:(?P<hour>hourly|stundenlohn|uurloon|órabér|почасов\w*|погодинн\w*)"
    r"|(?P<day>daily|dziennie|щодня|ежедневно|zilnic|denně|napi|naponta|täglich|за день|на день|дневно)"
    r"|(?P<week>weekly|tygodniowo|щотижня|еженедельно|heti|hetente)"
    r"|(?P<month>monthly|miesięcznie|щомісяця|ежемесячно|lunar|havi|havonta|monatlich|месечно|в месяц))"
    r"\W{0,3}(?:\w+\W{1,2}){0,2}$",
    re.IGNORECASE,
)
_HOURS = {"hour": 168.0, "day": 21.0, "week": 4.33, "month": 1.0, "year": 1 / 12}
"""How many of each period make a month of full-time work (40-hour week)."""


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay as offered: amounts in `currency` (ISO 4217) per `period`, and the monthly euro mean.

    `eur_month` is the mid-point converted at the dated table's rate and to a full-time month; None when the
    period is unknown. `start`/`end` are offsets of the mention in the text it was found in. `tax` is `net` or `gross`
    as stated, None when the ad does not say; `rate_date` (ISO) is the day of the rates behind `eur_month`.
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
    digits = _SEPARATORS.sub("", text)
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
    while start := _STARTS.search(text, position):
        at = start.start()
        lead = _LEAD.search(text, max(position, at - 16), at)
        match = (_AMOUNT_BETWEEN if lead and lead["between"] else _AMOUNT).match(text, at)
        if match is None:
            position = at + 1
            continue
        position = match.end()
        before = lead["before"] if lead else None
        if (match.lastgroup or "").startswith("c_") or before:
            pay = _mention(text, match, lead.start("before") if lead and before else at, country)
            if pay:
                found.append(pay)
                position = max(position, pay.end)
    return found


def _mention(text: str, match: re.Match[str], start: int, country: str | None) -> Pay | None:
    """Pay of an amount that has a currency; `start` is where the amount, with a currency before it, begins."""
    currency = _currency(match, text[start : match.start()], country)
    low, high = _amounts(match)
    if low <= 0 or high > 10_000_000:
        return None
    period_match = _PERIOD.match(text, match.end())
    ahead = None if period_match else _PERIOD_AHEAD.search(text, max(0, start - 40), start)
    named = period_match or ahead
    period = _plausible_period(named.lastgroup if named else None, (low + high) / 2, currency)
    end = period_match.end() if period_match else match.end()
    eur = monthly_eur((low + high) / 2, currency, period)
    dated = None if eur is None else rate_date()
    return Pay(low, high, currency, period, eur, text[start:end].strip(), start, end, _tax(text, start, end), dated)


def _tax(text: str, start: int, end: int) -> Tax | None:
    """Net or gross as said in the mention, right after it, or right before it; another amount or sentence ends it."""
    after = text[end : end + 24]
    stop = _CLAUSE_END.search(after)
    ahead = text[max(0, start - 22) : start]
    cut = max((m.end() for m in _CLAUSE_END.finditer(ahead)), default=0)
    for window in (text[start : end + (stop.start() if stop else len(after))], ahead[cut:]):
        if match := _TAX.search(window):
            return "net" if match["net"] else "gross"
    return None


def parse_pay(text: str, *, country: str | None = None) -> Pay | None:
    """The pay a field states: the first mention with a period, else the first mention."""
    mentions = find_pay(text, country=country)
    return next((pay for pay in mentions if pay.period), mentions[0] if mentions else None)


def _currency(match: re.Match[str], before: str, country: str | None) -> str:
    """ISO 4217 of an amount. In Latin letters `lei` are Romanian, in Cyrillic Moldovan, unless `country` says."""
    code = match.lastgroup[2:] if match.lastgroup and match.lastgroup.startswith("c_") else None
    if code is None:
        before = before.strip()
        return _SYMBOLS.get(before, before.upper())
    if code == "LEI":
        cyrillic = match[f"c_{code}"][0].lower() == "л"
        return "MDL" if country == "md" or (cyrillic and country != "ro") else "RON"
    return code


def _amounts(match: re.Match[str]) -> tuple[float, float]:
    low = parse_number(match["low"])
    high = parse_number(match["high"]) if match["high"] else low
    if match["highk"]:
        high *= 1000
        low *= 1000 if match["lowk"] or low < high / 100 else 1
    elif match["lowk"]:
        low *= 1000
        high = low if not match["high"] else high * (1000 if high < low / 10 else 1)
    return (low, high) if low <= high else (high, low)


def _plausible_period(period: str | None, amount: float, currency: str) -> str | None:
    """Slavic `год`/`година` is *hour* in Ukrainian and *year* in Russian/Bulgarian: the amount decides."""
    euros = amount / rates().get(currency, 1.0)
    if period == "hour" and euros > 400:
        return "year" if euros > 8000 else None
    if period == "year" and euros < 200:
        return "hour"
    return period
