"""Pay in parts, as structured data states it in ten languages."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zorya.domain.pay import parse_pay, settle_lei
from zorya.domain.pay_parts import currency_of, pay_of_parts

PARTS: list[tuple[list[Any], str, str, tuple[float, float, str, str | None]]] = [
    ([900, 1100], "EUR", "MONTH", (900, 1100, "EUR", "month")),
    (["1500-2000"], "EUR", "MONTH", (1500, 2000, "EUR", "month")),
    (["1 500 – 2 000"], "EUR", "MON", (1500, 2000, "EUR", "month")),
    (["15k"], "MDL", "lună", (15000, 15000, "MDL", "month")),
    (["2k"], "EUR", "P1M", (2000, 2000, "EUR", "month")),
    (["2 тыс."], "€", "в месяц", (2000, 2000, "EUR", "month")),
    (["12-14 евро/час"], "", "", (12, 14, "EUR", "hour")),
    (["12", "14"], "zł", "za godzinę", (12, 14, "PLN", "hour")),
    (["od 4 000 do 6 000"], "PLN", "miesięcznie", (4000, 6000, "PLN", "month")),
    (["ab 1.500,00"], "eur", "pro Monat", (1500, 1500, "EUR", "month")),
    (["30 tis."], "Kč", "měsíčně", (30000, 30000, "CZK", "month")),
    (["500 ezer"], "Ft", "hó", (500000, 500000, "HUF", "month")),
    (["20 тис."], "грн", "місяць", (20000, 20000, "UAH", "month")),
    (["2500"], "лв.", "на месец", (2500, 2500, "BGN", "month")),
    (["15,30"], "euro", "per uur", (15.3, 15.3, "EUR", "hour")),
    (["1500.000"], "EUR", "PER_HOUR", (1500, 1500, "EUR", None)),
    (["20 de mii"], "lei", "luna", (20000, 20000, "RON", "month")),
    ([80000], "RUR", "months", (80000, 80000, "RUB", "month")),
    (["2k/month"], "USD", "", (2000, 2000, "USD", "month")),
]


@pytest.mark.parametrize(("values", "currency", "period", "expected"), PARTS)
def test_parts_are_read_by_the_grammar(
    values: list[Any], currency: str, period: str, expected: tuple[float, float, str, str | None]
) -> None:
    pay = pay_of_parts(values, currency, period)
    assert pay is not None
    assert (pay.min, pay.max, pay.currency, pay.period) == expected


@pytest.mark.parametrize(
    ("values", "currency"),
    [
        (["negotiable, see 2024"], "EUR"),
        (["call 069 000 123 now"], "EUR"),
        (["1500"], ""),
        (["1500"], "much"),
        ([None, "", True, -5, 0, float("inf"), float("nan"), []], "EUR"),
        (["9" * 200], "EUR"),
        ([], "EUR"),
    ],
)
def test_what_states_no_amount_or_no_currency_is_not_pay(values: list[Any], currency: str) -> None:
    assert pay_of_parts(values, currency, "MONTH") is None


@pytest.mark.parametrize(
    ("written", "code"), [("lei", "MDL"), ("RON", "RON"), ("лей", "MDL"), ("$", "USD"), ("XYZ", "XYZ")]
)
def test_a_currency_field_is_a_code_a_symbol_or_a_word(written: str, code: str) -> None:
    assert currency_of(written, country="MD") == code


def test_lei_become_moldovan_when_the_place_becomes_known() -> None:
    pay = parse_pay("8000 lei pe lună")
    assert pay is not None
    settled = settle_lei(pay, "md")
    assert (settled.currency, settled.min, settled.period) == ("MDL", 8000, "month")
    assert settled.eur_month is not None
    assert pay.eur_month is not None
    assert settled.eur_month < pay.eur_month
    assert settle_lei(pay, None) == settle_lei(pay, "nl") == pay


@given(st.lists(st.text(max_size=30) | st.floats() | st.integers() | st.none(), max_size=3), st.text(max_size=8))
def test_any_parts_give_sound_pay_or_none(values: list[Any], unit: str) -> None:
    pay = pay_of_parts(values, "EUR", unit)
    assert pay is None or 0 < pay.min <= pay.max
