"""Campaigns in the store: each screened ad joins, founds or merges one, with the edge that tied it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from models.campaigns.edges import HUB, Edge, bar
from models.campaigns.imprint import imprint
from models.campaigns.sketch import TextSketch, similarity, sketch
from models.campaigns.wording import wording
from models.reading import Reading, read
from zorya.store import campaigns as store_campaigns
from zorya.store import postings as store_postings


def assign(connection: Connection, posting_id: str, reading: Reading, tokens: Sequence[str], *, at: datetime) -> str:
    """Put a stored posting into its campaign (found, joined or merged); returns the campaign id."""
    ad = imprint(reading, id=posting_id, tokens=tokens)
    edges = _stored_edges(connection, posting_id, list(ad.keys), ad.text)
    campaign = store_campaigns.of_posting(connection, posting_id)
    tied = {other: store_campaigns.of_posting(connection, other) for other in edges}
    targets = {target for target in tied.values() if target}
    if campaign is None and not targets:
        campaign = store_campaigns.found(connection, posting_id, at=at)
    else:
        campaign = store_campaigns.merge(connection, sorted(targets | ({campaign} if campaign else set())), at=at)
        if edges:
            other, edge = min(edges.items(), key=lambda pair: (-pair[1].weight, pair[0]))
            store_campaigns.join(
                connection, campaign, posting_id, edge=edge.kind, edge_to=other, weight=edge.weight, at=at
            )
    store_campaigns.add_keys(connection, posting_id, ad.keys)
    return campaign


def _stored_edges(connection: Connection, posting_id: str, keys: list[str], text: TextSketch | None) -> dict[str, Edge]:
    edges: dict[str, Edge] = {}
    for key, others in store_campaigns.sharing_keys(connection, keys, limit_per_key=HUB).items():
        others = [other for other in others if other != posting_id]
        if key.startswith("c:"):
            if len(others) < HUB:
                edges |= {other: Edge(posting_id, other, "contact", 1.0) for other in others[:1]}
        elif text is not None:
            for other in others[:8]:
                if other in edges:
                    continue
                alike = _likeness(connection, other, text)
                if alike >= bar(text.shingles, common=False):
                    edges[other] = Edge(posting_id, other, "text", round(alike, 3))
                    break
    return edges


def _likeness(connection: Connection, posting_id: str, text: TextSketch) -> float:
    version = store_postings.current(connection, posting_id)
    other = sketch(wording(read(version.posting))) if version else None
    return similarity(text, other) if other else 0.0
