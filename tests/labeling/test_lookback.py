"""Looking back: an ad that is gone and has changed is found by the number it once had, which is shown nowhere."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from labeling import index
from labeling.lookback import AN_HOUR, Wanted, look
from zorya.domain import ids
from zorya.domain.ads import Contact, ContactKind
from zorya.domain.reviews import Role
from zorya.errors import PolicyRefusal, ZoryaError
from zorya.evidence.checking import check
from zorya.evidence.witnesses import Held
from zorya.store import assessments, audit, campaigns, lookback, postings
from zorya.store.schema import postings as posting_table

NUMBER, TYPED, REASON = "+447700900123", "07700 900 123", "asked by a lawyer, case 12"
PHONE = Contact(ContactKind.PHONE, NUMBER, "+44 7700 900123", 14, 29)
CLEAR = re.compile(r"900\W*123")


def _old_ad(seed):
    """An ad that had the number, changed its words, and is gone; returns its id."""
    campaign = seed.ad(0.9, title="Waitress", body="Call +44 7700 900123 now.", contacts=(PHONE,), captured=True)
    with seed.store.writing() as connection:
        name = campaigns.members(connection, campaign)[0].posting_id
        first = postings.current(connection, name)
        changed = replace(first.posting, body="Hostess wanted, write to us.", contacts=())
        version, _ = postings.record(
            connection, changed, capture_id=first.capture_id, seen_at=seed.at - timedelta(days=2)
        )
        assessments.set_contacts(connection, version, (), key=seed.store.contact_key)
        gone = update(posting_table).where(posting_table.c.id == name).values(gone_at=seed.at - timedelta(days=1))
        connection.execute(gone)
    return name


def _look(seed, typed, **more):
    return look(seed.store, Wanted(typed, **more), by="anna", reason=REASON, at=seed.at)


def test_a_number_that_an_ad_had_once_finds_it_on_both_engines(seed):
    name = _old_ad(seed)
    (one,) = _look(seed, TYPED).found
    assert (one.posting_id, len(one.wordings), one.captures, one.gone_at) == (name, 2, 1, seed.at - timedelta(days=1))
    assert _look(seed, "+44 7700 900999").found == []


@pytest.mark.parametrize(("first", "last", "found"), [(-9, -4, 0), (-3, -3, 1), (-2, 5, 1), (-1, 5, 0)])
def test_days_are_those_on_which_it_was_to_be_seen(seed, first, last, found):
    _old_ad(seed)
    days = [(seed.at + timedelta(days=number)).date() for number in (first, last)]
    assert len(_look(seed, TYPED, first_day=days[0], last_day=days[1]).found) == found


def test_words_find_the_newest_wording_and_not_what_was_never_there(seed):
    name = _old_ad(seed)
    index.run(seed.store, seed.settings, as_of=seed.at)
    assert [one.posting_id for one in _look(seed, "hostess").found] == [name]
    assert _look(seed, "ballerina").found == []


def test_who_has_seen_it_is_told_and_who_judged_it_is_not(seed):
    name = _old_ad(seed)
    with seed.store.writing() as connection:
        for act in ("ad.view", "verdict"):
            audit.add(connection, at=seed.at, actor="boris", action=act, object=name)
    (one,) = _look(seed, TYPED).found
    assert one.seen_by == (("boris", "ad.view", seed.at),)


def test_each_look_is_logged_with_its_reason_and_without_the_number(seed):
    _old_ad(seed)
    _look(seed, TYPED)
    with seed.store.reading() as connection:
        entry = audit.page(connection, limit=1)[0]
    token = ids.contact_token(seed.store.contact_key, ContactKind.PHONE, NUMBER)
    assert (entry["action"], entry["actor"], entry["reason"]) == ("lookback", "anna", REASON)
    assert token[:8] in entry["object"]
    assert not CLEAR.search(entry["object"])


def test_nobody_tries_one_number_after_the_other(seed):
    for number in range(AN_HOUR):
        look(seed.store, Wanted(f"+44 7700 9001{number:02}"), by="anna", reason=REASON, at=seed.at)
    with pytest.raises(PolicyRefusal):
        _look(seed, TYPED)
    assert look(seed.store, Wanted(TYPED), by="boris", reason=REASON, at=seed.at)
    assert look(seed.store, Wanted(TYPED), by="anna", reason=REASON, at=seed.at + timedelta(hours=1, seconds=1))
    with seed.store.reading() as connection:
        assert lookback.number_by(connection, "anna", since=seed.at - timedelta(hours=1)) == AN_HOUR + 1


@pytest.mark.parametrize(("typed", "reason"), [("", REASON), ("  ... ", REASON), (TYPED, "why")])
def test_without_something_to_look_for_and_a_reason_nothing_is_looked_up(seed, typed, reason):
    with pytest.raises(ZoryaError):
        look(seed.store, Wanted(typed), by="anna", reason=reason, at=seed.at)
    with seed.store.reading() as connection:
        assert audit.page(connection) == []


def test_the_page_finds_it_and_shows_the_number_nowhere(town, browse):
    name = _old_ad(town)
    answer = browse("anna").fill("/lookback", q=TYPED, reason=REASON)
    assert (answer.status_code, str(answer.url).endswith("/lookback")) == (200, True)
    assert f'href="/ads/{name}"' in answer.text
    assert "gone since 23 Nov 2026" in answer.text
    assert "2 wordings" in answer.text
    assert not CLEAR.search(answer.text)


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"q": TYPED}, 422, "Say in a few words why you look back"),
        ({"q": "", "reason": REASON}, 422, "Write what you look for"),
        ({"q": "x", "reason": REASON, "since": "2026-02-02", "until": "2026-01-01"}, 422, "after the last"),
        ({"q": "zebra", "reason": REASON}, 200, "Nothing that is stored fits"),
    ],
)
def test_what_is_missing_is_said(town, browse, form, status, told):
    answer = browse("anna").fill("/lookback", **form)
    assert (answer.status_code, told in answer.text) == (status, True)


def test_a_lead_makes_a_package_whose_name_tells_its_digest(town, browse, tmp_path):
    town.person("lea", Role.LEAD)
    name = _old_ad(town)
    lea = browse("lea")
    assert f'name="ad" value="{name}"' in lea.fill("/lookback", q=TYPED, reason=REASON).text
    answer = lea.fill("/lookback/package", ad=name, reason="police, case 12")
    digest = re.search(r"sha256-([0-9a-f]{64})\.wacz", answer.headers["content-disposition"])[1]
    (tmp_path / "case.wacz").write_bytes(answer.content)
    assert check(tmp_path / "case.wacz", Held(digest=digest)).damages == ()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert "Hostess wanted" in packed.read("evidence/ads.json").decode()
    with town.store.reading() as connection:
        entry = audit.page(connection, limit=1)[0]
    assert (entry["actor"], entry["action"], entry["object"]) == ("lea", "evidence-export", name)


def test_a_package_of_nothing_or_for_nothing_is_refused(town, browse):
    town.person("lea", Role.LEAD)
    name, lea = _old_ad(town), browse("lea")
    assert "Choose at least one ad" in lea.fill("/lookback/package", reason="police, case 12").text
    assert lea.fill("/lookback/package", ad=name, reason="x").status_code == 422
    for odd in ("p-none", "p-\x00", "p-0123456789abcdef", "../.."):
        assert lea.fill("/lookback/package", ad=odd, reason="police, case 12").status_code == 422
    assert 'action="/lookback/package"' in lea.get(f"/ads/{name}/evidence").text


def test_a_damaged_page_is_not_handed_on_and_that_is_said(town, browse):
    town.person("lea", Role.LEAD)
    name = _old_ad(town)
    with town.store.reading() as connection:
        kept = postings.capture_of(connection, postings.current(connection, name).id)
    (town.settings.evidence_dir / kept["warc_file"]).write_bytes(b"")
    answer = browse("lea").fill("/lookback/package", ad=name, reason="police, case 12")
    assert (answer.status_code, "missing or damaged" in answer.text) == (409, True)


def test_an_analyst_looks_back_and_packs_nothing(town, browse):
    name, anna = _old_ad(town), browse("anna")
    assert "/lookback/package" not in anna.fill("/lookback", q=TYPED, reason=REASON).text
    assert "/lookback/package" not in anna.get(f"/ads/{name}/evidence").text
    assert anna.fill("/lookback/package", ad=name, reason="police, case 12").status_code == 403
