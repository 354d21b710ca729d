"""All tables in one place. Times are UTC and aware; spans, places and the like are JSON.

Append-only tables (`verdicts`, `audit`) are guarded by triggers made in the first migration. Other tables are in
`…_schema` modules; importing them here makes `metadata` whole.
"""

from sqlalchemy import JSON, Boolean, Column, Date, Float, Index, Integer, String, Table, Text, UniqueConstraint

from zorya.store import campaign_schema as campaign_schema
from zorya.store import care_schema as care_schema
from zorya.store import deconfliction_schema as deconfliction_schema
from zorya.store import erasure_schema as erasure_schema
from zorya.store import evidence_schema as evidence_schema
from zorya.store import model_schema as model_schema
from zorya.store import people_schema as people_schema
from zorya.store import review_schema as review_schema
from zorya.store import search_schema as search_schema
from zorya.store import sharing_schema as sharing_schema
from zorya.store.metadata import identity, reference, where
from zorya.store.metadata import metadata as metadata
from zorya.store.utc_time import UtcTime

runs = Table(
    "runs",
    metadata,
    identity(),
    Column("source", String(80), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("status", String(16), nullable=False),
    Column("scheduled", Integer, nullable=False, default=0),
    Column("outcomes", JSON, nullable=False),
    Column("postings", Integer, nullable=False, default=0),
    Column("new", Integer, nullable=False, default=0),
    Column("changed", Integer, nullable=False, default=0),
    Column("messages", JSON, nullable=False),
    Column("measures", JSON, nullable=False, default=dict),
    Index(None, "source", "started_at"),
    Index(None, "started_at"),
)

frontier = Table(
    "frontier",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    reference("run_id", "runs"),
    Column("url_key", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("reader", String(16), nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("outcome", String(16)),
    Column("reason", Text, nullable=False, default=""),
    Column("status", Integer),
    Column("done_at", UtcTime),
    Column("brought", JSON, nullable=False, default=list),
    UniqueConstraint("run_id", "url_key"),
    Index(None, "run_id", "outcome"),
)

crawl_leases = Table(
    "crawl_leases",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("run_id", String(40), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("holder", String(200), nullable=False),
    Column("until", UtcTime, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("title", Text, nullable=False),
    Column("country", String(2), nullable=False),
    Column("engine", String(16), nullable=False),
    Column("owner", Text, nullable=False),
    Column("standing", String(16), nullable=False),
    Column("spec", JSON, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

visited_pages = Table(
    "visited_pages",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("url_key", String(64), primary_key=True),
    Column("url", Text, nullable=False),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("sha256", String(64), nullable=False, default=""),
    Column("card", String(64), nullable=False, default=""),
    Column("reading", String(64), nullable=False),
    Column("links", JSON, nullable=False),
    Column("posting_ids", JSON, nullable=False),
    Column("read_at", UtcTime, nullable=False),
)

learned = Table(
    "learned",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("selectors", JSON, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

captures = Table(
    "captures",
    metadata,
    identity(),
    reference("run_id", "runs", nullable=True),
    Column("url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("media_type", String(120), nullable=False),
    Column("headers", JSON, nullable=False),
    Column("fetched_at", UtcTime, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("warc_file", String(200), nullable=False),
    Column("warc_offset", Integer, nullable=False),
    Column("file_sha256", String(64), nullable=False, default=""),
    Column("purged_at", UtcTime),
)

postings = Table(
    "postings",
    metadata,
    identity(),
    Column("source", String(80), nullable=False),
    Column("native_id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Column("gone_at", UtcTime),
    Column("checked_at", UtcTime),
    Column("repost_of", String(40)),
    Column("current_version", String(40), nullable=False),
    UniqueConstraint("source", "native_id"),
    Index(None, "source", "last_seen"),
    where("repost_of IS NOT NULL", "repost_of"),
)

versions = Table(
    "versions",
    metadata,
    identity(),
    reference("posting_id", "postings"),
    Column("content_hash", String(64), nullable=False),
    reference("capture_id", "captures", nullable=True),
    Column("seen_at", UtcTime, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("language", String(8)),
    Column("employer", Text),
    Column("places", JSON, nullable=False),
    Column("pay", JSON),
    Column("contacts", JSON, nullable=False),
    Column("posted_on", Date),
    Column("flags", JSON, nullable=False),
    Column("images", JSON, nullable=False, default=list),
    UniqueConstraint("posting_id", "content_hash"),
    Index(None, "seen_at", "id"),
    Index(None, "content_hash"),
)

contacts = Table(
    "contacts",
    metadata,
    reference("version_id", "versions"),
    Column("position", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("token", String(64), nullable=False),
    Column("value", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("confidence", Float, nullable=False),
    UniqueConstraint("version_id", "position"),
    Index(None, "token", "version_id"),
)

assessments = Table(
    "assessments",
    metadata,
    identity(),
    reference("version_id", "versions"),
    Column("ruleset", String(64), nullable=False),
    Column("model", String(120), nullable=False),
    Column("language", String(8)),
    Column("score", Float, nullable=False),
    Column("band", String(24), nullable=False),
    Column("abstain", Boolean, nullable=False),
    Column("patterns", JSON, nullable=False),
    Column("hits", JSON, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("version_id", "ruleset", "model"),
    Index(None, "band", "score", "id"),
    Index(None, "created_at", "version_id"),
)

indicator_texts = Table(
    "indicator_texts",
    metadata,
    Column("code", String(8), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("language", String(8), primary_key=True),
    Column("title", Text, nullable=False),
    Column("why", Text, nullable=False),
)

indicator_counts = Table(
    "indicator_counts",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("ruleset", String(64), primary_key=True),
    Column("code", String(8), primary_key=True),
    Column("present", Integer, nullable=False),
)

_OPEN, _RESERVED = "done_at IS NULL", "done_at IS NULL AND owner IS NOT NULL"
_WALKED = (
    ("priority", "id"),
    *((name, "priority", "id") for name in ("reason", "language", "band")),
    ("created_at",),
)
tasks = Table(
    "tasks",
    metadata,
    identity(),
    reference("campaign_id", "campaigns"),
    Column("round", Integer, nullable=False),
    Column("reason", String(16), nullable=False),
    Column("priority", Float, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("owner", String(80)),
    Column("lease_until", UtcTime),
    Column("done_at", UtcTime),
    Column("topics", String(120)),
    Column("language", String(8)),
    Column("band", String(24)),
    UniqueConstraint("campaign_id", "round"),
    *(where(_OPEN, *columns) for columns in _WALKED),
    where(_RESERVED, "owner", "lease_until"),
    where(_RESERVED, "lease_until"),
)
"""`language` and `band` are those of the ad that led the campaign when it was last queued: what lists are narrowed by.
Open tasks are few beside those that were done: what pages walk along are indexes of the open ones alone."""

verdicts = Table(
    "verdicts",
    metadata,
    identity(),
    reference("task_id", "tasks"),
    reference("campaign_id", "campaigns"),
    Column("analyst", String(80), nullable=False),
    Column("label", String(16), nullable=False),
    Column("patterns", JSON, nullable=False),
    Column("severity", Integer),
    Column("indicators", JSON, nullable=False),
    Column("rationale", Text, nullable=False),
    Column("decided_at", UtcTime, nullable=False),
    Column("supersedes", String(40)),
    Column("withdrawn", Boolean, nullable=False, default=False),
    Column("ads", JSON, nullable=False, default=list, server_default="[]"),
    Index(None, "campaign_id", "decided_at"),
    Index(None, "task_id", "analyst"),
    Index(None, "analyst", "decided_at"),
    Index(None, "decided_at", "campaign_id"),
    Index(None, "task_id"),
    where("supersedes IS NOT NULL", "supersedes"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(60), nullable=False),
    Column("object", String(200), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "actor", "seq"),
    Index(None, "action", "seq"),
    Index(None, "object", "seq"),
)
