"""Erasing what partners were told: cards lose contacts and addresses, digests their words, deliveries are refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from alerts import digest, outbox, selection
from labeling import subject_rights
from labeling.subject_rights import Wish
from zorya.domain import ids
from zorya.domain.ads import Contact, ContactKind, Posting
from zorya.domain.sharing import AlertState
from zorya.erasure_list import Subject
from zorya.settings import Settings
from zorya.store import Store, disclosed
from zorya.store.sharing_schema import alerts, digests
from zorya.store.sharing_schema import outbox as deliveries

MIDNIGHT = datetime(2026, 11, 23, 22, tzinfo=UTC)  # in Chisinau
MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
WISH = Wish("olga", "request 2026/7", MORNING)
CONTACT = "… 123"


@pytest.fixture
def phone(store: Store) -> Subject:
    return Subject("contact", ids.contact_token(store.contact_key, "phone", "+447700900123"))


@pytest.fixture
def offered(town: Any, settings: Settings, add_partner: Any) -> str:
    """A confirmed campaign whose alert is approved; its id."""
    add_partner()
    campaign: str = town.confirmed()
    town.offer(settings, as_of=MIDNIGHT - timedelta(hours=3))
    return campaign


def _rows(store: Store, table: Any) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def test_a_card_that_no_digest_told_is_emptied_and_does_not_leave(
    offered: str, store: Store, settings: Settings, phone: Subject
) -> None:
    (card,) = _rows(store, alerts)
    assert card["content"]["contacts"]
    assert subject_rights.erase(store, settings, [phone], WISH).told == ()
    (card,) = _rows(store, alerts)
    assert (card["state"], card["revision"]) == (AlertState.RECALLED, 2)
    assert not card["content"]["contacts"]
    assert not card["content"]["addresses"]
    assert digest.run(store, settings, as_of=MORNING).counts["rendered"] == 0


def test_a_campaign_whose_every_ad_was_erased_is_offered_to_nobody(
    offered: str, store: Store, settings: Settings, phone: Subject, add_partner: Any
) -> None:
    subject_rights.erase(store, settings, [phone], WISH)
    add_partner("newcomer")  # everything is looked at again
    counts = selection.run(store, settings, as_of=MORNING).counts
    assert (counts["offered"], counts["without_ads"], counts["unclaimed"]) == (0, 1, 0)


def test_a_digest_that_waits_is_refused_and_emptied(
    offered: str, store: Store, settings: Settings, phone: Subject
) -> None:
    digest.run(store, settings, as_of=MORNING)
    assert CONTACT in _rows(store, digests)[0]["text"]
    subject_rights.erase(store, settings, [phone], WISH)
    assert [row["state"] for row in _rows(store, deliveries)] == ["refused"]
    assert CONTACT not in str(_rows(store, digests))
    assert outbox.deliver(store, settings, as_of=MORNING).counts["sent"] == 0
    assert list(settings.outbox_dir.rglob("*.eml")) == []


def test_who_was_told_is_named_and_what_lies_in_its_folder_goes(
    offered: str, store: Store, settings: Settings, phone: Subject
) -> None:
    digest.run(store, settings, as_of=MORNING)
    assert outbox.deliver(store, settings, as_of=MORNING).counts["sent"] == 1
    (before,) = _rows(store, digests)
    assert len(list(settings.outbox_dir.rglob("*.eml"))) == 1
    assert subject_rights.erase(store, settings, [phone], WISH).told == (("la-strada", 1),)
    assert list(settings.outbox_dir.rglob("*.*ml")) == []
    (after,) = _rows(store, digests)
    assert (after["chain"], after["seal"]) == (before["chain"], before["seal"])
    assert CONTACT not in str(_rows(store, digests)) + str(_rows(store, alerts))


def test_a_card_that_tells_of_an_ad_on_hold_stays(
    town: Any, ad: Posting, store: Store, settings: Settings, add_partner: Any, phone: Subject
) -> None:
    add_partner()
    other = replace(ad, native_id="8", contacts=(Contact(ContactKind.TELEGRAM, "kept_example", "@kept_example"),))
    town.confirmed(ad, other)
    town.offer(settings, as_of=MIDNIGHT - timedelta(hours=3))
    digest.run(store, settings, as_of=MORNING)
    kept = Subject("contact", ids.contact_token(store.contact_key, "telegram", "kept_example"))
    subject_rights.hold(store, settings, [kept], WISH)
    done = subject_rights.erase(store, settings, [phone], WISH)
    assert (done.ads, done.held, done.told) == (1, 0, ())
    assert CONTACT in _rows(store, digests)[0]["text"]
    assert outbox.deliver(store, settings, as_of=MORNING).counts["sent"] == 1


def test_an_alert_of_other_ads_is_told_all_the_same(
    town: Any, ad: Posting, store: Store, settings: Settings, add_partner: Any, phone: Subject
) -> None:
    add_partner()
    town.confirmed(ad)
    town.confirmed(replace(ad, native_id="9", contacts=()))
    town.offer(settings, as_of=MIDNIGHT - timedelta(hours=3))
    digest.run(store, settings, as_of=MORNING)
    subject_rights.erase(store, settings, [phone], WISH)
    selection.run(store, settings, as_of=MORNING)
    digest.run(store, settings, as_of=MORNING + timedelta(days=1))
    told = [row for row in _rows(store, digests) if row["text"] != disclosed.WORDS]
    assert [len(row["alert_ids"]) for row in told] == [1]
