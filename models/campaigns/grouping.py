"""Campaigns: ads tied by near-duplicate wording or a shared contact, with the edge that tied them.

A contact that stands in more than `HUB` ads (a board's footer, an agency's switchboard) ties nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from models.campaigns.imprint import Imprint
from models.campaigns.sketch import Signature, similarity
from zorya.domain.ids import campaign_id

SAME_TEXT = 0.5
"""Estimated Jaccard similarity of 5-grams from which two ads share a template."""
HUB = 40
"""A contact in more ads than this is a hub, not an advertiser."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Why two ads belong together: `contact` (weight 1) or `text` (weight = similarity)."""

    one: str
    other: str
    kind: str
    weight: float


def group(imprints: Iterable[Imprint]) -> tuple[dict[str, str], list[Edge]]:
    """Campaigns of a batch: id of each ad → campaign, and the edges. The order of the ads does not matter."""
    ads = sorted(imprints, key=lambda ad: ad.id)
    signatures = {ad.id: ad.text.signature for ad in ads if ad.text}
    buckets: dict[str, list[str]] = {}
    for ad in ads:
        for key in ad.keys:
            buckets.setdefault(key, []).append(ad.id)
    parent = {ad.id: ad.id for ad in ads}

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
    return {name: campaign_id(root(name)) for name in parent}, edges


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
