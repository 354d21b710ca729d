"""Every route × every role, one's own things and those of others, and what each route writes into the audit log."""

import re

import pytest
from sqlalchemy import select
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from labeling.web.app import create_app
from labeling.web.policy import POLICY, PUBLIC
from zorya.domain.reviews import Role
from zorya.store import audit, people, reviews
from zorya.store.campaign_schema import campaigns as campaign_table

REFUSED = "Your role does not open this page"
STALE = "This form is out of date"
CONCERN = {"label": "concern", "severity": "2", "pattern": "loverboy"}
QUIET = {
    "opens no ad": {
        ("GET", "/"),
        ("GET", "/help"),
        ("GET", "/queue/next"),
        ("GET", "/proposals/next"),
        ("GET", "/lookback"),
        ("GET", "/models"),
        ("GET", "/models/{model}"),
        ("GET", "/approvals"),
        ("GET", "/referrals"),
        ("GET", "/deconflict"),
        ("GET", "/people"),
        ("GET", "/sources"),
        ("GET", "/sources/{source}"),
        ("GET", "/sources/new"),
        ("GET", "/day/end"),
        ("POST", "/day/on"),
    },
    "one's own": {
        ("GET", "/preferences"),
        ("POST", "/preferences"),
        ("POST", "/preferences/care"),
        ("POST", "/preferences/keys"),
        ("POST", "/session"),
        ("GET", "/second-factor"),
        ("GET", "/second-factor/qr.svg"),
        ("POST", "/second-factor"),
    },
    "reserves, decides nothing": {("POST", "/tasks/{task}/take"), ("POST", "/tasks/{task}/extend")},
}
"""Routes that write nothing into the log, and why; a new route is logged, or it is named here."""
LOGGED_ELSEWHERE = {
    "test_second_factor": {
        ("POST", "/second-factor/confirm"),
        ("POST", "/second-factor/codes"),
        ("POST", "/second-factor/off"),
        ("POST", "/people/{name}/second-factor"),
    },
    "test_ahead": {("POST", "/tasks/{task}/ahead"), ("POST", "/queue/leave")},
    "organisation": {("POST", "/preferences/organisation")},
    "test_preferences": {("POST", "/preferences/password")},
    "test_comparing": {("GET", "/proposals/{proposal}"), ("POST", "/proposals/{proposal}")},
    "test_campaign_page": {
        ("POST", "/campaigns/{campaign}/split"),
        ("POST", "/campaigns/{campaign}/merge"),
        ("POST", "/changes/{change}/undo"),
    },
    "test_insights": {("GET", "/insights/{file}")},
    "test_lookback": {("POST", "/lookback/package")},
    "test_weekly_agreement": {("GET", "/agreement/{file}")},
    "test_translating": {("GET", "/ads/{posting}/translation")},
    "test_partner_pages": {
        ("GET", "/approvals/{alert}"),
        ("POST", "/approvals/{alert}"),
        ("GET", "/referrals/{referral}"),
        ("POST", "/referrals/{referral}"),
    },
    "test_deconflict_page": {
        ("POST", "/deconflict"),
        ("POST", "/deconflict/{entry}"),
        ("POST", "/deconflict/alarms/{alarm}"),
    },
    "test_digest_page": {("GET", "/digests/{digest}")},
    "test_adjudication": {("GET", "/agreement/open/{campaign}"), ("POST", "/agreement/open/{campaign}")},
    "test_source_new": {("POST", "/sources/new"), ("POST", "/sources/keep")},
    "test_sources_page": {("POST", "/sources/{source}/accept")},
    "test_ads_set_apart": {("POST", "/flags/{flag}"), ("POST", "/tasks/{task}/dismiss")},
}
"""Routes whose entry needs more than the town has; these tests look for it."""


def _concrete(town, path):
    """A path of the policy with real names in it."""
    with town.store.reading() as connection:
        posting = connection.execute(
            select(campaign_table.c.founder).where(campaign_table.c.id == town.campaigns[1])
        ).scalar_one()
        task = reviews.tasks_of_campaign(connection, town.campaigns[1])[0].id
    names = {"task": task, "campaign": town.campaigns[1], "posting": posting, "source": "invented-board"}
    names |= {"name": "boris", "change": "1", "proposal": "1", "flag": "1", "digest": "ab" * 16, "file": "none.csv"}
    names |= {"alert": "none", "referral": "none", "entry": "1", "alarm": "1", "model": "linear@1"}
    return re.sub(r"\{(\w+)\}", lambda found: names[found[1]], path)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_passes_exactly_the_doors_of_its_rows(browse, town, role):
    """A form without its token is refused by the second door only, so that nothing happens behind it."""
    town.person("somebody", role)
    browser = browse("somebody")
    browser.follow_redirects = False
    wrong = []
    for (method, path), roles in POLICY.items():
        if roles is PUBLIC:
            continue
        answer = browser.request(method, _concrete(town, path))
        passes = REFUSED not in answer.text
        behind = answer.status_code < 500 if method == "GET" else (STALE in answer.text) == passes
        if passes != (role in roles) or not behind:
            wrong.append((method, path, answer.status_code))
    assert wrong == []


def test_what_another_person_holds_is_not_ones_own(browse, town):
    anna, boris = browse("anna"), browse("boris")
    task = anna.reserve()
    assert boris.fill(f"{task}/verdict", **CONCERN).status_code == 409
    assert boris.fill(f"{task}/take").status_code == 409
    assert boris.fill(f"{task}/extend").status_code == 409
    assert boris.fill(f"{task}/reveal", reason="a good enough reason").status_code == 403
    boris.fill(f"{task}/release")
    assert anna.reserve() == task
    anna.fill(f"{task}/verdict", **CONCERN)
    with town.store.reading() as connection:
        (verdict,) = reviews.verdicts_in_force(connection)
    boris.fill("/undo", verdict=verdict.id)
    boris.fill("/preferences", theme="dark")
    with town.store.reading() as connection:
        assert reviews.verdicts_in_force(connection) == [verdict]
        assert people.user(connection, "anna")["preferences"] == {}


def _acts(town):
    """Every other route, once, by somebody who may: (route, who, form)."""
    reason = {"reason": "a good enough reason"}
    yield ("GET", "/tasks/{task}"), "anna", None
    yield ("POST", "/tasks/{task}/reveal"), "anna", reason
    yield ("POST", "/tasks/{task}/flag"), "anna", {"words": "Is this one known to us?"}
    yield ("POST", "/tasks/{task}/release"), "anna", {}
    yield ("POST", "/tasks/{task}/verdict"), "anna", CONCERN
    yield ("POST", "/undo"), "anna", {}
    for tab in ("", "/evidence", "/history", "/similar"):
        yield ("GET", f"/ads/{{posting}}{tab}"), "anna", None
    yield ("POST", "/ads/{posting}/reveal"), "anna", reason
    yield ("GET", "/campaigns/{campaign}"), "anna", None
    for listed in ("/queue", "/proposals", "/search"):
        yield ("GET", listed), "anna", None
    yield ("GET", "/insights"), "anna", None
    yield ("GET", "/agreement"), "anna", None
    yield ("POST", "/search"), "anna", {"words": "work"}
    yield ("POST", "/lookback"), "anna", {"q": "work", **reason}
    yield ("POST", "/pictures/{digest}"), "anna", {"word": "harmless"}
    yield ("GET", "/queue"), "anna", None
    yield ("GET", "/proposals"), "anna", None
    yield ("POST", "/ads/{posting}/stop"), "anna", {}
    yield ("GET", "/stopped/{posting}"), "anna", None
    yield ("GET", "/flags"), "lea", None
    yield ("GET", "/agreement/open"), "lea", None
    yield ("GET", "/audit"), "ada", None
    yield ("POST", "/people/{name}/sessions"), "ada", {}
    yield ("POST", "/people/{name}/close"), "ada", reason
    yield ("POST", "/people/{name}/open"), "ada", {}
    yield ("POST", "/preferences/sessions"), "anna", {}
    yield ("POST", "/logout"), "anna", {}


def test_every_view_reveal_decision_and_act_is_in_the_log(browse, town):
    town.person("ada", Role.ADMIN)
    town.person("lea", Role.LEAD)
    browsers = {name: browse(name) for name in ("anna", "ada", "lea")}
    silent, done = [], set()
    for route, who, form in _acts(town):
        browser, path = browsers[who], _concrete(town, route[1])
        if route[1].startswith("/tasks/{task}/"):
            browser.fill(f"{_concrete(town, '/tasks/{task}')}/take")
        with town.store.reading() as connection:
            before = audit.page(connection, actor=who, limit=1)[0]["seq"]
        query = "?words=work" if route[1] == "/search" else ""
        answer = browser.get(path + query) if form is None else browser.fill(path, **form)
        with town.store.reading() as connection:
            after = audit.page(connection, actor=who, limit=1)[0]["seq"]
            assert audit.first_bad(connection) is None
        done.add(route)
        if after == before or answer.status_code >= 400:
            silent.append((route, answer.status_code))
    assert silent == []
    named = done.union(*QUIET.values(), *LOGGED_ELSEWHERE.values())
    assert named == {route for route, roles in POLICY.items() if roles is not PUBLIC}


def test_machines_read_below_the_roots_of_the_policy_and_nothing_else_is_mounted(town, clock):
    inner = PlainTextResponse("for machines")
    app = create_app(town.settings, town.store, clock=clock, machines={"/feeds": inner})
    assert TestClient(app).get("/feeds/atom").text == "for machines"
    with pytest.raises(LookupError, match="MACHINES"):
        create_app(town.settings, town.store, clock=clock, machines={"/tasks": inner})
