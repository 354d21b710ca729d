"""The review app against odd addresses, oversized forms and hostile ads."""

import pytest

from labeling import sampling
from zorya.domain.ads import Contact, ContactKind

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}&amp;"


@pytest.mark.parametrize("query", ["?ad=%00", "?ad=p-1'--", "?said=<script>", "?language=%F0%9F%92%A9&band=x"])
def test_odd_queries_do_no_harm(browse, query):
    anna = browse("anna")
    assert anna.get(anna.reserve() + query).status_code == 200
    assert anna.get("/queue" + query).status_code == 200


def test_too_large_a_form_is_refused(browse):
    anna = browse("anna")
    assert anna.fill(f"{anna.reserve()}/verdict", rationale="x" * 500_000).status_code == 413


def test_hostile_text_is_escaped_in_every_field(town, browse):
    town.ad(
        0.99999,
        title=HOSTILE,
        body=HOSTILE + "\n" + HOSTILE,
        language="en",
        words=HOSTILE[:12] + "|onerror",
        contacts=(Contact(ContactKind.TELEGRAM, "x<b>y", "x<b>y"),),
        employer=HOSTILE,
        native_id=HOSTILE,
    )
    sampling.run(town.store, town.settings, as_of=town.at)
    anna = browse("anna")
    task = anna.reserve()
    pages = [anna.get(task).text, anna.get("/queue").text]
    pages.append(anna.fill(f"{task}/reveal", reason=HOSTILE).text)
    pages.append(anna.fill(f"{task}/verdict", label="unsure", rationale=HOSTILE).text)
    pages += [anna.get("/").text, anna.fill("/undo").text]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "x<b>y" not in page
    assert "&lt;script&gt;" in pages[0]
    assert "{{7*7}}" in pages[0]
