"""Insights: daily counts that stay true, figures that say small numbers honestly, files that are safe to open."""

import csv
import io
import struct
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling import index
from labeling.web import figure_files, insight_figures, plots
from labeling.web.plots import Plot, PlotRow
from labeling.web.speech import LANGUAGES, speech
from zorya.domain import ids
from zorya.domain.ads import Place
from zorya.domain.reviews import Role, Task, TaskReason, Verdict, VerdictLabel
from zorya.store import audit, insights, reviews

TODAY = date(2026, 11, 24)
SPAN = insight_figures.span(4, TODAY)


def _judge(seed, campaign, label, *, day=0, analyst="anna", supersedes=None, withdrawn=False):
    at = seed.at - timedelta(days=day)
    with seed.store.writing() as connection:
        task = Task(ids.task_id(campaign, 1), campaign, 1, TaskReason.RISK, 0.9, at)
        reviews.add_task(connection, task)
        name = ids.verdict_id(task.id, analyst, at) + ("w" if withdrawn else "")
        verdict = Verdict(name, task.id, campaign, analyst, label, at, supersedes=supersedes, withdrawn=withdrawn)
        reviews.add_verdict(connection, verdict)
    return verdict.id


@pytest.fixture
def counted(seed):
    """Seven ads from Moldova to the Netherlands, three of them flagged, two of those judged."""
    route = (Place("NL", "Nederland", "nl", "destination"), Place("MD", "Moldova", "md", "origin"))
    homes = [
        seed.ad(0.9 if number < 3 else 0.1, title=f"Offer {number}", language="ro", places=route) for number in range(7)
    ]
    _judge(seed, homes[0], VerdictLabel.CONCERN, day=1)
    _judge(seed, homes[1], VerdictLabel.NO_CONCERN, day=1)
    index.run(seed.store, seed.settings, as_of=seed.at)
    return seed, homes


def _plot(seed, key):
    with seed.store.reading() as connection:
        return insight_figures.plot(connection, key, SPAN, speech("en"))


def test_flags_of_all_ads_are_said_as_they_are(counted):
    rows = {row.name: row.cells for row in _plot(counted[0], "flags").rows}
    assert rows["16 Nov"] == ("7", "3", "3 of 7")


@pytest.mark.parametrize(("key", "name"), [("corridor", "Moldova → Netherlands"), ("language", "Romanian")])
def test_what_is_counted_by_value_names_it_and_its_verdicts(counted, key, name):
    (row,) = _plot(counted[0], key).rows
    assert (row.name, row.values, row.cells) == (name, (3, 4), ("7", "3 of 7", "1 of 2"))


def test_precision_is_of_the_flagged_that_were_judged(counted):
    rows = _plot(counted[0], "precision").rows
    assert rows[-1].cells == ("2", "1 of 2")
    assert rows[0].cells == ("0", "–")


def test_a_decision_taken_back_leaves_its_day(counted):
    seed, homes = counted
    with seed.store.reading() as connection:
        given = reviews.verdicts_in_force(connection, [homes[0]])[0]
    _judge(seed, homes[0], VerdictLabel.CONCERN, supersedes=given.id, withdrawn=True)
    index.run(seed.store, seed.settings, as_of=seed.at)
    assert [row.values for row in _plot(seed, "verdicts").rows][-1] == (0, 0, 1, 0, 0)


def test_running_again_counts_nothing_twice(counted):
    seed, _ = counted
    before = [_plot(seed, key) for key in insight_figures.FIGURES]
    index.run(seed.store, seed.settings, as_of=seed.at)
    assert [_plot(seed, key) for key in insight_figures.FIGURES] == before


def test_the_queue_is_noted_by_age(counted):
    seed, homes = counted
    for number, days in enumerate((0.5, 2, 5, 30)):
        task = Task(f"t-{number}", homes[3 + number], 1, TaskReason.DOUBT, 0.5, seed.at - timedelta(days=days))
        with seed.store.writing() as connection:
            reviews.add_task(connection, task)
    index.run(seed.store, seed.settings, as_of=seed.at)
    with seed.store.reading() as connection:
        (day,) = insights.queue_days(connection, first=TODAY, last=TODAY)
    assert (day.waiting, day.ages) == (6, (1, 3, 1, 1))


@pytest.fixture
def served(town, browse):
    """The town, filed and counted."""
    index.run(town.store, town.settings, as_of=town.at)
    return town, browse


def test_every_plot_has_words_and_a_table(served):
    page = served[1]("anna").get("/insights").text
    assert page.count('role="img"') == page.count("<desc ") >= 4
    assert page.count('class="list"') == page.count('class="plot at-wide"') == page.count('class="plot at-narrow"')


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_insights_are_drawn_in_every_language(served, code):
    anna = served[1]("anna")
    anna.fill("/preferences", language=code, next="/")
    assert anna.get("/insights?weeks=4").status_code == 200
    assert anna.get("/insights/language.png?weeks=4").content.startswith(b"\x89PNG")


def test_a_plot_is_taken_along_and_that_is_logged(served):
    town, browse = served
    anna = browse("anna")
    table = anna.get("/insights/language.csv")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert rows[0][0] == "By language"
    assert any(row[0] == "Romanian" for row in rows)
    picture = anna.get("/insights/flags.png").content
    assert struct.unpack(">II", picture[16:24]) == (1200, 600)
    with town.store.reading() as connection:
        names = [row["object"] for row in audit.page(connection, action="insights.export")]
    assert [name.split("-2026")[0] for name in names] == ["zorya-flags", "zorya-language"]


@pytest.mark.parametrize("path", ["/insights/flags.pdf", "/insights/nothing.csv", "/insights/..%2fetc.csv"])
def test_no_other_file_is_given(served, path):
    assert served[1]("anna").get(path).status_code == 404


def test_a_partner_sees_no_insights(served):
    town, browse = served
    town.person("paula", Role.PARTNER)
    assert browse("paula").get("/insights").status_code == 403


@given(st.text(max_size=30))
def test_no_cell_is_a_formula(text):
    plot = Plot("x", "t", "a", ("s",), (text,), (PlotRow(text, (1,), (text,)),), True)
    rows = csv.reader(io.StringIO(figure_files.as_csv(plot).decode("utf-8-sig")))
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


MANY = st.integers(0, 10**6)


@given(st.lists(st.tuples(MANY, MANY), min_size=1, max_size=60), st.booleans(), st.booleans())
def test_bars_stay_inside_the_drawing(values, over_time, narrow):
    rows = tuple(PlotRow(str(place), pair, ()) for place, pair in enumerate(values))
    width = plots.NARROW if narrow else plots.WIDTH
    drawn = plots.drawing(Plot("x", "t", "a", ("one", "two"), (), rows, over_time), width=width)
    for block in drawn.blocks:
        assert 0 <= block.x <= block.x + block.width <= drawn.width
        assert -0.2 <= block.y <= block.y + block.height <= drawn.height


def test_a_share_is_said_of_twenty_or_more_only():
    assert insight_figures.of(3, 7, speech("en")) == "3 of 7"
    assert insight_figures.of(30, 70, speech("en")) == "30 of 70 (43%)"


def test_an_empty_plot_is_no_drawing():
    plot = Plot("x", "t", "a", ("one",), (), (PlotRow("w", (0,), ("0",)),), True)
    assert plot.is_empty
    assert not replace(plot, rows=(PlotRow("w", (1,), ("1",)),)).is_empty
