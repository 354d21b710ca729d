"""Every marking on every way: what is carried, and that the marking stands wherever the digest can be seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import feedparser
import pytest

from alerts import card, digest, disclosure, outbox
from alerts.disclosure import Form
from alerts.mail import Letter
from alerts.web import feed
from alerts.words import Words, catalogue
from zorya.domain.sharing import Marking
from zorya.errors import PolicyRefusal, SettingsError
from zorya.store import sharing

MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
KINDS = ("smtp", "folder", "webhook", "apprise", "feed")
WITHOUT_KEY = {
    Marking.CLEAR: "whole whole whole whole link",
    Marking.GREEN: "whole whole whole whole link",
    Marking.AMBER: "whole whole whole link link",
    Marking.AMBER_STRICT: "link link link link link",
    Marking.RED: "never never never never never",
}
WITH_KEY = {
    Marking.CLEAR: "encrypted encrypted encrypted whole link",
    Marking.GREEN: "encrypted encrypted encrypted whole link",
    Marking.AMBER: "encrypted encrypted encrypted link link",
    Marking.AMBER_STRICT: "encrypted encrypted encrypted link link",
    Marking.RED: "never never never never never",
}
CELLS = [
    (marking, kind, has_key, form)
    for has_key, told in ((False, WITHOUT_KEY), (True, WITH_KEY))
    for marking in Marking
    for kind, form in zip(KINDS, told[marking].split(), strict=True)
]
LETTER = Letter(
    "p", "g-1", 7, Marking.AMBER, "en", "<m-0a@zorya.example>", "the subject", "text", "<p>html</p>", MORNING
)


@pytest.mark.parametrize(("marking", "kind", "has_key", "form"), CELLS)
def test_what_a_way_carries(marking, kind, has_key, form):
    if form == "never":
        with pytest.raises(PolicyRefusal):
            disclosure.form_of(marking, kind, has_key=has_key)
    else:
        assert disclosure.form_of(marking, kind, has_key=has_key) is Form(form)


@pytest.mark.parametrize("language", ["en", "ro", "uk", "nl", "ru"])
@pytest.mark.parametrize("marking", [Marking.AMBER, Marking.AMBER_STRICT])
def test_a_link_says_marking_and_way_in_every_language(language, marking, settings):
    words = Words.of(language, ZoneInfo("UTC"))
    told = disclosure.link_only(replace(LETTER, marking=marking), "https://zorya.example/digests/open/x", words)
    assert told.html == ""
    assert told.text.startswith(f"{marking.value}\n")
    assert told.text.rstrip().endswith(marking.value)
    assert "https://zorya.example/digests/open/x\n" in told.text
    assert (told.subject == "the subject") == (marking is Marking.AMBER)
    assert language == "en" or words.text("link_body") != catalogue().en.texts["link_body"]


def test_a_link_needs_a_page():
    with pytest.raises(SettingsError, match="answer_url"):
        disclosure.link_only(LETTER, "", Words.of("en", ZoneInfo("UTC")))


@pytest.mark.parametrize("marking", [Marking.CLEAR, Marking.GREEN, Marking.AMBER])
def test_the_marking_stands_in_subject_bar_card_file_and_feed(marking, town, store, settings, add_partner, monkeypatch):
    add_partner(channels=[{"kind": "folder"}, {"kind": "feed"}])
    monkeypatch.setattr(card, "CARD_MARKING", marking)
    town.confirmed()
    town.offer(settings, as_of=MORNING - timedelta(days=1))
    digest.run(store, settings, as_of=MORNING)
    assert outbox.deliver(store, settings, as_of=MORNING).counts["sent"] == 2
    with store.reading() as connection:
        made = sharing.last_digest(connection, "la-strada")
    lines = made.text.splitlines()
    assert made.subject.startswith(f"[{marking.value}] ")
    assert (lines[0], lines[-1]) == (marking.value, marking.value)
    assert any(line.startswith("1. ") and line.endswith(f"{made.alert_ids[0]} · {marking.value}") for line in lines)
    assert made.html.count(marking.value) >= 4  # title, both bars, card
    files = [path.name for path in (settings.outbox_dir / "la-strada").iterdir()]
    assert {name.partition("_")[0] for name in files} == {marking.value.replace(":", "-")}
    drawn = feed.drawn(digest.load_all(settings).get("la-strada"), [(made, MORNING)], base="https://zorya.example")
    (entry,) = feedparser.parse(drawn).entries
    assert (entry.title, entry.tags[0].term) == (made.subject, marking.value)
