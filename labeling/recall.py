"""How much the machine lets pass: recall with an interval, from the sentinel sample alone.

A fixed share of unflagged campaigns, drawn by a hash nobody can re-roll (`labeling.sampling`), is shown to people. Of
N unflagged campaigns n sentinels were judged and x of them seen as a concern, so N·x/n concerns are expected to have
passed (expansion estimator of a simple random sample: Cochran, Sampling Techniques, 3rd ed. 1977, §2.3 and §3.2). Of F
flagged campaigns m were judged and y confirmed: F·y/m were found. Recall = found / (found + passed).

Both shares get exact binomial bounds (Clopper & Pearson, Biometrika 26, 1934), each at 97.5 %, so that the interval of
recall, from the worst to the best of both, holds at 95 % at least (Bonferroni). It is wide while sentinels are few:
that is what is known. Verdicts given for any other reason than *sentinel* say nothing about what passed: those
campaigns were chosen because the machine doubted them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from zorya.domain.reviews import TaskReason, Verdict, VerdictLabel
from zorya.store import overview, reviews
from zorya.store.overview import CampaignView

EACH = 0.025
"""Error left to each of the two bounds; together 5 %."""


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

    def bounds(self) -> tuple[float, float]:
        """Fewest and most concerns among all that the judged allow."""
        low, high = clopper_pearson(self.concerns, self.judged, error=EACH)
        return max(float(self.concerns), self.all * low), self.all * high


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
    passed_at_most: float


def recall_of(name: str, flagged: Judged, unflagged: Judged) -> Recall:
    """The estimate; nothing judged on a side leaves its whole range open."""
    found, (found_low, found_high) = flagged.expected, flagged.bounds()
    passed, (passed_low, passed_high) = unflagged.expected, unflagged.bounds()
    told = found / (found + passed) if flagged.judged and unflagged.judged and found + passed else None
    low = found_low / (found_low + passed_high) if found_low + passed_high else 0.0
    high = found_high / (found_high + passed_low) if found_high + passed_low else 1.0
    rounded = None if told is None else round(told, 4)
    return Recall(name, flagged, unflagged, rounded, round(low, 4), round(high, 4), round(passed, 1), passed_high)


def clopper_pearson(successes: int, trials: int, *, error: float) -> tuple[float, float]:
    """Exact two-sided bounds of a share that err with probability `error` at most; (0, 1) without a trial."""
    from scipy.special import betaincinv

    if not trials:
        return 0.0, 1.0
    low = betaincinv(successes, trials - successes + 1, error / 2) if successes else 0.0
    high = betaincinv(successes + 1, trials - successes, 1 - error / 2) if successes < trials else 1.0
    return float(low), float(high)


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
    merged = overview.merged_into(connection)
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
    merged = overview.merged_into(connection)
    return {
        merged.get(task.campaign_id, task.campaign_id)
        for task in reviews.every_task(connection)
        if task.round == 1 and task.reason is TaskReason.SENTINEL
    }
