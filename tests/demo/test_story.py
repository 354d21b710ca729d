"""The demo's story: three partners, one alert, the same lines each time."""

from pathlib import Path

from demo.story import tell_story

STEPS = ("verdict", "alert", "approval", "mail", "decline", "time-out", "accept", "act", "close", "label", "history")


def test_three_partners_live_through_the_whole_story_the_same_way_each_time(tmp_path: Path) -> None:
    told: list[list[str]] = [[], []]
    for number, lines in enumerate(told):
        folder = tmp_path / str(number)
        folder.mkdir()
        tell_story(folder, lines.append)
    first, second = told
    assert first == second
    assert [step for step in STEPS if not any(f"  {step} " in line for line in first)] == []
    assert "hotline-ua says concern" in first[-2]
    assert first[-1].endswith("la-strada-md → dageraad-nl → hotline-ua")
