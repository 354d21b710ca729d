"""Tables of campaigns: who belongs together, what campaign finding keeps of an ad, what people and the machine did.

`campaign_changes`, `campaign_moves`, `campaign_mentions` and `campaign_links` are append-only (triggers of migration
0007): what was done is undone by another change, never by deleting it.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from zorya.store.metadata import identity, metadata, reference, where
from zorya.store.utc_time import UtcTime

campaigns = Table(
    "campaigns",
    metadata,
    identity(),
    Column("created_at", UtcTime, nullable=False),
    Column("merged_into", String(40)),
    Column("merged_at", UtcTime),
    Column("decision", Text, nullable=False, default="", server_default=""),
    Column("founder", String(40), index=True),
    Index(None, "created_at", "id"),
    where("merged_into IS NOT NULL", "merged_into"),
)
"""`founder` is the posting a campaign is named after: after a split the id goes where that posting went."""

campaign_members = Table(
    "campaign_members",
    metadata,
    Column("posting_id", String(40), ForeignKey("postings.id"), primary_key=True),
    reference("campaign_id", "campaigns"),
    Column("edge", String(16), nullable=False),
    Column("edge_to", String(40)),
    Column("edge_weight", Float, nullable=False, default=1.0),
    Column("edge_reason", Text, nullable=False, default=""),
    Column("added_at", UtcTime, nullable=False),
    Index(None, "campaign_id", "posting_id"),
    Index(None, "campaign_id", "added_at", "posting_id"),
)

campaign_keys = Table(
    "campaign_keys",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("rank", String(16), primary_key=True, default="", server_default=""),
    Column("posting_id", String(40), ForeignKey("postings.id"), primary_key=True),
    Index(None, "posting_id"),
    Index(None, "rank", "key"),
)
"""Primary key in this order: the first of a key are read from the index, however many there are. `rank` is that of a
text, whose keys are filed once for all its ads (with one of them), or empty where an ad is filed by itself."""

hub_keys = Table(
    "hub_keys",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("why", Text, nullable=False),
    Column("since", UtcTime, nullable=False),
)
"""Keys that tie nothing by themselves: contacts and pictures of many, boilerplate segments (`s:`), texts of employers
who differ (`x:`). Once a hub, always a hub."""

imprints = Table(
    "imprints",
    metadata,
    Column("posting_id", String(40), ForeignKey("postings.id"), primary_key=True),
    Column("language", String(8)),
    Column("source", String(80), nullable=False),
    Column("wording", Text, nullable=False),
    Column("text", String(16), nullable=False, index=True),
    Column("sketch", LargeBinary),
    Column("organisations", JSON, nullable=False),
    Column("offer", JSON),
    Column("contacts", JSON, nullable=False),
    Column("images", JSON, nullable=False),
    Column("made_at", UtcTime, nullable=False),
)
"""`contacts` and `images`: version id → keys; an ad that was changed keeps what it once stated."""

campaign_changes = Table(
    "campaign_changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("campaign_id", String(40), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("moved", Integer, nullable=False),
    Column("undoes", Integer, index=True),
    Index(None, "campaign_id", "seq"),
)

campaign_moves = Table(
    "campaign_moves",
    metadata,
    Column("change", Integer, ForeignKey("campaign_changes.seq"), primary_key=True),
    Column("posting_id", String(40), primary_key=True),
    Column("from_campaign", String(40), nullable=False),
    Column("to_campaign", String(40), nullable=False),
    Index(None, "posting_id", "change"),
)
"""Where a change took each posting; one that it deliberately left where it was has both the same."""

campaign_mentions = Table(
    "campaign_mentions",
    metadata,
    Column("change", Integer, ForeignKey("campaign_changes.seq"), primary_key=True),
    Column("campaign_id", String(40), primary_key=True),
    Column("before", String(40)),
    Column("after", String(40)),
    Index(None, "campaign_id", "change"),
)
"""Campaigns a change is about, and what each id was merged into before and after it (both alike: it stayed)."""

campaign_links = Table(
    "campaign_links",
    metadata,
    Column("change", Integer, ForeignKey("campaign_changes.seq"), primary_key=True),
    Column("one", String(40), primary_key=True),
    Column("other", String(40), primary_key=True),
    Column("relation", String(16), nullable=False),
    Index(None, "one"),
    Index(None, "other"),
)
"""What a person said of the advertisers of two postings, `same` or `different`; in force as long as its change is."""

campaign_proposals = Table(
    "campaign_proposals",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("one", String(40), ForeignKey("postings.id"), nullable=False),
    Column("other", String(40), ForeignKey("postings.id"), nullable=False),
    Column("one_campaign", String(40), nullable=False),
    Column("other_campaign", String(40), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("weight", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("decided_by", String(80)),
    Column("decided_at", UtcTime),
    Column("change", Integer),
    Index(None, "one"),
    Index(None, "other"),
    Index(None, "one_campaign", "other_campaign"),
    Index(None, "other_campaign"),
    Index(None, "state", "weight", "seq"),
)
"""Two postings that a weak tie joins, and the campaigns they are in today: the columns follow merges and splits."""

campaign_portraits = Table(
    "campaign_portraits",
    metadata,
    Column("campaign_id", String(40), ForeignKey("campaigns.id"), primary_key=True),
    Column("template", JSON),
    Column("portrait", JSON),
    Column("style", JSON(none_as_null=True)),
    Column("computed_at", UtcTime),
    Column("stale", Boolean, nullable=False),
    Index(None, "stale", "campaign_id"),
)

campaign_hits = Table(
    "campaign_hits",
    metadata,
    Column("campaign_id", String(40), ForeignKey("campaigns.id"), primary_key=True),
    Column("code", String(8), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("strength", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("posting_ids", JSON, nullable=False),
    Column("found_at", UtcTime, nullable=False),
)
