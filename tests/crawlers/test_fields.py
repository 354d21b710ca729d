"""What a source's rules make of fields: tables of values, labels nobody claims, titles, contacts given as links."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.contacts import page_contacts
from crawlers.extract import Document, ad_on_page, extract
from crawlers.headings import is_generic
from crawlers.page import Page
from crawlers.page_links import linked_contacts
from crawlers.spec import SourceSpec
from crawlers.unclaimed import unclaimed, unclaimed_keys
from zorya.domain.ads import Posting

TODAY = date(2026, 11, 24)
ADDRESS = "https://board.example/ad/7"


def spec(fields: dict[str, Any], **more: Any) -> SourceSpec:
    values: dict[str, Any] = {"id": "md_x", "title": "X", "homepage": "https://board.example/", "kind": "job"}
    values |= {"country": "md", "languages": ["ru"], "engine": "listing", "follow": {"ad": "a"}}
    return SourceSpec.model_validate(values | {"start": ["https://board.example/"], "fields": fields} | more)


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def one(body: str, head: str = "") -> Posting:
    (posting,) = extract(Document(page(body, head), ADDRESS), today=TODAY)
    return posting


CITIES = {"Chişinău mun.": "Chișinău", "BL": "Bălți"}
AD = "<h1>Швея</h1><p class='t'>Работа в цеху, полный день.</p>"


@pytest.mark.parametrize(
    ("written", "place", "flags"),
    [
        ("Chişinău mun.", "Chișinău", ()),
        ("  chişinău   MUN. ", "Chișinău", ()),
        ("Orhei", "Orhei", ("unmapped_place",)),
    ],
)
def test_a_value_is_taken_from_its_table_or_kept_and_flagged(written: str, place: str, flags: tuple[str, ...]) -> None:
    rules = spec({"place": {"css": "i", "map": "cities"}, "body": {"css": ".t"}}, maps={"cities": CITIES})
    (posting,) = ad_on_page(Document(page(f"{AD}<i>{written}</i>"), ADDRESS), today=TODAY, spec=rules)
    assert posting.places[0].raw == place
    assert posting.flags == flags


def test_a_wrong_count_is_flagged_and_the_ad_is_kept() -> None:
    rules = spec({"place": {"css": "i", "exactly": 1}})
    (posting,) = ad_on_page(Document(page(f"{AD}<i>A</i><i>B</i>"), ADDRESS), today=TODAY, spec=rules)
    assert (posting.title, posting.places, posting.flags) == ("Швея", (), ("count_place",))


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("<img class='p' src='/u/7.jpg?w=320'>", True),
        ("<img class='p' src='/u/7.jpg#top'>", True),
        ("<img class='p' src='/u/8.jpg'>", False),
    ],
)
def test_pictures_are_kept_as_digests_of_what_the_board_calls_them(written: str, same: bool) -> None:
    rules = spec({"image": {"css": "img.p::attr(src)", "optional": True}})
    read = [
        ad_on_page(Document(page(AD + image), ADDRESS), today=TODAY, spec=rules)[0].images
        for image in (written, "<img class='p' src='/u/7.jpg'>")
    ]
    assert (read[0] == read[1]) is same
    assert all(len(digest) == 32 and "jpg" not in digest for digests in read for digest in digests)


LABELLED = """<h1>Швея</h1><p class='t'>Работа: полный день, жильё есть.</p>
<dl><dt>График</dt><dd class='g'>5/2</dd><dt>Зарплата</dt><dd class='pay'>20 000 лей</dd></dl>
<table><tr><th>Опыт</th><td>1 год</td></tr><tr><td>Пусто</td><td></td></tr></table>
<div><span class='field-label'>Район</span><span class='field-value'>Центр</span></div>
<ul><li>Язык: румынский</li><li>Просмотров: 15</li><li>просто строка</li></ul>"""


def test_labels_that_nobody_claims_are_told_once() -> None:
    rules = spec({"pay": {"css": ".pay"}, "body": {"css": ".t"}}, ignore=["просмотров"])
    found = unclaimed(Page(page(LABELLED).decode(), ADDRESS), rules)
    assert found == ["График", "Опыт", "Район", "Язык"]


def test_a_page_whose_labels_are_all_claimed_or_ignored_is_silent() -> None:
    rules = spec({"pay": {"css": "dl"}, "body": {"css": ".t"}}, ignore=["Опыт", "район:", "Язык", "Просмотров"])
    assert unclaimed(Page(page(LABELLED).decode(), ADDRESS), rules) == []


def test_keys_of_an_item_that_nobody_reads() -> None:
    item = {"id": 1, "title": "A", "city": {"name": "Bălți", "id": 4}, "tags": ["x"], "empty": "", "views": 9}
    rules = spec(
        {"title": {"json": "title"}, "place": {"json": "city.name"}},
        engine="json_api",
        json={"items": ""},
        follow={},
        ignore=["views"],
    )
    assert unclaimed_keys(item, rules) == ["id", "city.id", "tags"]


@pytest.mark.parametrize(
    "heading",
    [
        *("JOB POSTING", "Vacancy", "Вакансия № 12345", "Oferta pracy:", "Объявление", "Stellenangebot", "Vacature"),
        *("Оголошення", "Обява", "Állásajánlat", "Nabídka práce", "Anunț"),
    ],
)
def test_a_heading_that_every_page_shares_is_no_title(heading: str) -> None:
    assert (
        one(f"<h1>{heading}</h1><p>Text of the ad</p>", "<title>Cook in Bonn | Board</title>").title == "Cook in Bonn"
    )
    shared = "<title>Vacancy | Board</title><meta property='og:title' content='Cook'>"
    assert one(f"<h1>{heading}</h1><p>Text</p>", shared).title == "Cook"


@pytest.mark.parametrize("heading", ["Job in Bonn", "Вакансия повара", "Oferta pracy w Bonn", "Cook", "12"])
def test_a_heading_with_something_to_say_is_one(heading: str) -> None:
    assert not is_generic(heading)


def test_where_all_titles_are_shared_the_heading_below_is_taken() -> None:
    head = "<title>Find jobs | Board</title><meta property='og:title' content='Find jobs | Board'>"
    assert one("<h2>Breadcrumb</h2><h1>JOB POSTING</h1><h2>Cook</h2><p>Text</p>", head).title == "Cook"


def test_a_page_with_nothing_but_a_shared_heading_keeps_it() -> None:
    assert one("<h1>Vacancy</h1><p>Text</p>", "<title>Vacancy</title>").title == "Vacancy"


LINKS = [
    ("<a href='tel:+44%207700%20900123'>call</a>", "phone", "+447700900123"),
    ("<a href='mailto:Ana@Jobs.example?subject=x'>mail</a>", "email", "ana@jobs.example"),
    ("<a href='https://wa.me/447700900123'>w</a>", "whatsapp", "+447700900123"),
    ("<a href='https://api.whatsapp.com/send?phone=447700900123&text=hi'>w</a>", "whatsapp", "+447700900123"),
    ("<a href='viber://chat?number=%2B447700900123'>v</a>", "viber", "+447700900123"),
    ("<a href='https://t.me/jobs_example'>t</a>", "telegram", "jobs_example"),
    ("<button data-phone='+44 7700 900123'>show</button>", "phone", "+447700900123"),
]


@pytest.mark.parametrize(("link", "kind", "value"), LINKS)
def test_contacts_given_as_links(link: str, kind: str, value: str) -> None:
    posting = one(f"<h1>Cook</h1><p>Mornings in a small kitchen.</p>{link}")
    assert [(str(contact.kind), contact.value) for contact in posting.contacts] == [(kind, value)]


@pytest.mark.parametrize(
    "around",
    ["<footer>{}</footer>", "<div class='site-header'>{}</div>", "<nav>{}</nav>", "<div id='related'>{}</div>"],
)
def test_the_boards_own_contacts_are_not_the_ads(around: str) -> None:
    links = "".join(link for link, _, _ in LINKS)
    assert one(f"<h1>Cook</h1><p>Mornings.</p>{around.format(links)}").contacts == ()


@pytest.mark.parametrize(
    "link",
    [
        *("<a href='https://t.me/share/url?url=x'>s</a>", "<a href='tel:+44 7700 ***'>s</a>"),
        *("<a href='https://wa.me/?text=look'>s</a>", "<a href='mailto:?subject=look'>s</a>"),
        *("<a href='https://t.me/jobs_example/15'>s</a>", "<a href='mailto:help@board.example'>s</a>"),
    ],
)
def test_masked_numbers_share_buttons_and_the_boards_mail_are_no_contacts(link: str) -> None:
    assert one(f"<h1>Cook</h1><p>Mornings.</p>{link}").contacts == ()


def test_a_scrambled_address_is_noted_and_left_scrambled() -> None:
    posting = one("<h1>Cook</h1><p>Mail</p><a class='__cf_email__' data-cfemail='5435'>[email protected]</a>")
    assert posting.contacts == ()
    assert posting.flags == ("hidden_contact",)


@given(st.text(max_size=300))
@settings(max_examples=60)
def test_any_text_may_stand_where_a_contact_is_looked_for(text: str) -> None:
    page_contacts([text], country="md")
    linked_contacts(Page(f"<a href='tel:{text}'>{text}</a>", "https://board.example/"), country=None)
    is_generic(text)
