"""axe-core on every page in every language: no serious finding. New pages without a name in their address join by
themselves; those with one are named in `NAMED`."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from labeling import index
from labeling.web.policy import POLICY, PUBLIC
from labeling.web.speech import LANGUAGES
from zorya.domain.reviews import Role
from zorya.store import campaigns, people

PASSWORD = "a long invented password"
LEADS_ON = {"/queue/next", "/proposals/next", "/healthz"}
ADS = ("/ads/{p}", "/ads/{p}/evidence", "/ads/{p}/history", "/ads/{p}/similar")
NAMED = (*ADS, "/campaigns/{c}", "/sources/invented-board")
SEARCHED = ("/search?q=olanda", "/search?q=nothing-like-it", "/search?verdict=concern", "/no-such-page")


def _pages(role):
    rows = [path for (method, path), roles in POLICY.items() if method == "GET" and (roles is PUBLIC or role in roles)]
    return sorted(path for path in rows if "{" not in path and path not in LEADS_ON)


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.LEAD, Role.ADMIN])
@pytest.mark.parametrize("code", list(LANGUAGES))
def test_axe_finds_nothing_serious(town, serve, browser, code, role):
    index.run(town.store, town.settings, as_of=town.at)
    town.person("lena", role)
    with town.store.writing() as connection:
        people.set_language(connection, "lena", code)
        posting = campaigns.members(connection, town.campaigns[0])[0].posting_id
    address, page = serve(town), browser.new_page()
    page.goto(f"{address}/login")
    page.fill("[name=name]", "lena")
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.click("main button.primary")
    named = [path.format(p=posting, c=town.campaigns[0]) for path in NAMED] if role is Role.LEAD else []
    more = [*named, *SEARCHED, "/queue/next"] if role is Role.LEAD else []
    found = {}
    for path in [*_pages(role), *more]:
        page.goto(f"{address}{path}")
        bad = [
            f"{each['id']}: {each['nodes'][0]['html'][:120]}"
            for each in Axe().run(page).response["violations"]
            if each["impact"] in {"serious", "critical"}
        ]
        found |= {path: bad} if bad else {}
    page.close()
    assert found == {}
