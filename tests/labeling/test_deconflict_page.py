"""The page /deconflict: what a partner reads, what a lead reads, and that the contact stands nowhere."""

from typing import Any

import pytest

from alerts.deconfliction import Hub
from labeling.web import contact_lookup
from zorya.domain.ads import ContactKind
from zorya.domain.reviews import Role
from zorya.errors import ZoryaError
from zorya.store import audit, deconfliction, referrals

NUMBER = "+44 (0)7700 900123"


@pytest.fixture
def partners(town: Any) -> None:
    """La Strada (maria) and Dorcas (dirk); an account of nobody, and a lead."""
    folder = town.settings.home / "partners"
    folder.mkdir(parents=True)
    for name in ("la-strada", "dorcas"):
        lines = f"name: {name.title()}\norg_type: ngo\ntlp_ceiling: amber\nchannels: [{{kind: folder}}]\n"
        (folder / f"{name}.yml").write_text(f"{lines}contact_point: duty desk of {name}\n", encoding="utf-8")
    for name, role in (("lena", Role.LEAD), ("maria", Role.PARTNER), ("dirk", Role.PARTNER), ("nobody", Role.PARTNER)):
        town.person(name, role)
    with town.store.writing() as connection:
        referrals.link_account(connection, "maria", "la-strada")
        referrals.link_account(connection, "dirk", "dorcas")


@pytest.fixture
def maria(partners: None, browse: Any) -> Any:
    return browse("maria")


@pytest.fixture
def dirk(partners: None, browse: Any) -> Any:
    return browse("dirk")


def test_both_read_that_and_whom_to_call(town: Any, maria: Any, dirk: Any) -> None:
    page = maria.fill("/deconflict", contact=NUMBER, reference="LS-17", act="register")
    assert "No other organisation has registered it" in page.text
    answer = dirk.fill("/deconflict", contact="tel 447700900123", act="ask")
    assert answer.status_code == 422
    answer = dirk.fill("/deconflict", contact="0044 7700-900-123", act="ask")
    assert "duty desk of la-strada" in answer.text
    assert "LS-17" not in answer.text
    told = maria.get("/deconflict").text
    assert "duty desk of dorcas" in told
    assert "LS-17" in told
    for shown in (page, answer, maria.get("/deconflict")):
        assert "900123" not in shown.text.replace(" ", "").replace("-", "")
        assert "7700" not in str(shown.url)
    with town.store.reading() as connection:
        acts = {(entry["action"], entry["actor"]) for entry in audit.page(connection)}
        assert "7700" not in str(audit.page(connection))
    assert {("deconflict.register", "maria"), ("deconflict.ask", "dirk")} <= acts


def test_an_answer_to_nobody_has_the_shape_of_an_answer(dirk: Any) -> None:
    first, second = (dirk.fill("/deconflict", contact=f"+44 7700 90012{n}", act="ask").text for n in (1, 2))
    assert first == second


def test_only_ones_own_entries_are_shown_and_withdrawn(town: Any, maria: Any, dirk: Any) -> None:
    maria.fill("/deconflict", contact=NUMBER, reference="LS-17", act="register")
    with town.store.reading() as connection:
        (entry,) = deconfliction.held_by(connection, "la-strada", at=town.at)
    assert "LS-17" not in dirk.get("/deconflict").text
    assert dirk.fill(f"/deconflict/{entry.id}").status_code == 404
    assert maria.fill("/deconflict/x").status_code == 404
    assert "withdrawn" in maria.fill(f"/deconflict/{entry.id}").text
    assert "duty desk" not in dirk.fill("/deconflict", contact=NUMBER, act="ask").text
    with town.store.reading() as connection:
        assert audit.page(connection, action="deconflict.withdraw")[0]["actor"] == "maria"


def test_an_account_of_no_organisation_asks_nothing(partners: None, browse: Any) -> None:
    nobody = browse("nobody")
    assert "Nobody has said yet" in nobody.get("/deconflict").text
    assert nobody.fill("/deconflict", contact=NUMBER, act="ask").status_code == 403


def test_a_lead_reads_who_tries_numbers_out(town: Any, dirk: Any, browse: Any) -> None:
    Hub(town.store, town.settings).plant([contact_lookup.certain("+44 7700 900999")], by="lena", at=town.at)
    silent = dirk.fill("/deconflict", contact="+44 7700 900999", act="ask")
    assert silent.text == dirk.fill("/deconflict", contact="+44 7700 900001", act="ask").text
    lena = browse("lena")
    assert "Reports of lookups" in lena.get("/").text
    page = lena.get("/deconflict").text
    assert "trying numbers out" in page
    assert "dirk" in page
    assert lena.fill("/deconflict", contact=NUMBER, act="ask").status_code == 403
    with town.store.reading() as connection:
        (alarm,) = deconfliction.open_alarms(connection)
    assert "Nothing is reported" in lena.fill(f"/deconflict/alarms/{alarm.seq}").text
    assert lena.fill(f"/deconflict/alarms/{alarm.seq}").status_code == 404
    with town.store.reading() as connection:
        assert audit.page(connection, action="deconflict.seen")[0]["actor"] == "lena"


def test_who_is_cut_off_reads_why(town: Any, partners: None, browse: Any) -> None:
    limits = town.settings.deconfliction.model_copy(update={"daily": 1})
    town.settings = town.settings.model_copy(update={"deconfliction": limits})
    dirk = browse("dirk")
    assert dirk.fill("/deconflict", contact=NUMBER, act="ask").status_code == 200
    page = dirk.fill("/deconflict", contact=NUMBER, act="ask")
    assert page.status_code == 429
    assert "the leads have been told" in page.text


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("+44 (0)7700 900123", ContactKind.PHONE, "+447700900123"),
        ("0044 7700/900.123", ContactKind.PHONE, "+447700900123"),
        (" Anna@Example.ORG ", ContactKind.EMAIL, "anna@example.org"),
        ("https://t.me/work_example", ContactKind.TELEGRAM, "work_example"),
    ],
)
def test_what_is_certain(typed: str, kind: ContactKind, value: str) -> None:
    contact = contact_lookup.certain(typed)
    assert (contact.number_or_kind, contact.value) == (kind, value)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("07700 900123", "country"),
        ("@work_example", "messenger"),
        ("work in Holland", "no contact"),
        ("", "no contact"),
    ],
)
def test_what_may_be_several_contacts_is_asked_back(typed: str, why: str) -> None:
    with pytest.raises(ZoryaError, match=why):
        contact_lookup.certain(typed)
