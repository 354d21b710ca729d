"""The Atom feed: read by feedparser, for one partner alone, marked, without contents, cheap to ask again."""

from datetime import UTC, datetime, timedelta

import feedparser
import httpx
import pytest

from alerts import card, digest, outbox
from alerts.web.feed import feed_app
from zorya.domain.sharing import Marking
from zorya.store import audit, partner_tokens, sharing

DAY = timedelta(days=1)
MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
TOKEN = "zorya-an-invented-token"
FEED = {"channels": [{"kind": "feed"}]}
SECRETS = ("Keeps the passport", "Rotterdam", "labour")


@pytest.fixture
def house(settings):
    """The settings of a house whose app partners reach."""
    reached = settings.digest.model_copy(update={"answer_url": "https://zorya.example"})
    return settings.model_copy(update={"digest": reached})


@pytest.fixture(autouse=True)
def tokens(store):
    """Of two partners."""
    with store.writing() as connection:
        for partner, token in (("la-strada", TOKEN), ("dorcas", "zorya-other")):
            partner_tokens.issue(connection, partner, token, at=MORNING, expires_at=MORNING + 365 * DAY)


@pytest.fixture
def entries(ask):
    """The entries of a feed that was given out."""

    def read(token=TOKEN):
        answer = ask(token)
        assert answer.status_code == 200
        return feedparser.parse(answer.content).entries

    return read


@pytest.fixture
def publish(town, store, house, add_partner, monkeypatch):
    """La Strada with a feed, and one digest of a marking in it."""

    def made(marking=Marking.AMBER, at=MORNING, **more):
        add_partner(**(FEED | {"tlp_ceiling": "TLP:AMBER+STRICT"} | more))
        monkeypatch.setattr(card, "CARD_MARKING", marking)
        town.confirmed()
        town.offer(house, as_of=at - DAY)
        digest.run(store, house, as_of=at)
        report = outbox.deliver(store, house, as_of=at)
        return report

    return made


@pytest.fixture
def ask(store, house, run_async):
    """What a reader gets with a token and further headers."""

    def asked(token=TOKEN, method="GET", **headers):
        app = httpx.ASGITransport(feed_app(store, house, clock=lambda: MORNING + timedelta(hours=1)))

        async def get():
            async with httpx.AsyncClient(transport=app, base_url="https://zorya.example") as reader:
                more = {"authorization": f"Bearer {token}"} if token else {}
                return await reader.request(method, "/digests.atom", headers=more | headers)

        return run_async(get())

    return asked


def test_feedparser_reads_entry_marking_and_page(publish, ask, store):
    publish()
    answer = ask()
    assert answer.headers["content-type"] == "application/atom+xml"
    read = feedparser.parse(answer.content)
    assert (read.bozo, read.version) == (False, "atom10")
    (entry,) = read.entries
    with store.reading() as connection:
        made = sharing.last_digest(connection, "la-strada")
    assert entry.title == made.subject == "[TLP:AMBER] 1 new alert, 23 Nov 2026"
    assert [(tag.term, tag.scheme) for tag in entry.tags] == [("TLP:AMBER", "https://www.first.org/tlp/")]
    assert entry.link == f"https://zorya.example/digests/{made.id}"
    assert entry.id.startswith("urn:uuid:")
    assert entry.updated == read.feed.updated == "2026-11-24T06:30:00Z"


def test_it_holds_no_content(publish, ask):
    publish()
    told = ask().text
    assert "<entry>" in told
    assert not [secret for secret in SECRETS if secret in told]


def test_above_amber_the_title_tells_the_marking_and_a_number_alone(publish, entries):
    publish(Marking.AMBER_STRICT)
    (entry,) = entries()
    assert entry.title == "[TLP:AMBER+STRICT] Zorya, no. 1"
    assert [tag.term for tag in entry.tags] == ["TLP:AMBER+STRICT"]


def test_red_stands_in_no_feed(publish, entries):
    assert publish(Marking.RED, tlp_ceiling="TLP:RED").counts["refused"] == 1
    assert entries() == []


def test_what_is_not_for_the_feed_or_not_this_partners_is_not_in_it(publish, entries, add_partner):
    publish(channels=[{"kind": "folder"}])
    add_partner("dorcas", **FEED)
    assert entries() == []
    assert entries("zorya-other") == []


def test_a_lowered_ceiling_empties_it(publish, entries, add_partner):
    publish()
    assert len(entries()) == 1
    add_partner(**FEED, tlp_ceiling="TLP:GREEN")
    assert entries() == []


def test_asking_again_costs_nothing_until_something_is_new(publish, ask, store):
    publish()
    first = ask()
    again = ask(**{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert ask(**{"if-none-match": f'W/{first.headers["etag"]}, "other"'}).status_code == 304
    assert ask(**{"if-none-match": '"other"'}).content == first.content
    with store.reading() as connection:
        reads = audit.page(connection, action="feed.read")
    assert [(entry["actor"], entry["object"]) for entry in reads] == [("la-strada: machine", "la-strada")] * 2
    publish(at=MORNING + DAY)
    fresh = ask(**{"if-none-match": first.headers["etag"]})
    assert fresh.status_code == 200
    assert len(feedparser.parse(fresh.content).entries) == 2


def test_nobody_reads_it_without_a_token(publish, ask):
    publish()
    answer = ask("")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert ask("zorya-guessed").status_code == 401


def test_an_empty_feed_is_a_feed(ask, add_partner):
    add_partner(**FEED)
    read = feedparser.parse(ask().content)
    assert (read.bozo, read.entries) == (False, [])
