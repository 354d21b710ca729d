"""The nightly upkeep of the shared record: a sample of the evidence, the audit chain, sessions that are over."""

import random
from datetime import datetime, timedelta

from zorya.domain.runs import StageReport
from zorya.errors import EvidenceError
from zorya.evidence import Archive
from zorya.settings import Settings
from zorya.store import Store, audit, deconfliction, erased, people, postings, stopped

SAMPLE = 100
"""Captures checked a day; `zorya evidence verify` checks all."""


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """Check a sample of the evidence (another one each day) and the audit chain; drop sessions that are over, files
    left of stopped and erased ads, and contacts that partners registered until a day that is past.
    """
    at = random.Random(as_of.date().isoformat()).randbytes(32).hex()  # noqa: S311 — where to look, not a secret
    with store.reading() as connection:
        sample = postings.captures_from(connection, at, limit=SAMPLE)
        first_bad = audit.first_bad(connection)
    swept = stopped.sweep(store, settings.evidence_dir)
    swept += erased.sweep(store, settings.evidence_dir, since=as_of - timedelta(days=7))
    archive = Archive(settings.evidence_dir)
    problems = []
    for row in sample:
        try:
            archive.get(row["warc_file"], row["sha256"], row["file_sha256"])
        except EvidenceError as exc:
            problems.append(str(exc))
    damaged = len(problems)
    if first_bad is not None:
        problems.append(f"audit entry {first_bad} does not fit the chain; look at it before anything is purged")
    with store.writing() as connection:
        dropped = people.drop_sessions(connection, ended_before=as_of - timedelta(days=1))
        expired = deconfliction.drop_expired(connection, at=as_of)
    counts = {"evidence_checked": len(sample), "evidence_damaged": damaged, "audit_broken": int(first_bad is not None)}
    counts |= {"sessions_dropped": dropped, "purged_files_swept": swept, "deconfliction_expired": expired}
    return StageReport("upkeep", as_of, counts, tuple(problems))
