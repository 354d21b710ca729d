"""The review app in a real browser: keyboard only, Cyrillic layout, hostile ads, narrow screens."""

import re

import pytest

from labeling import sampling
from zorya.domain.reviews import VerdictLabel
from zorya.store import reviews

PASSWORD = "a long invented password"


@pytest.fixture
def address(serve, town):
    """The town's app, for a browser."""
    return serve(town)


def _sign_in(page, address, name="anna"):
    page.goto(address)
    page.wait_for_function("document.activeElement.name === 'name'")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _press(page, key, leads_on=False):
    if not leads_on:
        page.keyboard.press(key)
        return
    page.wait_for_function("() => !busy")  # a press while the decision before is still on its way does nothing
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_function("() => !busy")


def _latest(town, number):
    with town.store.reading() as connection:
        return [verdict.label for verdict in reviews.verdicts_in_force(connection)][:number]


CYRILLIC = """([key, code]) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true}))"""


def test_five_ads_are_reviewed_by_keyboard_alone_one_on_a_cyrillic_layout(page, address, town, clock):
    _sign_in(page, address)
    _press(page, "n", leads_on=True)
    for keys in (("1", "8", "q"), ("3",), ("2",), ("5",)):
        for key in keys:
            _press(page, key)
        clock.forward(minutes=1)
        _press(page, "Enter", leads_on=True)
    clock.forward(minutes=1)
    for key, code in (("1", "Digit1"), ("8", "Digit8"), ("й", "KeyQ"), ("в", "KeyD")):
        page.evaluate(CYRILLIC, [key, code])
    _press(page, "Enter", leads_on=True)
    with town.store.reading() as connection:
        verdicts = reviews.verdicts_in_force(connection)
    assert [verdict.label for verdict in verdicts] == [
        VerdictLabel.CONCERN,
        VerdictLabel.NO_CONCERN,
        VerdictLabel.OTHER_HARM,
        VerdictLabel.UNSURE,
        VerdictLabel.CONCERN,
    ]
    assert (verdicts[0].patterns, verdicts[0].severity) == (("sexual_exploitation",), 2)
    assert verdicts[4].patterns == ("sexual_exploitation", "document_control")


def test_undo_skip_and_help_by_key(page, address, town):
    _sign_in(page, address)
    _press(page, "n", leads_on=True)
    first = page.url
    page.keyboard.press("3")
    _press(page, "Enter", leads_on=True)
    assert _latest(town, 1) == [VerdictLabel.NO_CONCERN]
    _press(page, "Backspace", leads_on=True)
    assert page.url.startswith(first.partition("?")[0])
    assert not _latest(town, 1)
    page.keyboard.press("3")
    _press(page, "Enter", leads_on=True)
    _press(page, "Control+z", leads_on=True)
    assert not _latest(town, 1)
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    assert not page.locator("dialog#keys").is_visible()
    assert page.locator("[name=label]:checked").get_attribute("value") == "no_concern"
    _press(page, "b", leads_on=True)
    assert not page.url.startswith(first.partition("?")[0])


def test_keys_rest_in_fields_with_modifiers_and_during_composition(page, address):
    _sign_in(page, address)
    _press(page, "n", leads_on=True)
    page.keyboard.press("c")
    page.keyboard.type("q 1 x?")
    assert page.locator("textarea").input_value() == "q 1 x?"
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+1")
    page.evaluate(
        """() => document.body.dispatchEvent(new KeyboardEvent("keydown",
        {key: "1", code: "Digit1", isComposing: true, bubbles: true}))"""
    )
    assert page.locator("[name=label]:checked").count() == 0


def test_a_draft_survives_a_reload(page, address):
    _sign_in(page, address)
    _press(page, "n", leads_on=True)
    page.keyboard.press("1")
    page.keyboard.press("w")
    page.keyboard.press("c")
    page.keyboard.type("half a thought")
    page.reload()
    assert page.locator("textarea").input_value() == "half a thought"
    assert page.locator("[name=label][value=concern]").is_checked()
    assert page.locator("[name=pattern][value=labour_exploitation]").is_checked()


def test_single_keys_that_are_turned_off_do_nothing(page, address):
    _sign_in(page, address)
    page.get_by_role("button", name="Turn off").click()
    page.goto(f"{address}/queue/next")
    page.keyboard.press("1")
    assert page.locator("[name=label]:checked").count() == 0


def test_hostile_ads_run_nothing_and_reach_nobody(page, address, town):
    hostile = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    town.ad(0.99999, title=hostile, body=f"{hostile}\njavascript:alert(1)", words="onerror|document", employer=hostile)
    sampling.run(town.store, town.settings, as_of=town.at)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    _sign_in(page, address)
    for path in ("/queue/next", "/queue", "/", "/sources", "/help"):
        page.goto(f"{address}{path}")
        assert "owned" not in page.title()
    assert all(url.startswith(address) for url in asked)
    assert not [text for text in said if "Content Security Policy" in text]


@pytest.mark.parametrize("path", ["/", "/queue", "/queue/next", "/sources", "/help"])
def test_pages_fit_a_screen_of_320_pixels(page, address, path):
    page.set_viewport_size({"width": 320, "height": 640})
    _sign_in(page, address)
    page.goto(f"{address}{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


CONTRAST = """() => {
  const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
  const light = ([r, g, b]) => { const f = (v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  const ground = (node) => { for (; node; node = node.parentElement) {
    const c = parse(getComputedStyle(node).backgroundColor); if (c[3] > 0) return c; } return [255, 255, 255, 1]; };
  const faint = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility() || node.closest("svg, [hidden], option")) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) faint.push([node.outerHTML.slice(0, 60), ratio.toFixed(2)]);
  }
  return faint;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(page, address, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    _sign_in(page, address)
    for path in ("/", "/queue", "/queue/next", "/sources", "/help"):
        page.goto(f"{address}{path}")
        assert page.evaluate(CONTRAST) == [], path


def test_targets_are_large_enough_and_everything_has_a_name(page, address):
    _sign_in(page, address)
    page.goto(f"{address}/queue/next")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, summary, label.choice, label.check")]
        .filter((node) => node.checkVisibility()).map((node) => [node.innerText, node.getBoundingClientRect()])
        .filter(([, box]) => box.height < 24 || box.width < 24).map(([text]) => text)"""
    )
    assert small == []
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("input:not([type=hidden]), textarea, select")]
        .filter((node) => !node.labels.length).map((node) => node.outerHTML)"""
    )
    assert nameless == []
    assert len(re.findall("<h1", page.content())) == 1
