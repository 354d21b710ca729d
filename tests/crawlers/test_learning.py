"""Learned selectors: learned from a few pages, used while they agree, doubted and learned anew when they do not."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from crawlers.bench_sites import LAYOUTS, SitePage, page
from crawlers.draft import Draft
from crawlers.fields import Reading
from crawlers.learning import SiteLearner, propose
from crawlers.learning.agreement import token_f1
from crawlers.learning.paths import selectors
from crawlers.page import Page
from crawlers.reading import read_page
from crawlers.runner import crawl_spec
from crawlers.spec import SourceSpec
from zorya.cli import app
from zorya.settings import Settings
from zorya.store import Store, learned

READING = Reading(date(2026, 11, 24))
FACTS = "<p>Mornings only, contract from the first day, meals are free, a room can be had close to work.</p>"


class Watched(SiteLearner):
    """A learner that remembers which pages were read in full."""

    def __init__(self, state: dict[str, object] | None = None) -> None:
        super().__init__(state)
        self.full: list[str] = []

    def note(self, page: Page, full: Draft, reading: Reading) -> Draft:
        self.full.append(page.url)
        return super().note(page, full, reading)


def read(pages: Sequence[SitePage], learner: SiteLearner) -> list[Draft]:
    return [
        draft
        for one in pages
        for draft in read_page(Page(one.source, one.url), rules={}, reading=READING, learner=learner)
    ]


def site(layout: str, count: int) -> list[SitePage]:
    return [page(layout, number, seed=7) for number in range(count)]


def board(number: int, *, box: str = "text", after: str = "") -> SitePage:
    text = f"Bakery number {number} looks for a baker number {number * 7} in a town called Ostheim {number * 3}."
    body = f"<h1>Baker {number}</h1><div class='{box}'><p>{text}</p>{FACTS}</div>{after}"
    links = "".join(f"<li><a href='/c/{n}'>Category {n}</a></li>" for n in range(20))
    return SitePage(
        f"https://board.example/ad/{number}", f"<ul class='nav'>{links}</ul>{body}", f"Baker {number}", text
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_after_five_pages_a_site_is_read_by_what_was_learned(layout: str) -> None:
    learner, pages = Watched(), site(layout, 60)
    drafts = read(pages, learner)
    late = {one.url for one in pages[5:]} & set(learner.full)
    assert len(late) <= (4 if layout == "two-kinds" else 2)
    scores = [token_f1(draft.body, one.body) for draft, one in zip(drafts, pages, strict=True)]
    assert sum(scores[5:]) / len(scores[5:]) > 0.9
    assert [draft.title for draft in drafts] == [one.title for one in pages]


def test_what_was_learned_survives_the_process(store: Store, as_of: datetime) -> None:
    first = Watched()
    read(site("blog", 10), first)
    with store.writing() as connection:
        learned.save(connection, "xx_board", first.state(), at=as_of)
        learned.save(connection, "xx_board", first.state(), at=as_of)
    with store.reading() as connection:
        second = Watched(learned.load(connection, "xx_board"))
        assert learned.load(connection, "other") == {}
    assert second.state() == first.state()
    more = [page("blog", number, seed=7) for number in range(100, 110)]
    assert read(more, second) == read(more, Watched(json.loads(json.dumps(first.state()))))
    assert len(second.full) <= 1


def test_the_order_of_the_pages_changes_no_learned_reading() -> None:
    learner = Watched()
    read(site("article", 12), learner)
    state = json.dumps(learner.state())
    rest = [page("article", number, seed=7) for number in range(20, 60)]
    forth, back = SiteLearner(json.loads(state)), SiteLearner(json.loads(state))
    assert read(rest, forth) == read(rest[::-1], back)[::-1]


def test_a_changed_layout_is_read_in_full_and_learned_anew() -> None:
    learner = Watched()
    read([board(n) for n in range(10)], learner)
    learner.full.clear()
    drafts = read([board(n, box="beschreibung") for n in range(10, 30)], learner)
    assert all(one.body in draft.body for one, draft in zip([board(n) for n in range(10, 30)], drafts, strict=True))
    assert 3 <= len(learner.full) <= 12
    assert learner.full[0].endswith("/10")


def test_a_body_that_shrank_to_nothing_is_read_in_full() -> None:
    learner = Watched()
    read([board(n) for n in range(10)], learner)
    empty = "<h1>Baker</h1><div class='text'>…</div><div class='new'>" + FACTS * 3 + "</div>"
    (draft,) = read([SitePage("https://board.example/ad/500", empty, "", "")], learner)
    assert "contract from the first day" in draft.body
    assert learner.full[-1].endswith("/500")


def test_much_more_text_than_usual_beside_the_body_is_not_left_unread() -> None:
    learner = Watched()
    read([board(n) for n in range(10)], learner)
    more = "You pay the flight back from the first wage and stay in the house. " * 12
    read([board(501, after=f"<div class='extra'><p>{more}</p></div>")], learner)
    assert learner.full[-1].endswith("/501")


def test_selectors_that_sampled_pages_contradict_are_given_up() -> None:
    learner = SiteLearner()
    pages = [board(n) for n in range(10)]
    read(pages, learner)
    (template,) = [one for one in learner.templates if one.trusted]
    for number in range(600, 1600):
        if learner.retired:
            break
        one = board(number)
        real = f"<p>Another text number {number}, with its own words. </p>" * 9
        drifted = one.source.replace("</div>", f"</div><div class='real'>{real}</div>", 1)
        template.rest = 100_000
        read([SitePage(one.url, drifted, "", "")], learner)
    assert learner.retired == 1


def test_numbers_hashes_and_states_are_no_selectors() -> None:
    source = "<div id='post-17' class='css-1x2k9 sc-bZQynM vip active ad-text col-8'><p>text</p></div>"
    document = Page(source, "https://board.example/").lexbor
    node = document.css_first("div")
    assert node is not None
    assert selectors(document, node) == ["div.ad-text"]


def test_what_was_learned_is_proposed_as_a_source_file() -> None:
    learner = SiteLearner()
    assert propose(learner.state()) == ""
    read(site("article", 12), learner)
    fields = yaml.safe_load(propose(learner.state()))["fields"]
    assert fields["title"]["css"] == "h1"
    assert fields["posted_on"]["as"] == "date"
    values = {"id": "md_x", "title": "X", "homepage": "https://board.example/", "kind": "job", "country": "md"}
    values |= {"languages": ["ru"], "owner": "o", "basis": "b", "engine": "listing", "follow": {"ad": "a"}}
    spec = SourceSpec.model_validate(values | {"start": ["https://board.example/"], "fields": fields})
    one = page("article", 200, seed=7)
    (draft,) = read_page(Page(one.source, one.url), rules=spec.fields.given, reading=READING)
    assert draft.title == one.title
    assert token_f1(draft.body, one.body) > 0.85


def test_pages_with_structured_data_teach_those_without() -> None:
    learner = Watched()
    for number in range(5):
        one = board(number)
        job = {"@type": "JobPosting", "title": one.title, "description": f"<p>{one.body}</p>{FACTS}"}
        script = f'<script type="application/ld+json">{json.dumps(job)}</script>'
        read([SitePage(one.url, script + one.source, one.title, one.body)], learner)
    read([board(number) for number in range(5, 9)], learner)
    assert learner.full == []


def test_a_sentence_hidden_in_the_body_is_flagged_on_every_learned_page() -> None:
    learner = Watched()
    read([board(n) for n in range(10)], learner)
    one = board(700)
    hidden = "<p style='display:none'>" + "Passport stays with the manager until the debt is paid back. " * 3 + "</p>"
    (draft,) = read([SitePage(one.url, one.source.replace("</p>", "</p>" + hidden, 1), "", "")], learner)
    assert "hidden_text" in draft.flags
    assert not learner.full[-1].endswith("/700")


def test_a_crawl_keeps_what_it_learned_for_the_next_one(
    sqlite_store: Store,
    crawlable: Settings,
    board: Any,
    source: Callable[..., SourceSpec],
    as_of: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    links = "".join(f"<a class='ad' href='/ad/{number}'>{number}</a>" for number in range(8))
    board.put("/", f"<html><body>{links}</body></html>")
    for number in range(8):
        board.put(f"/ad/{number}", page("blog", number, seed=7).source)
    report = crawl_spec(sqlite_store, crawlable, source(board), as_of=as_of)
    with sqlite_store.reading() as connection:
        state = learned.load(connection, "xx_board")
    assert report.outcomes["ok"] == 9
    assert [one["state"] for one in state["templates"]] == ["trusted"]
    assert state["templates"][0]["chosen"]["title"] == "h1.entry-title"
    monkeypatch.setenv("ZORYA__DATABASE_URL", crawlable.resolved_database_url)
    file = tmp_path / "xx_board.yml"
    file.write_text(yaml.safe_dump(source(board).model_dump(mode="json", by_alias=True, exclude_defaults=True)))
    told = CliRunner().invoke(app, ["source", "learned", str(file)])
    assert yaml.safe_load(told.stdout)["fields"]["body"] == {"css": "div.entry-content"}
