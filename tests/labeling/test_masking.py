"""Labelled texts hold no contact, yet read as they did."""

from collections import Counter

import pytest

from labeling.masking import masked
from models.reading import read
from zorya.domain.ads import Kind, Posting

KEY = b"k" * 32
ADS = [
    "Fete 18-25 pentru Olanda, scrie pe Telegram @dawn_example sau t.me/dawn_example",
    "Praca od zaraz, tel. 0 7 7 0 0 - 9 0 0 - 3 4 5",
    "Робота, дзвоніть ➕4️⃣4️⃣ 7️⃣7️⃣0️⃣0️⃣ 9️⃣0️⃣0️⃣ 5️⃣5️⃣1️⃣",
    "Work in Ghent, mail jobs@bakery.example or WhatsApp +44 7700 900456, instagram.com/bakery_example",
    "Call +44 7700 900111 now. Again: +44 7700 900111",
]


def _read(text):
    return read(Posting("invented", "1", "https://board.example/1", Kind.JOB, "Ad", text))


@pytest.mark.parametrize("text", ADS)
def test_a_masked_ad_has_the_same_kinds_of_contact_and_the_same_indicators(text):
    before = _read(text)
    _, body = masked("Ad", text, before.contacts, KEY)
    after = _read(body)
    assert Counter(c.kind for c in after.contacts) == Counter(c.kind for c in before.contacts) != Counter()
    assert {(hit.code, hit.state) for hit in after.indicators.hits} == {
        (hit.code, hit.state) for hit in before.indicators.hits
    }


@pytest.mark.parametrize("text", ADS)
def test_no_wording_of_a_contact_is_left(text):
    contacts = _read(text).contacts
    _, body = masked("Ad", text, contacts, KEY)
    assert not [contact.raw for contact in contacts if contact.raw in body]


def test_one_contact_has_one_stand_in_and_another_key_gives_another():
    contacts = _read(ADS[4]).contacts
    _, body = masked("Ad", ADS[4], contacts, KEY)
    first, second = body.split("Again: ")
    assert second in first
    assert masked("Ad", ADS[4], contacts, b"x" * 32)[1] != body
