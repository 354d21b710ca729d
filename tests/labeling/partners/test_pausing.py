"""Pausing by the link of a mail: one press and no GET, the leads are told, nothing waits in vain."""

import re
from datetime import timedelta
from typing import Any

import pytest

from alerts import decisions, digest, links, outbox
from alerts.mail import message
from zorya.domain.sharing import DigestKind
from zorya.store import audit, partner_standing, sharing

DAY = timedelta(days=1)
PAGE = re.compile(r"https://zorya\.example(/[^\s\"'<>]*)")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def telling(house: Any) -> Any:
    """The house with an address of its leads."""
    house.settings = house.settings.model_copy(
        update={"digest": house.settings.digest.model_copy(update={"lead_address": "leads@zorya.example"})}
    )
    return house


def _mails(house: Any) -> list[tuple[Any, Any]]:
    """Every digest and notice with its mail as it leaves."""
    catalog = digest.load_all(house.settings)
    found = {}
    with house.town.store.reading() as connection:
        for row in sharing.history(connection):
            stored = sharing.digest(connection, row["digest_id"])
            recipient = catalog.recipient(stored.partner)
            letter = outbox._letter(house.settings, recipient, stored, row["message_id"])
            found[stored.id] = (stored, message(letter, house.settings))
    return list(found.values())


def _pages(house: Any, partner: str = "") -> set[str]:
    """The path of every link in every mail, headers too; of all recipients or of one."""
    found: set[str] = set()
    for _stored, mail in [each for each in _mails(house) if each[0].partner == (partner or each[0].partner)]:
        parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
        found |= {path for text in (*parts, str(mail["List-Unsubscribe"])) for path in PAGE.findall(text)}
    return found


def _link(house: Any) -> str:
    return next(path for path in sorted(_pages(house, "la-strada")) if path.startswith("/pause/"))


def _is_paused(house: Any) -> bool:
    with house.town.store.reading() as connection:
        return partner_standing.is_paused(connection, "la-strada")


def _to_leads(house: Any) -> list[str]:
    return [mail["Subject"] for stored, mail in _mails(house) if stored.partner == "lead"]


def test_a_mail_says_how_its_own_button_pauses(telling: Any, lena: Any, approve: Any) -> None:
    approve(lena, telling)
    telling.told()
    ((_stored, mail),) = _mails(telling)
    first, second = str(mail["List-Unsubscribe"]).split(", ")
    assert re.fullmatch(r"<https://zorya\.example/pause/[\w-]{43}>", first)
    assert second == "<mailto:alerts@zorya.example?subject=pause%20la-strada>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    sent = mail.as_bytes()
    assert first.encode() in sent, "an address is never cut or written as an encoded word"


@pytest.mark.parametrize("multipart", [False, True])
def test_one_press_pauses_and_the_leads_are_told_once(
    telling: Any, lena: Any, browse: Any, approve: Any, multipart: bool
) -> None:
    approve(lena, telling)
    telling.told()
    anybody, path = browse(), _link(telling)
    anybody.follow_redirects = False
    body = {"files": {name: (None, value) for name, value in ONE_CLICK.items()}} if multipart else {"data": ONE_CLICK}
    for _ in range(2):
        assert anybody.post(path, **body).status_code == 200
    assert _is_paused(telling)
    with telling.town.store.reading() as connection:
        (entry,) = audit.page(connection, action="partner.pause")
    assert (entry["actor"], entry["object"]) == ("la-strada: link", "la-strada")
    assert "la-strada, since" in browse("lena").get("/").text
    assert "Partners that paused their digests" not in browse("anna").get("/").text


def test_the_leads_get_a_mail(telling: Any, lena: Any, approve: Any) -> None:
    from alerts.desk import Desk

    approve(lena, telling)
    telling.told()
    desk, token = Desk(telling.town.store, telling.settings), _link(telling).rpartition("/")[2]
    for turn in (desk.pause, desk.pause, desk.resume):
        assert turn(token, at=telling.clock())
    assert desk.resume(token, at=telling.clock()) is None
    assert sorted(_to_leads(telling)) == [
        "[TLP:AMBER] A partner paused its digests",
        "[TLP:AMBER] A partner resumed its digests",
    ]


def test_what_waits_while_paused_leaves_after_it(telling: Any, browse: Any, approve: Any) -> None:
    telling.clock.forward(days=40)
    digest.run(telling.town.store, telling.settings, as_of=telling.clock() - 40 * DAY)
    digest.run(telling.town.store, telling.settings, as_of=telling.clock())
    anybody, path = browse(), _link(telling)
    assert "Întrerupeți" in anybody.get(path).text
    anybody.post(path, data={"act": "pause"})
    approve(browse("lena"), telling)
    telling.clock.forward(days=1)
    assert digest.run(telling.town.store, telling.settings, as_of=telling.clock()).counts["paused"] == 1
    assert "Reluați" in anybody.get(path).text
    assert anybody.post(path, data={"act": "resume"}).status_code == 200
    assert not _is_paused(telling)
    assert digest.run(telling.town.store, telling.settings, as_of=telling.clock()).counts["rendered"] == 1
    assert anybody.get(path).status_code == anybody.post(path, data=ONE_CLICK).status_code == 410
    assert not _is_paused(telling)


def test_a_withdrawal_reaches_a_partner_that_paused(telling: Any, lena: Any, approve: Any) -> None:
    approve(lena, telling)
    telling.told()
    with telling.town.store.writing() as connection:
        partner_standing.pause(connection, "la-strada", at=telling.clock(), by="la-strada: link")
    told, missed = decisions.recall(
        telling.town.store,
        telling.settings,
        telling.alert.id,
        by="lena",
        as_of=telling.clock(),
        reason="it is a lawful employer",
    )
    assert (told, missed) == (("la-strada",), ())
    assert [each.kind for each, _mail in _mails(telling)].count(DigestKind.NOTICE) == 1


def test_no_link_of_any_mail_changes_anything_when_it_is_opened(
    telling: Any, lena: Any, browse: Any, approve: Any, everything: Any
) -> None:
    """Digest, reminder, hand-over, withdrawal, mails to the leads: every link is opened by a mail program."""
    from alerts import ledger

    approve(lena, telling)
    telling.told()
    store, settings = telling.town.store, telling.settings
    for days in (6, 2, 1, 6, 2):
        telling.clock.forward(days=days)
        ledger.run(store, settings, as_of=telling.clock())
        digest.run(store, settings, as_of=telling.clock())
        outbox.deliver(store, settings, as_of=telling.clock())
    decisions.recall(store, settings, telling.alert.id, by="lena", as_of=telling.clock(), reason="a lawful employer")
    kinds = {stored.kind for stored, _mail in _mails(telling)} | {stored.partner for stored, _ in _mails(telling)}
    assert kinds >= {DigestKind.DIGEST, DigestKind.NOTICE, "la-strada", "dorcas", "lead"}
    pages = sorted(_pages(telling))
    assert {page.split("/")[1] for page in pages} >= {"answers", "pause", "referrals"}
    before, anybody = everything(store), browse()
    for page in pages:
        for method in ("GET", "HEAD", "GET"):
            assert anybody.request(method, page).status_code in {200, 405, 410}
    assert everything(store) == before


def test_the_leads_are_told_that_a_referral_is_with_them(telling: Any, lena: Any, approve: Any) -> None:
    from alerts import ledger

    approve(lena, telling)
    telling.told()
    for _ in range(3):
        telling.clock.forward(days=8)
        ledger.run(telling.town.store, telling.settings, as_of=telling.clock())
        digest.run(telling.town.store, telling.settings, as_of=telling.clock())
    assert _to_leads(telling).count("[TLP:AMBER] A referral is with you") == 2  # that it is theirs, that it still is
    text = next(mail for stored, mail in _mails(telling) if stored.partner == "lead").get_body(("plain",)).get_content()
    assert f"https://zorya.example/referrals/{telling.referral().id}" in text


@pytest.mark.parametrize("path", ["/pause/x", "/pause/" + "A" * 43, "/pause/%00"])
def test_a_guessed_link_pauses_nobody(house: Any, browse: Any, path: str) -> None:
    assert browse().get(path).status_code == 410
    assert browse().post(path, data=ONE_CLICK).status_code == 410


def test_a_link_runs_out_and_other_words_do_nothing(telling: Any, lena: Any, browse: Any, approve: Any) -> None:
    approve(lena, telling)
    telling.told()
    path = _link(telling)
    assert browse().post(path, data={"act": "delete"}).status_code == 400
    assert browse().post(path, data={"List-Unsubscribe": "No"}).status_code == 400
    telling.clock.forward(days=links.PAUSE_WITHIN.days + 1)
    assert browse().post(path, data=ONE_CLICK).status_code == 410
    assert not _is_paused(telling)


def test_no_token_is_at_rest(telling: Any, lena: Any, approve: Any, everything: Any) -> None:
    approve(lena, telling)
    telling.told()
    token = _link(telling).rpartition("/")[2]
    assert not any(token in str(rows) for rows in everything(telling.town.store).values())
