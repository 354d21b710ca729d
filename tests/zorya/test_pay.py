"""The grammar of pay, in ten languages and in the spellings boards use."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zorya.domain.pay import find_pay, make_pay, parse_number, parse_pay, rate_date
from zorya.store.rows import pay_of

Expected = tuple[float, float, str, str | None]

READ: list[tuple[str, Expected]] = [
    # English
    ("£12.50 per hour", (12.5, 12.5, "GBP", "hour")),
    ("Salary: £2,400 per month", (2400, 2400, "GBP", "month")),
    ("£24,000 - £28,000 per annum", (24000, 28000, "GBP", "year")),
    ("earn up to 5000 euros a month", (5000, 5000, "EUR", "month")),
    ("€ 1 800 net / month", (1800, 1800, "EUR", "month")),
    ("$500 a week cash in hand", (500, 500, "USD", "week")),
    ("£11.44/hr", (11.44, 11.44, "GBP", "hour")),
    ("100-150 eur per day", (100, 150, "EUR", "day")),
    ("AED 4500 monthly", (4500, 4500, "AED", "month")),
    ("3k euro monthly", (3000, 3000, "EUR", "month")),
    # German
    ("Stundenlohn: 14,50 € brutto", (14.5, 14.5, "EUR", "hour")),
    ("2.400 € brutto pro Monat", (2400, 2400, "EUR", "month")),
    ("13 bis 15 Euro/Stunde", (13, 15, "EUR", "hour")),
    ("4.000,00 EUR im Monat", (4000, 4000, "EUR", "month")),
    ("CHF 4'500 monatlich", (4500, 4500, "CHF", "month")),
    ("100 Euro am Tag", (100, 100, "EUR", "day")),
    ("2.500,- € monatlich", (2500, 2500, "EUR", "month")),
    ("zwischen 2.200 und 2.600 EUR im Monat", (2200, 2600, "EUR", "month")),
    # Dutch
    ("€ 15,30 bruto per uur", (15.3, 15.3, "EUR", "hour")),
    ("2.100 euro per maand", (2100, 2100, "EUR", "month")),
    ("tussen 600 en 700 euro per week", (600, 700, "EUR", "week")),
    ("€ 2500 tot € 3000 per maand", (2500, 3000, "EUR", "month")),
    # Polish
    ("od 4 000 do 6 000 PLN", (4000, 6000, "PLN", None)),
    ("150 zł/dzień", (150, 150, "PLN", "day")),
    ("28,10 zł brutto/godz.", (28.1, 28.1, "PLN", "hour")),
    ("5000 - 7000 zł netto miesięcznie", (5000, 7000, "PLN", "month")),
    ("5 tys. zł na miesiąc", (5000, 5000, "PLN", "month")),
    ("1500 euro na rękę / mc", (1500, 1500, "EUR", "month")),
    ("12€/h", (12, 12, "EUR", "hour")),
    ("pracujemy 10 h, stawka 20 zł za godzinę", (20, 20, "PLN", "hour")),
    # Czech
    ("180 Kč/hod", (180, 180, "CZK", "hour")),
    ("35 000 Kč měsíčně", (35000, 35000, "CZK", "month")),
    ("30 000 až 40 000 Kč / měsíc", (30000, 40000, "CZK", "month")),
    ("40 tis. Kč měsíčně", (40000, 40000, "CZK", "month")),
    ("1 200 korun denně", (1200, 1200, "CZK", "day")),
    # Hungarian
    ("450 000 Ft/hó", (450000, 450000, "HUF", "month")),
    ("havi 1500 euró", (1500, 1500, "EUR", "month")),
    ("2.500 Ft/óra", (2500, 2500, "HUF", "hour")),
    ("nettó 600.000 forint havonta", (600000, 600000, "HUF", "month")),
    ("napi 100 euró", (100, 100, "EUR", "day")),
    ("500 ezer Ft havonta", (500000, 500000, "HUF", "month")),
    # Romanian
    ("15k lei", (15000, 15000, "RON", None)),
    ("1500 euro pe lună", (1500, 1500, "EUR", "month")),
    ("între 1.200 și 1.500 euro/lună", (1200, 1500, "EUR", "month")),
    ("100 euro pe zi", (100, 100, "EUR", "day")),
    ("4500 lei net lunar", (4500, 4500, "RON", "month")),
    ("12 euro/oră", (12, 12, "EUR", "hour")),
    ("2 mii de euro pe luna", (2000, 2000, "EUR", "month")),
    ("de la 2000 până la 3000 EUR", (2000, 3000, "EUR", None)),
    ("3000€/lună", (3000, 3000, "EUR", "month")),
    # Bulgarian
    ("2500 лв. месечно", (2500, 2500, "BGN", "month")),
    ("1500-2000 евро на месец", (1500, 2000, "EUR", "month")),
    ("80 лева на ден", (80, 80, "BGN", "day")),
    ("12 евро на час", (12, 12, "EUR", "hour")),
    ("заплата от 3000 до 4000 лв", (3000, 4000, "BGN", None)),
    ("3 хил. евро на месец", (3000, 3000, "EUR", "month")),
    # Russian
    ("12-14 евро/час", (12, 14, "EUR", "hour")),
    ("2 тыс. евро", (2000, 2000, "EUR", None)),
    ("от 80 000 до 120 000 руб. в месяц", (80000, 120000, "RUB", "month")),
    ("от 100 тыс. руб.", (100000, 100000, "RUB", None)),
    ("150 евро в день", (150, 150, "EUR", "day")),
    ("500$ в неделю", (500, 500, "USD", "week")),
    ("3000 € / мес", (3000, 3000, "EUR", "month")),
    ("оплата 10 евро в час", (10, 10, "EUR", "hour")),
    ("5-7 тыс. евро в месяц", (5000, 7000, "EUR", "month")),
    ("3000 рублей за смену", (3000, 3000, "RUB", "day")),
    ("ставка 1200 евро на руки в месяц", (1200, 1200, "EUR", "month")),
    ("от 1000 $ еженедельно", (1000, 1000, "USD", "week")),
    # Ukrainian
    ("20 000 - 25 000 грн/міс", (20000, 25000, "UAH", "month")),
    ("25 злотих на годину", (25, 25, "PLN", "hour")),
    ("від 1500 до 2000 євро на місяць", (1500, 2000, "EUR", "month")),
    ("1000 грн за зміну", (1000, 1000, "UAH", "day")),
    ("30 тис. грн на місяць", (30000, 30000, "UAH", "month")),
    ("22 зл/год", (22, 22, "PLN", "hour")),
    ("500 ₴ щодня", (500, 500, "UAH", "day")),
]

NOT_PAY = [
    "call +44 7700 900123",
    "girls 18-25 wanted",
    "we work 5 days a week, 8 hours a day",
    "open since 1998, 24/7",
    "between 18 and 25 years",
    "возраст 18-35 лет",
    "5 L of water",
    "2 р. в день",
    "3 от 5 звёзд",
    "room 12, floor 3",
    "",
]


def _read(text: str) -> Expected | None:
    pay = parse_pay(text)
    return (pay.min, pay.max, pay.currency, pay.period) if pay else None


@pytest.mark.parametrize(("text", "expected"), READ, ids=[text for text, _ in READ])
def test_pay_is_read_as_written(text: str, expected: Expected) -> None:
    assert _read(text) == expected


@pytest.mark.parametrize("text", NOT_PAY)
def test_numbers_without_a_currency_are_not_pay(text: str) -> None:
    assert parse_pay(text) is None


def test_lei_are_moldovan_in_moldova() -> None:
    pay = parse_pay("8000 lei pe lună", country="md")
    assert pay is not None
    assert pay.currency == "MDL"


def test_spans_point_at_the_mention() -> None:
    text = "Waitress wanted. Pay 1500 euro per month, flat included."
    [pay] = find_pay(text)
    assert text[pay.start : pay.end] == "1500 euro per month"


def test_a_field_with_two_amounts_gives_the_one_with_a_period() -> None:
    assert _read("bonus 200 euro, salary 1800 euro per month") == (1800, 1800, "EUR", "month")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("10 EUR/hour", 1600, 1750), ("100 EUR per day", 2000, 2200), ("2000 EUR per month", 2000, 2000)],
)
def test_pay_becomes_euro_a_month(text: str, low: float, high: float) -> None:
    pay = parse_pay(text)
    assert pay is not None
    assert pay.eur_month is not None
    assert low <= pay.eur_month <= high


def test_pay_without_a_period_has_no_monthly_sum() -> None:
    pay = parse_pay("4000 EUR")
    assert pay is not None
    assert pay.eur_month is None


def test_swapped_parts_are_put_in_order() -> None:
    pay = make_pay(200, 100, "EUR", "day", "200-100")
    assert (pay.min, pay.max) == (100, 200)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.500", 1500),
        ("1 500,50", 1500.5),
        ("1,500.50", 1500.5),
        ("12,5", 12.5),
        ("4'500", 4500),
        ("1.234.567", 1234567),
    ],
)
def test_numbers_in_every_spelling(text: str, value: float) -> None:
    assert parse_number(text) == value


@given(st.text(alphabet="0123456789 .,-–€zł$kтысеврогодпер/month'+", max_size=200))
def test_no_text_breaks_the_grammar(text: str) -> None:
    for pay in find_pay(text):
        assert 0 < pay.min <= pay.max
        assert 0 <= pay.start < pay.end <= len(text)


def test_a_long_text_of_numbers_is_read_in_time() -> None:
    text = "1 234 567.89 " * 20_000
    begun = time.perf_counter()
    find_pay(text)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    ("text", "tax"),
    [
        ("до 3000€ на руки", "net"),
        ("от 1 200 EUR нетто", "net"),
        ("90 000 руб. до вычета налогов", "gross"),
        ("20 000 грн до вирахування податків", "gross"),
        ("1500 € чиста заплата", "net"),
        ("30 000 Kč hrubého", "gross"),
        ("35 tis. Kč měsíčně čistého", "net"),
        ("havi nettó 450.000 Ft", "net"),
        ("bruttó 500 000 Ft", "gross"),
        ("28,10 zł brutto/godz.", "gross"),
        ("1500 euro na rękę", "net"),
        ("salariu net 3500 ron", "net"),
        ("€ 15,30 bruto per uur", "gross"),
        ("2.400 € brutto pro Monat", "gross"),
        ("£500 a week after tax", "net"),
        ("1200 euro", None),
        ("internet 500 eur", None),
        ("20 EUR/h, brutto 900 g meat", None),
        ("1000 zł. Netto is a shop", None),
    ],
)
def test_net_and_gross_are_taken_from_the_words_around(text: str, tax: str | None) -> None:
    pay = parse_pay(text)
    assert pay is not None
    assert pay.tax == tax


def test_each_of_two_amounts_keeps_its_own_tax() -> None:
    assert [pay.tax for pay in find_pay("2000 EUR brutto, 1500 EUR netto")] == ["gross", "net"]


@pytest.mark.parametrize(
    ("text", "country", "currency"),
    [("5000 lei", None, "RON"), ("5000 lei", "md", "MDL"), ("5000 лей", None, "MDL"), ("5000 лей", "ro", "RON")],
)
def test_whose_lei_they_are(text: str, country: str | None, currency: str) -> None:
    pay = parse_pay(text, country=country)
    assert pay is not None
    assert pay.currency == currency


def test_a_monthly_sum_says_of_which_day_its_rate_is() -> None:
    [pay] = find_pay("4000 zł miesięcznie")
    assert pay.rate_date == rate_date()
    assert [one.rate_date for one in find_pay("4000 zł")] == [None]


def test_pay_stored_before_tax_was_read_is_still_read() -> None:
    old = {"min": 1.0, "max": 2.0, "currency": "EUR", "period": None, "eur_month": None, "raw": "1-2 €"}
    pay = pay_of(old | {"start": 0, "end": 5})
    assert pay is not None
    assert (pay.max, pay.tax, pay.rate_date) == (2.0, None, None)


_SEPARATOR = st.sampled_from(["", " ", "\u00a0", "\u2009", "\u202f", "\u2007", "'", "\u2019", ".", ","])
_WRITTEN = st.sampled_from(
    [
        *(("€", "EUR"), ("eur", "EUR"), ("евро", "EUR"), ("zł", "PLN"), ("Kč", "CZK"), ("Ft", "HUF"), ("лв.", "BGN")),
        *(("грн", "UAH"), ("lei", "RON"), ("MDL", "MDL"), ("$", "USD"), ("CHF", "CHF")),
    ]
)
_EVERY = st.sampled_from(
    [
        *(("/dzień", "day"), (" pe lună", "month"), (" в месяц", "month"), ("/hó", "month"), (" per week", "week")),
        *((" měsíčně", "month"), ("", None)),
    ]
)


@given(st.integers(1, 9_999_999), _SEPARATOR, _WRITTEN, _EVERY)
def test_an_amount_that_was_written_is_read_back(
    amount: int, separator: str, written: tuple[str, str], every: tuple[str, str | None]
) -> None:
    text = f"{amount:,}".replace(",", separator) + f" {written[0]}{every[0]}"
    [pay] = find_pay(text)
    assert (pay.min, pay.max, pay.currency) == (amount, amount, written[1])
    assert pay.period == every[1]


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    assert all(text[pay.start : pay.end].strip() == pay.raw for pay in find_pay(text))
