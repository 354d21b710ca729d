"""The chain of digests: what saved mails prove on their own, and what no two digests may share."""

import base64
import quopri
import re
from datetime import UTC, datetime, timedelta

import pytest

from alerts import chain, digest, outbox
from alerts.chain import Finding
from zorya.store import digest_chain, sharing

DAY = timedelta(days=1)
START = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def _days(town, settings, number, begin=START):
    """A digest a day; returns the saved mails in their order."""
    for day in range(number):
        at = begin + day * DAY
        town.confirmed()
        town.offer(settings, as_of=at - DAY)
        digest.run(town.store, settings, as_of=at)
        outbox.deliver(town.store, settings, as_of=at)
    return sorted((settings.outbox_dir / "la-strada").glob("*.eml"), key=lambda path: path.name.split("_")[1])


@pytest.fixture
def saved(town, settings, add_partner):
    """Four mails in Ukrainian: long words, curly quotes, a text that must be encoded."""
    add_partner(language="uk", name="Ла Страда — вигадана")
    return _days(town, settings, 4)


def _faults(paths):
    return [(fault.finding, fault.where) for fault in chain.check(paths).faults]


def test_mails_that_are_all_there_prove_it(saved):
    found = chain.check(saved)
    assert (found.faults, [mail.sequence for mail in found.mails]) == ((), [1, 2, 3, 4])
    assert all(mail.computed == mail.chain for mail in found.mails)
    assert [mail.previous for mail in found.mails] == ["", *(mail.chain for mail in found.mails[:-1])]


def test_a_missing_mail_is_a_gap_that_has_a_number(saved):
    assert _faults([saved[0], saved[2], saved[3]]) == [(Finding.GAP, "0002")]


def _altered(path, change):
    """The mail with one part's words changed, encoded as it was."""
    raw = path.read_bytes()
    found = re.search(rb"base64\r\n\r\n(.+?)\r\n--=_|quoted-printable\r\n\r\n(.+?)\r\n--=_", raw, re.DOTALL)
    body = found[1] or found[2]
    words = base64.b64decode(body) if found[1] else quopri.decodestring(body)
    encode = base64.encodebytes if found[1] else quopri.encodestring
    new = encode(change(words)).strip().replace(b"\n", b"\r\n")
    path.write_bytes(raw.replace(body, new))


@pytest.mark.parametrize("number", range(4))
def test_a_changed_word_is_found_in_any_mail(saved, number):
    _altered(saved[number], lambda words: words.replace("Румунська".encode(), "Румунськa".encode()) + b".")
    assert (Finding.CHANGED, saved[number].name) in _faults(saved)


def test_who_changes_the_check_value_too_is_found_by_the_next_mail(saved):
    _altered(saved[1], lambda words: words + b"!")
    (mail,) = chain.check([saved[1]]).mails
    saved[1].write_bytes(saved[1].read_bytes().replace(mail.chain.encode(), mail.computed.encode()))
    assert _faults([saved[1]]) == []
    assert _faults(saved) == [(Finding.CHANGED, saved[1].name)]


def test_a_changed_subject_is_found(saved):
    raw = saved[2].read_bytes()
    saved[2].write_bytes(re.sub(rb"Subject: .*?\r\n(?! )", b"Subject: nothing new\r\n", raw, flags=re.DOTALL))
    assert _faults(saved) == [(Finding.CHANGED, saved[2].name)]


def test_another_line_end_or_a_copy_changes_nothing(saved, tmp_path):
    for path in saved:
        path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    copy = tmp_path / "again.eml"
    copy.write_bytes(saved[1].read_bytes())
    assert _faults([*saved, copy]) == []


def test_two_mails_of_one_number_that_differ_are_named(town, settings, add_partner, saved, tmp_path):
    other = tmp_path / "other.eml"
    other.write_bytes(re.sub(rb"(X-Zorya-Chain:\s+).", rb"\1-", saved[2].read_bytes()))
    assert (Finding.TWICE, "other.eml") in _faults([*saved, other])


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"Subject: hello\r\n\r\nno digest", b"X-Zorya-Digest: x\r\n"]
)
def test_what_is_no_digest_is_said_and_hides_nothing(saved, tmp_path, content):
    stray = tmp_path / "stray.eml"
    stray.write_bytes(content)
    assert _faults([*saved, stray]) == [(Finding.UNREADABLE, "stray.eml")]


def test_a_digest_that_was_held_back_is_no_gap(town, store, settings, add_partner):
    add_partner()
    _days(town, settings, 1)
    campaign = town.confirmed()
    town.offer(settings, as_of=START)
    digest.run(store, settings, as_of=START + DAY)
    town.withdraw(campaign)  # before the delivery: no. 2 never leaves
    assert outbox.deliver(store, settings, as_of=START + DAY).counts["refused"] == 1
    mails = _days(town, settings, 2, begin=START + 2 * DAY)
    found = chain.check(mails)
    assert (found.faults, found.held_back) == ((), (("la-strada", 2),))
    with store.reading() as connection:
        told = [sharing.digest(connection, row["digest_id"]).text for row in sharing.history(connection)]
    assert sum("Held back before it left, so nothing is missing: no. 0002." in text for text in told) == 1


def test_each_partner_has_a_chain_of_its_own(town, store, settings, add_partner):
    add_partner("first")
    add_partner("second")
    town.confirmed()
    town.offer(settings, as_of=START - DAY)
    digest.run(store, settings, as_of=START)
    outbox.deliver(store, settings, as_of=START)
    found = chain.check(settings.outbox_dir.rglob("*.eml"))
    assert [(mail.partner, mail.sequence, mail.previous) for mail in found.mails] == [
        ("first", 1, ""),
        ("second", 1, ""),
    ]


def test_two_notices_of_one_moment_are_both_kept(town, store, settings, add_partner):
    """Two referrals come near their date in the same run: of two reminders one was lost."""
    from alerts import ledger

    add_partner()
    town.confirmed()
    town.confirmed()
    town.offer(settings, as_of=START - DAY)
    digest.run(store, settings, as_of=START)
    outbox.deliver(store, settings, as_of=START)
    ledger.run(store, settings, as_of=START + 6 * DAY)
    with store.reading() as connection:
        kinds = [row["kind"] for row in sharing.history(connection)]
        link = digest_chain.next_link(connection, "la-strada")
    assert sorted(kinds) == ["digest", "notice", "notice"]
    assert link.sequence == 4


def test_history_shows_the_check_values(town, store, settings, add_partner):
    add_partner()
    _days(town, settings, 2)
    with store.reading() as connection:
        second, first = sharing.history(connection)
    assert second["previous"] == first["chain"] != ""
