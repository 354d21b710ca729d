"""Who registered a contact hears by mail, once, that another organisation works on it too, and whom to call there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts import deconflict_mail, outbox, stage
from alerts.deconfliction import Hub
from alerts.partners import load_all
from zorya.domain.ads import Contact, ContactKind
from zorya.domain.deconfliction import Holder, Holding, Match
from zorya.domain.sharing import ChainLink
from zorya.store import deconfliction, sharing

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
PHONE = Contact(ContactKind.PHONE, "+447700900123", "")
OTHER_PHONE = Contact(ContactKind.PHONE, "+447700900124", "")


@pytest.fixture
def hub(store, settings, add_partner) -> Hub:
    for name, point in (("la-strada", "duty desk, 0321"), ("dorcas", "Ms <Kiss>, 0322")):
        channels = [{"kind": "smtp", "to": f"alerts@{name}.example"}]
        add_partner(name, name=f"{name.title()} & co", channels=channels, contact_point=point)
    return Hub(store, settings)


def register(hub: Hub, partner: str, contact: Contact = PHONE, *, at: datetime = AT) -> None:
    hub.register(partner, contact, reference=f"CASE-{partner}", by="maria", at=at)


def test_both_are_told_by_mail_once(hub, store, mailing, post_office):
    settings = mailing(post_office.port, answer_url="https://screen.example")
    register(hub, "la-strada")
    register(hub, "dorcas")
    for hour in range(3):
        stage.run(store, settings, as_of=AT + hour * HOUR)
    told = {str(mail["To"]): mail for mail in post_office.mails}
    assert sorted(told) == ["alerts@dorcas.example", "alerts@la-strada.example"]
    assert len(post_office.mails) == 2
    mail = told["alerts@la-strada.example"]
    assert mail["Subject"] == "[TLP:AMBER] Another organisation works on the same contact"
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Dorcas & co" in text
    assert "Call: Ms <Kiss>, 0322" in text
    assert "https://screen.example/deconflict" in text
    assert "Ms &lt;Kiss&gt;, 0322" in html
    assert 'href="https://screen.example/deconflict"' in html


def test_neither_contact_nor_case_stands_in_it(hub, store, mailing, post_office):
    register(hub, "la-strada")
    register(hub, "dorcas")
    stage.run(store, mailing(post_office.port), as_of=AT)
    for mail in post_office.mails:
        whole = mail.as_string() + "".join(part.get_content() for part in mail.walk() if not part.is_multipart())
        assert "7700" not in whole
        assert "900123" not in whole
        assert "CASE-" not in whole
        assert hub.token(PHONE) not in whole


def test_who_only_asked_was_answered_and_gets_no_mail(hub, store, mailing, post_office):
    register(hub, "la-strada")
    hub.ask("dorcas", PHONE, by="dirk", at=AT)
    stage.run(store, mailing(post_office.port), as_of=AT)
    assert [mail["To"] for mail in post_office.mails] == ["alerts@la-strada.example"]


def test_two_entries_and_one_organisation_are_one_card(hub, store, mailing, post_office):
    for contact in (PHONE, OTHER_PHONE):
        register(hub, "la-strada", contact)
        hub.ask("dorcas", contact, by="dirk", at=AT)
    stage.run(store, mailing(post_office.port), as_of=AT)
    (mail,) = post_office.mails
    text = mail.get_body(("plain",)).get_content()
    assert "also works on 2 contacts that you registered" in text
    assert "2. " not in text


def test_without_a_page_the_mail_leads_nowhere(hub, store, mailing, post_office):
    register(hub, "la-strada")
    hub.ask("dorcas", PHONE, by="dirk", at=AT)
    stage.run(store, mailing(post_office.port), as_of=AT)
    assert "/deconflict" not in post_office.mails[0].get_body(("plain",)).get_content()


def test_a_pause_does_not_hold_it(hub, store, mailing, post_office, add_partner):
    register(hub, "la-strada")
    hub.ask("dorcas", PHONE, by="dirk", at=AT)
    add_partner("la-strada", channels=[{"kind": "smtp", "to": "alerts@la-strada.example"}], paused=True)
    stage.run(store, mailing(post_office.port), as_of=AT)
    assert len(post_office.mails) == 1


def test_a_partner_whose_file_is_broken_is_told_once_it_is_mended(hub, store, mailing, post_office, home):
    register(hub, "la-strada")
    hub.ask("dorcas", PHONE, by="dirk", at=AT)
    path = home / "partners" / "la-strada.yml"
    whole = path.read_text(encoding="utf-8")
    path.write_text("name: 3\n", encoding="utf-8")
    report = stage.run(store, mailing(post_office.port), as_of=AT)
    assert "la-strada must be told who else works on its entries" in " ".join(report.messages)
    path.write_text(whole, encoding="utf-8")
    report = stage.run(store, mailing(post_office.port), as_of=AT + HOUR)
    assert report.counts["matches_told"] == 1
    assert len(post_office.mails) == 1


def test_what_another_process_claimed_is_not_told_again(hub, store, settings):
    register(hub, "la-strada")
    hub.ask("dorcas", PHONE, by="dirk", at=AT)
    with store.writing() as connection:
        numbers = [row[0] for row in deconfliction.untold(connection, at=AT)]
        assert deconfliction.claim(connection, numbers, at=AT) == set(numbers)
        assert deconfliction.claim(connection, numbers, at=AT) == set()
    assert deconflict_mail.run(store, settings, as_of=AT).counts == {"matches_told": 0}
    with store.reading() as connection:
        assert sharing.history(connection) == []


@pytest.mark.parametrize("language", ["en", "ro", "uk", "nl", "ru"])
def test_every_language_counts_one_three_and_five(hub, settings, add_partner, language):
    add_partner("la-strada", language=language, contact_point="desk")
    partner = load_all(settings).get("la-strada")
    other, holding = Holder("dorcas", "Dorcas", "Ms Kiss"), Holding(1, "la-strada", "", AT, AT)
    for count in (1, 3, 5):
        matches = [Match(number, holding, other, AT) for number in range(count)]
        drawn = deconflict_mail.render_matches(partner, matches, ChainLink(1), settings, at=AT)
        assert "{" not in drawn.subject + drawn.text
        assert count == 1 or str(count) in drawn.text


@pytest.mark.parametrize(
    "point", ["match claimed, not rendered", "stored, not committed", "committed, nothing sent", "sent, not marked"]
)
def test_killed_at_any_point_it_is_told_once(
    new_town: Any, post_office: Any, run_in_child: Callable[..., int], point: str
) -> None:
    channels = [{"kind": "smtp", "to": "alerts@la-strada.example"}]
    with new_town(channels=channels, contact_point="desk") as (town, settings):
        (settings.home / "partners" / "dorcas.yml").write_text(
            "name: Dorcas\norg_type: ngo\ntlp_ceiling: amber\nchannels: [{kind: folder}]\ncontact_point: Ms Kiss\n"
        )
        hub = Hub(town.store, settings)
        register(hub, "la-strada")
        hub.ask("dorcas", PHONE, by="dirk", at=AT)
        order = {"home": settings.home, "port": post_office.port, "as_of": AT.isoformat()}
        assert run_in_child(**order, point=point) == -9
        assert run_in_child(**order, point="") == 0
        assert run_in_child(**order, point="") == 0
        with town.store.reading() as connection:
            (row,) = sharing.history(connection)
        assert row["state"] == "sent"
        assert {mail["Message-ID"] for mail in post_office.mails} == {row["message_id"]}
        assert len({mail.as_bytes() for mail in post_office.mails}) == 1
        assert outbox.deliver(town.store, settings, as_of=AT + HOUR).counts["sent"] == 0
