"""Same advertiser? Two campaigns side by side, answered by keys."""

import pytest

from zorya.store import campaigns, proposals

PASSWORD = "a long invented password"
CYRILLIC = """([key, code]) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true}))"""


@pytest.fixture
def asked(town, clock):
    """The town with three open questions; the weightiest is about its first two campaigns."""
    with town.store.writing() as connection:
        first = [campaigns.members(connection, name)[0].posting_id for name in town.campaigns[:4]]
        for weight, (one, other) in zip((0.9, 0.6, 0.5), ((0, 1), (2, 3), (1, 2)), strict=True):
            reason = f"Both <b>greet</b> alike ({weight})."
            proposals.propose(
                connection, first[one], first[other], kind="style", weight=weight, reason=reason, at=clock()
            )
    return town


@pytest.fixture
def compared(page, serve, asked):
    """A browser at the first question."""
    address = serve(asked)
    page.goto(address)
    page.fill("[name=name]", "anna")
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(f"{address}/proposals/next")
    return page


def _states(town):
    with town.store.reading() as connection:
        return [proposals.proposal(connection, number).state for number in (1, 2, 3)]


def test_y_n_and_u_answer_and_lead_on(compared, asked):
    for key in "u", "n", "y":
        with compared.expect_navigation():
            compared.keyboard.press(key)
    assert _states(asked) == ["unsure", "different", "same"]
    assert "/proposals?said=empty" in compared.url


def test_last_answer_is_taken_back_from_the_empty_list(compared, asked):
    for key in "u", "u", "n":
        with compared.expect_navigation():
            compared.keyboard.press(key)
    with compared.expect_navigation():
        compared.keyboard.press("Backspace")
    assert _states(asked) == ["unsure", "unsure", "open"]


def test_keys_go_by_their_place_on_a_cyrillic_layout(compared, asked):
    for key, code in (("т", "KeyN"), ("н", "KeyY"), ("г", "KeyU")):
        with compared.expect_navigation():
            compared.evaluate(CYRILLIC, [key, code])
    assert _states(asked) == ["different", "same", "unsure"]


def test_answer_is_taken_back_by_key_and_asked_again(compared, asked):
    with compared.expect_navigation():
        compared.keyboard.press("y")
    compared.get_by_role("button", name="Take it back").wait_for()  # said once the page has settled
    with compared.expect_navigation():
        compared.keyboard.press("Backspace")
    assert _states(asked)[0] == "open"
    assert compared.url.partition("?")[0].endswith("/proposals/1")


def test_keys_rest_while_a_note_is_typed(compared, asked):
    compared.locator("[name=reason]").press_sequentially("yes, unsure now")
    assert _states(asked) == ["open", "open", "open"]


def test_reason_of_a_question_is_text(compared):
    assert compared.locator(".lead b").count() == 0
    assert "<b>greet</b>" in compared.locator(".lead").first.text_content()


@pytest.mark.parametrize("path", ["/proposals", "/proposals/next", "/campaigns/first"])
def test_pages_fit_a_narrow_screen(compared, asked, path):
    compared.set_viewport_size({"width": 320, "height": 700})
    origin = compared.url.partition("/proposals")[0]
    compared.goto(origin + path.replace("first", asked.campaigns[0]))
    assert compared.evaluate("document.documentElement.scrollWidth") <= 320


def test_second_answer_to_one_question_is_refused_and_names_the_first(browse, asked):
    anna, boris = browse("anna"), browse("boris")
    anna.fill("/proposals/1", answer="different")
    answer = boris.fill("/proposals/1", answer="same")
    assert answer.status_code == 409
    assert "by anna" in answer.text


def test_list_names_both_campaigns_and_why(browse, asked):
    page = browse("anna").get("/proposals").text
    assert page.count("/proposals/") >= 3
    assert "greet" in page
