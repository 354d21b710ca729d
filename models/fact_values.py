"""Facts under the stable dotted names that conditions of indicators use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

from models.contacts.hiding import hidden_spans
from models.facts import Facts
from models.facts.record import DENIED, Gender
from models.normalise import Normalised
from models.pay_plausibility import Verdict
from zorya.domain.ads import Contact, ContactKind
from zorya.domain.findings import Span, State

NUMBERS = {
    "age.low": "youngest age wanted, years",
    "age.high": "oldest age wanted, years",
    "pay.eur_month": "highest stated pay, euro of a full-time month",
    "pay.ratio": "that pay ÷ the usual wage of country and occupation",
    "hours.day": "hours a day",
    "hours.week": "hours a week",
    "hours.days": "days a week",
    "text.hidden": "words hidden by look-alike letters, digits or spaces",
    "contact.hidden": "contacts hidden by words or letters for digits, digits one by one, odd marks",
    "contact.mail": "e-mail addresses and web pages given: ways to look a firm up",
}
"""Names compared with numbers; the others are compared with words: `pay.verdict`, `gender.wanted` and the facts of
`lexicons/facts`. What an ad denies is `denied`.
"""


@dataclass(frozen=True, slots=True)
class FactValue:
    """What an ad states: numbers or words (a fact told by phrases may have several), and where."""

    values: tuple[float | str, ...]
    spans: tuple[Span, ...]


@cache
def word_facts() -> Mapping[str, tuple[str, ...]]:
    """Name of each fact told in words → its possible values."""
    from models.facts.fact_file import fact_files  # a check of the catalogue's files, not of ads

    told = {file.fact: (*file.values, DENIED) for file in fact_files()}
    return {"pay.verdict": get_args(Verdict), "gender.wanted": get_args(Gender)} | told


def fact_values(facts: Facts, normalised: Normalised, contacts: Sequence[Contact] = ()) -> dict[str, FactValue]:
    """Name → value, of what is stated. `contacts` may stand outside the text, in fields of the page."""
    hidden = tuple(hidden_spans(contacts))
    mail = [contact for contact in contacts if contact.kind in {ContactKind.EMAIL, ContactKind.URL}]
    age, pay, hours = facts.age, facts.plausibility, facts.hours
    age_spans = (age.span,) if age else ()
    pay_spans = tuple((each.start, each.end) for each in facts.pays if each.eur_month == facts.eur_month)
    repairs = tuple(normalised.repairs)
    numbers: dict[str, tuple[float | None, tuple[Span, ...]]] = {
        "age.low": (age.low if age else None, age_spans),
        "age.high": (age.high if age else None, age_spans),
        "pay.eur_month": (facts.eur_month, pay_spans),
        "pay.ratio": (pay.ratio, pay.spans),
        "hours.day": (hours.day, hours.spans),
        "hours.week": (hours.week, hours.spans),
        "hours.days": (hours.days, hours.spans),
        "text.hidden": (len(repairs) or None, repairs),
        "contact.hidden": (len(hidden) or None, hidden),
        "contact.mail": (len(mail) or None, tuple((each.start, each.end) for each in mail if each.start >= 0)),
    }
    stated = {name: FactValue((value,), spans) for name, (value, spans) in numbers.items() if value is not None}
    if pay.verdict != "unknown":
        stated["pay.verdict"] = FactValue((pay.verdict,), pay.spans)
    for name, told in facts.stated.items():
        stated[name] = FactValue(told.values if told.state is State.PRESENT else (DENIED,), told.spans)
    if facts.gender_wanted:
        stated["gender.wanted"] = FactValue((facts.gender_wanted,), facts.of("gender").spans)
    return stated
