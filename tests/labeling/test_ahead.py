"""Cards fetched ahead: shown at once, reserved while they wait, given back when their reader leaves."""

import re

import pytest

from labeling import queue
from zorya.store import audit, reviews, waiting

PASSWORD = "a long invented password"
ORDINARY = {"label": "no_concern"}
TWICE = """([key, code]) => [1, 2].forEach(() => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true})))"""
"""One press right after the other, however busy the machine is."""


def _held(town, name="anna"):
    with town.store.reading() as connection:
        return {task.id for task in waiting.held_by(connection, name, at=town.at)}


def _task_of(text):
    return re.search(r'data-task="([^"]+)"', text)[1]


def _until(page, expression, arg=None):
    """Wait for something in the page; Playwright's own waiting needs `eval`, which the policy of the pages forbids."""
    for _ in range(200):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {expression}")


@pytest.fixture
def address(serve, town):
    return serve(town)


@pytest.fixture
def reading(page, address):
    """Anna's browser on her first card, with the next two fetched."""
    page.goto(f"{address}/login?next=/queue/next")
    page.locator("[name=name]").fill("anna")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#verdict").wait_for()
    _until(page, "typeof ahead !== 'undefined' && ahead.length === 2")
    return page


def _saved(page):
    _until(page, "document.getElementById('said').innerText.startsWith('Saved')")


def test_the_next_card_stands_there_before_the_server_has_answered(reading):
    held_back = []
    reading.route("**/verdict*", lambda route: held_back.append(route))
    before = reading.locator("h1").inner_text()
    reading.keyboard.press("3")
    reading.keyboard.press("Enter")
    _until(reading, "title => document.querySelector('h1').innerText !== title", before)
    assert len(held_back) == 1
    held_back[0].continue_()
    _saved(reading)


def test_each_verdict_is_of_the_card_that_was_read_and_the_log_says_what_was_looked_at(reading, town):
    seen = []
    for key in "323":
        seen.append(reading.locator("#verdict").get_attribute("data-task"))
        assert reading.url.partition("?")[0].endswith(seen[-1])
        reading.keyboard.press(key)
        reading.keyboard.press("Enter")
        reading.wait_for_function("task => document.getElementById('verdict').dataset.task !== task", arg=seen[-1])
        _saved(reading)
        _until(reading, "!busy && ahead.length === 2")
    with town.store.reading() as connection:
        given = [(verdict.task_id, verdict.label.value) for verdict in reviews.verdicts_in_force(connection)]
        viewed = len(audit.page(connection, action="ad.view", actor="anna"))
        handed = len(audit.page(connection, action="ad.ahead", actor="anna"))
    assert given == list(zip(seen, ("no_concern", "other_harm", "no_concern"), strict=True))
    assert (viewed, handed) == (4, 5)


def test_a_second_press_decides_nothing_on_the_card_that_came(reading, town):
    reading.evaluate(TWICE, ["x", "KeyX"])
    _saved(reading)
    with town.store.reading() as connection:
        assert len(reviews.verdicts_in_force(connection)) == 1


def test_a_refused_verdict_brings_its_card_back_with_the_reason_and_what_was_typed(reading, town):
    task = reading.locator("#verdict").get_attribute("data-task")
    reading.keyboard.press("1")
    reading.keyboard.press("c")
    reading.keyboard.type("half a thought")
    reading.keyboard.press("Control+Enter")
    reading.locator("p.error").wait_for()
    assert "severity" in reading.locator("p.error").inner_text()
    assert reading.locator("#verdict").get_attribute("data-task") == task
    assert reading.locator("textarea").input_value() == "half a thought"
    with town.store.reading() as connection:
        assert reviews.verdicts_in_force(connection) == []


def test_a_verdict_that_cannot_be_sent_brings_its_card_back_and_says_so(reading):
    reading.route("**/verdict*", lambda route: route.abort())
    task = reading.locator("#verdict").get_attribute("data-task")
    reading.keyboard.press("3")
    reading.keyboard.press("Enter")
    _until(reading, "document.getElementById('said').innerText.includes('could not be sent')")
    assert reading.locator("#verdict").get_attribute("data-task") == task
    assert reading.locator("[name=label]:checked").get_attribute("value") == "no_concern"


def test_undo_right_after_brings_the_decided_card_back(reading, town):
    task = reading.locator("#verdict").get_attribute("data-task")
    reading.keyboard.press("3")
    reading.keyboard.press("Enter")
    _saved(reading)
    _until(reading, "!busy")
    with reading.expect_navigation():
        reading.keyboard.press("Backspace")
    assert reading.locator("#verdict").get_attribute("data-task") == task


def test_who_leaves_gives_back_what_was_never_shown(reading, town, address):
    mine = reading.locator("#verdict").get_attribute("data-task")
    assert len(_held(town)) == 3
    reading.goto(f"{address}/help")
    for _ in range(100):
        if _held(town) == {mine}:
            break
        reading.wait_for_timeout(50)
    assert _held(town) == {mine}


def test_what_is_fetched_ahead_is_with_nobody_else(browse, town):
    anna = browse("anna")
    first = anna.reserve()
    ahead = _task_of(anna.fill(f"{first}/ahead").text)
    assert f"/tasks/{ahead}" != first
    others = []
    while task := queue.next_task(town.store, town.settings, "boris", as_of=town.at, skip=others):
        others.append(task.id)
    assert others
    assert ahead not in others


def test_no_more_than_two_wait_and_none_for_a_task_of_somebody_else(browse, town):
    anna, boris = browse("anna"), browse("boris")
    first = anna.reserve()
    second = _task_of(anna.fill(f"{first}/ahead").text)
    third = _task_of(anna.fill(f"{first}/ahead", after=[second]).text)
    assert len({first, second, third}) == 3
    assert anna.fill(f"{first}/ahead", after=[second, third]).status_code == 204
    assert boris.fill(f"{first}/ahead").status_code == 204
    assert len(_held(town)) == 3
    assert _held(town, "boris") == set()


def test_nothing_is_fetched_beyond_ones_own_limit(browse):
    anna = browse("anna", daily_cap=2)
    first = anna.reserve()
    second = _task_of(anna.fill(f"{first}/ahead").text)
    assert anna.fill(f"{first}/ahead", after=[second]).status_code == 204


def test_a_card_that_somebody_else_has_by_now_is_not_taken_from_them(browse, town, clock):
    anna = browse("anna")
    first = anna.reserve()
    ahead = _task_of(anna.fill(f"{first}/ahead").text)
    clock.forward(minutes=30)
    anna.fill(f"{first}/extend")
    assert queue.take(town.store, town.settings, "boris", ahead, as_of=clock.at).owner == "boris"
    answer = anna.fill(f"{first}/verdict", shown=ahead, **ORDINARY)
    assert answer.history
    assert answer.url.path not in {f"/tasks/{ahead}", first}
    with town.store.reading() as connection:
        assert len(reviews.verdicts_in_force(connection)) == 1
        assert reviews.task(connection, ahead).owner == "boris"


def test_one_gives_back_ones_own_alone(browse, town):
    anna, boris = browse("anna"), browse("boris")
    held = anna.reserve().removeprefix("/tasks/")
    assert boris.fill("/queue/leave", task=held).status_code == 204
    assert _held(town) == {held}
    assert anna.fill("/queue/leave", task=held).status_code == 204
    assert _held(town) == set()
