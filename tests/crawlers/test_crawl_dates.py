"""Dates as boards write them."""

from datetime import date

import pytest

from crawlers.dates import parse_date

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("2026-11-03T10:00:00+02:00", (), date(2026, 11, 3)),
        ("03.11.2026", (), date(2026, 11, 3)),
        ("3/11/26", (), date(2026, 11, 3)),
        ("Fri, 20 Nov 2026 08:00:00 GMT", (), date(2026, 11, 20)),
        ("1795000000", (), date(2026, 11, 18)),
        ("вчера в 10:30", ("ru",), date(2026, 11, 23)),
        ("сьогодні", ("uk",), TODAY),
        ("Azi, 12:00", ("ro",), TODAY),
        ("ieri la 9", ("ro",), date(2026, 11, 23)),
        ("5 ноября 2026", ("ru",), date(2026, 11, 5)),
        ("5 листопада 2026 р.", ("uk",), date(2026, 11, 5)),
        ("12 noiembrie 2026", ("ro",), date(2026, 11, 12)),
        ("12 listopada 2026", ("pl",), date(2026, 11, 12)),
        ("3 dny", ("cs",), None),
        ("vor 3 Tagen", ("de",), date(2026, 11, 21)),
        ("3 days ago", ("en",), date(2026, 11, 21)),
        ("2031-01-01", (), None),
        ("99.99.2026", (), None),
        ("soon", ("en",), None),
        ("", (), None),
    ],
)
def test_a_date_is_read_or_left_out(text: str, languages: tuple[str, ...], expected: date | None) -> None:
    found = parse_date(text, today=TODAY, languages=languages)
    assert found == expected or (expected is None and (found is None or found <= TODAY))
