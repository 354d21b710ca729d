"""Campaigns: ads tied by near-duplicate wording or a shared contact, with the edge that tied them.

A contact that stands in more than `HUB` ads (a board's footer, an agency's switchboard) ties nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from models.reading import Reading, read
from models.similarity import Signature, similarity, sketch
from zorya.domain.ads import ContactKind
from zorya.domain.ids import campaign_id
from zorya.store import campaigns as store_campaigns
from zorya.store import postings as store_postings

SAME_TEXT = 0.5
"""Estimated Jaccard similarity of 5-grams from which two ads share a template."""
HUB = 40
"""A contact in more ads than this is a hub, not an advertiser."""
_TYING = frozenset(set(ContactKind) - {ContactKind.URL})
"""Links point to boards and shops as often as to people: they tie nothing."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Why two ads belong together: `contact` (weight 1) or `text` (weight = similarity)."""

    one: str
    other: str
    kind: str
    weight: float


def contact_keys(reading: Reading, tokens: Sequence[str] | None = None) -> list[str]:
    """Keys of the contacts that may tie; `tokens` replace the values where the store must not hold them."""
    values = tokens or [f"{contact.number_or_kind}:{contact.value}" for contact in reading.contacts]
    tying = [value for contact, value in zip(reading.contacts, values, strict=True) if contact.kind in _TYING]
    return [f"c:{value}"[:80] for value in dict.fromkeys(tying)]


def group(readings: Iterable[tuple[str, Reading]]) -> tuple[dict[str, str], list[Edge]]:
    """Campaigns of a batch: id of each ad → campaign, and the edges. The order of the ads does not matter."""
    ads = sorted(readings, key=lambda pair: pair[0])
    signatures: dict[str, Signature] = {}
    buckets: dict[str, list[str]] = {}
    for name, reading in ads:
        text = sketch(reading)
        if text:
            signatures[name] = text.signature
        for key in (*contact_keys(reading), *(text.keys if text else ())):
            buckets.setdefault(key, []).append(name)
    parent = {name: name for name, _ in ads}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    edges = []
    for key, names in sorted(buckets.items()):
        for edge in _edges_of(key, names, signatures):
            one, other = sorted((root(edge.one), root(edge.other)))
            if one != other:
                parent[other] = one
                edges.append(edge)
    return {name: campaign_id(root(name)) for name, _ in ads}, edges


def _edges_of(key: str, names: list[str], signatures: dict[str, Signature]) -> list[Edge]:
    """Edges within one bucket: contacts chain; texts compare with the bucket's first members."""
    if len(names) < 2 or (key.startswith("c:") and len(set(names)) > HUB):
        return []
    if key.startswith("c:"):
        return [Edge(names[0], name, "contact", 1.0) for name in names[1:]]
    found = []
    for position, name in enumerate(names):
        for earlier in names[: min(position, 8)]:
            alike = similarity(signatures[name], signatures[earlier])
            if alike >= SAME_TEXT:
                found.append(Edge(earlier, name, "text", round(alike, 3)))
                break
    return found


def assign(connection: Connection, posting_id: str, reading: Reading, tokens: Sequence[str], *, at: datetime) -> str:
    """Put a stored posting into its campaign (found, joined or merged); returns the campaign id."""
    text = sketch(reading)
    keys = [*contact_keys(reading, tokens), *(text.keys if text else ())]
    edges = _stored_edges(connection, posting_id, keys, text.signature if text else None)
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
    store_campaigns.add_keys(connection, posting_id, keys)
    return campaign


def _stored_edges(
    connection: Connection, posting_id: str, keys: list[str], signature: Signature | None
) -> dict[str, Edge]:
    edges: dict[str, Edge] = {}
    for key, others in store_campaigns.sharing_keys(connection, keys, limit_per_key=HUB).items():
        others = [other for other in others if other != posting_id]
        if key.startswith("c:"):
            if len(others) < HUB:
                edges |= {other: Edge(posting_id, other, "contact", 1.0) for other in others[:1]}
        elif signature is not None:
            for other in others[:8]:
                if other in edges:
                    continue
                alike = _likeness(connection, other, signature)
                if alike >= SAME_TEXT:
                    edges[other] = Edge(posting_id, other, "text", round(alike, 3))
                    break
    return edges


def _likeness(connection: Connection, posting_id: str, signature: Signature) -> float:
    version = store_postings.current(connection, posting_id)
    text = sketch(read(version.posting)) if version else None
    return similarity(signature, text.signature) if text else 0.0
