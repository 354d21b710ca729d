"""Care: content notes, topics that are passed over, one's own limit and break, support lines, pictures judged once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling import sampling
from labeling.care import files
from labeling.care.noting import as_column, topics_of
from labeling.web.caring import PAUSE, since_break
from labeling.web.speech import LANGUAGES
from zorya.domain.reviews import Role
from zorya.store import audit, campaigns, people, pictures


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Fete 16 ani, Olanda", ("minors",)),
        ("Дівчата 15–17 років", ("minors",)),
        ("Firmă cu 15 ani experiență pe piață", ()),
        ("Werk, 15 jaar ervaring gevraagd", ()),
        ("18+ only, since 2015 lat", ()),
        ("We know where you live", ("threats",)),
        ("Ескорт у Відні, 17 років", ("minors", "sexual")),
        ("Named employer, contract, 13.90 € an hour", ()),
    ],
)
def test_a_note_is_found_by_words_and_ages(words, found):
    assert topics_of([words]) == found


def test_a_note_is_found_by_what_the_machine_found():
    assert topics_of([], ["F4"]) == ("sexual",)


@given(st.lists(st.text(max_size=60), max_size=3))
def test_more_text_never_means_fewer_notes(texts):
    assert set(topics_of(texts[:1])) <= set(topics_of(texts))


def test_topics_are_kept_so_that_one_is_found_by_its_name():
    assert as_column(("minors", "threats")) == " minors threats "
    assert as_column(()) == ""


def test_every_topic_and_country_is_said_in_every_language():
    for topic in files.topics():
        assert set(topic.name) >= set(LANGUAGES)
        assert set(topic.note) >= set(LANGUAGES)
    assert set(files.support()) == set(LANGUAGES)
    assert files.hotlines().everywhere.site == "inhope.org"


@pytest.fixture
def hard(town, as_of):
    """The town with one more campaign, the most pressing, that mentions minors."""
    campaign = town.ad(0.999, title="Fete 16 ani", body="Plecare azi, cazare.", language="ro", images=("ab" * 16,))
    sampling.run(town.store, town.settings, as_of=as_of)
    return campaign


def test_a_note_stands_before_the_ad(browse, hard):
    page = browse("anna").get("/queue/next").text
    before = page[: page.index('id="ad-title"')]
    assert "Before you read:" in before
    assert "Mentions minors." in before
    assert "Has 1 picture; none is loaded." in before
    assert "<img" not in page[page.index("<main") :]


def test_the_queue_passes_over_what_a_person_does_not_read(browse, hard, town):
    boris, anna = browse("boris"), browse("anna")
    boris.fill("/preferences/care", avoid="minors")
    assert "Fete 16 ani" not in boris.get("/queue/next").text
    assert "Fete 16 ani" not in boris.get("/queue").text
    assert "Fete 16 ani" in anna.get("/queue").text
    shown = anna.get("/queue/next")
    assert "Fete 16 ani" in shown.text
    folded = boris.get(shown.url.path).text
    assert "You asked not to read this" in folded
    assert '<details class="folded"><summary>' in folded
    with town.store.reading() as connection:
        rows = people.all_users(connection)
    assert all("avoid" not in str(row) for row in rows)


def test_a_topic_that_nobody_offers_is_not_kept(browse, town):
    browse("anna").fill("/preferences/care", avoid=["minors", "invented"], daily_cap="7", break_minutes="")
    with town.store.reading() as connection:
        kept = people.user(connection, "anna")["preferences"]
    assert (list(kept["avoid"]), kept["daily_cap"], kept["break_minutes"]) == (["minors"], 7, None)


def _decide(browser):
    task = browser.reserve()
    return browser.fill(f"{task}/verdict", label="no_concern")


def test_at_ones_own_limit_the_day_ends_calmly_and_one_may_go_on(browse, clock):
    anna = browse("anna")
    anna.fill("/preferences/care", daily_cap="2")
    assert _decide(anna).url.path.startswith("/tasks/")
    answer = _decide(anna)
    assert answer.url.path == "/day/end"
    assert "You judged 2 campaigns today" in answer.text
    assert "116 123" in answer.text
    assert browse("boris").get("/queue/next").url.path.startswith("/tasks/")
    assert anna.fill("/day/on").url.path.startswith("/tasks/")
    assert _decide(anna).url.path.startswith("/tasks/")
    clock.forward(hours=16)
    again = browse("anna")
    assert again.get("/queue/next").url.path.startswith("/tasks/")


def test_the_house_sets_the_limit_where_a_person_set_none(browse):
    anna = browse("anna", daily_cap=1)
    assert _decide(anna).url.path == "/day/end"
    anna.fill("/preferences/care", daily_cap="0")
    assert anna.get("/queue/next").url.path.startswith("/tasks/")


def test_a_break_is_suggested_after_long_reading_and_forgotten_after_one(browse, clock):
    anna = browse("anna")
    anna.fill("/preferences/care", break_minutes="20")
    for _ in range(3):
        _decide(anna)
        clock.forward(minutes=10)
    assert "You have been reading for 30 minutes" in anna.get("/queue/next").text
    clock.forward(minutes=16)
    assert "You have been reading" not in anna.get("/queue/next").text


@given(st.lists(st.integers(0, 40), max_size=30))
def test_reading_is_counted_back_to_the_last_break(gaps):
    now = datetime(2026, 11, 24, 20, tzinfo=UTC)
    times, at = [], now
    for gap in gaps:
        at -= timedelta(minutes=gap)
        times.append(at)
    unbroken = gaps[: next((n for n, gap in enumerate(gaps) if timedelta(minutes=gap) > PAUSE), None)]
    assert since_break(times, now) == timedelta(minutes=sum(unbroken))


def test_a_picture_is_judged_once_for_all_its_ads(browse, hard, town):
    anna, boris = browse("anna"), browse("boris")
    task = anna.reserve()
    digest = "ab" * 16
    anna.fill(f"/pictures/{digest}", word="sexual", task=task.rpartition("/")[2])
    boris.fill(f"/pictures/{digest}", word="harmless")
    with town.store.reading() as connection:
        assert pictures.said_of(connection, [digest, "cd" * 16]) == {digest: "sexual"}
        entries = audit.page(connection, action="picture.verdict")
    assert [(entry["actor"], entry["reason"]) for entry in entries] == [("anna", "sexual")]
    assert '<span class="tag">sexual</span>' in anna.get(task).text
    assert anna.fill(f"/pictures/{digest}", word="nice").status_code == 404
    assert anna.fill("/pictures/no-digest", word="sexual").status_code == 404


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_support_lines_are_those_of_the_language(browse, language):
    anna = browse("anna")
    anna.fill("/preferences", language=language)
    page = anna.get("/day/end").text
    for line in files.support()[language]:
        assert line.name in page
        assert line.number in page


def test_who_does_not_review_has_no_such_day(browse, town):
    town.person("paula", Role.PARTNER)
    partner = browse("paula")
    assert partner.get("/day/end").status_code == 403
    assert "/day/end" not in partner.get("/").text


@pytest.mark.parametrize("where", ["/ads/{ad}", "/ads/{ad}/history", "/campaigns/{campaign}"])
def test_a_note_stands_before_the_ad_wherever_it_is_read(browse, hard, town, where):
    with town.store.reading() as connection:
        ad = campaigns.members(connection, hard)[0].posting_id
    browse("boris").fill("/preferences/care", avoid="minors")
    page = browse("boris").get(where.format(ad=ad, campaign=hard)).text
    assert "Mentions minors." in page.partition("Plecare azi")[0]
    assert ("You asked not to read this" in page.partition("Plecare azi")[0]) == ("Plecare azi" in page)
