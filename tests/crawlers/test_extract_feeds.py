"""Reading feeds, channel previews and JSON answers: one posting for each entry."""

import json
from datetime import date

import pytest

from crawlers.extract import Document, extract
from zorya.domain.ads import ContactKind, Posting

TODAY = date(2026, 11, 24)


def page(body: str) -> bytes:
    return f"<!doctype html><html><body>{body}</body></html>".encode()


def one(body: bytes, content_type: str | None = None, url: str = "https://board.example/ad/7") -> Posting:
    (posting,) = extract(Document(body, url, content_type), today=TODAY)
    return posting


def test_a_feed_gives_one_posting_for_each_entry() -> None:
    feed = (
        "<?xml version='1.0'?><rss version='2.0'><channel><title>Jobs</title>"
        "<item><title>Baker</title><link>/j/1</link><guid>g1</guid>"
        "<description>&lt;p&gt;Bread &amp;amp; rolls&lt;/p&gt;</description>"
        "<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate></item>"
        "<item><link>/j/2</link><guid>g2</guid>"
        "<description>No title here. More text.</description></item></channel></rss>"
    )
    first, second = extract(Document(feed.encode(), "https://board.example/rss"), today=TODAY)
    assert (first.native_id, first.url, first.title, first.body) == (
        "g1",
        "https://board.example/j/1",
        "Baker",
        "Bread & rolls",
    )
    assert first.posted_on == date(2026, 11, 20)
    assert second.title == "No title here. More text."


@pytest.mark.parametrize(
    "feed",
    [
        "<rss version='2.0'><channel><item><title>A & B</title><description>Text</description></channel></rss>",
        "<rss version='2.0'><channel><item><title>A &nbsp; B</title><description>Text</description></item>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><rss version='2.0'><channel><item><title>A</title></item></channel></rss>",
    ],
)
def test_a_broken_feed_is_read_by_the_second_reader(feed: str) -> None:
    (posting,) = extract(Document(feed.encode(), "https://board.example/rss"), today=TODAY)
    assert posting.title.startswith("A")


def test_an_entity_bomb_does_not_explode() -> None:
    entities = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 12))
    bomb = (
        f"<!DOCTYPE r [<!ENTITY e0 'boom'>{entities}]><rss><channel><item><title>&e11;</title></item></channel></rss>"
    )
    for posting in extract(Document(bomb.encode(), "https://board.example/rss"), today=TODAY):
        assert len(posting.title) <= 500


def test_a_telegram_preview_gives_one_posting_for_each_message() -> None:
    message = (
        "<div class='tgme_widget_message js-widget_message' data-post='jobs_example/{n}'>"
        "<div class='tgme_widget_message_text js-message_text'>{text}</div>"
        "<a class='tgme_widget_message_date'><time datetime='2026-11-2{n}T10:00:00+00:00'></time></a></div>"
    )
    body = page(
        message.format(
            n=1,
            text="Cooks wanted<br/>Kitchen in the old town, <b>write</b> <a href='https://t.me/cook_example'>@cook_example</a>",
        )
        + message.format(n=2, text="One line only")
    )
    first, second = extract(Document(body, "https://t.me/s/jobs_example"), today=TODAY)
    assert (first.native_id, first.url, first.title) == (
        "jobs_example/1",
        "https://t.me/jobs_example/1",
        "Cooks wanted",
    )
    assert first.body == "Kitchen in the old town, write @cook_example"
    assert [(c.kind, c.value) for c in first.contacts] == [(ContactKind.TELEGRAM, "cook_example")]
    assert (second.title, second.body, second.posted_on) == ("One line only", "", date(2026, 11, 22))


def test_json_of_unknown_shape_is_searched_for_ads() -> None:
    answer = {
        "meta": {"total": 1},
        "items": [{"id": 5, "title": "Driver", "description": "<p>Lorry</p>", "tags": [{"name": "x"}]}],
    }
    posting = one(json.dumps(answer).encode(), "application/json")
    assert (posting.native_id, posting.title, posting.body) == ("5", "Driver", "Lorry")
