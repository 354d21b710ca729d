"""One grammar of pay, for page fields and for free text alike.

Reads `1.500 €`, `12-14 евро/час`, `2 тыс. евро`, `15k lei`, `150 zł/dzień`, `£12.50 per hour`, `od 4 000 do 6 000 PLN`.
A number without a currency is never pay. `lei` is MDL or RON by country; `L` and `р` alone are not currencies.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

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
    r"|havonta|lun[aă]|lunar|мес(?:яц|\.)?|місяць|міс\.?|месец|месечно|месячно|ежемесячно|щомісяця|щомісячно|pm|pcm"
    r"|p\.m\.|p/m|mo",
    "year": r"year|annum|annually|pa|p\.a\.|jahr|jährlich|jaar|rok|rocznie|ročně|év|évente|an|anual|год|рік|година",
}
_NUMBER = r"\d{1,3}(?:[  .,'’]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_ROUND = r"(?:,[-–]{1,2})?"  # `2.500,- €`
_KILO = (
    r"(?:k|к|тыс\.?(?:яч[аи]?)?|тис\.?(?:яч[аі]?)?|хил\.?(?:яди)?|tys\.?|tis\.?|tisíc|mii(?:\sde)?|mie|ezer"
    r"|duizend|tausend)(?!\w)"
)
_CURRENCY = "|".join(f"(?P<c_{code}>(?:{words})(?![^\\W\\d_]))" for code, words in _CURRENCY_WORDS.items())
_BEFORE = r"€|\$|£|₽|₴|eur|usd|gbp|pln|huf|czk|ron|mdl|chf|aed"
_BETWEEN = r"between|zwischen|tussen|między|miedzy|mezi|între|intre|между|між"
_AND = r"and|und|en|i|a|și|si|şi|и|та|і|й"
_TO = rf"-|–|—|до|do|to|bis|tot|až|până la|pana la|(?(between)(?:{_AND})(?=[\s€$£])|(?!))"
_PAY = re.compile(
    rf"(?:\b(?P<between>{_BETWEEN})\s{{1,2}})?"
    rf"(?P<amount>(?:(?P<before>{_BEFORE})\s?)?(?<![\d.,])(?P<low>{_NUMBER}){_ROUND}\s?(?P<lowk>{_KILO})?"
    rf"(?:\s?(?:€|\$|£|eur|zł|zl|pln)?\s?(?:{_TO})\s?(?:€|\$|£)?\s?(?P<high>{_NUMBER}){_ROUND}\s?(?P<highk>{_KILO})?)?"
    rf"(?:\s?\+)?\s?(?:{_CURRENCY})?)",
    re.IGNORECASE,
)
_TAXED = r"brutto|netto|net|gross|bruto|neto|nettó|bruttó|нетто|брутто|на руки|чистыми|чистими|na rękę|na ręke|în mână"
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
    period is unknown. `start`/`end` are offsets of the mention in the text it was found in.
    """

    min: float
    max: float
    currency: str
    period: str | None
    eur_month: float | None
    raw: str
    start: int = 0
    end: int = 0


@cache
def rates() -> dict[str, float]:
    """Units per euro of the dated table shipped with Zorya."""
    table = json.loads(resources.files("zorya.domain").joinpath("exchange_rates.json").read_text("utf-8"))
    return {code: float(rate) for code, rate in table["per_eur"].items()}


def parse_number(text: str) -> float:
    """`1.500`, `1 500,50`, `1,500.50`, `12,5` → float. A final group of three digits is thousands."""
    digits = re.sub(r"[  '’]", "", text)
    cut = max(digits.rfind("."), digits.rfind(","))
    if cut < 0:
        return float(digits)
    head, tail = re.sub(r"[.,]", "", digits[:cut]), digits[cut + 1 :]
    return float(head + tail) if len(tail) == 3 else float(f"{head}.{tail}")


def monthly_eur(amount: float, currency: str, period: str | None) -> float | None:
    """Euro per full-time month, or None when currency or period is unknown."""
    rate = rates().get(currency)
    return round(amount / rate * _HOURS[period], 2) if rate and period in _HOURS else None


def make_pay(low: float, high: float, currency: str, period: str | None, raw: str) -> Pay:
    """Pay from already separated parts, as structured page data gives them."""
    if high < low:
        low, high = high, low
    return Pay(low, high, currency, period, monthly_eur((low + high) / 2, currency, period), raw)


def find_pay(text: str, *, country: str | None = None) -> list[Pay]:
    """Every mention of pay in a text, left to right. `country` (ISO alpha-2) decides what `lei` are."""
    found: list[Pay] = []
    for match in _PAY.finditer(text):
        currency = _currency(match, country)
        if currency is None:
            continue
        period_match = _PERIOD.match(text, match.end())
        ahead = None if period_match else _PERIOD_AHEAD.search(text, max(0, match.start() - 40), match.start())
        period = (period_match or ahead) and (period_match or ahead).lastgroup  # type: ignore[union-attr]
        low, high = _amounts(match)
        if low <= 0 or high > 10_000_000:
            continue
        period = _plausible_period(period, (low + high) / 2, currency)
        end = period_match.end() if period_match else match.end()
        raw = text[match.start("amount") : end].strip()
        eur = monthly_eur((low + high) / 2, currency, period)
        found.append(Pay(low, high, currency, period, eur, raw, match.start("amount"), end))
    return found


def parse_pay(text: str, *, country: str | None = None) -> Pay | None:
    """The pay a field states: the first mention with a period, else the first mention."""
    mentions = find_pay(text, country=country)
    return next((pay for pay in mentions if pay.period), mentions[0] if mentions else None)


def _currency(match: re.Match[str], country: str | None) -> str | None:
    code = next((name[2:] for name, value in match.groupdict().items() if name.startswith("c_") and value), None)
    if code is None and match["before"]:
        before = match["before"].lower()
        symbol = {"€": "EUR", "$": "USD", "£": "GBP", "₽": "RUB", "₴": "UAH"}
        code = symbol.get(before, before.upper())
    if code == "LEI":
        return "MDL" if country == "md" else "RON"
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
