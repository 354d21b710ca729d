"""The day an ad was put up, on pages that have no structured data and no rules of their own."""

from datetime import date, timedelta

import pytest

from crawlers.fields import Reading
from crawlers.learning import SiteLearner
from crawlers.page import Page
from crawlers.posted import labelled
from crawlers.reading import read_page

TODAY = date(2026, 11, 24)
READING = Reading(TODAY)
BODY = "<p>A quiet bakery looks for a second baker, mornings only, with a contract from the first day on.</p>" * 3
LABELLED = [
    ("en", "Posted: yesterday", 1),
    ("en", "Published on 23 November 2026", 1),
    ("en", "Added 3 days ago", 3),
    ("ro", "Data publicării: 23 noi.", 1),
    ("ro", "Adăugat: acum 2 zile", 2),
    ("ro", "Publicat la 22.11.2026", 2),
    ("ru", "Опубликовано: вчера", 1),
    ("ru", "Размещено 22 ноября", 2),
    ("ru", "Дата размещения: 22.11.2026", 2),
    ("uk", "Опубліковано вчора о 18:00", 1),
    ("uk", "Дата публікації: 22 листопада 2026 р.", 2),
    ("bg", "Публикувана на 22.11.2026", 2),
    ("bg", "Добавена: преди 2 дни", 2),
    ("pl", "Dodano: przedwczoraj", 2),
    ("pl", "Opublikowano 22 listopada 2026", 2),
    ("hu", "Feladva: 2026. november 22.", 2),
    ("hu", "Közzétéve: tegnap", 1),
    ("cs", "Vloženo: předevčírem", 2),
    ("cs", "Zveřejněno 22. listopadu 2026", 2),
    ("nl", "Geplaatst op 22 november 2026", 2),
    ("nl", "Geplaatst: gisteren", 1),
    ("de", "Veröffentlicht am 22. November 2026", 2),
    ("de", "Datum: vorgestern", 2),
]


def posted(source: str) -> date | None:
    (found,) = read_page(Page(f"<h1>Second baker</h1>{source}", "https://board.example/1"), rules={}, reading=READING)
    return found.posted_on


@pytest.mark.parametrize(("language", "text", "days"), LABELLED)
@pytest.mark.parametrize("form", ["<div>{}</div>", "<p><b>Nr 1200</b> | {} | 15 views</p>"])
def test_a_labelled_day_is_read_in_every_language(form: str, language: str, text: str, days: int) -> None:
    assert posted(form.format(text) + BODY) == TODAY - timedelta(days=days), language


@pytest.mark.parametrize(
    "form", ["<dl><dt>{}</dt><dd>{}</dd></dl>", "<table><tr><th>{}</th><td>{}</td></tr></table>", "<p>{}<br>{}</p>"]
)
def test_a_label_may_stand_beside_or_above_its_day(form: str) -> None:
    assert posted(BODY + form.format("Дата публикации", "вчера")) == date(2026, 11, 23)
    assert posted(BODY + form.format("Data:", "20.11.2026")) == date(2026, 11, 20)


@pytest.mark.parametrize(
    "text",
    [
        "Data of our guests is safe since 12.11.2020",
        "Posted workers of 2018 are welcome",
        "Date of birth 12.11.1999",
        "Added benefits: meals",
        "Valid until: 20.11.2026",
        "Start: 20.11.2026",
        "We published a new menu yesterday",
    ],
)
def test_other_days_are_not_taken(text: str) -> None:
    assert posted(f"<p>{text}</p>{BODY}") is None


@pytest.mark.parametrize("time", ['<time datetime="2026-11-20T10:00">today</time>', "<time>20.11.2026</time>"])
def test_a_time_element_near_the_heading_is_read(time: str) -> None:
    others = "".join(f"<li><time datetime='2026-10-{day}'>x</time></li>" for day in range(10, 15))
    page = f"<article><header><h1>Second baker</h1>{time}</header>{BODY}</article><ul>{others}</ul>"
    (found,) = read_page(Page(page, "https://board.example/1"), rules={}, reading=READING)
    assert found.posted_on == date(2026, 11, 20)


def test_times_of_other_ads_and_other_times_are_not_taken() -> None:
    others = "".join(f"<li><time datetime='2026-10-{day}'>x</time></li>" for day in range(10, 15))
    assert posted(f"{BODY}<ul>{others}</ul>") is None
    assert posted(f'<time itemprop="validThrough" datetime="2026-11-20">x</time>{BODY}') is None
    assert posted(f'<time datetime="2027-02-01">x</time>{BODY}') is None


def test_the_day_after_the_heading_comes_before_those_of_a_list_above_it() -> None:
    page = f"<p>Posted: 01.11.2026</p><h1>Second baker</h1>{BODY}<p>Posted: 20.11.2026</p>"
    (found,) = read_page(Page(page, "https://board.example/1"), rules={}, reading=READING)
    assert found.posted_on == date(2026, 11, 20)


def test_a_label_needs_no_telling_class_to_be_learned() -> None:
    learner = SiteLearner()
    words = [
        "bread",
        "rolls",
        "cakes",
        "pies",
        "tarts",
        "buns",
        "loaves",
        "rye",
        "pretzels",
        "scones",
        "waffles",
        "bagels",
    ]
    days = []
    for index, word in enumerate(words):
        text = f"The bakery number {index} makes {word} and looks for one more baker who knows {word} well. " * 3
        page = f"""<body><div class="menu">Home</div><h1>Baker of {word}</h1><div class="line">Опубликовано:
        {10 + index} ноября</div><div class="text"><p>{text}</p></div></body>"""
        source = Page(page, f"https://board.example/{index}")
        (found,) = read_page(source, rules={}, reading=READING, learner=learner)
        days.append(found.posted_on)
    assert learner.templates[0].trusted
    assert days == [date(2026, 11, 10 + index) for index in range(len(words))]


def test_a_long_line_is_not_searched() -> None:
    assert labelled("Posted: yesterday " * 10_000, READING) is None
