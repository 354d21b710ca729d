"""The redaction profile of a partner: what it shows of a contact, and that a lower one never shows more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import decisions, digest, partners, selection
from alerts.redaction import Redaction, Shown, whole
from zorya.domain.ads import Contact, ContactKind
from zorya.domain.sharing import AlertState, Marking
from zorya.store import sharing

WHOLE = dict.fromkeys(Redaction.model_fields, "whole")
LEVELS = st.sampled_from(list(Shown))
PROFILES = st.builds(Redaction, phones=LEVELS, handles=LEVELS, emails=LEVELS, links=LEVELS)
NUMBERS = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)
NAMES = st.from_regex(r"[a-z0-9_]{4,32}", fullmatch=True)
CONTACTS = st.one_of(
    st.builds(lambda kind, value: Contact(kind, value, value), st.sampled_from(list(ContactKind)), NUMBERS | NAMES),
    st.builds(lambda name: Contact(ContactKind.EMAIL, f"{name}@mail.example", name), NAMES),
    st.builds(lambda name: Contact(ContactKind.URL, f"https://{name}.example/…/{name}", name), NAMES),
)
PHONE = Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123")


def _lower(one, other):
    levels = [(getattr(one, name), getattr(other, name)) for name in Redaction.model_fields]
    return Redaction(**dict(zip(Redaction.model_fields, (min(pair, key=_rank) for pair in levels), strict=True)))


def _rank(level):
    return level.rank


@given(PROFILES, PROFILES, st.lists(CONTACTS, max_size=6))
def test_a_lower_profile_shows_what_can_be_told_from_a_higher_one_and_nothing_else(one, other, contacts):
    lower = _lower(one, other)
    high = {"contacts": [one.show(contact) for contact in contacts]}
    low = {"contacts": list(dict.fromkeys(lower.show(contact) for contact in contacts))}
    assert lower.narrowed(high) == low


@given(PROFILES, st.lists(CONTACTS, max_size=6))
def test_only_an_explicit_whole_shows_a_contact_whole(profile, contacts):
    shown = {"contacts": [profile.show(contact) for contact in contacts]}
    assert profile.reveals or not whole(shown)


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        (PHONE, "phone +44 … 123"),
        (replace(PHONE, value="+3706123"), "phone …"),
        (Contact(ContactKind.TELEGRAM, "work_dream_example", ""), "telegram wo…"),
        (Contact(ContactKind.EMAIL, "anna@work.example", ""), "email a…@w…"),
    ],
)
def test_masked_is_the_default_and_too_little_to_call(contact, shown):
    assert Redaction().show(contact) == shown


def test_hidden_tells_only_that_there_is_one():
    assert Redaction(phones=Shown.HIDDEN).show(PHONE) == "phone …"


def test_a_number_behind_a_messenger_is_no_more_open_than_a_phone():
    number = Contact(ContactKind.TELEGRAM, "+447700900123", "")
    assert Redaction(handles=Shown.WHOLE).show(number) == "telegram +4…"


def test_whole_contacts_need_a_partner_cleared_for_personal_data(add_partner, sqlite_settings):
    add_partner(redact={"phones": "whole"})
    (fault,) = partners.load_all(sqlite_settings).faults
    assert "TLP:AMBER+STRICT" in str(fault)
    add_partner(redact={"phones": "whole"}, tlp_ceiling="TLP:AMBER+STRICT")
    assert not partners.load_all(sqlite_settings).faults


@pytest.fixture
def revealing(town, settings, add_partner, as_of):
    """An approved alert for a partner who reads contacts whole."""
    add_partner(redact=WHOLE, tlp_ceiling="TLP:AMBER+STRICT")
    town.confirmed()
    town.offer(settings, as_of=as_of)
    with town.store.reading() as connection:
        (alert,) = sharing.all_alerts(connection)
    return alert


def test_a_card_with_a_whole_contact_is_amber_strict(revealing):
    assert revealing.content["contacts"] == ["phone +447700900123", "telegram work_dream_example"]
    assert revealing.marking is Marking.AMBER_STRICT


def test_a_profile_that_was_lowered_after_the_approval_counts(revealing, town, settings, add_partner, as_of):
    add_partner(redact={"handles": "hidden"}, tlp_ceiling="TLP:AMBER+STRICT")
    shown = digest.preview(town.store, settings, "la-strada", as_of=as_of + timedelta(hours=1))
    assert "phone +44 … 123 · telegram …" in shown.text.replace("Phone", "phone").replace("Telegram", "telegram")
    for secret in ("900123", "work_dream"):
        assert secret not in shown.text + shown.html


def test_a_correction_does_not_open_the_marking_of_a_card_that_shows_contacts(revealing, town, settings, as_of):
    more = {"by": "lena", "as_of": as_of, "reason": "too closed", "marking": Marking.GREEN}
    with pytest.raises(decisions.NothingToDo):
        decisions.correct(town.store, settings, revealing.id, **more)


def test_what_waits_follows_a_profile_that_was_lowered(town, settings, add_partner, as_of):
    add_partner(redact=WHOLE, tlp_ceiling="TLP:AMBER+STRICT")
    town.confirmed()
    selection.run(town.store, settings, as_of=as_of)
    add_partner(tlp_ceiling="TLP:AMBER+STRICT")
    selection.run(town.store, settings, as_of=as_of)
    with town.store.reading() as connection:
        (alert,) = sharing.alerts_in(connection, AlertState.WAITING)
    assert alert.revision == 2
    assert not whole(alert.content)
