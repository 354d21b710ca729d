"""Portraits and templates as text for a terminal."""

from datetime import UTC, datetime, timedelta

from zorya.cli.portrait_text import lines
from zorya.domain.portraits import (
    ContactGraph,
    Dot,
    Fixed,
    Portrait,
    Sentence,
    Share,
    Slot,
    SlotKind,
    Template,
    TimelineRow,
    Value,
)

START = datetime(2026, 3, 2, tzinfo=UTC)
END = START + timedelta(days=40)


def _kept(*parts: Fixed | Slot, read: int = 7) -> dict[str, object]:
    template = Template("p-1", "de", parts, aligned=7, members=7)
    return {"basis": "x", "read": read, "members": 7, "templates": [template.as_json()]}


def _portrait(*sentences: Sentence, ads: int = 2) -> dict[str, object]:
    row = TimelineRow("board-a", 2, START, END, (Dot("p-1", START, START + timedelta(days=9)), Dot("p-2", END, END)))
    names = (Share("board-a", 2),)
    return Portrait(ads, 2, 0, START, END, names, names, names, sentences, (row,), ContactGraph()).as_json()


def test_slots_show_their_kind_and_most_frequent_values() -> None:
    slot = Slot(SlotKind.PLACE, tuple(Value(city, 1, "p-1") for city in "ABCDE"), distinct=6, absent=1, lead=" ")
    assert [*lines(_kept(Fixed("Bar in", 7), slot), None)] == [
        "",
        "Template (de, 7 ads):",
        "    Bar in [place: A ×1 | B ×1 | C ×1 | D ×1 | 2 more | nothing ×1]",
    ]


def test_an_optional_part_says_in_how_many_ads_it_stands() -> None:
    parts = (Fixed("Komm.", 7), Fixed("Zimmer frei.", 4, lead=" ", otherwise=(Value("", 3, "p-2"),)))
    assert [*lines(_kept(*parts), None)][-1] == "    Komm. {in 4 of 7: Zimmer frei.}"


def test_a_sample_is_said() -> None:
    assert [*lines(_kept(Fixed("Komm.", 7), read=5), None)][-1] == "(templates: 5 of 7 ads were read)"


def test_sentences_name_ads_and_the_timeline_has_a_line_per_source() -> None:
    told = Sentence("pay", "Pay of 900 euro a month.", 5, ("p-1", "p-2", "p-3", "p-4"))
    assert [*lines(None, _portrait(told))] == [
        "* Pay of 900 euro a month.",
        "    p-1 p-2 p-3 and 2 more",
        "",
        "board-a  o---------.............................o  2",
    ]


def test_no_ad_can_command_the_terminal() -> None:
    shown = "\n".join(lines(_kept(Fixed("Bar\x1b[31m \u202egro", 7)), None))
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_what_is_not_computed_is_not_shown() -> None:
    assert [*lines(None, None)] == []
