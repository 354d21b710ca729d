"""Contacts of single ads: each way of writing one, and what only looks like one."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contacts import find_contacts
from zorya.domain.ads import GUESSED, LINKED, POSSIBLE, REPAIRED, UNPLACED, WRITTEN, Contact, ContactKind


def _only(text: str, language: str | None = "en", country: str | None = None) -> Contact:
    (contact,) = find_contacts(text, language=language, country=country)
    assert text[contact.start : contact.end] == contact.raw
    return contact


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Sună +44 7700 900 123", "phone", "+447700900123"),
        ("WhatsApp: +49 176 0406 9012", "whatsapp", "+4917604069012"),
        ("+49 176 0406 9012 (WhatsApp)", "whatsapp", "+4917604069012"),
        ("Whatsapp\n+447700900123", "whatsapp", "+447700900123"),
        ("пишіть у вайбері +44 7700 900123", "viber", "+447700900123"),
        ("вайбер +44(7700)900-123", "viber", "+447700900123"),
        ("+44 7700 900 123 Viber: @nobody_example".partition(" Viber")[0], "phone", "+447700900123"),
        ("+ 4 4 7 7 0 0 9 0 0 1 2 3", "phone", "+447700900123"),
        ("➕4️⃣4️⃣7️⃣7️⃣0️⃣0️⃣9️⃣0️⃣0️⃣1️⃣2️⃣3️⃣", "phone", "+447700900123"),
        ("＋４４ ７７００ ９００１２３", "phone", "+447700900123"),
        ("+44 77OO 9OO 123", "phone", "+447700900123"),
        ("Viberen +44 7700 900123 Ilonka", "viber", "+447700900123"),
        ("plus 44 7700 900 555", "phone", "+447700900555"),
        ("Telefonszám00447700900123", "phone", "+447700900123"),
        ("tel.: +44 7700 900123Prosimy o CV", "phone", "+447700900123"),
        ("пиши @vika_work_example", "telegram", "vika_work_example"),
        ("тг @ elite_dance_example", "telegram", "elite_dance_example"),
        ("Telegram @luna_jobs. Tel", "telegram", "luna_jobs"),
        ("телега: luna_example", "telegram", "luna_example"),
        ("на telegram bella_ldn_example", "telegram", "bella_ldn_example"),
        ("пиши боту @jobs_example_bot", "telegram", "jobs_example_bot"),
        ("@vikа_example", "telegram", "vika_example"),
        ("@vi\u200bka_example", "telegram", "vika_example"),
        ("insta: @vika_example", "instagram", "vika_example"),
        ("Instagram @luna.jobs", "instagram", "luna.jobs"),
        ("инстаграм - luna.example", "instagram", "luna.example"),
        ("вк: luna_example", "vk", "luna_example"),
        ("https://t.me/jobs_example", "telegram", "jobs_example"),
        ("t . me / jobs_example", "telegram", "jobs_example"),
        ("t[.]me/jobs_example", "telegram", "jobs_example"),
        ("https://t.me/+AbCdEfGh1234", "telegram", "+abcdefgh1234"),
        ("t.me/joinchat/AbCdEfGh1234", "telegram", "+abcdefgh1234"),
        ("tg://resolve?domain=jobs_example", "telegram", "jobs_example"),
        ("https://wa.me/447700900123", "whatsapp", "+447700900123"),
        ("https://api.whatsapp.com/send?phone=447700900123&text=hi", "whatsapp", "+447700900123"),
        ("https://chat.whatsapp.com/AbCdEfGhIjKl", "whatsapp", "chat.whatsapp.com/AbCdEfGhIjKl"),
        ("viber://chat?number=%2B447700900123", "viber", "+447700900123"),
        ("https://www.instagram.com/vika_example/", "instagram", "vika_example"),
        ("m.vk.com/vika_example", "vk", "vika_example"),
        ("facebook.com/vika.example", "url", "https://facebook.com/vika.example"),
        ("https://facebook.com/vika.example", "url", "https://facebook.com/vika.example"),
        ("Ana@Jobs.example", "email", "ana@jobs.example"),
        ("ana@jobs.example. Tel", "email", "ana@jobs.example"),
        ("ana@jobs. com", "email", "ana@jobs.com"),
        ("ana [at] jobs (dot) example", "email", "ana@jobs.example"),
        ("ana(at)jobs.example", "email", "ana@jobs.example"),
        ("ana at jobs dot example", "email", "ana@jobs.example"),
        ("ana собака jobs точка example", "email", "ana@jobs.example"),
        ("ana[małpa]jobs.example", "email", "ana@jobs.example"),
        ("ana malpa jobs kropka example", "email", "ana@jobs.example"),
        ("ana kukac jobs pont example", "email", "ana@jobs.example"),
        ("ana zavináč jobs tečka example", "email", "ana@jobs.example"),
        ("ana apenstaartje jobs punt example", "email", "ana@jobs.example"),
        ("ana Klammeraffe jobs Punkt example", "email", "ana@jobs.example"),
        ("ana маймунско а jobs точка example", "email", "ana@jobs.example"),
        ("ana arond jobs punct example", "email", "ana@jobs.example"),
        ("аna@jobs.example", "email", "ana@jobs.example"),
    ],
)
def test_contact(text: str, kind: str, value: str) -> None:
    contact = _only(text)
    assert (contact.kind, contact.value) == (kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "order 1234567890 of 2024-01-02",
        "18-25 ani, 1500-2000 €",
        "2026-11-24 09:00:00",
        "12 500 000 Ft",
        "с 01.02.2027 по 28.02.2027",
        "01-02-2027 10:00 - 18:00",
        "SQL Server 2008/2012/2014",
        "I zmiana: 6.30-14.30 II zmiana: 14.30-22.30",
        "7 500 - 12 000 zł brutto",
        "8203–9538 zł netto",
        "IBAN RO49 AAAA 1B31 0075 9384 0000",
        "PL 61 1090 1014 0000 0712 1981 2874",
        "карта 4400 0000 0000 0012",
        "REGON 602900000",
        "ИНН 7700000012",
        "KRS pod numerem 0001000000",
        "Каталожный номер: (0281000000)",
        "038100000AG 038100000S",
        "ul. 11 Listopada 60-62, 43-300 Bielsko",
        "ul. Długa 43/40 48-095 Kielce",
        "7007 - 12 000 złPremia",
        "8000 - 10000 netto + VAT",
        "11/2026 - 05/2027",
        "0,1-0,4  0,4-0,8  0,8-1,2",
        "1666\n1680\n2166\n2188\n2388\n5088",
        "https://jobs.example.invalid/ad/447700900123".partition("https://")[2],
        "apply at example.com",
        "Telegram-Gruppe",
        "Telegram: yes",
        "Schreib per Telegram - wir antworten schnell",
        "t.me/share/url?x",
        "one, two or three girls",
    ],
)
@pytest.mark.parametrize("language", ["en", "pl", "ru", "ro"])
def test_what_only_looks_like_a_contact_is_none(text: str, language: str) -> None:
    assert [contact for contact in find_contacts(text, language=language) if contact.kind != ContactKind.URL] == []


def test_other_networks_have_no_telegram_handle() -> None:
    assert find_contacts("TikTok: @vika_example") == []


def test_several_numbers_of_one_chain_are_told_apart() -> None:
    found = find_contacts("tel. 0639 98 00 12 / 0639 98 00 13, 24/7, 8-18 h", country="fr")
    assert [contact.value for contact in found] == ["+33639980012", "+33639980013"]


@pytest.mark.parametrize(
    ("text", "language", "country", "value"),
    [("07700 900 864", "bg", None, "07700900864"), ("06 39 98 00 12", "en", "fr", "+33639980012")],
)
def test_a_short_foreign_number_is_not_torn_out_of_a_longer_one(
    text: str, language: str, country: str | None, value: str
) -> None:
    assert _only(text, language, country).value == value


def test_hours_after_a_number_are_not_part_of_it() -> None:
    assert _only("0700 000 012 18", language="ro").value == "+40700000012"


@pytest.mark.parametrize(
    ("text", "arguments", "value"),
    [
        ("069 000 012", {"language": "ro"}, "+37369000012"),
        ("069 000 012", {"country": "md"}, "+37369000012"),
        ("0700 000 012", {"language": "ro"}, "+40700000012"),
        ("500 000 012", {"language": "pl"}, "+48500000012"),
        ("06 30 000 0012", {"language": "hu"}, "+36300000012"),
        ("8 900 000-00-12", {"language": "ru"}, "+79000000012"),
        ("0612 000 012", {"language": "ro", "places": ["nl"]}, "+31612000012"),
        ("07700 900123", {"language": "bg", "places": ["gb"]}, "+447700900123"),
    ],
)
def test_a_national_number_gets_its_country_from_board_language_and_places(
    text: str, arguments: dict[str, str], value: str
) -> None:
    (contact,) = find_contacts(text, **arguments)  # type: ignore[arg-type]
    assert contact.value == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("+373 69 000 012", True),
        ("00373 69 000 012", True),
        ("373 69 000 012", True),
        ("wa.me/37369000012", True),
        ("069 000 012", False),
        ("ноль шесть девять ноль ноль ноль ноль один два", False),
        ("@luna_example", False),
    ],
)
def test_a_number_says_its_country_only_where_the_ad_writes_it(text: str, says: bool) -> None:
    assert _only(text, country="md").says_country is says


def test_a_whatsapp_group_is_matched_as_no_number() -> None:
    assert _only("chat.whatsapp.com/AbCdEfGhIjKl").number_or_kind is ContactKind.WHATSAPP
    assert _only("wa.me/447700900123").number_or_kind is ContactKind.PHONE


@pytest.mark.parametrize(
    "written",
    ["Telegram: +44 7700 900123", "тг +447700900123", "t.me/+447700900123", "tg://resolve?phone=447700900123"],
)
def test_a_telegram_number_is_the_same_phone_as_a_call(written: str) -> None:
    contact, called = _only(written), _only("tel. +44 7700 900123")
    assert contact.kind is ContactKind.TELEGRAM
    assert (contact.number_or_kind, contact.value) == (called.number_or_kind, called.value)


@pytest.mark.parametrize("written", ["Telegram: @dawn_example", "t.me/+AbCdEfGh1234"])
def test_a_telegram_handle_or_group_is_no_phone(written: str) -> None:
    assert _only(written).number_or_kind is ContactKind.TELEGRAM


@pytest.mark.parametrize(
    ("text", "country", "confidence"),
    [
        ("t.me/jobs_example", None, LINKED),
        ("ana@jobs.example", None, LINKED),
        ("ana [at] jobs.example", None, LINKED * REPAIRED),
        ("+49 176 0406 9012", None, WRITTEN),
        ("0176 0406 9012", "de", WRITTEN),
        ("0176 0406 9012", None, UNPLACED),
        ("+44 7700 900123", None, POSSIBLE),
        ("+49 176 O4O6 9012", None, WRITTEN * REPAIRED),
        ("telegram @luna_example", None, WRITTEN),
        ("@luna_example", None, GUESSED),
        ("телега: luna_example", None, GUESSED),
    ],
)
def test_confidence_says_how_much_was_guessed(text: str, country: str | None, confidence: float) -> None:
    assert _only(text, language=None, country=country).confidence == pytest.approx(confidence)


_PIECES = st.sampled_from(
    [
        "+44 7700 900",
        "069",
        "1",
        "0",
        "-",
        " ",
        "\n",
        "@",
        "ana",
        "luna_",
        ".",
        "example",
        "[at]",
        "точка",
        "ноль",
        "six",
        "O",
        "З",
        "️⃣",
        "\u200b",
        "t.me/",
        "wa.me/",
        "٤",
        "🔟",
        "tel",
        "(",
        ")",
        "\x00",
        "İ",
        "ß",
        "п'ять",
        "vk.com/",
        "и",
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=40).map("".join)))
@settings(max_examples=300)
def test_contacts_lie_where_they_say(text: str) -> None:
    found = find_contacts(text, language="ru")
    assert all(text[c.start : c.end] == c.raw and 0 < c.confidence <= 1 for c in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@pytest.mark.parametrize(
    "piece",
    ["1 2 3 4 5 ", "0722 123 456 ", "один два три ", "a@", "a.", "@a_ ", "[at]", "+ ", "(((", "О0О0 ", "t.me/a "],
)
def test_time_grows_with_the_length_of_the_text_only(piece: str) -> None:
    """Ten times the text in far less than a hundred times the time."""

    def spent(times: int) -> float:
        began = time.process_time()
        find_contacts(piece * times, language="ro")
        return time.process_time() - began

    short = max(min(spent(100) for _ in range(3)), 0.005)
    assert min(spent(1000) for _ in range(2)) < 40 * short
