"""The review app over HTTP: doors, forms, masking, blindness."""

import re

import pytest
from starlette.routing import Route

from labeling.web.app import create_app
from labeling.web.casefile import open_case
from labeling.web.policy import POLICY, PUBLIC, rule_of
from labeling.web.speech import speech
from zorya.domain.findings import CampaignHit, State, Strength
from zorya.domain.reviews import Role
from zorya.store import audit, indicator_texts, linking, people, reviews
from zorya.store.indicator_texts import IndicatorText

PHONE = "+44 7700 900123"
CONCERN = {"label": "concern", "severity": "2", "pattern": ["sexual_exploitation", "debt_bondage"], "indicator": "A1"}


def _verdicts(town):
    with town.store.reading() as connection:
        return reviews.verdicts_in_force(connection)


def test_every_route_has_a_row_and_every_row_a_route(town, clock):
    app = create_app(town.settings, town.store, clock=clock)
    assert all(isinstance(route, Route) for route in app.routes)
    served = {(method, route.path) for route in app.routes for method in route.methods - {"HEAD"}}
    assert served == set(POLICY)


def test_a_route_without_a_row_is_refused():
    with pytest.raises(LookupError, match="has no row"):
        rule_of("GET", "/new-page")


@pytest.mark.parametrize(("method", "path"), [row for row, roles in POLICY.items() if roles is not PUBLIC])
def test_nobody_passes_without_a_session(browse, method, path):
    nobody = browse()
    nobody.follow_redirects = False
    answer = nobody.request(method, path.replace("{task}", "t-1").replace("{campaign}", "c-1"))
    assert answer.status_code in {303, 401}
    assert "reserved" not in answer.text


def test_a_role_that_is_not_named_is_refused(browse, town):
    town.person("paula", Role.PARTNER)
    partner = browse("paula")
    assert partner.get("/queue").status_code == 403
    assert partner.get("/sources").status_code == 403
    assert partner.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/login", "/healthz", "/static/zorya.js", "/no-such-page", "/queue"])
def test_every_answer_carries_the_security_headers(browse, path):
    answer = browse().get(path)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(browse):
    browser = browse()
    browser.follow_redirects = False
    cookie = browser.sign_in("anna").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()


def test_a_post_without_its_token_changes_nothing(browse, town):
    anna = browse("anna")
    task = anna.reserve()
    assert anna.post(f"{task}/verdict", data=CONCERN).status_code == 403
    assert anna.post(f"{task}/verdict", data={**CONCERN, "csrf": "guess"}).status_code == 403
    assert not _verdicts(town)


def test_log_out_revokes_the_session_at_once(browse):
    anna = browse("anna")
    token = anna.cookies["zorya_session"]
    anna.fill("/logout")
    thief = browse()
    thief.cookies.set("zorya_session", token)
    assert thief.get("/queue").url.path == "/login"


def test_a_session_ends_by_itself(browse, clock, town):
    anna = browse("anna")
    clock.forward(hours=town.settings.review.session_hours, minutes=1)
    assert anna.get("/queue").url.path == "/login"


def test_repeated_failures_slow_log_in_down(browse, clock):
    browser = browse()
    for _ in range(5):
        assert browser.sign_in("anna", "a wrong password").status_code == 401
    assert browser.sign_in("anna").status_code == 429
    clock.forward(seconds=31)
    assert browser.sign_in("anna").url.path == "/"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "\\evil"])
def test_log_in_never_leads_outside(browse, target):
    browser = browse()
    browser.follow_redirects = False
    assert browser.sign_in("anna", to=target).headers["location"] == "/"


def test_passwords_and_tokens_are_not_stored(browse, town):
    anna = browse("anna")
    with town.store.reading() as connection:
        account = people.user(connection, "anna")
        assert people.session(connection, anna.cookies["zorya_session"], at=town.at)
    assert account["password_hash"].startswith("$argon2")


def test_the_review_page_shows_the_case(browse):
    page = browse("anna").get("/queue/next").text
    assert '<h2 id="ad-title" lang="ro">' in page
    assert "<mark>fete 18–25</mark>" in page
    assert "Almost certain" in page
    assert "96%" in page
    assert "the same contact (as ad" in page
    assert re.search(r"<dt>SHA-256</dt><dd class=\"mono\">[0-9a-f]{64}</dd>", page)
    for key in ("1", "2", "3", "4", "5", "Q", "W", "E", "T", "Y", "7", "X", "Space", "B", "M", "⌫", "?", "Enter"):
        assert f"<kbd>{key}</kbd>" in page
    assert "A contract is offered" in page
    assert "Verdicts of others are hidden" in page


def test_the_decision_rule_stands_beside_the_score_not_among_what_moved_it(browse):
    page = browse("anna").get("/queue/next").text
    moved, _, beside = page.partition("Beside the score")
    assert "ILO rule" not in moved
    assert "ILO rule: 3 medium" in beside


def test_links_of_the_campaign_are_shown_and_can_be_confirmed(browse, town):
    why = "One contact stands in 2 job offers and in 1 dating ad."
    hit = CampaignHit("H1", 1, "In a job and in a dating ad", State.PRESENT, Strength.STRONG, why, ("p-1",))
    with town.store.writing() as connection:
        linking.set_hits(connection, town.campaigns[0], [hit], at=town.at)
        linking.set_decision(connection, town.campaigns[0], "ILO decision rule: one dimension is positive.")
    page = browse("anna").get("/queue/next").text
    section = page[page.index('id="linked"') :]
    assert why in section
    assert "strong · H1" in section
    assert "All ads and links together: ILO decision rule: one dimension is positive." in section
    assert '<input type="checkbox" name="indicator" form="verdict" value="H1">' in section


def test_indicators_are_titled_in_a_readers_language_that_has_them(town):
    hit = CampaignHit("H1", 1, "In a job and in a dating ad", State.PRESENT, Strength.STRONG, "One contact.", ("p-1",))
    with town.store.writing() as connection:
        linking.set_hits(connection, town.campaigns[0], [hit], at=town.at)
        told = [IndicatorText(code, 1, "ro", f"Titlul {code}", "De ce.") for code in ("A1", "H1")]
        indicator_texts.note(connection, told)
        romanian = open_case(connection, town.campaigns[0], spoken=speech("ro"))
        english = open_case(connection, town.campaigns[0], spoken=speech("en"))
    assert [hit.title for hit, _ in romanian.linked] == ["Titlul H1"]
    assert "Titlul A1" in {row.hit.title for row in romanian.ad.present}
    assert {row.hit.title for row in romanian.ad.contradicted} == {"A named employer"}
    assert [hit.title for hit, _ in english.linked] == ["In a job and in a dating ad"]


def test_another_ad_of_the_campaign_can_be_opened(browse):
    anna = browse("anna")
    task = anna.reserve()
    page = anna.get(task).text
    other = re.findall(r"\?ad=(p-[0-9a-f]+)\"", page)
    shown = {
        re.search(r'<h2 id="ad-title"[^>]*>(.*?)</h2>', anna.get(f"{task}?ad={name}").text, re.S)[1] for name in other
    }
    assert len(shown) == 3


def test_contacts_are_masked_in_text_and_list_until_a_reason_is_given(browse, town):
    anna = browse("anna")
    task = anna.reserve()
    page = anna.get(task).text
    assert PHONE not in page
    assert "+447700900123" not in page
    assert "@dawn_example" not in page
    assert anna.fill(f"{task}/reveal", reason="  no ").status_code == 422
    shown = anna.fill(f"{task}/reveal", reason="compare with hotline call 12")
    assert PHONE in shown.text
    assert PHONE not in anna.get(task).text
    with town.store.reading() as connection:
        entry = next(e for e in audit.page(connection) if e["action"] == "contact.reveal")
        assert audit.first_bad(connection) is None
    assert (entry["actor"], entry["reason"]) == ("anna", "compare with hotline call 12")


def test_who_does_not_hold_the_task_sees_no_contacts(browse):
    task = browse("anna").reserve()
    answer = browse("boris").fill(f"{task}/reveal", reason="a good enough reason")
    assert answer.status_code == 403
    assert PHONE not in answer.text


def test_a_verdict_leads_to_the_next_item(browse, town):
    anna = browse("anna")
    task = anna.reserve()
    answer = anna.fill(f"{task}/verdict", rationale="two lures", **CONCERN)
    assert answer.url.path.startswith("/tasks/")
    assert answer.url.path != task
    assert "Saved" in answer.text
    (verdict,) = _verdicts(town)
    assert verdict.patterns == ("sexual_exploitation", "debt_bondage")
    assert (verdict.severity, verdict.indicators, verdict.rationale) == (2, ("A1",), "two lures")


def test_an_incomplete_verdict_keeps_what_was_typed(browse, town):
    anna = browse("anna")
    task = anna.reserve()
    answer = anna.fill(f"{task}/verdict", label="concern", pattern="loverboy", rationale="half <typed>")
    assert answer.status_code == 422
    assert "needs a severity" in answer.text
    assert "half &lt;typed&gt;" in answer.text
    assert re.search(r'value="loverboy"[^>]* checked', answer.text)
    assert not _verdicts(town)


def test_a_lapsed_reservation_keeps_the_draft_and_reserves_again(browse, town, clock):
    anna = browse("anna")
    task = anna.reserve()
    token = anna.field("/help", "csrf")
    clock.forward(minutes=town.settings.review.lease_minutes + 1)
    answer = anna.post(f"{task}/verdict", data={**CONCERN, "rationale": "kept", "csrf": token})
    assert answer.status_code == 409
    assert "kept" in answer.text
    assert anna.fill(f"{task}/verdict", **CONCERN).status_code == 200
    assert len(_verdicts(town)) == 1


def test_the_second_reader_is_blind_until_the_own_verdict(browse, town):
    anna, boris = browse("anna"), browse("boris")
    task = anna.reserve()
    anna.fill(f"{task}/verdict", rationale="seen by nobody yet", **CONCERN)
    second = boris.reserve("?reason=second_review")
    page = boris.get(second).text
    campaign = re.search(r"/campaigns/(c-[0-9a-f]+)", page)[1]
    for text in (page, boris.get(f"/campaigns/{campaign}").text, boris.get("/queue").text):
        assert "seen by nobody yet" not in text
        assert "anna" not in text.lower()
    boris.fill(f"{second}/verdict", **CONCERN)
    assert "seen by nobody yet" in boris.get(f"/campaigns/{campaign}").text


def test_undo_brings_the_task_back(browse, town):
    anna = browse("anna")
    task = anna.reserve()
    anna.fill(f"{task}/verdict", **CONCERN)
    answer = anna.fill("/undo")
    assert answer.url.path == task
    assert not _verdicts(town)


def test_skip_gives_the_task_back_and_shows_another(browse):
    anna = browse("anna")
    task = anna.reserve()
    answer = anna.fill(f"{task}/release")
    assert answer.url.path != task
    assert browse("boris").reserve() == task


def test_filters_live_in_the_address(browse):
    anna = browse("anna")
    page = anna.get("/queue?language=hu").text
    assert "Lányokat" in page
    assert "Fete 18" not in page
    assert "Lányokat" in anna.get("/queue/next?language=hu").text
    assert "Nothing here" in anna.get("/queue?language=de").text


def test_sources_show_runs_and_outcomes(browse):
    anna = browse("anna")
    assert "second-board" in anna.get("/sources").text
    assert "failed <strong>2</strong>" in anna.get("/sources/second-board").text


def test_single_keys_can_be_turned_off(browse):
    anna = browse("anna")
    assert 'data-keys="on"' in anna.get("/").text
    assert 'data-keys="on"' not in anna.fill("/preferences", keys="off", next="/").text


@pytest.mark.parametrize("path", ["/tasks/t-0", "/campaigns/c-0", "/nothing", "/static/../app.py", "/static/app.py"])
def test_unknown_addresses_say_so(browse, path):
    assert browse("anna").get(path).status_code == 404


def test_health_needs_no_log_in(browse):
    assert browse().get("/healthz").text == "ok"
