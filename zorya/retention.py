"""What is past its time: raw pages, ads that were dismissed or never flagged, ads of old alerts. A legal hold wins.

Ads that wait for people are only reported: they are decided on or escalated, never erased unseen.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Select, func, select

from zorya.domain.findings import Band
from zorya.domain.reviews import VerdictLabel
from zorya.domain.runs import StageReport
from zorya.erasure_list import ErasureList
from zorya.setting_sections import RetentionSettings
from zorya.settings import Settings
from zorya.store import Store, audit, campaigns, erased, erasing, reviews
from zorya.store.campaign_schema import campaign_members
from zorya.store.erasure_schema import erased_ads
from zorya.store.presence import chunks
from zorya.store.schema import assessments, captures, postings, tasks, versions
from zorya.store.sharing_schema import alerts

_HARMLESS = frozenset({VerdictLabel.NO_CONCERN, VerdictLabel.NOT_AN_AD})
_FLAGGED = [band.value for band in Band if band.flagged]
PAGES, DISMISSED, DISCLOSED = "pages", "dismissed", "disclosed"
WAITING, YEARLY = "under_review_too_long", "disclosed_due_for_yearly_check"
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class _Case:
    """What decides how long an ad stays: facts of its campaign."""

    alerted_at: datetime | None
    labels: frozenset[VerdictLabel]
    decided_at: datetime | None
    waiting_since: datetime | None


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """Stage: erase what is past its time where `retention.enforce` says so, else count it."""
    return perform(store, settings, as_of=as_of, pretend=not settings.retention.enforce)


def perform(store: Store, settings: Settings, *, as_of: datetime, pretend: bool) -> StageReport:
    """Erase what is past its time, or with `pretend` count it; ads on hold are counted and stay."""
    listed, rules = ErasureList(settings), settings.retention
    found: dict[str, list[str]] = {name: [] for name in (PAGES, DISMISSED, DISCLOSED, WAITING, YEARLY)}
    with store.reading() as connection:
        for part in _seen_before(
            connection, as_of - timedelta(days=min(rules.pages, rules.dismissed, rules.disclosed))
        ):
            for name, fate in _fates(connection, part, rules, as_of):
                found[fate].append(name)
        held = erasing.held_among(connection, listed, [name for fate in found for name in found[fate]])
    counts = {name: len(set(ads) - held) for name, ads in found.items()} | {"held": len(held)}
    messages = [f"{counts[WAITING]} ads wait for people past their time: decide or escalate"] if counts[WAITING] else []
    if not pretend:
        counts["files"] = _erase(store, settings, found, held, at=as_of)
    return StageReport("retention", as_of, counts, tuple(messages))


def _erase(
    store: Store, settings: Settings, found: Mapping[str, list[str]], held: Collection[str], *, at: datetime
) -> int:
    by, files = "stage:retention", 0
    for fate in (DISMISSED, DISCLOSED):
        gone = [name for name in found[fate] if name not in held]
        files += erasing.erase(store, settings, gone, why=erased.AGE, by=by, at=at).files
    pages = [name for name in found[PAGES] if name not in held]
    for part in chunks(pages):
        with store.writing() as connection:
            number = erasing.purge_evidence(connection, ErasureList(settings), part, at=at, due=pages)
            if number:
                audit.add(
                    connection, at=at, actor=by, action="pages.erase", object="evidence", reason=f"{number} files"
                )
    return files + erased.sweep(store, settings.evidence_dir, since=at - timedelta(days=1))


def _seen_before(connection: Connection, moment: datetime) -> Iterator[dict[str, datetime]]:
    """Ads last seen before a moment and not erased, with when; some at a time."""
    gone = select(erased_ads.c.posting_id)
    query = select(postings.c.id, postings.c.last_seen).where(postings.c.last_seen < moment)
    rows = connection.execute(query.where(postings.c.id.not_in(gone)).order_by(postings.c.id)).all()
    for part in chunks(rows):
        yield {row.id: row.last_seen for row in part}


def _fates(
    connection: Connection, seen: Mapping[str, datetime], rules: RetentionSettings, now: datetime
) -> Iterator[tuple[str, str]]:
    cases, flagged = _cases(connection, seen), _flagged(connection, seen)
    with_pages = _with_pages(connection, seen)
    for name, last in seen.items():
        fate = _fate(cases.get(name), last, flagged=name in flagged, rules=rules, now=now)
        if fate and (fate != PAGES or name in with_pages):
            yield name, fate


def _fate(case: _Case | None, last: datetime, *, flagged: bool, rules: RetentionSettings, now: datetime) -> str | None:
    """What is due for an ad; None where it stays. An ad without a campaign has not been screened: it stays."""
    if case is None:
        return None
    if case.alerted_at:
        age = now - case.alerted_at
        return DISCLOSED if age > timedelta(days=rules.disclosed) else (YEARLY if age > _YEAR else None)
    if case.waiting_since or case.labels - _HARMLESS or (flagged and not case.labels):
        since = case.waiting_since or case.decided_at or last
        return WAITING if now - since > timedelta(days=rules.under_review) else None
    age = now - max(last, case.decided_at or last)
    if age > timedelta(days=rules.dismissed):
        return DISMISSED
    return PAGES if not case.labels and age > timedelta(days=rules.pages) else None


def _cases(connection: Connection, posting_ids: Collection[str]) -> dict[str, _Case]:
    here = campaign_members.c.posting_id.in_(list(posting_ids))
    query = select(campaign_members.c.posting_id, campaign_members.c.campaign_id).where(here)
    campaign_of = {row.posting_id: row.campaign_id for row in connection.execute(query)}
    live = set(campaign_of.values())
    kin = campaigns.kin(connection, live)
    alerted: dict[str, datetime] = {}
    for row in connection.execute(_newest(alerts.c.campaign_id, alerts.c.created_at, kin)):
        alerted[kin[row[0]]] = max(row[1], alerted.get(kin[row[0]], row[1]))
    open_ones = _newest(tasks.c.campaign_id, tasks.c.created_at, kin, oldest=True).where(tasks.c.done_at.is_(None))
    waiting = {kin[row[0]]: row[1] for row in connection.execute(open_ones)}
    labels: dict[str, set[VerdictLabel]] = {}
    decided: dict[str, datetime] = {}
    for verdict in reviews.verdicts_in_force(connection, kin):
        name = kin[verdict.campaign_id]
        labels.setdefault(name, set()).update({verdict.label, *(label for _, label in verdict.ads)})
        decided[name] = max(verdict.decided_at, decided.get(name, verdict.decided_at))
    cases = {
        name: _Case(alerted.get(name), frozenset(labels.get(name, ())), decided.get(name), waiting.get(name))
        for name in live
    }
    return {posting: cases[name] for posting, name in campaign_of.items()}


def _newest(
    name: Column[str], moment: Column[datetime], among: Collection[str], *, oldest: bool = False
) -> Select[str, datetime]:
    value = func.min(moment) if oldest else func.max(moment)
    return select(name, value).where(name.in_(list(among))).group_by(name)


def _flagged(connection: Connection, posting_ids: Collection[str]) -> set[str]:
    query = select(versions.c.posting_id).join(assessments, assessments.c.version_id == versions.c.id)
    here = (versions.c.posting_id.in_(list(posting_ids)), assessments.c.band.in_(_FLAGGED))
    return set(connection.scalars(query.where(*here).distinct()))


def _with_pages(connection: Connection, posting_ids: Collection[str]) -> set[str]:
    query = select(versions.c.posting_id).join(captures, captures.c.id == versions.c.capture_id)
    here = (versions.c.posting_id.in_(list(posting_ids)), captures.c.purged_at.is_(None))
    return set(connection.scalars(query.where(*here).distinct()))
