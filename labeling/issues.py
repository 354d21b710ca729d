"""Labels that are likely wrong, and the way back: another look by somebody who has not judged the campaign.

Confident learning (Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 70,
2021): each answer has a bar, the mean out-of-fold probability of that answer among the ads labelled with it; ads that
pass the bar of an answer are counted for it (the confident joint, §3.1). The share counted for the other answer, times
the ads of a label, is how many of them are likely wrong; those that lie furthest beyond are taken (§3.2, pruning by
noise rate). Probabilities are compared with the bars, so that a model calibrated to a rare class finds the same.
Written here rather than taken from cleanlab, which brings pandas for these few lines.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from statistics import fmean

from sqlalchemy import Connection

from labeling.sampling import RISK_FLOOR
from zorya.domain import ids
from zorya.domain.reviews import Task, TaskReason, VerdictLabel
from zorya.errors import DataFileError
from zorya.labelled import LabelledAd, Origin
from zorya.store import Store, audit, campaigns, reviews


@dataclass(frozen=True, slots=True)
class Issue:
    """A group of ads (a campaign) whose label the model doubts. `probability` is the mean out-of-fold probability of
    *concern*, `margin` how far the other answer lies beyond the label's, in (0, 2); `ads` those of its ads in doubt.
    """

    group: str
    origin: Origin
    label: VerdictLabel
    probability: float
    margin: float
    ads: tuple[str, ...]
    title: str


def out_of_fold(path: Path) -> dict[str, float]:
    """Ad → probability of *concern* by a model that did not learn from it: lines `{"id", "probabilities": {…}}`."""
    found = {}
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as exc:
        remedy = "`zorya model train` writes it; or name one with --out-of-fold"
        raise DataFileError(path, f"no out-of-fold probabilities here; {remedy}") from exc
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                values = json.loads(line)
                found[str(values["id"])] = float(values["probabilities"]["concern"])
            except (ValueError, KeyError, TypeError) as exc:
                raise DataFileError(
                    path, "expected {id, probabilities: {concern: …}}; train anew", line=number
                ) from exc
    return found


def find(ads: Sequence[LabelledAd], probabilities: Mapping[str, float]) -> list[Issue]:
    """Groups in which half of the ads or more are issues, the surest first; ads without probability are left out."""
    known = [ad for ad in ads if ad.id in probabilities]
    doubted = _doubted(known, probabilities)
    groups: dict[str, list[LabelledAd]] = {}
    for ad in known:
        groups.setdefault(ad.group, []).append(ad)
    issues = []
    for group, held in groups.items():
        wrong = [ad for ad in held if ad.id in doubted]
        if not wrong or len(wrong) * 2 < len(held):
            continue
        first = wrong[0]
        said, margin = fmean(probabilities[ad.id] for ad in wrong), fmean(doubted[ad.id] for ad in wrong)
        names = tuple(ad.id for ad in wrong)
        issues.append(
            Issue(group, first.origin, first.label, round(said, 4), round(margin, 4), names, first.title[:80])
        )
    return sorted(issues, key=lambda issue: (-issue.margin, issue.group))


def _doubted(ads: Sequence[LabelledAd], probabilities: Mapping[str, float]) -> dict[str, float]:
    """Ads whose label is likely wrong → how far the other answer lies beyond its own, both measured from their bars."""
    held = {answer: [ad for ad in ads if ad.is_concern is answer] for answer in (True, False)}
    if not held[True] or not held[False]:
        return {}

    def of(ad: LabelledAd, answer: bool) -> float:
        return probabilities[ad.id] if answer else 1 - probabilities[ad.id]

    bar = {answer: fmean(of(ad, answer) for ad in held[answer]) for answer in held}
    found: dict[str, float] = {}
    for label, labelled in held.items():
        beyond = {ad.id: of(ad, not label) - bar[not label] - of(ad, label) + bar[label] for ad in labelled}
        against = sum(of(ad, not label) >= bar[not label] and beyond[ad.id] > 0 for ad in labelled)
        agreeing = sum(of(ad, label) >= bar[label] and beyond[ad.id] <= 0 for ad in labelled)
        wrong = round(len(labelled) * against / max(1, against + agreeing))
        furthest = sorted((name for name in beyond if beyond[name] > 0), key=lambda name: (-beyond[name], name))
        found |= {name: beyond[name] for name in furthest[:wrong]}
    return found


def ask(store: Store, issues: Iterable[Issue], *, as_of: datetime, actor: str, limit: int = 20) -> dict[str, int]:
    """Queue another look at the campaigns of up to `limit` issues with people's verdicts; how many were `asked`,
    `waiting` already, or `answered` (looked at again before, for the same doubt). Logged.
    """
    counts: Counter[str] = Counter()
    with store.writing() as connection:
        for issue in issues:
            if issue.origin is not Origin.VERDICT:
                counts["not_verdicts"] += 1
            elif counts["asked"] < limit:
                counts[_ask(connection, issue, at=as_of)] += 1
            else:
                counts["later"] += 1
        if counts["asked"]:
            asked = f"{counts['asked']} campaigns"
            audit.add(connection, at=as_of, actor=actor, action="labels.issues", object="queue", reason=asked)
    return dict(counts)


def _ask(connection: Connection, issue: Issue, *, at: datetime) -> str:
    campaign = campaigns.resolve(connection, issue.group)
    rounds = [
        task for name in campaigns.family(connection, campaign) for task in reviews.tasks_of_campaign(connection, name)
    ]
    if any(task.done_at is None for task in rounds):
        return "waiting"
    if any(task.reason is TaskReason.LABEL_ISSUE for task in rounds):
        return "answered"  # people have looked again: the model may doubt on, they are not asked for ever
    number = 1 + max((task.round for task in rounds), default=0)
    priority = round(RISK_FLOOR + (1 - RISK_FLOOR) * max(0.0, min(1.0, issue.margin)), 6)
    last = max(rounds, key=lambda task: task.round, default=None)
    task = Task(ids.task_id(campaign, number), campaign, number, TaskReason.LABEL_ISSUE, priority, at)
    task = replace(task, language=last.language, band=last.band) if last else task
    return "asked" if reviews.add_task(connection, task) else "waiting"
