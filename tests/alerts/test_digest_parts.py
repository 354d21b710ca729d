"""Blocks of a stored digest as a page shows them: headings, and what is left of a recalled alert."""

from zoneinfo import ZoneInfo

from alerts import digest_page, links
from alerts.words import Words

WORDS = Words.of("en", ZoneInfo("UTC"))
GONE, KEPT = "l-" + "0" * 20, "l-" + "1" * 20
REFERRAL = "f-" + "2" * 20


def _part(text):
    lines = links.lines(text, lambda referral, version: f"/to/{referral}/{version}")
    return digest_page._part(lines, {GONE}, WORDS)


def test_a_card_has_its_first_line_as_heading():
    part = _part(f"1. To read · {KEPT} · TLP:AMBER\nPattern: labour exploitation")
    assert part.heading == f"1. To read · {KEPT} · TLP:AMBER"
    assert part.lines == (("Pattern: labour exploitation", ""),)


def test_of_a_recalled_card_nothing_but_its_name_is_left():
    part = _part(f"1. To read · {GONE} · TLP:AMBER\nPattern: labour exploitation")
    assert part.lines[0] == ("Withdrawn", "")
    assert "labour" not in str(part)


def test_of_a_recalled_line_in_brief_too_and_the_others_stay():
    part = _part(f"2 further alerts, in brief\n2. To read · 3 ads · Lviv · {GONE}\n3. To read · 1 ad · Cluj · {KEPT}")
    assert part.heading == ""
    assert part.lines[1] == (f"{GONE} · Withdrawn", "")
    assert part.lines[2] == (f"3. To read · 1 ad · Cluj · {KEPT}", "")


def test_an_answer_leads_where_the_page_says_and_a_pause_nowhere():
    answer, pause = f"https://zorya.example/answers/ANSWER-{REFERRAL}-3", f"https://z.example/pause/PAUSE-g-{'3' * 20}"
    text = f"Answer: here: {answer}\nPause: {pause}"
    assert links.lines(text, lambda referral, version: f"/to/{referral}/{version}") == [
        ("Answer: here", f"/to/{REFERRAL}/3")
    ]
