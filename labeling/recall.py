"""How much the machine lets pass: recall with an interval, from the sentinel sample alone.

A fixed share of unflagged campaigns, drawn by a hash nobody can re-roll (`labeling.sampling`), is shown to people. Of
N unflagged campaigns n sentinels were judged and x of them seen as a concern, so N·x/n concerns are expected to have
passed (expansion estimator of a simple random sample: Cochran, Sampling Techniques, 3rd ed. 1977, §2.3 and §3.2). Of F
flagged campaigns m were judged and y confirmed: F·y/m are expected to be found. Recall = found / (found + passed).

The interval: the concerns that passed have exact 95 % bounds for a draw from a finite number (hypergeometric: Wright,
Exact Confidence Bounds when Sampling from Small Finite Universes, 1991; it nears the binomial one of Clopper & Pearson,
Biometrika 26, 1934, as N grows). Flagged campaigns are judged worst first, which is no random draw: for them the bounds
assume nothing, none of the unjudged a concern or all of them. It is wide while sentinels are few: that is what is
known. Verdicts given for any other reason than *sentinel* say nothing about what passed: those campaigns were chosen
because the machine doubted them.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from zorya.domain.reviews import TaskReason, Verdict, VerdictLabel
from zorya.store import campaigns, overview, reviews
from zorya.store.overview import CampaignView

ERROR = 0.05


@dataclass(frozen=True, slots=True)
class Judged:
    """Campaigns of one side of the line: `all`, those `judged`, and the `concerns` among the judged."""

    all: int
    judged: int
    concerns: int

    @property
    def expected(self) -> float:
        """Concerns among all, as far as the judged speak for them."""
        return self.all * self.concerns / self.judged if self.judged else 0.0


@dataclass(frozen=True, slots=True)
class Recall:
    """What is found of all concerns. `recall` is None until a sentinel and a flagged campaign were judged."""

    name: str
    flagged: Judged
    unflagged: Judged
    recall: float | None
    low: float
    high: float
    passed: float
    """Concerns expected among what was never flagged."""
    passed_at_most: int


def recall_of(name: str, flagged: Judged, unflagged: Judged) -> Recall:
    """The estimate; nothing judged on a side leaves its whole range open."""
    found, passed = flagged.expected, unflagged.expected
    fewest, most = bounds(unflagged)
    told = found / (found + passed) if flagged.judged and unflagged.judged and found + passed else None
    at_least, at_most = flagged.concerns, flagged.concerns + flagged.all - flagged.judged
    low = at_least / (at_least + most) if at_least + most else 0.0
    high = at_most / (at_most + fewest) if at_most + fewest else 1.0
    rounded = None if told is None else round(told, 4)
    return Recall(name, flagged, unflagged, rounded, round(low, 4), round(high, 4), round(passed, 1), most)


def bounds(drawn: Judged, *, error: float = ERROR) -> tuple[int, int]:
    """Fewest and most concerns among all from which such a draw is no surprise: each side errs with `error` / 2."""
    from scipy.stats import hypergeom

    if not drawn.judged:
        return 0, drawn.all

    def likely_so_few(concerns: int) -> bool:
        return bool(hypergeom.cdf(drawn.concerns, drawn.all, concerns, drawn.judged) > error / 2)

    def likely_so_many(concerns: int) -> bool:
        return bool(hypergeom.sf(drawn.concerns - 1, drawn.all, concerns, drawn.judged) > error / 2)

    least, greatest = drawn.concerns, drawn.all - drawn.judged + drawn.concerns
    steps = range(least, greatest + 1)
    fewest = least + bisect_left(steps, True, key=likely_so_many)
    most = least + bisect_left(steps, True, key=lambda concerns: not likely_so_few(concerns)) - 1
    return fewest, most


def measure(
    connection: Connection, *, as_of: datetime, days: int | None = None, by_language: bool = False
) -> list[Recall]:
    """All campaigns first, then each language where asked for; `days` looks at campaigns seen in so many days."""
    since = as_of - timedelta(days=days) if days else None
    views = [v for v in overview.campaign_views(connection).values() if since is None or v.last_seen >= since]
    answers, sentinels = _answers(connection), _sentinels(connection)
    found = [_measured("all", views, answers, sentinels)]
    if by_language:
        names = sorted({_language(view) for view in views})
        found += [
            _measured(name, [view for view in views if _language(view) == name], answers, sentinels) for name in names
        ]
    return found


def _measured(name: str, views: Iterable[CampaignView], answers: dict[str, bool], sentinels: set[str]) -> Recall:
    flagged: list[str] = []
    unflagged: list[str] = []
    for view in views:
        (flagged if view.band.flagged and not view.abstain else unflagged).append(view.campaign_id)
    seen = [answers[name] for name in flagged if name in answers]
    drawn = [answers[name] for name in unflagged if name in answers and name in sentinels]
    return recall_of(name, Judged(len(flagged), len(seen), sum(seen)), Judged(len(unflagged), len(drawn), sum(drawn)))


def _language(view: CampaignView) -> str:
    return view.languages[0] if len(view.languages) == 1 else "several" if view.languages else "unknown"


def _answers(connection: Connection) -> dict[str, bool]:
    """Live campaign → whether half or more of those who decided see a concern; who is unsure has not decided. A first
    concern counts before it is confirmed, on both sides of the line.
    """
    merged = campaigns.merges(connection)
    words: dict[str, dict[str, Verdict]] = {}
    for verdict in reviews.verdicts_in_force(connection):
        if verdict.label is not VerdictLabel.UNSURE:
            words.setdefault(merged.get(verdict.campaign_id, verdict.campaign_id), {})[verdict.analyst] = verdict
    return {
        campaign: 2 * sum(word.label is VerdictLabel.CONCERN for word in said.values()) >= len(said)
        for campaign, said in words.items()
    }


def _sentinels(connection: Connection) -> set[str]:
    """Live campaigns whose first review was asked for as a sentinel."""
    merged = campaigns.merges(connection)
    return {
        merged.get(task.campaign_id, task.campaign_id)
        for task in reviews.every_task(connection)
        if task.round == 1 and task.reason is TaskReason.SENTINEL
    }
