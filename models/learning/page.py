"""The learning curve as one HTML file, in the dress of an evaluation (`models.evaluation.page`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.evaluation.intervals import Figure
from models.evaluation.page import render, verdict
from models.evaluation.svg import Axes, Trace, plot
from models.learning.curve import ACTIVE, RANDOM, Step


@dataclass(frozen=True, slots=True)
class About:
    """What a curve was made of, in words. `base` is empty where nothing was learnt from beforehand."""

    classifier: str
    bought: str
    concern: int
    base: str
    seeds: int


def page(steps: Sequence[Step], about: About, *, made: str) -> str:
    """The page; `made` says when and with what."""
    return render(
        "learning_curve.html", steps=steps, about=about, made=made, picture=_picture(steps, about), verdict=verdict
    )


def _picture(steps: Sequence[Step], about: About) -> str:
    labels = [step.labels for step in steps]
    lines = {policy: [getattr(step, policy) for step in steps] for policy in (ACTIVE, RANDOM)}
    traces = [_trace(name, labels, held, shade) for shade, (name, held) in enumerate(lines.items())]
    lowest = min(y for trace in traces for points in ([p[1] for p in trace.points], *trace.whiskers) for y in points)
    floor = max((each for each in (0.2, 0.4, 0.6, 0.8) if each < lowest), default=0.0)
    x = (0.0, max(labels) * 1.05)
    axes = Axes("labels bought", "average precision", 380, 270, x=x, y=(floor, 1.0), x_ticks=labels)
    return plot(f"Average precision of {about.classifier} by labels bought", traces, axes)


def _trace(name: str, labels: Sequence[int], held: Sequence[Figure], shade: int) -> Trace:
    """Without whiskers where a single deal leaves no interval."""
    points = [(float(at), each.value) for at, each in zip(labels, held, strict=True)]
    told = [(each.low, each.high) for each in held if each.low == each.low]
    return Trace(name, points, shade=shade, dots=True, whiskers=told)
