"""Stage *screen*: every version not yet read under this ruleset and model gets contacts, hits, an assessment and a
campaign.

Reading and scoring happen outside the write transaction; each batch is written whole or not at all.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import Connection

from models import linked, told
from models.campaigns import assigning
from models.campaigns.recording import Screened
from models.campaigns.refresh import refresh
from models.reading import Reading, read
from models.score import Scorer, load_scorer
from models.watch.shadow import beside, challenger_scorer
from zorya.domain.ads import PostingVersion
from zorya.domain.findings import Assessment
from zorya.domain.runs import StageReport
from zorya.errors import ModelError
from zorya.settings import Settings
from zorya.store import (
    Store,
    assessments,
    base_rates,
    campaign_ads,
    campaigns,
    indicator_texts,
    portraits,
    postings,
    shadow_scores,
    sources,
)

BATCH = 200


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """Screen everything unscreened; running it again screens nothing twice."""
    scorer = load_scorer(settings, as_of=as_of)
    challenger, told_of_challenger = _challenger(settings)
    with store.writing() as connection:
        indicator_texts.note(connection, told.texts())
        campaigns.lock(connection)
        # What people merged and split since: a part that was split off has no hits of its own yet.
        linked.refresh(connection, portraits.stale(connection), at=as_of)
    counts: Counter[str] = Counter(screened=0, flagged=0, abstained=0)
    while True:
        with store.reading() as connection:
            versions = postings.unscreened(connection, ruleset=scorer.ruleset, model=scorer.reference, limit=BATCH)
            countries = sources.countries(connection)
        if not versions:
            break
        readings = [read(version.posting, country=countries.get(version.posting.source)) for version in versions]
        results = scorer.assess(readings, [version.id for version in versions], as_of=as_of)
        shadow = beside(challenger, readings, results, as_of=as_of)
        with store.writing() as connection:
            campaigns.lock(connection)
            screened, stored = [], []
            for version, reading, assessment in zip(versions, readings, results, strict=True):
                tokens, is_new = _store(connection, store, version, reading, assessment)
                screened.append(Screened(version, reading, tokens))
                stored += [(version.posting.source, assessment)] * is_new
                counts["screened"] += 1
                counts["flagged"] += assessment.band.flagged
                counts["abstained"] += assessment.abstain
            shadow_scores.add(connection, shadow)
            touched = assigning.assign(connection, screened, at=as_of)
            linked.refresh(connection, touched, at=as_of)
            live = {campaigns.resolve(connection, each) for each in set(touched)}
            portraits.mark_stale(connection, campaign_ads.several(connection, live))
            base_rates.count(connection, stored)
    refresh(store, at=as_of)
    message = f"model {scorer.reference}, ruleset {scorer.ruleset}"
    return StageReport("screen", as_of, dict(counts), (message, *told_of_challenger))


def _challenger(settings: Settings) -> tuple[Scorer | None, tuple[str, ...]]:
    """The challenger, and what to say of it: one that cannot be read stops no screening."""
    try:
        found = challenger_scorer(settings)
    except ModelError as exc:
        return None, (f"no shadow scores: {exc}",)
    return found, (f"in shadow {found.reference}",) if found else ()


def _store(
    connection: Connection, store: Store, version: PostingVersion, reading: Reading, assessment: Assessment
) -> tuple[list[str], bool]:
    """Contacts before the assessment that cites them; returns the contacts' tokens, and whether this is news."""
    tokens = assessments.set_contacts(connection, version.id, reading.contacts, key=store.contact_key)
    postings.set_language(connection, version.id, reading.language or version.posting.language)
    if not version.posting.places and reading.places:
        postings.set_places(connection, version.id, reading.places)
    return tokens, assessments.add(connection, assessment)
