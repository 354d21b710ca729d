"""An ad's page: why, evidence, history and what resembles it, each with an address of its own."""

from dataclasses import replace
from datetime import timedelta

import pytest

from zorya.domain import ids
from zorya.domain.ads import Contact, ContactKind
from zorya.domain.reviews import Role, Verdict, VerdictLabel
from zorya.store import audit, campaign_changes, campaigns, postings, reviews

PHONE = Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123", 5, 20)


def _ad(town, campaign=0):
    """The first ad of a campaign of the town."""
    with town.store.reading() as connection:
        return campaigns.members(connection, town.campaigns[campaign])[0].posting_id


def _decide(town, campaign, analyst, *, label=VerdictLabel.CONCERN, minutes=0, supersedes=None, withdrawn=False):
    """Append a decision to a campaign's log, as the queue does."""
    at = town.at + timedelta(minutes=minutes)
    with town.store.writing() as connection:
        task = next(iter(reviews.tasks_of_campaign(connection, campaign)))
        verdict = Verdict(
            ids.verdict_id(task.id, analyst, at),
            task.id,
            campaign,
            analyst,
            label,
            at,
            rationale=f"said by {analyst} in minute {minutes}",
            supersedes=supersedes,
            withdrawn=withdrawn,
        )
        reviews.add_verdict(connection, verdict)
    return verdict.id


@pytest.mark.parametrize(
    ("tab", "words"),
    [("", "Why it is here"), ("/evidence", "Custody"), ("/history", "Wordings"), ("/similar", "Similar ads")],
)
def test_each_part_has_an_address(town, browse, tab, words):
    page = browse("anna").get(f"/ads/{_ad(town)}{tab}")
    assert page.status_code == 200
    assert words in page.text


def test_looking_at_an_ad_is_logged(town, browse):
    browse("anna").get(f"/ads/{_ad(town)}/history")
    with town.store.reading() as connection:
        entry = audit.page(connection, action="ad.view")[0]
        version = postings.current(connection, _ad(town))
    assert (entry["actor"], entry["object"]) == ("anna", version.id)


def test_contacts_are_masked_until_a_reason_is_given(town, browse):
    campaign = town.ad(0.9, title="Call", body="+44 7700 900123", contacts=(PHONE,))
    with town.store.reading() as connection:
        posting = campaigns.members(connection, campaign)[0].posting_id
    anna = browse("anna")
    assert "900123" not in anna.get(f"/ads/{posting}").text
    assert anna.fill(f"/ads/{posting}/reveal", reason="short").status_code == 422
    assert "+447700900123" in anna.fill(f"/ads/{posting}/reveal", reason="the hotline asks for it").text
    with town.store.reading() as connection:
        assert audit.page(connection, action="contact.reveal")[0]["reason"] == "the hotline asks for it"


def test_who_does_not_review_reveals_nothing(town, browse):
    town.person("dina", Role.DATA_SCIENTIST)
    dina = browse("dina")
    assert "Show contacts" not in dina.get(f"/ads/{_ad(town)}").text
    assert dina.fill(f"/ads/{_ad(town)}/reveal", reason="because I want to").status_code == 403


def test_a_version_leads_to_its_ad(town, browse):
    with town.store.reading() as connection:
        version = postings.current(connection, _ad(town))
    assert browse("anna").get(f"/ads/{version.id}/history").url.path == f"/ads/{_ad(town)}/history"


def test_an_ad_that_never_was_is_not_found(browse):
    assert browse("anna").get("/ads/p-nothing").status_code == 404


def test_a_merged_campaign_leads_to_the_one_it_is_part_of(town, browse):
    first, second = town.campaigns[:2]
    with town.store.writing() as connection:
        change = campaign_changes.merge(connection, (first, second), at=town.at, by="anna", reason="one phone")
    gone = second if change.campaign_id == first else first
    assert browse("anna").get(f"/campaigns/{gone}?ad={_ad(town)}").url.path == f"/campaigns/{change.campaign_id}"


def test_history_keeps_decisions_that_were_superseded_or_taken_back(town, browse):
    campaign = town.campaigns[0]
    first = _decide(town, campaign, "anna")
    _decide(town, campaign, "anna", label=VerdictLabel.NO_CONCERN, minutes=5, supersedes=first, withdrawn=True)
    page = browse("anna").get(f"/ads/{_ad(town)}/history").text
    assert "said by anna in minute 0" in page
    assert "superseded" in page
    assert "taken back" in page


def test_decisions_of_others_are_hidden_until_ones_own_is_given(town, browse):
    campaign = town.campaigns[0]
    _decide(town, campaign, "boris")
    anna = browse("anna")
    for tab in ("history", "similar"):
        assert "said by boris" not in anna.get(f"/ads/{_ad(town)}/{tab}").text
    assert "verdicts hidden" in anna.get(f"/ads/{_ad(town)}/similar").text
    _decide(town, campaign, "anna", minutes=3)
    assert "said by boris" in anna.get(f"/ads/{_ad(town)}/history").text


def test_history_says_what_changed_from_wording_to_wording(town, browse):
    with town.store.reading() as connection:
        version = postings.current(connection, _ad(town))
    changed = replace(version.posting, body=version.posting.body + " Now also in Hamburg.")
    with town.store.writing() as connection:
        postings.record(connection, changed, capture_id=None, seen_at=town.at)
    page = browse("anna").get(f"/ads/{_ad(town)}/history").text
    assert "changed: text" in " ".join(page.split())


def test_evidence_names_digest_and_place_of_every_wording(town, browse):
    with town.store.reading() as connection:
        capture = postings.capture_of(connection, postings.current(connection, _ad(town, 1)).id)
    page = browse("anna").get(f"/ads/{_ad(town, 1)}/evidence").text
    assert capture["sha256"] in page
    assert capture["warc_file"] in page


def test_similar_ads_say_what_ties_them(town, browse):
    campaign = town.ad(0.9, title="Call", body="+44 7700 900123", contacts=(PHONE,))
    other = town.ad(0.3, title="Another board", body="+44 7700 900123", contacts=(PHONE,))
    with town.store.reading() as connection:
        one, two = (campaigns.members(connection, each)[0].posting_id for each in (campaign, other))
    page = browse("anna").get(f"/ads/{one}/similar").text
    assert f"/ads/{two}" in page
    assert "the same contact (phone)" in page
    assert "another campaign" in page


def test_an_ad_like_no_other_says_so(town, browse):
    campaign = town.ad(0.2, title="Alone", body="Nothing else is like it.")
    with town.store.reading() as connection:
        posting = campaigns.members(connection, campaign)[0].posting_id
    assert "Nothing on record resembles" in browse("anna").get(f"/ads/{posting}/similar").text
