"""An invented store of any size for `zorya bench web`: bulk rows in the shape and the shares of a real one.

Of the campaigns nearly half are flagged, two fifths of those are decided, of the decided a fifth is a concern of two
people. Campaigns have 1 to 10 ads, one of them 500 or a two-hundredth of all. Every tenth first decision was
taken back once. The number of sources, and of runs in two weeks, is the same at every size: pages show all of them.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table

from zorya.cli.bench_web_bulk import Quick, insert
from zorya.domain import ids
from zorya.domain.findings import band_of
from zorya.domain.reviews import TaskReason, VerdictLabel
from zorya.store import Store, schema, sharing_schema
from zorya.store import campaign_schema as grouped
from zorya.store.audit import GENESIS

SOURCES = tuple(f"board-{number:02d}" for number in range(20))
ANALYSTS = ("ana", "bob", "eva")
LANGUAGES = ("ro", "uk", "ru", "bg", "pl", "en")
SIZES = (1,) * 14 + (2,) * 3 + (3, 5, 10)
WEIGHTS = 97
_BODY = "Hotel by the sea looks for staff, room above the kitchen, pay after the season, ask for the manager. "


@dataclass(slots=True)
class Town:
    """What was stored, as far as visits need it; of open tasks the most pressing first."""

    postings: list[str] = field(default_factory=list)
    campaigns: list[str] = field(default_factory=list)
    largest: str = ""
    open_tasks: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    proposals: int = 0


@dataclass(slots=True)
class _Ad:
    posting: str
    campaign: str
    place: int
    score: float


def fill(store: Store, number: int, *, as_of: datetime, seed: int = 7) -> Town:
    """Store `number` ads and everything that follows from them, in bulk; the store must be empty."""
    chance, town = random.Random(seed), Town()  # noqa: S311 — an invented town
    ads = _ads(number, chance, town)
    scores = {ad.campaign: ad.score for ad in ads if ad.place == 0}
    rows = _ad_rows(ads, as_of) | _reading_rows(ads, as_of)
    rows |= _campaign_rows(ads, town, as_of)
    rows |= _review_rows(scores, town, chance, as_of)
    rows |= _house_rows(number, as_of)
    rows |= _shared_rows(town, as_of)
    with Quick(store) as connection:
        for table in schema.metadata.sorted_tables:
            insert(connection, store, table, rows.get(table, ()))
    return town


def _ads(number: int, chance: random.Random, town: Town) -> list[_Ad]:
    names = [f"p-{chance.getrandbits(80):020x}" for _ in range(number)]
    ads: list[_Ad] = []
    big = min(max(number // 200, 500), number // 2)
    while len(ads) < number:
        size = min(big if not ads else chance.choice(SIZES), number - len(ads))
        campaign, score = ids.campaign_id(names[len(ads)]), _score(chance)
        town.campaigns.append(campaign)
        ads += [_Ad(names[len(ads) + place], campaign, place, score) for place in range(size)]
    town.largest, town.postings = town.campaigns[0], names
    return sorted(ads, key=lambda ad: ad.posting)  # in the order of their keys: trees are filled from left to right


def _score(chance: random.Random) -> float:
    flagged = chance.random() < 0.45
    return round(chance.uniform(0.56, 0.99) if flagged else chance.uniform(0.01, 0.5), 4)


_HIT: dict[str, Any] = {"code": "A1", "revision": 1, "title": "Pay after the season", "state": "present"}
_HITS = [_HIT | {"strength": "medium", "spans": [[40, 60]]}]
_REASONS = [{"text": "the text says “pay after the season”", "direction": 1, "code": "A1", "spans": [[40, 60]]}]
_UNSAID: dict[str, Any] = {"employer": None, "places": [], "pay": None, "contacts": [], "flags": [], "images": []}


def _seen(ad: _Ad, as_of: datetime) -> datetime:
    return as_of - timedelta(minutes=int(ad.posting[2:8], 16) % 60_000)


def _source(ad: _Ad) -> str:
    return SOURCES[int(ad.posting[8:12], 16) % len(SOURCES)]


def _language(campaign: str) -> str:
    drawn = int(campaign[2:6], 16)
    return LANGUAGES[0] if drawn % 2 else LANGUAGES[drawn // 2 % len(LANGUAGES)]  # half: boards of one country


def _ad_rows(ads: list[_Ad], as_of: datetime) -> dict[Table, Iterable[dict[str, Any]]]:
    """Postings with their wording."""
    return {
        schema.postings: (
            {"id": ad.posting, "source": _source(ad), "native_id": ad.posting, "kind": "job", "repost_of": None}
            | {"url": f"https://{_source(ad)}.example/{ad.posting}", "current_version": f"v-{ad.posting[2:]}"}
            | {"first_seen": _seen(ad, as_of), "last_seen": _seen(ad, as_of), "gone_at": None, "checked_at": None}
            for ad in ads
        ),
        schema.versions: (
            {"id": f"v-{ad.posting[2:]}", "posting_id": ad.posting, "content_hash": ad.posting, "capture_id": None}
            | {
                "seen_at": _seen(ad, as_of),
                "title": f"Staff for a hotel by the sea {ad.posting[-4:]}",
                "body": _BODY * 6,
                "language": _language(ad.campaign),
            }
            | _UNSAID
            | {"posted_on": None}
            for ad in ads
        ),
    }


def _reading_rows(ads: list[_Ad], as_of: datetime) -> dict[Table, Iterable[dict[str, Any]]]:
    """What the machine read in each ad: contact, assessment, imprint, place in a campaign."""
    return {
        schema.contacts: (
            {"version_id": f"v-{ad.posting[2:]}", "position": 0, "kind": "telegram", "token": ad.campaign}
            | {"value": f"hotel_{ad.campaign[2:]}_example", "raw": "@", "start": -1, "end": -1, "confidence": 1.0}
            for ad in ads
        ),
        schema.assessments: (
            {"id": f"a-{ad.posting[2:]}", "version_id": f"v-{ad.posting[2:]}", "ruleset": "bench", "model": "bench@1"}
            | {"language": _language(ad.campaign), "score": ad.score, "band": band_of(ad.score).value, "abstain": False}
            | {
                "patterns": {"labour_exploitation": ad.score},
                "hits": _HITS,
                "reasons": _REASONS,
                "created_at": _seen(ad, as_of),
            }
            for ad in ads
        ),
        grouped.campaign_members: (
            {"posting_id": ad.posting, "campaign_id": ad.campaign, "edge": "contact" if ad.place else "first"}
            | {"edge_to": None, "edge_weight": 1.0, "edge_reason": "", "added_at": _seen(ad, as_of)}
            for ad in ads
        ),
        grouped.imprints: (
            {"posting_id": ad.posting, "language": _language(ad.campaign), "source": _source(ad), "wording": _BODY}
            | {
                "text": ad.posting[2:18],
                "sketch": None,
                "organisations": [],
                "offer": None,
                "made_at": _seen(ad, as_of),
            }
            | {"contacts": {}, "images": {}}
            for ad in ads
        ),
    }


def _campaign_rows(ads: list[_Ad], town: Town, as_of: datetime) -> dict[Table, Iterable[dict[str, Any]]]:
    """Campaigns, and open questions between neighbours: one for every twentieth ad."""
    founders = {ad.campaign: ad.posting for ad in ads if ad.place == 0}
    names = sorted(town.campaigns)
    pairs = list(zip(names[::2], names[1::2], strict=False))[: len(ads) // 20]
    town.proposals = len(pairs)
    made = as_of - timedelta(days=3)
    return {
        grouped.campaigns: (
            {"id": name, "merged_into": None, "merged_at": None, "decision": "", "founder": founders[name]}
            | {"created_at": made - timedelta(minutes=int(name[2:8], 16) % 40_000)}
            for name in names
        ),
        grouped.campaign_proposals: [
            {"seq": number, "one": founders[one], "other": founders[other], "one_campaign": one, "kind": "text"}
            | {"other_campaign": other, "weight": round(0.5 + number % WEIGHTS / 200, 4), "reason": "half of the words"}
            | {"state": "open", "created_at": made, "decided_by": None, "decided_at": None, "change": None}
            for number, (one, other) in enumerate(pairs, 1)
        ],
    }


def _review_rows(
    scores: dict[str, float], town: Town, chance: random.Random, as_of: datetime
) -> dict[Table, Iterable[dict[str, Any]]]:
    tasks: list[dict[str, Any]] = []
    verdicts: list[dict[str, Any]] = []
    for campaign, score in sorted(scores.items()):
        flagged = score > 0.55
        if not flagged and chance.random() > 0.03:
            continue
        reason = TaskReason.RISK if flagged else TaskReason.SENTINEL
        done = chance.random() < 0.4
        task = _task(campaign, 1, reason, score, as_of - timedelta(minutes=chance.randrange(9 * 1440)), done=done)
        tasks.append(task)
        if not done:
            continue
        label = VerdictLabel.CONCERN if chance.random() < 0.4 else VerdictLabel.NO_CONCERN
        verdicts += _decisions(task, chance.choice(ANALYSTS[:2]), label, again=chance.random() < 0.1)
        if label is VerdictLabel.CONCERN:
            second = _task(campaign, 2, TaskReason.SECOND_REVIEW, score, task["done_at"], done=True)
            shared = chance.random() < 0.5
            tasks.append(second)
            verdicts += _decisions(second, ANALYSTS[2], label if shared else VerdictLabel.NO_CONCERN, again=False)
            town.confirmed += [campaign] * shared
    pressing = sorted(tasks, key=lambda task: (task["priority"], task["id"]), reverse=True)
    town.open_tasks = [task["id"] for task in pressing if task["done_at"] is None]
    return {schema.tasks: tasks, schema.verdicts: verdicts}


def _task(
    campaign: str, number: int, reason: TaskReason, score: float, made: datetime, *, done: bool
) -> dict[str, Any]:
    return {
        "id": ids.task_id(campaign, number),
        "campaign_id": campaign,
        "round": number,
        "reason": reason.value,
        "priority": score,
        "created_at": made,
        "owner": None,
        "lease_until": None,
        "done_at": made + timedelta(hours=1) if done else None,
        "language": _language(campaign),
        "band": band_of(score).value,
    }


def _decisions(task: dict[str, Any], analyst: str, label: VerdictLabel, *, again: bool) -> list[dict[str, Any]]:
    """One decision; `again`: given once, taken back, and given once more."""
    at, found = task["done_at"], list[dict[str, Any]]()
    before: str | None = None
    for step in range(3 if again else 1):
        name = ids.verdict_id(task["id"], analyst, at + timedelta(seconds=step))
        found.append(
            {"id": name, "task_id": task["id"], "campaign_id": task["campaign_id"], "analyst": analyst}
            | {"label": label.value, "patterns": ["labour_exploitation"], "indicators": [], "rationale": ""}
            | {"severity": 2 if label is VerdictLabel.CONCERN else None, "decided_at": at + timedelta(seconds=step)}
            | {"supersedes": before if step == 1 else None, "withdrawn": step == 1}
        )
        before = name
    return found


def _house_rows(number: int, as_of: datetime) -> dict[Table, Iterable[dict[str, Any]]]:
    """Sources, their runs (the longer ago the more at larger sizes), and a log whose chain holds."""
    return {
        schema.sources: [
            {"id": name, "title": name, "country": "ro", "engine": "html", "owner": "ana", "standing": "active"}
            | {"spec": {"schedule": "@daily"}, "updated_at": as_of}
            for name in SOURCES
        ],
        schema.runs: [
            {"id": f"r-{source}-{day}", "source": source, "started_at": as_of - timedelta(days=day, hours=1)}
            | {"finished_at": as_of - timedelta(days=day), "status": "ok", "scheduled": 3, "outcomes": {"ok": 3}}
            | {"postings": 3, "new": 1, "changed": 0, "messages": [], "measures": {}}
            for source in SOURCES
            for day in range(14 + number // 1000)
        ],
        schema.audit: _log(max(500, number // 5), as_of),
    }


def _log(number: int, as_of: datetime) -> Iterator[dict[str, Any]]:
    previous = GENESIS
    for seq in range(1, number + 1):
        row = {"seq": seq, "at": as_of - timedelta(hours=1), "actor": ANALYSTS[seq % 3], "action": "ad.view"}
        row |= {"object": f"v-{seq:020x}", "reason": "", "previous": previous}
        previous = ids.audit_hash(row, at=as_of - timedelta(hours=1))
        yield row | {"hash": previous}


def _shared_rows(town: Town, as_of: datetime) -> dict[Table, Iterable[dict[str, Any]]]:
    """Alerts of one partner about confirmed campaigns: all but the last five of them were told in weekly digests of
    ten. No deliveries: the database refuses those of alerts that nobody approved."""
    made = as_of - timedelta(days=30)
    alerts: list[dict[str, Any]] = [
        {"id": ids.alert_id("bench", name, ()), "partner": "bench", "campaign_id": name, "verdict_ids": []}
        | {"marking": "TLP:AMBER", "severity": 2, "created_at": made, "content": {}, "content_hash": "0" * 64}
        | {"revision": 1, "route": [], "origin": None, "state": "told"}
        for name in town.confirmed[:-5]
    ]
    digests: list[dict[str, Any]] = []
    for number, start in enumerate(range(0, len(alerts), 10), 1):
        end = made + timedelta(days=1, minutes=number)
        digests.append(
            {"id": ids.digest_id("bench", made, end), "partner": "bench", "period_start": end - timedelta(minutes=1)}
            | {"period_end": end, "sequence": number, "marking": "TLP:AMBER", "subject": "", "text": "", "html": ""}
            | {"alert_ids": [alert["id"] for alert in alerts[start : start + 10]], "created_at": end}
            | {"kind": "digest", "notices": [], "seal": ""}
        )
    return {sharing_schema.alerts: alerts, sharing_schema.digests: digests}
