"""What the insights say, figure by figure: counts of the daily roll-ups, in the reader's words.

Small numbers are said as they are, *3 of 7*; a share stands beside them only where it is of twenty or more.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from labeling.web.plots import Plot, PlotRow
from labeling.web.speech import N_, Speech
from labeling.web.wording import LABEL_WORDS
from zorya.domain.reviews import TaskReason, VerdictLabel
from zorya.store import indicator_texts, insights
from zorya.store.search_filing import UNKNOWN

SHARE_FROM = 20
"""A share is said of this many or more."""
VALUES = 12
QUEUE_DAYS = 30
CONCERN, OTHERS = VerdictLabel.CONCERN, tuple(label for label in VerdictLabel if label is not VerdictLabel.CONCERN)
FIGURES = ("flags", "verdicts", "corridor", "sector", "language", "indicator", "queue", "precision")
TITLES = {
    "flags": N_("Flags over time"),
    "verdicts": N_("Verdicts over time"),
    "corridor": N_("By corridor"),
    "sector": N_("By sector"),
    "language": N_("By language"),
    "indicator": N_("By indicator"),
    "queue": N_("Age of the queue"),
    "precision": N_("Precision at the daily budget"),
}
ABOUT = {
    "flags": N_("Ads by the week they were first seen, and how many of them the machine flags."),
    "verdicts": N_("Decisions in force, by the week they were given."),
    "corridor": N_("From the country the offer speaks to (else the board's) to the country of the work."),
    "sector": N_("Sectors in which deceptive recruitment is often found; an ad may name several."),
    "language": N_("Language of the ad."),
    "indicator": N_("An indicator says nothing alone: most ordinary ads have some."),
    "queue": N_("Open campaigns by how long they have waited, at the last run of each day."),
    "precision": N_("Flagged campaigns that people had time to judge, first looks only: how many are a concern."),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Whole weeks up to today (UTC)."""

    first: date
    last: date

    @property
    def weeks(self) -> list[date]:
        """The Mondays."""
        return [self.first + timedelta(weeks=number) for number in range((self.last - self.first).days // 7 + 1)]


def span(weeks: int, today: date) -> Span:
    """The last so many weeks, this one included; they begin on Mondays."""
    monday = today - timedelta(days=today.weekday())
    return Span(monday - timedelta(weeks=weeks - 1), today)


def plot(connection: Connection, key: str, asked: Span, spoken: Speech) -> Plot:
    """One figure by its key (of `FIGURES`)."""
    makers = {"flags": _flags, "verdicts": _verdicts, "queue": _queue, "precision": _precision}
    if key in makers:
        return makers[key](connection, asked, spoken)
    return _by_value(connection, key, asked, spoken)


def of(some: int, whole: int, spoken: Speech) -> str:
    """`3 of 7`; from twenty on `30 of 70 (43 %)`."""
    told = spoken.say("%(some)s of %(all)s", some=spoken.number(some), all=spoken.number(whole))
    return f"{told} ({spoken.percent(some / whole)})" if whole >= SHARE_FROM else told


def _plot(key: str, spoken: Speech, series: Iterable[str], head: Iterable[str], rows: Iterable[PlotRow]) -> Plot:
    over_time = key in {"flags", "verdicts", "queue", "precision"}
    words = (spoken.say(TITLES[key]), spoken.say(ABOUT[key]))
    return Plot(key, *words, tuple(series), tuple(head), tuple(rows), over_time)


def _flags(connection: Connection, asked: Span, spoken: Speech) -> Plot:
    days = insights.ads_by_day(connection, first=asked.first, last=asked.last)
    rows = []
    for week in asked.weeks:
        held = [days[day] for day in _days(week) if day in days]
        ads, flagged = sum(each[0] for each in held), sum(each[1] for each in held)
        cells = (spoken.number(ads), spoken.number(flagged), of(flagged, ads, spoken))
        rows.append(PlotRow(spoken.short_day(week), (flagged, ads - flagged), cells))
    head = [spoken.say("Week from"), spoken.say("Ads"), spoken.say("Flagged"), spoken.say("Flagged of all")]
    return _plot("flags", spoken, [spoken.say("Flagged"), spoken.say("Not flagged")], head, rows)


def _verdicts(connection: Connection, asked: Span, spoken: Speech) -> Plot:
    days = insights.verdicts_by_day(connection, "all", "all", first=asked.first, last=asked.last)
    rows = []
    for week in asked.weeks:
        numbers = _sums(days[day] for day in _days(week) if day in days)
        values = tuple(numbers.get(label, 0) for label in (CONCERN, *OTHERS))
        rows.append(PlotRow(spoken.short_day(week), values, tuple(spoken.number(value) for value in values)))
    labels = [spoken.say(LABEL_WORDS[label]) for label in (CONCERN, *OTHERS)]
    return _plot("verdicts", spoken, labels, [spoken.say("Week from"), *labels], rows)


def _by_value(connection: Connection, key: str, asked: Span, spoken: Speech) -> Plot:
    days = {"first": asked.first, "last": asked.last}
    counts = insights.ads_by_value(connection, key, limit=VALUES, **days)
    judged = insights.verdicts_by_value(connection, key, [each.value for each in counts], **days)
    named = _naming(connection, key, spoken)
    rows = []
    for each in counts:
        given = judged.get(each.value, {})
        concern = of(given.get(CONCERN, 0), sum(given.values()), spoken) if given else "–"
        cells = (spoken.number(each.ads), of(each.flagged, each.ads, spoken), concern)
        rows.append(PlotRow(named(each.value), (each.flagged, each.ads - each.flagged), cells))
    head = [spoken.say(TITLES[key]), spoken.say("Ads"), spoken.say("Flagged of all"), spoken.say("Concern of judged")]
    return _plot(key, spoken, [spoken.say("Flagged"), spoken.say("Not flagged")], head, rows)


def _naming(connection: Connection, key: str, spoken: Speech) -> Callable[[str], str]:
    """How a value of a dimension is said."""
    if key == "language":
        return lambda code: spoken.language("" if code == UNKNOWN else code)
    if key == "corridor":
        return lambda pair: " → ".join(spoken.country(code) for code in pair.split("-"))
    told = indicator_texts.names(connection, spoken.code)
    if key == "sector":
        return lambda code: told.get(code.upper(), code.upper())
    return lambda code: f"{code.upper()} {told.get(code.upper(), '')}".strip()


def _queue(connection: Connection, asked: Span, spoken: Speech) -> Plot:
    first = max(asked.first, asked.last - timedelta(days=QUEUE_DAYS - 1))
    ages = [
        spoken.say("under 1 day"),
        spoken.say("1 to 3 days"),
        spoken.say("3 to 7 days"),
        spoken.say("a week or more"),
    ]
    rows = [
        PlotRow(
            spoken.short_day(each.day), each.ages, tuple(spoken.number(value) for value in (*each.ages, each.waiting))
        )
        for each in insights.queue_days(connection, first=first, last=asked.last)
    ]
    return _plot("queue", spoken, ages, [spoken.say("Day"), *ages, spoken.say("Open")], rows)


def _precision(connection: Connection, asked: Span, spoken: Speech) -> Plot:
    days = insights.verdicts_by_day(connection, "reason", TaskReason.RISK, first=asked.first, last=asked.last)
    rows = []
    for week in asked.weeks:
        numbers = _sums(days[day] for day in _days(week) if day in days)
        concern, judged = numbers.get(CONCERN, 0), sum(numbers.values())
        told = of(concern, judged, spoken) if judged else "–"
        rows.append(PlotRow(spoken.short_day(week), (concern, judged - concern), (spoken.number(judged), told)))
    head = [spoken.say("Week from"), spoken.say("Flagged and judged"), spoken.say("Concern of judged")]
    return _plot("precision", spoken, [spoken.say("Concern"), spoken.say("Another answer")], head, rows)


def _days(week: date) -> list[date]:
    return [week + timedelta(days=number) for number in range(7)]


def _sums(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts:
        for name, number in part.items():
            found[name] = found.get(name, 0) + number
    return found
