"""Evaluations and comparisons as one HTML file each: nothing is fetched, both themes, readable without colour."""

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from models.evaluation.curves import Learnt, Line
from models.evaluation.evaluation import Evaluation
from models.evaluation.figures import LESS_IS_BETTER, NAMES
from models.evaluation.intervals import Figure
from models.evaluation.slices import SHOWN
from models.evaluation.svg import Axes, Trace, plot

DIGITS = {"false_alerts_per_10000": 1, "brier": 4, "calibration_error": 4, "classwise_calibration_error": 4}
HEADLINE = ("average_precision", "recall_at_budget", "false_alerts_per_10000", "classwise_calibration_error")
_SMALL = Axes("recall", "precision", width=150, height=112, bare=True)
_CALIBRATION = Axes("said", "found", width=210, height=190, diagonal=True)


def page(found: Evaluation, *, made: str) -> str:
    """The report of an evaluation. `made` says when and with what."""
    return render("report.html", found=found, made=made, pictures=_pictures(found))


def comparison_page(found: Evaluation, other: str, *, made: str) -> str:
    """The report of a comparison of the main classifier with another."""
    return render("compare.html", found=found, other=other, made=made, verdict=verdict)


def verdict(name: str, difference: Figure) -> str:
    """What a paired difference says: `better`, `worse` or `no difference told`."""
    if not (difference.low > 0 or difference.high < 0):
        return "no difference told"
    return "better" if (difference.value > 0) != (name in LESS_IS_BETTER) else "worse"


def shown(name: str, value: Figure) -> str:
    """A figure with its interval, as tables print it."""
    return value.text(DIGITS.get(name, 3))


def render(template: str, **values: Any) -> str:
    """A template of this package, filled in."""
    environment = Environment(
        loader=PackageLoader("models.evaluation"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals |= {"names": NAMES, "shown": shown, "headline": HEADLINE, "sliced_by": SHOWN}
    return environment.get_template(template).render(**values)


def _pictures(found: Evaluation) -> dict[str, Any]:
    whole, *languages = found.precision_recall or [Line("all", ())]
    return {
        "whole": plot(
            f"Precision against recall of {found.main}",
            [Trace(whole.name, whole.points)],
            Axes("recall", "precision", width=420, height=300),
        ),
        "languages": [(line, _small_multiple(line, whole)) for line in languages],
        "reliability": [(line, _reliability(line)) for line in found.reliability],
        "learning": _learning(found.learning),
        "learners": list(dict.fromkeys(each.classifier for each in found.learning)),
    }


def _small_multiple(line: Line, whole: Line) -> str:
    title = f"Precision against recall in {line.name}: {line.note}"
    return plot(title, [Trace("all", whole.points, shade=9), Trace(line.name, line.points)], _SMALL)


def _reliability(line: Line) -> str:
    most = max([0.1, *(each for point in line.points for each in point)])
    top = next(edge for edge in (0.1, 0.2, 0.4, 1.0) if most <= edge)
    axes = Axes(_CALIBRATION.x_name, _CALIBRATION.y_name, 210, 190, (0, top), (0, top), diagonal=True)
    return plot(f"Reliability of {line.name}: {line.note}", [Trace(line.name, line.points, dots=True)], axes)


def _learning(points: Sequence[Learnt]) -> str:
    if not points:
        return ""
    ads = [point.ads for point in points]
    lowest = min(min(p.average_precision.value, p.average_precision.low) for p in points)
    floor = max((each for each in (0.2, 0.6, 0.8) if each < lowest), default=0.0)
    names = list(dict.fromkeys(point.classifier for point in points))
    traces = [
        Trace(
            name,
            [(p.ads, p.average_precision.value) for p in points if p.classifier == name],
            shade=number,
            dots=True,
            whiskers=[(p.average_precision.low, p.average_precision.high) for p in points if p.classifier == name],
        )
        for number, name in enumerate(names)
    ]
    axes = Axes(
        "ads learnt from",
        "average precision",
        width=420,
        height=300,
        x=(min(ads) * 0.9, max(ads) * 1.1),
        y=(floor, 1.0),
        x_ticks=sorted({point.ads for point in points if point.classifier == names[0]}),
        log_x=True,
    )
    return plot("Average precision by number of ads learnt from", traces, axes)
