"""Campaigns in the store: each screened ad joins, founds or merges one, with the edge that tied it.

Stored imprints are compared, never stored ads: a new ad costs a bounded number of look-ups, whatever the store holds.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from models.campaigns.edges import HUB, Edge, bar
from models.campaigns.imprint import Imprint, imprint
from models.campaigns.sketch import similarity, sketch
from models.reading import Reading
from zorya.domain.ads import PostingVersion
from zorya.store import campaign_changes, imprints
from zorya.store import campaigns as store_campaigns
from zorya.store.change_log import MACHINE
from zorya.store.imprints import StoredImprint


def assign(
    connection: Connection, version: PostingVersion, reading: Reading, tokens: Sequence[str], *, at: datetime
) -> str:
    """Put a stored ad into its campaign (found, joined or merged); returns the campaign id."""
    ad = imprint(reading, id=version.posting_id, tokens=tokens)
    imprints.put(connection, _stored(ad, version), ad.keys, at=at)
    edges = _stored_edges(connection, ad)
    campaign = store_campaigns.of_posting(connection, ad.id)
    homes = store_campaigns.of_postings(connection, edges)
    targets = sorted({*homes.values(), *([campaign] if campaign else [])})
    if not targets:
        return store_campaigns.found(connection, ad.id, at=at)
    best = min(edges.values(), key=lambda edge: (-edge.weight, edge.other), default=None)
    target = targets[0]
    if len(targets) > 1:
        reason = f"{best.kind} tie of {best.one} and {best.other}" if best else ""
        target = campaign_changes.merge(connection, targets, at=at, by=MACHINE, reason=reason).campaign_id
    if best and campaign is None:
        tie = {"edge": best.kind, "edge_to": best.other, "weight": best.weight}
        store_campaigns.join(connection, target, ad.id, **tie, at=at)  # type: ignore[arg-type]
    return target


def _stored(ad: Imprint, version: PostingVersion) -> StoredImprint:
    return StoredImprint(
        posting_id=ad.id,
        language=version.posting.language,
        source=version.posting.source,
        wording=ad.wording,
        sketch=ad.text.signature if ad.text else None,
        organisations=(),
        offer=None,
        contacts={version.id: list(ad.contacts)},
        images={},
        more={},
    )


def _stored_edges(connection: Connection, ad: Imprint) -> dict[str, Edge]:
    edges: dict[str, Edge] = {}
    for key in ad.keys:
        others = [other for other in imprints.under(connection, key, limit=HUB + 1) if other != ad.id]
        if key.startswith("c:"):
            if len(others) < HUB:
                edges |= {other: Edge(ad.id, other, "contact", 1.0) for other in others[:1]}
        elif ad.text is not None:
            for other, found in imprints.of(connection, [each for each in others[:8] if each not in edges]).items():
                text = sketch(found.wording)
                alike = similarity(ad.text, text) if text else 0.0
                if alike >= bar(ad.text.shingles, common=False):
                    edges[other] = Edge(ad.id, other, "text", round(alike, 3))
                    break
    return edges
