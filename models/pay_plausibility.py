"""Whether the pay an ad promises can be true: against the usual wage of the country and the ISCO-08 major group.

The table is `lexicons/wages.yml`, which names a source and a date for every figure. Where something is unclear the
reading is in the offer's favour: of several countries the one with the highest wages, without an occupation the mean
of all employees, of a net promise the usual net wage.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from zorya.compiled import compiled
from zorya.domain.findings import Span
from zorya.domain.pay import Pay, rates

FILE = Path(__file__).parent / "lexicons" / "wages.yml"
Verdict = Literal["far_above", "above", "usual", "below", "unknown"]
_HOME = {"PLN": "pl", "HUF": "hu", "CZK": "cz", "RON": "ro", "MDL": "md", "BGN": "bg", "UAH": "ua", "RUB": "ru"}
_HOME |= {"GBP": "gb", "CHF": "ch", "SEK": "se", "NOK": "no", "DKK": "dk"}
"""Currencies that people are paid in at home only: one more country where the work may be."""


class Bounds(NamedTuple):
    """Ratios; `models.lexicon_files.Verdicts` says what of."""

    far_above: float
    above: float
    casual: float
    below: float
    too_little: float
    too_much: float


class Country(NamedTuple):
    """Mean gross wage of all employees of a country, for full-time work of a year."""

    name: str
    year: int
    annual: float
    currency: str


class Wages(NamedTuple):
    """The table."""

    net_share: float
    bounds: Bounds
    groups: Mapping[str, tuple[str, float]]
    """Occupation → title, its mean hourly wage ÷ that of all employees."""
    countries: Mapping[str, Country]

    def usual(self, country: str, occupation: str | None) -> float:
        """Usual gross euro of a full-time month; of all employees where the occupation is not known."""
        row = self.countries[country]
        level = self.groups[occupation][1] if occupation and occupation in self.groups else 1.0
        return row.annual / 12 / rates()[row.currency] * level


@dataclass(frozen=True, slots=True)
class PayPlausibility:
    """Pay offered ÷ pay usual, both in euro of a full-time month; `why` says it with the numbers.

    `ratio` is None, and the verdict unknown, when the ad states no pay for a period, no country is known, or the
    amount is too high or too low to be a wage at all.
    """

    verdict: Verdict = "unknown"
    ratio: float | None = None
    country: str | None = None
    occupation: str | None = None
    why: str = ""
    spans: tuple[Span, ...] = ()


@cache
def wages() -> Wages:
    """The shipped table."""
    kept = compiled("wages", [FILE], FILE.parents[1], _compiled)
    countries = {code: Country(*row) for code, row in kept["countries"].items()}
    groups = {name: (title, level) for name, (title, level) in kept["groups"].items()}
    return Wages(kept["net_share"], Bounds(**kept["bounds"]), groups, countries)


def _compiled() -> dict[str, Any]:
    from models.lexicon_files import WageFile
    from zorya.datafiles import load

    table = load(FILE, WageFile)
    return {
        "net_share": table.net_share.value,
        "bounds": table.verdicts.model_dump(),
        "groups": {
            name: (group.title, group.eur_hour / table.all_employees.eur_hour) for name, group in table.groups.items()
        },
        "countries": {code: (row.name, row.year, row.annual, row.currency) for code, row in table.countries.items()},
    }


def judge_pay(pays: Sequence[Pay], countries: Iterable[str], occupation: str | None) -> PayPlausibility:
    """Judge the highest stated pay. `countries` (ISO alpha-2) are those where the work may be, none: the currency
    tells it; `occupation` is a group of the table or None.
    """
    offers = [pay for pay in pays if pay.eur_month]
    if not offers:
        return PayPlausibility()
    pay = max(offers, key=lambda offer: offer.eur_month or 0.0)
    table = wages()
    known = [code for code in (*countries, _HOME.get(pay.currency, "")) if code in table.countries]
    if not known:
        return PayPlausibility()
    group = occupation if occupation in table.groups else None
    country = max(known, key=lambda code: table.usual(code, group))
    net = pay.tax == "net"
    usual = table.usual(country, group) * (table.net_share if net else 1.0)
    ratio = round((pay.eur_month or 0.0) / usual, 2)
    if not table.bounds.too_little <= ratio < table.bounds.too_much:
        return PayPlausibility()
    why = _why(pay, usual, ratio, table.countries[country], group and table.groups[group][0], net=net)
    return PayPlausibility(
        _verdict(ratio, table.bounds, pay.period), ratio, country, group, why, ((pay.start, pay.end),)
    )


def _verdict(ratio: float, bounds: Bounds, period: str | None) -> Verdict:
    casual = bounds.casual if period in {"hour", "day"} else 1.0
    if ratio >= bounds.above * casual:
        return "far_above" if ratio >= bounds.far_above * casual else "above"
    return "below" if ratio < bounds.below else "usual"


def _why(pay: Pay, usual: float, ratio: float, country: Country, group: str | None, *, net: bool) -> str:
    """`5,000 EUR a month is 2.3 times …`"""
    tax = "net" if net else "gross"
    whom = group or "employees of all occupations"
    return (
        f"{pay.eur_month:,.0f} EUR for a full-time month is {ratio:.1f} times what {whom} usually earn in "
        f"{country.name} ({usual:,.0f} EUR {tax}, {country.year})"
    )
