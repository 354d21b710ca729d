"""Pay as people really write it: without accents, glued together, with the currency twice, beside a telephone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zorya.domain.pay import find_pay, parse_pay

Expected = tuple[float, float, str, str | None]

SPELLINGS: list[tuple[str, Expected]] = [
    # Romanian counts with `de`
    ("15.000 de lei", (15000, 15000, "RON", None)),
    ("1500 de euro pe lună", (1500, 1500, "EUR", "month")),
    ("20 de mii de lei", (20000, 20000, "RON", None)),
    ("de la 1200 de euro până la 1500 de euro", (1200, 1500, "EUR", None)),
    # the currency at both ends of a range
    ("£400 - £500 a week", (400, 500, "GBP", "week")),
    ("2.200 EUR bis 2.600 EUR im Monat", (2200, 2600, "EUR", "month")),
    ("600 euro tot 700 euro per week", (600, 700, "EUR", "week")),
    ("od 4 000 zł do 6 000 zł miesięcznie", (4000, 6000, "PLN", "month")),
    ("30 000 Kč – 40 000 Kč měsíčně", (30000, 40000, "CZK", "month")),
    ("400.000 Ft - 500.000 Ft havonta", (400000, 500000, "HUF", "month")),
    ("4000 lei - 5000 lei pe lună", (4000, 5000, "RON", "month")),
    ("2000 лв. - 2500 лв. на месец", (2000, 2500, "BGN", "month")),
    ("1500 евро - 2000 евро", (1500, 2000, "EUR", None)),
    ("300 грн. до 600 грн. за 1 годину", (300, 600, "UAH", "hour")),
    # the currency at the first number only
    ("1500 € - 2000 / month", (1500, 2000, "EUR", "month")),
    # without accents, and glued
    ("150 zl/dzien", (150, 150, "PLN", "day")),
    ("5000 zlotych miesiecznie", (5000, 5000, "PLN", "month")),
    ("35000 kc mesicne", (35000, 35000, "CZK", "month")),
    ("600 eur/sapt", (600, 600, "EUR", "week")),
    ("600 euro pe săpt.", (600, 600, "EUR", "week")),
    ("2 тыс.евро", (2000, 2000, "EUR", None)),
    ("47 грн.год", (47, 47, "UAH", "hour")),
    ("350e Ft havi", (350000, 350000, "HUF", "month")),
    ("1 200  €", (1200, 1200, "EUR", None)),
    # shifts and nights are days
    ("3000 руб/смена", (3000, 3000, "RUB", "day")),
    ("750 грн зміна", (750, 750, "UAH", "day")),
    ("60 лв на смяна", (60, 60, "BGN", "day")),
    ("200 zł za zmianę", (200, 200, "PLN", "day")),
    ("1200 Kč za směnu", (1200, 1200, "CZK", "day")),
    ("15000 Ft műszak", (15000, 15000, "HUF", "day")),
    ("200 euro pe noapte", (200, 200, "EUR", "day")),
    ("200 евро за ночь", (200, 200, "EUR", "day")),
    ("200 € pro Nacht", (200, 200, "EUR", "day")),
    ("100-400 pounds a night", (100, 400, "GBP", "day")),
    # short forms
    ("€ 14,50 p.u.", (14.5, 14.5, "EUR", "hour")),
    ("€ 600 p.w.", (600, 600, "EUR", "week")),
    ("£13 to £18 ph", (13, 18, "GBP", "hour")),
    ("1500 € an Trinkgeld", (1500, 1500, "EUR", None)),
    ("18000 euro/an", (18000, 18000, "EUR", "year")),
]


@pytest.mark.parametrize(("text", "expected"), SPELLINGS, ids=[text for text, _ in SPELLINGS])
def test_spellings_of_people(text: str, expected: Expected) -> None:
    pay = parse_pay(text)
    assert pay is not None
    assert (pay.min, pay.max, pay.currency, pay.period) == expected


@pytest.mark.parametrize(
    "text", ["1500 евро нето на месец", "12 zł/godz. netto", "2300 € netto miesiecznie", "59 zł godz. netto"]
)
def test_net_beside_the_period(text: str) -> None:
    pay = parse_pay(text)
    assert pay is not None
    assert pay.tax == "net"
    assert pay.period is not None


@pytest.mark.parametrize(
    "text", ["1500 euro - 2 locuri", "1500 евро - 12 часов", "1500 EUR - 6000 PLN", "1500 € - 18+"]
)
def test_a_number_after_a_dash_is_not_always_the_other_end(text: str) -> None:
    first = find_pay(text)[0]
    assert (first.min, first.max) == (1500, 1500)


PHONES = ["+373 69 000 123", "+37369000123", "069 000 123", "069000123", "+49 1512 000012", "8 916 000 00 12"]


@pytest.mark.parametrize("phone", PHONES)
@pytest.mark.parametrize("mark", [" €1500", " € 1500", "\n€1500"])
def test_a_telephone_before_a_symbol_is_not_the_amount(phone: str, mark: str) -> None:
    found = find_pay(f"tel {phone}{mark} / month")
    assert [(pay.min, pay.max, pay.period) for pay in found] == [(1500, 1500, "month")]


@pytest.mark.parametrize("phone", PHONES)
def test_an_amount_may_follow_a_telephone(phone: str) -> None:
    assert [pay.min for pay in find_pay(f"tel {phone}, 1500 €")] == [1500]


@pytest.mark.parametrize(
    ("text", "country", "currency"),
    [
        ("15000 lei MDL", None, "MDL"),
        ("15000 lei (MDL)", "ro", "MDL"),
        ("15000 lei moldovenești", None, "MDL"),
        ("15000 lei românești", "md", "RON"),
        ("15000 молдавских лей", "ro", "MDL"),
        ("15000 румынских леев", None, "RON"),
        ("15000 lei - 20000 MDL", None, "MDL"),
        ("15000 lei", "MD", "MDL"),
        ("15000 лей", "RO", "RON"),
    ],
)
def test_whose_lei_the_text_or_a_country_in_any_case_says(text: str, country: str | None, currency: str) -> None:
    assert [pay.currency for pay in find_pay(text, country=country)] == [currency]


_BOTH = st.sampled_from(["€", "евро", "lei", "грн", "Kč", "Ft", "лв.", "zł", "руб."])


@given(st.integers(1, 99_999), st.integers(1, 99_999), _BOTH, st.sampled_from([" - ", "–", " до ", " bis ", " do "]))
def test_a_range_is_read_whether_its_currency_stands_once_or_twice(low: int, high: int, money: str, to: str) -> None:
    once, twice = find_pay(f"{low}{to}{high} {money}"), find_pay(f"{low} {money}{to}{high} {money}")
    assert [(pay.min, pay.max, pay.currency) for pay in once] == [(pay.min, pay.max, pay.currency) for pay in twice]
    assert len(twice) == 1
