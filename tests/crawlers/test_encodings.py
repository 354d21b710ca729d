"""Bytes → text, where labels are missing or wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.encodings import decode

RUSSIAN = "Требуется швея в ателье, оплата каждый день, жильё предоставляем бесплатно."
UKRAINIAN = "Потрібна швачка в майстерню, щоденна оплата, житло, їжа, ґанок і під'їзд."
BULGARIAN = "Търсим шивачка за ателие, заплащане всеки ден, осигурена квартира."
POLISH = "Zatrudnię szwaczkę, płaca co tydzień, zażółć gęślą jaźń, źródło, ścieżka, łąka."
CZECH = "Hledáme švadlenu, plat každý týden, příliš žluťoučký kůň úpěl ďábelské ódy."
HUNGARIAN = "Varrónőt keresünk, heti fizetés, szállás, árvíztűrő tükörfúrógép, őszi műszak."
GERMAN = "Näherin gesucht, Löhne wöchentlich, Unterkunft für Mädchen, größere Straße."
CASES = [
    (RUSSIAN, "windows-1251", None),
    (UKRAINIAN, "windows-1251", None),
    (BULGARIAN, "windows-1251", None),
    (RUSSIAN, "koi8-r", None),
    (UKRAINIAN, "koi8-u", "text/html; charset=koi8-u"),
    (UKRAINIAN, "koi8-u", None),
    (RUSSIAN, "windows-1251", "text/html; charset=iso-8859-1"),
    (RUSSIAN, "utf-8", "text/html; charset=iso-8859-1"),
    (GERMAN, "utf-8", "text/html; charset=iso-8859-1"),
    (GERMAN, "iso-8859-1", "text/html; charset=utf-8"),
    (GERMAN, "windows-1252", None),
    (POLISH, "iso-8859-2", None),
    (POLISH, "windows-1250", None),
    (POLISH, "iso-8859-2", "text/html; charset=windows-1250"),
    (POLISH, "windows-1250", "text/html; charset=iso-8859-2"),
    (CZECH, "windows-1250", "text/html; charset=iso-8859-2"),
    (CZECH, "iso-8859-2", "text/html; charset=windows-1250"),
    (HUNGARIAN, "iso-8859-2", "text/html; charset=utf-8"),
    (RUSSIAN, "utf-16-le", None),
    (RUSSIAN, "utf-16-be", None),
    (UKRAINIAN, "utf-16", None),
]


@pytest.mark.parametrize(("text", "encoding", "label"), CASES)
def test_the_text_is_read_as_it_was_written(text: str, encoding: str, label: str | None) -> None:
    page = f"<html><body><h1>{text}</h1></body></html>".encode(encoding)
    assert text in decode(page, content_type=label)


def test_a_page_of_two_encodings_is_read_in_that_of_most_of_it() -> None:
    body = f"<h1>{RUSSIAN * 5}</h1>".encode() + "<i>©</i>".encode("windows-1251")
    assert RUSSIAN in decode(body, content_type="text/html; charset=utf-8")


def test_the_sources_own_word_counts_before_all_others() -> None:
    assert decode(RUSSIAN.encode("cp866"), content_type="text/html; charset=utf-8", override="cp866") == RUSSIAN


@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "windows-1251", "utf-16", "nonsense", "koi8-u", "hz"]))
def test_any_bytes_under_any_label_become_text(body: bytes, label: str | None) -> None:
    assert isinstance(decode(body, content_type=f"text/html; charset={label}" if label else None), str)
