"""The key that stops: what was stored of an ad is gone everywhere, address and digest stay, it is not read again."""

import json

import pytest
from sqlalchemy import select, text

from labeling import sampling
from labeling.care.files import hotlines
from zorya import upkeep
from zorya.domain.ads import Contact, ContactKind
from zorya.domain.reviews import Role
from zorya.store import archive, audit, campaigns, postings, proposals, reviews, stopped
from zorya.store.schema import metadata

WORDS = "Wildwortfolge"


@pytest.fixture
def written(seed, as_of):
    """A campaign of two ads, one of them with words that stand nowhere else, and what was worked out of them."""
    body = f"{WORDS} by messenger @dawn_example, today."
    contact = Contact(ContactKind.TELEGRAM, "dawn_example", "@dawn_example", body.index("@"), body.index("@") + 13)
    campaign = seed.ad(0.9, title=f"Title {WORDS}", body=body, words=WORDS, contacts=(contact,), captured=True)
    seed.ad(0.8, title="Another one", body="Something else.", campaign=campaign)
    sampling.run(seed.store, seed.settings, as_of=as_of)
    with seed.store.reading() as connection:
        names = [member.posting_id for member in campaigns.members(connection, campaign)]
        held = {name: postings.current(connection, name).posting.title for name in names}
    return campaign, next(name for name, title in held.items() if WORDS in title)


def _everything(store):
    """All that any table holds, as text."""
    with store.reading() as connection:
        return {
            table.name: json.dumps([list(row) for row in connection.execute(select(table))], default=str)
            for table in metadata.sorted_tables
        }


def test_nothing_of_a_stopped_ad_is_left_but_address_and_digest(seed, written, as_of):
    campaign, posting = written
    folder = seed.settings.evidence_dir
    assert any(WORDS in held for held in _everything(seed.store).values())
    with seed.store.writing() as connection:
        (ad,) = stopped.stop(connection, posting, at=as_of, by="anna")
    assert stopped.sweep(seed.store, folder) == 1
    assert [name for name, held in _everything(seed.store).items() if WORDS in held or "dawn_example" in held] == []
    assert not [path for path in folder.rglob("*") if path.is_file()]
    assert ad.url in _everything(seed.store)["stopped_ads"]
    with seed.store.reading() as connection:
        assert stopped.of(connection, posting) == ad
        assert [member.posting_id for member in campaigns.members(connection, campaign)] != [posting]
        entry = audit.page(connection, action="ad.stop")[0]
        assert audit.first_bad(connection) is None
    assert (entry["actor"], entry["object"], entry["reason"]) == ("anna", posting, ad.content_hash)
    assert archive.verify(seed.store, folder).faults == []


def test_every_ad_with_the_same_content_goes_too(seed, as_of):
    for number in ("1", "2"):
        seed.ad(0.9, title="Same", body="The same words.", native_id=number)
    seed.ad(0.9, title="Other", body="Other words.")
    with seed.store.writing() as connection:
        names = [version.posting_id for version in postings.all_current(connection)]
        same = [v.posting_id for v in postings.all_current(connection) if v.posting.title == "Same"]
        found = stopped.stop(connection, same[0], at=as_of, by="anna")
        assert {ad.posting_id for ad in found} == set(same)
        assert {v.posting.title for v in postings.currents(connection, names)} == {"", "Other"}


def test_a_campaign_left_empty_is_asked_about_no_more(seed, as_of):
    campaign = seed.ad(0.9, title="Alone", body="Words of its own.")
    sampling.run(seed.store, seed.settings, as_of=as_of)
    with seed.store.writing() as connection:
        (posting,) = [member.posting_id for member in campaigns.members(connection, campaign)]
        stopped.stop(connection, posting, at=as_of, by="anna")
        assert connection.execute(text("SELECT count(*) FROM tasks WHERE done_at IS NULL")).scalar() == 0
        assert proposals.waiting(connection) == 0


def test_the_nightly_upkeep_deletes_files_that_a_crash_left(seed, written, as_of):
    with seed.store.writing() as connection:
        stopped.stop(connection, written[1], at=as_of, by="anna")
    report = upkeep.run(seed.store, seed.settings, as_of=as_of)
    assert (report.counts["purged_files_swept"], report.messages) == (1, ())
    assert upkeep.run(seed.store, seed.settings, as_of=as_of).counts["purged_files_swept"] == 0


def test_stopped_ads_are_known_by_id_and_by_content(seed, written, as_of):
    with seed.store.writing() as connection:
        (ad,) = stopped.stop(connection, written[1], at=as_of, by="anna")
        assert stopped.among(connection, {ad.posting_id, "p-0"}, {"0" * 64}) == {ad.posting_id}
        assert stopped.among(connection, {"p-0"}, {ad.content_hash}) == {ad.content_hash}
        assert stopped.addresses(connection, ad.source) == [ad.url]
        assert stopped.stop(connection, "p-0", at=as_of, by="anna") == []


def test_the_key_asks_once_more_and_then_shows_where_to_report(browse, town):
    anna = browse("anna")
    task = anna.reserve()
    page = anna.get(task).text
    ad = page.partition('action="/ads/')[2].partition("/stop")[0]
    before, _, after = page.partition(f'action="/ads/{ad}/stop"')
    assert 'data-code="Shift+Digit1"' in before.rpartition("<details")[2]
    assert "It cannot be taken back" in after.partition("</form>")[0]
    answer = anna.fill(f"/ads/{ad}/stop", task=task.removeprefix("/tasks/"))
    assert answer.url.path == f"/stopped/{ad}"
    assert "https://board.example/ads/" in answer.text
    assert hotlines().everywhere.site in answer.text
    with town.store.reading() as connection:
        title = postings.current(connection, ad).posting.title
        assert audit.page(connection, action="ad.stop")[0]["actor"] == "anna"
        assert audit.page(connection, action="stopped.view")[0]["object"] == ad
        assert reviews.task(connection, task.removeprefix("/tasks/")).owner is None
    assert title == ""
    assert "fete 18–25" not in browse("boris").get(f"/ads/{ad}").text


def test_two_keys_stop_and_one_alone_does_not(page, serve, town):
    page.goto(f"{serve(town)}/login?next=/queue/next")
    page.locator("[name=name]").fill("anna")
    page.locator("[name=password]").fill("a long invented password")
    page.keyboard.press("Enter")
    page.locator("#verdict").wait_for()
    page.keyboard.press("!")
    assert "/tasks/" in page.url
    assert page.locator(".stopping button").is_visible()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/stopped/" in page.url


@pytest.mark.parametrize("where", ["/ads/{ad}", "/ads/{ad}/similar", "/campaigns/{campaign}"])
def test_the_key_stands_wherever_an_ad_is_read(browse, town, where):
    with town.store.reading() as connection:
        ad = campaigns.members(connection, town.campaigns[1])[0].posting_id
    address = where.format(ad=ad, campaign=town.campaigns[1])
    assert f'action="/ads/{ad}/stop"' in browse("anna").get(address).text
    town.person("otto", Role.AUDITOR)
    assert "/stop" not in browse("otto").get(address).text


def test_what_is_not_there_cannot_be_stopped(browse):
    assert browse("anna").fill("/ads/p-0/stop").status_code == 404
    assert browse("anna").get("/stopped/p-0").status_code == 404
