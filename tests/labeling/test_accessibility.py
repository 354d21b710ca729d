"""axe-core on every page in every language: no serious finding. New pages without a name in their address join by
themselves; those with one are named in `NAMED`."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from labeling import index, queue, sampling
from labeling.web.policy import POLICY, PUBLIC
from labeling.web.speech import LANGUAGES
from zorya.domain.reviews import Role, VerdictLabel
from zorya.store import campaigns, people

PASSWORD = "a long invented password"
LEADS_ON = {"/queue/next", "/proposals/next", "/healthz"}
ADS = ("/ads/{p}", "/ads/{p}/evidence", "/ads/{p}/history", "/ads/{p}/similar")
NAMED = (*ADS, "/campaigns/{c}", "/sources/invented-board")
SEARCHED = ("/search?q=olanda", "/search?q=nothing-like-it", "/search?verdict=concern", "/no-such-page")


def _pages(role):
    rows = [path for (method, path), roles in POLICY.items() if method == "GET" and (roles is PUBLIC or role in roles)]
    return sorted(path for path in rows if "{" not in path and path not in LEADS_ON)


def _signed_in(town, serve, browser, code, role, **window):
    """A window of somebody of this role and language, and the addresses of the pages that they may open."""
    index.run(town.store, town.settings, as_of=town.at)
    town.person("lena", role)
    with town.store.writing() as connection:
        people.set_language(connection, "lena", code)
        posting = campaigns.members(connection, town.campaigns[0])[0].posting_id
    address, page = serve(town), browser.new_page(**window)
    page.goto(f"{address}/login")
    page.fill("[name=name]", "lena")
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.click("main button.primary")
    named = [path.format(p=posting, c=town.campaigns[0]) for path in NAMED] if role is Role.LEAD else []
    more = [*named, *SEARCHED, "/queue/next"] if role is Role.LEAD else []
    return page, {path: f"{address}{path}" for path in [*_pages(role), *more]}


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.LEAD, Role.ADMIN])
@pytest.mark.parametrize("code", list(LANGUAGES))
def test_axe_finds_nothing_serious(town, serve, browser, code, role):
    page, addresses = _signed_in(town, serve, browser, code, role)
    found = {}
    for path, address in addresses.items():
        page.goto(address)
        bad = [
            f"{each['id']}: {each['nodes'][0]['html'][:120]}"
            for each in Axe().run(page).response["violations"]
            if each["impact"] in {"serious", "critical"}
        ]
        found |= {path: bad} if bad else {}
    page.close()
    assert found == {}


CUT = """() => [document.documentElement, ...document.querySelectorAll('.scroll:has(> .folds), svg.plot')]
    .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.outerHTML.slice(0, 80))"""


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 720])
@pytest.mark.parametrize("role", [Role.LEAD, Role.ADMIN])
def test_nothing_is_cut_on_a_narrow_screen(town, serve, browser, role, width):
    """320 pixels, and 720: a screen of 1,440 at 200 %. Ukrainian has the longest words."""
    window = {"viewport": {"width": width, "height": 640}}
    page, addresses = _signed_in(town, serve, browser, "uk", role, **window)
    found = {}
    for path, address in addresses.items():
        page.goto(address)
        cut = page.evaluate(CUT if width == 320 else CUT.replace(".scroll:has(> .folds), ", ""))
        found |= {path: cut} if cut else {}
    page.close()
    assert found == {}


OUTSIDE = """() => [...document.querySelectorAll('.card')].flatMap(card => [...card.querySelectorAll('*')]
    .filter(each => !each.closest('.scroll, svg, .clip, .visually-hidden') && each.checkVisibility()
        && each.getBoundingClientRect().right > card.getBoundingClientRect().right + 1)
    .map(each => each.outerHTML.slice(0, 80)))"""


@pytest.mark.slow
@pytest.mark.parametrize(("width", "code"), [(320, "ro"), (1440, "ro"), (1440, "nl"), (1440, "uk")])
def test_nothing_leaves_its_card(town, serve, browser, width, code):
    """With decisions on campaigns of long titles: what does not fit beside its buttons is shortened."""
    for number in range(4):
        town.ad(0.99 - number / 100, title=f"Căutăm fete frumoase pentru un club din Țările de Jos, urgent {number}")
    sampling.run(town.store, town.settings, as_of=town.at)
    page, addresses = _signed_in(town, serve, browser, code, Role.LEAD, viewport={"width": width, "height": 900})
    for _ in range(3):
        task = queue.next_task(town.store, town.settings, "lena", as_of=town.at)
        decision = queue.Decision(label=VerdictLabel.NO_CONCERN)
        queue.submit(town.store, town.settings, "lena", task.id, decision, as_of=town.at)
    found = {}
    for path, address in addresses.items():
        page.goto(address)
        outside = page.evaluate(OUTSIDE)
        found |= {path: outside[:3]} if outside else {}
    page.close()
    assert found == {}
