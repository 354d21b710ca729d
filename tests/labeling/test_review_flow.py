"""Judging one after another in a real browser: single keys, drafts, the reservation, what is announced."""

import re

import pytest

from labeling import sampling
from zorya.domain.reviews import VerdictLabel
from zorya.store import reviews

PASSWORD = "a long invented password"
DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length"


@pytest.fixture
def address(serve, town):
    """The town's app, for a browser."""
    return serve(town)


@pytest.fixture
def open_task(page, address):
    """Signs somebody in and opens their next task."""

    def opened(name="anna"):
        page.goto(f"{address}/login?next=/queue/next")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        with page.expect_navigation(url=re.compile("/tasks/")):
            page.keyboard.press("Enter")
        return page

    return opened


def _next(page, key):
    """A key that leads on: a press while the decision before is still on its way does nothing."""
    page.wait_for_function("() => !busy")
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_function("() => !busy")


def _verdicts(town):
    with town.store.reading() as connection:
        return reviews.verdicts_in_force(connection)


def test_one_key_judges_an_ordinary_ad_and_one_stores_a_doubt(open_task, town, clock):
    page = open_task()
    _next(page, "x")
    clock.forward(minutes=1)
    _next(page, "Space")
    ordinary, doubt = _verdicts(town)
    assert (ordinary.label, ordinary.patterns) == (VerdictLabel.NO_CONCERN, ())
    assert doubt.label is VerdictLabel.UNSURE
    with town.store.reading() as connection:
        rounds = reviews.tasks_of_campaign(connection, doubt.campaign_id)
    assert [task.round for task in rounds] == [1, 2]


def test_no_single_key_stores_a_concern(browse, town):
    anna = browse("anna")
    task = anna.reserve()
    assert anna.fill(f"{task}/verdict", quick="concern").status_code == 422
    assert not _verdicts(town)


def test_every_button_with_a_key_shows_it(open_task):
    page = open_task()
    bare = page.evaluate(
        """() => [...document.querySelectorAll("main [data-code], .said [data-code]")]
        .filter((node) => !(node.closest("label") || node).querySelector("kbd")).map((node) => node.outerHTML)"""
    )
    assert bare == []
    assert page.locator("main [data-code]").count() > 20


def test_what_was_saved_is_announced_in_the_one_status_region(open_task):
    page = open_task()
    assert [each.is_visible() for each in page.locator("#said").all()].count(True) <= 1
    _next(page, "x")
    region = page.locator("#said")
    region.get_by_text("Saved: No concern.").wait_for()
    assert region.get_by_role("button", name="Undo").is_visible()


def test_a_decision_taken_back_can_be_edited(open_task, town):
    page = open_task()
    for key in ("1", "9", "t", "a"):
        page.keyboard.press(key)
    _next(page, "Enter")
    page.locator("#said").get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile("said=undone"))
    assert page.locator("[name=pattern]:checked").count() == 2
    page.keyboard.press("a")
    _next(page, "Enter")
    page.locator("#said").get_by_text("Saved: Concern").wait_for()
    (verdict,) = _verdicts(town)
    assert (verdict.label, verdict.severity, verdict.patterns) == (VerdictLabel.CONCERN, 3, ("marriage_brokering",))


def test_a_draft_survives_a_crash_and_goes_when_the_verdict_is_stored(open_task, address):
    page = open_task()
    task = page.url.partition("?")[0]
    page.keyboard.press("1")
    page.keyboard.press("c")
    page.keyboard.type("half a thought")
    other = page.context.new_page()
    page.close(run_before_unload=False)
    other.goto(task)
    assert other.locator("textarea").input_value() == "half a thought"
    assert other.locator("[name=label][value=concern]").is_checked()
    other.keyboard.press("3")
    _next(other, "Enter")
    assert other.evaluate(DRAFTS) == 0


def test_a_draft_is_of_one_person_and_goes_with_the_log_out(open_task, address, town, clock):
    page = open_task()
    task = page.url.partition("?")[0]
    page.keyboard.press("1")
    clock.forward(hours=town.settings.review.session_hours, minutes=1)
    page.goto(address)
    open_task("boris")
    page.goto(task)
    assert page.locator("[name=label]:checked").count() == 0
    assert page.evaluate(DRAFTS) == 1
    page.locator(".me summary").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(re.compile("/login"))
    assert page.evaluate(DRAFTS) == 0


def test_the_reservation_warns_and_one_key_extends_it(open_task, town, clock):
    minutes = town.settings.review.lease_minutes
    page = open_task()
    page.clock.install()
    page.reload()
    page.keyboard.press("2")
    page.clock.fast_forward((minutes - 2.5) * 60_000)
    assert "two minutes" not in page.locator("#said").inner_text()
    page.clock.fast_forward(40_000)
    page.clock.run_for(200)
    page.locator("#said").get_by_text("ends in two minutes").wait_for()
    clock.forward(minutes=minutes - 2)
    _next(page, "m")
    with town.store.reading() as connection:
        shown = page.url.rpartition("/")[2].partition("?")[0]
        (task,) = (task for task in reviews.open_tasks(connection, at=clock()) if task.id == shown)
    assert (task.lease_until - clock()).total_seconds() == minutes * 60
    assert page.locator("[name=label][value=other_harm]").is_checked()


def test_a_lost_reservation_keeps_the_draft(open_task, town, clock, browse):
    page = open_task()
    task = page.url.partition("?")[0]
    page.keyboard.press("2")
    clock.forward(minutes=town.settings.review.lease_minutes + 1)
    assert browse("boris").reserve() in task
    _next(page, "m")
    assert "with somebody else" in page.locator("[role=alert]").inner_text()
    assert page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('draft:anna/'))")


PLACES = {"8": "Digit8", "w": "KeyW", "d": "KeyD", "x": "KeyX", "j": "KeyJ", "r": "KeyR", "l": "KeyL", "b": "KeyB"}
CYRILLIC = {"w": "ц", "d": "в", "x": "ч", "j": "о", "r": "к", "l": "д", "b": "и"}
"""What these keys write on a Ukrainian or Russian layout."""
PRESSED = """([key, code]) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true}))"""


def _ten(town):
    """Ten campaigns that wait, the first of three ads."""
    for number in range(6):
        town.ad(0.6 - number / 100, title=f"Робота за кордоном {number}", body="Паспорт здати.", language="uk")
    sampling.run(town.store, town.settings, as_of=town.at)


@pytest.mark.parametrize("layout", ["latin", "cyrillic"])
def test_ten_campaigns_are_reviewed_by_keyboard_alone(open_task, town, clock, layout):
    _ten(town)
    page, told = open_task(), []

    def press(key, leads_on=False):
        code = PLACES.get(key) or (f"Digit{key}" if key.isdecimal() else key)
        written = CYRILLIC.get(key, key) if layout == "cyrillic" else key
        act = page.keyboard.press if layout == "latin" else lambda _: page.evaluate(PRESSED, [written, code])
        if not leads_on:
            act(key)
            return
        page.wait_for_function("() => !busy")  # the one before is stored, and the card that came may be decided on
        told.append((page.url, page.locator("[role=alert], #said").all_inner_texts()))
        clock.forward(minutes=1)
        with page.expect_navigation():
            act(key)

    press("j", leads_on=True)
    press("r", leads_on=True)
    assert page.evaluate("location.hash") == "#why"
    for number in range(10):
        if number % 5 == 4:
            press("x", leads_on=True)
            continue
        press(str(number % 5 + 1))
        if number % 5 == 0:
            for key in ("8", "w", "d"):
                press(key)
        press("Enter", leads_on=True)
    page.wait_for_function("() => !busy")  # the last one is stored
    verdicts = _verdicts(town)
    assert [verdict.label.value for verdict in verdicts] == [
        *("concern", "other_harm", "no_concern", "not_an_ad", "no_concern"),
        *("concern", "other_harm", "no_concern", "not_an_ad", "no_concern"),
    ], told
    assert len({verdict.campaign_id for verdict in verdicts}) == 10
    assert {(v.severity, v.patterns) for v in verdicts if v.label is VerdictLabel.CONCERN} == {
        (2, ("labour_exploitation", "document_control"))
    }


def test_one_key_opens_latin_letters_and_they_stay_open_on_the_next_ad(open_task, town):
    page = open_task()
    _next(page, "x")
    latin = page.locator("details.latin .text")
    assert not latin.is_visible()
    page.keyboard.press("l")
    assert latin.is_visible()
    assert latin.get_attribute("lang") == "uk-Latn"
    page.reload()
    assert page.locator("details.latin .text").is_visible()


def test_the_quiet_view_leaves_ad_and_verdict(open_task):
    page = open_task()
    page.keyboard.press("z")
    assert not page.locator("section.why").is_visible()
    assert page.locator("article.ad").is_visible()
    assert page.locator("#verdict").is_visible()
    page.reload()
    assert page.locator("#zen").get_attribute("aria-pressed") == "true"
    page.keyboard.press("z")
    assert page.locator("section.why").is_visible()


def test_two_keys_one_after_the_other_lead_to_a_page(open_task, address):
    page = open_task()
    page.keyboard.press("g")
    with page.expect_navigation(url=f"{address}/queue"):
        page.keyboard.press("q")
    assert page.get_by_role("heading", level=1).is_visible()


def test_a_flag_asks_for_words_first(open_task):
    page = open_task()
    page.keyboard.press("f")
    page.keyboard.type("the same van as in May")
    with page.expect_navigation(url=re.compile("said=flagged")):
        page.keyboard.press("Enter")
    page.locator("#said").get_by_text("A lead will look at it").wait_for()
