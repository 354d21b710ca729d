"""How the sources fare: all of them day by day, and one with its runs, its measures and what is expected of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.web.gate import Call, refused
from labeling.web.speech import N_, Speech
from labeling.web.wording import MEASURE_WORDS, WORDS
from zorya.domain.health import Band, Checkup, checkup_of, shown, usual, words
from zorya.domain.runs import FAILURES, Outcome, RunStatus
from zorya.store import audit, health, runs
from zorya.store.health import RunView, SourceView

DAYS = 14
SHOWN_REQUESTS = 100
MARKS = {"ok": "✓", "partial": "!", "failed": "✗", "none": "·"}
TROUBLE = FAILURES | {Outcome.ROBOTS, Outcome.CAPPED}


SAID = {"accepted": N_("Written down. What was usual before is forgotten; five sound runs teach it anew.")}


@dataclass(frozen=True, slots=True)
class Day:
    """One cell: a source on a day. `ads` are those the newest run saw; `words` say everything the colour says."""

    day: date
    verdict: str
    ads: int | None
    words: str

    @property
    def mark(self) -> str:
        """The verdict without colour."""
        return MARKS[self.verdict]

    @property
    def short(self) -> str:
        """The number of ads in at most four characters."""
        if self.ads is None:
            return "–"
        return str(self.ads) if self.ads < 1000 else f"{self.ads // 1000}k"


@dataclass(frozen=True, slots=True)
class Spark:
    """A line of ads seen, oldest first, in a box of 100 × 24, with the usual band behind it."""

    points: str
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a run against its band."""

    words: str
    value: str
    usual: str
    runs: int
    outside: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One source as listed."""

    view: SourceView
    days: list[Day]
    spark: Spark | None
    ads: str
    """`3 ads, usually 41–58`."""


def overview(call: Call) -> Response:
    """Every source, red ones first, with its last two weeks."""
    with call.app.store.reading() as connection:
        views = health.overview(connection, at=call.now, days=DAYS)
    rows = [_row(view, call) for view in views]
    groups = [
        (N_("Need a look"), [row for row in rows if row.view.red]),
        (N_("Well"), [row for row in rows if not row.view.red and row.view.standing in {"active", ""}]),
        (N_("Not crawled by the schedule"), [row for row in rows if row.view.standing not in {"active", ""}]),
    ]
    return call.page("sources.html", groups=[group for group in groups if group[1]], marks=MARKS)


def one(call: Call) -> Response:
    """One source: why it is red, its runs, a run's measures against what is usual, and what is expected."""
    name = call.request.path_params["source"]
    with call.app.store.reading() as connection:
        found = health.overview(connection, at=call.now, days=DAYS, only=name)
        if not found:
            raise HTTPException(404)
        (view,) = found
        wanted = call.request.query_params.get("run")
        run = next((run for run in view.runs if run.id == wanted), view.last)
        asked = runs.requests_of(connection, run.id) if run else []
    trouble = [request for request in asked if request["outcome"] is None or request["outcome"] in TROUBLE]
    return call.page(
        "source.html",
        row=_row(view, call),
        view=view,
        run=run,
        marks=MARKS,
        outcome_order=[outcome.value for outcome in Outcome],
        measures=_measures(run.checkup, call.speech) if run and run.checkup else [],
        trouble=trouble[:SHOWN_REQUESTS],
        more_trouble=max(0, len(trouble) - SHOWN_REQUESTS),
        expected=_expected(view.spec, call.speech),
        planned=view.spec.get("schedule", ""),
        said=SAID.get(call.request.query_params.get("said", ""), ""),
    )


def accept(call: Call) -> Response:
    """The last run is the new normal: the baseline is learned afresh from it; who said so, and why, is on record."""
    name, reason = call.request.path_params["source"], call.text("reason", 300).strip()
    with call.app.store.writing() as connection:
        last = next(iter(runs.latest(connection, name, limit=1)), None)
        if last is None or last["id"] != call.text("run", 40) or checkup_of(last["measures"]) is None:
            return refused(
                call, 409, N_("Another crawl has ended since you looked. Go back, reload the page and look again.")
            )
        if not reason:
            return refused(call, 400, N_("Say what changed on the board. Go back and write it down in a few words."))
        health.accept(connection, last["id"], by=call.person.name)
        audit.add(connection, at=call.now, actor=call.person.name, action="source.accept", object=name, reason=reason)
    return call.go(f"/sources/{name}?said=accepted")


def _row(view: SourceView, call: Call) -> Row:
    today = call.now.date()
    days = [_day(view, today - timedelta(days=back), call.speech) for back in range(DAYS - 1, -1, -1)]
    return Row(view, days, _spark(view.runs), _ads(view.last, call.speech) if view.last else "")


def _day(view: SourceView, day: date, spoken: Speech) -> Day:
    """The day's verdict, what its newest run saw, and why a run of it was not green."""
    held, verdict = view.on(day), view.verdict_on(day)
    told = f"{spoken.short_day(day)}: {spoken.told(WORDS['run'], verdict)}"
    if not held:
        return Day(day, verdict, None, told)
    newest = held[0]
    bad = [run for run in held if run.status is not RunStatus.OK]
    parts = [told]
    if len(held) > 1 and bad:
        parts.append(spoken.say("%(bad)s of %(all)s runs not green", bad=len(bad), all=len(held)))
    why = "; ".join((bad[0].why if bad else ())[:2])
    return Day(day, verdict, _seen(newest), ", ".join([*parts, _ads(newest, spoken)]) + (f". {why}" if why else ""))


def _seen(run: RunView) -> int:
    return int(run.checkup.numbers.get("seen", run.postings)) if run.checkup else run.postings


def _ads(run: RunView, spoken: Speech) -> str:
    band = run.checkup.bands.get("seen") if run.checkup else None
    seen = spoken.plural("%(num)s ad", "%(num)s ads", _seen(run))
    return f"{seen}, {spoken.say('usually %(band)s', band=usual('seen', band))}" if band else seen


def _spark(history: Sequence[RunView]) -> Spark | None:
    seen = [_seen(run) for run in reversed(history[:60])]
    if len(seen) < 2:
        return None
    checkup = history[0].checkup
    band = checkup.bands.get("seen", _NO_BAND) if checkup else _NO_BAND
    top = max(*seen, band.high, 1.0)
    step = 100 / (len(seen) - 1)
    points = " ".join(f"{place * step:.1f},{23 - 22 * value / top:.1f}" for place, value in enumerate(seen))
    return Spark(points, 23 - 22 * band.high / top, 22 * (band.high - band.low) / top)


_NO_BAND = Band(0.0, 0.0, 0.0, 0)


def _measures(checkup: Checkup, spoken: Speech) -> list[Measure]:
    found = []
    for name in checkup.names:
        value, band = checkup.value(name), checkup.bands.get(name)
        if value is None:
            continue
        sentence = f"{words(name)}: "
        found.append(
            Measure(
                words=_headed(name, spoken),
                value=shown(name, value),
                usual=usual(name, band) if band else "",
                runs=band.runs if band else 0,
                outside=any(reason.startswith(sentence) for reason in checkup.why),
            )
        )
    return found


def _headed(name: str, spoken: Speech) -> str:
    """A measure as the heading of its row: `fill.pay` → Ads with pay."""
    group, _, rest = name.partition(".")
    if group == "fill":
        return spoken.say("Ads with: %(field)s", field=spoken.told(WORDS["field"], rest))
    if group == "language":
        return spoken.say("Ads in: %(language)s", language=spoken.language("" if rest == "none" else rest))
    if group == "flag":
        return spoken.say("Ads flagged: %(flag)s", flag=rest.replace("_", " "))
    return spoken.say(MEASURE_WORDS.get(name, name))


def _expected(spec: dict[str, Any], spoken: Speech) -> list[tuple[str, str]]:
    """What the source file promises, in words; empty for a source without a description."""
    expect = spec.get("expect")
    if not expect:
        return []
    share_of = {f"fill.{name}": share for name, share in expect["fill"].items()}
    least, most = expect.get("min_postings", 1), expect.get("max_postings")
    if most:
        rows = [(spoken.say("Ads"), spoken.say("%(least)s to %(most)s", least=least, most=most))]
    else:
        rows = [(spoken.say("Ads"), spoken.say("at least %(least)s", least=least))]
    if expect.get("silence_days"):
        rows.append((spoken.say("A new ad"), spoken.say("within %(days)s days", days=f"{expect['silence_days']:g}")))
    if expect.get("languages"):
        names = spoken.listed([spoken.language(code) for code in spec.get("languages", ())])
        share = spoken.percent(expect["languages"])
        rows.append((spoken.say("Ads in: %(language)s", language=names), spoken.say("at least %(least)s", least=share)))
    for name, least_share in share_of.items():
        share = spoken.percent(least_share)
        rows.append((_headed(name, spoken), spoken.say("at least %(least)s", least=share)))
    return rows
