"""A fresh link goes to the partner's own address, three times a day at most, and the old one is dead."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from alerts import card, decisions, digest, link_renewal, outbox
from zorya.domain.partner_desk import Renewal
from zorya.domain.sharing import Marking
from zorya.store import audit, digest_links, sharing

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


@pytest.fixture
def house(town, store, settings, add_partner, mailing, post_office, monkeypatch):
    """Settings of a house that sent a link by mail; the partner has no key."""
    channels = [{"kind": "smtp", "to": "alerts@la-strada.example"}, {"kind": "folder"}]
    add_partner(tlp_ceiling="TLP:AMBER+STRICT", channels=channels)
    monkeypatch.setattr(card, "CARD_MARKING", Marking.AMBER_STRICT)
    town.confirmed()
    town.offer(settings, as_of=MORNING - DAY)
    digest.run(store, settings, as_of=MORNING)
    reached = mailing(post_office.port, answer_url="https://zorya.example")
    outbox.deliver(store, reached, as_of=MORNING)
    return reached


def _token(mail):
    return re.search(r"https://zorya\.example/digests/open/([\w-]{43})\s", mail.get_content())[1]


def _open(store, token, at=MORNING):
    with store.writing() as connection:
        assert digest_links.use(connection, token, at=at)


def test_it_comes_by_the_way_of_the_old_one_and_alone_opens(store, house, post_office):
    old = _token(post_office.mails[0])
    _open(store, old)
    assert link_renewal.renew(store, house, old, at=MORNING + MINUTE) is Renewal.SENT
    first, second = post_office.mails
    assert second["To"] == "alerts@la-strada.example"
    assert (second["Subject"], second["X-Zorya-Chain"]) == (first["Subject"], first["X-Zorya-Chain"])
    assert second["Message-ID"] != first["Message-ID"]
    with store.reading() as connection:
        assert digest_links.known(connection, old) is None
        assert digest_links.find(connection, _token(second), at=MORNING + MINUTE).used_at is None
        (entry,) = audit.page(connection, action="digest.renew")
    assert (entry["actor"], entry["reason"].startswith("smtp")) == ("la-strada: link", True)
    assert len(list((house.outbox_dir / "la-strada").iterdir())) == 1, "the folder brought a link of its own"


def test_the_old_link_asks_for_no_other(store, house, post_office):
    old = _token(post_office.mails[0])
    _open(store, old)
    answers = [link_renewal.renew(store, house, old, at=MORNING + MINUTE) for _ in range(2)]
    assert answers == [Renewal.SENT, Renewal.NONE]
    assert len(post_office.mails) == 2


def test_a_link_that_still_opens_is_not_replaced(store, house, post_office):
    assert link_renewal.renew(store, house, _token(post_office.mails[0]), at=MORNING) is Renewal.NONE
    assert link_renewal.renew(store, house, "x" * 43, at=MORNING) is Renewal.NONE


def test_three_a_day_and_the_next_day_again(store, house, post_office):
    now = MORNING
    for number in range(4):
        token, now = _token(post_office.mails[-1]), now + MINUTE
        _open(store, token, now)
        expected = Renewal.SENT if number < 3 else Renewal.TOO_MANY
        assert link_renewal.renew(store, house, token, at=now) is expected
    assert len(post_office.mails) == 4
    assert link_renewal.renew(store, house, token, at=now + DAY) is Renewal.SENT


def test_what_was_recalled_is_sent_no_more(town, store, house, post_office):
    token = _token(post_office.mails[0])
    _open(store, token)
    with store.reading() as connection:
        link = digest_links.known(connection, token)
        alert = sharing.digest(connection, link.digest_id).alert_ids[0]
    decisions.recall(store, house, alert, by="lena", as_of=MORNING, reason="a lawful employer")
    assert link_renewal.renew(store, house, token, at=MORNING + MINUTE) is Renewal.NOT_NOW
    with store.reading() as connection:
        assert digest_links.known(connection, token) is not None


def test_a_server_that_is_down_delays_the_new_link(store, house, post_office, free_port):
    token = _token(post_office.mails[0])
    _open(store, token)
    down = house.model_copy(update={"digest": house.digest.model_copy(update={"smtp_port": free_port})})
    assert link_renewal.renew(store, down, token, at=MORNING + MINUTE) is Renewal.SENT
    assert len(post_office.mails) == 1
    outbox.deliver(store, house, as_of=MORNING + 10 * MINUTE)
    assert len(post_office.mails) == 2
