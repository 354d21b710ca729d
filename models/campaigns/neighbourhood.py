"""The part of the store that new ads may change: the campaigns they touch, whole, and what is known of the rest.

The number of look-ups for an ad does not grow with the store: a bounded number of neighbours under each of its keys.
Their campaigns are read whole, so that a tie which is none any more (a contact turned out to be a switchboard) takes
them apart as a grouping of all ads would.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from models.campaigns.edges import HUB_SAMPLE, REFERENCES
from models.campaigns.grouping import Known
from models.campaigns.imprint import Imprint
from models.campaigns.recording import (
    EVERYTHING,
    by_text,
    file_bands,
    known_boilerplate,
    new_boilerplate,
    of_stored,
    rank_key,
    segment_key,
)
from zorya.store import campaigns, imprints

WHOLE = 1_000
"""A campaign of more ads is not taken apart by a new one: only its ads that are neighbours are compared."""
_IN_A_BUCKET = 4 * REFERENCES
"""Texts of a bucket whose campaigns are read: its references, and some that a new reference may tie."""
_OF_A_KEY = 8
"""Ads under one contact: they are in one campaign, unless a person split it."""


@dataclass
class Region:
    """`ads` by posting; `homes` the campaigns of those that have one; `bound` ads that stay together because not all of
    their campaign was looked at; `known` of the rest; `new_boilerplate`: segments were found to be none's own."""

    ads: dict[str, Imprint] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    bound: list[list[str]] = field(default_factory=list)
    known: Known = field(default_factory=lambda: Known(frozenset(), frozenset(), frozenset()))
    new_boilerplate: bool = False


def around(connection: Connection, fresh: Mapping[str, Imprint], *, at: datetime) -> Region:
    """The neighbourhood of ads whose imprints have just been recorded; files them under the bands of their texts."""
    common = new_boilerplate(connection, fresh, at=at)
    held = [name for key in common for name in imprints.under(connection, key, limit=WHOLE)]
    moved = {name: of_stored(each) for name, each in imprints.of(connection, held).items()} | dict(fresh)
    near = _neighbours(connection, moved)
    region = Region(new_boilerplate=bool(common))
    _fill(connection, region, {*near, *moved})
    region.ads |= moved
    region.known = _known(connection, region.ads)
    return region


def _neighbours(connection: Connection, moved: Mapping[str, Imprint]) -> set[str]:
    """Ads that share a key with one of these, hubs excepted."""
    buckets, limits = set[str](), dict[str, int]()
    for text, _ in file_bands(connection, moved):
        if text.sketch:
            buckets.update(text.sketch.keys, map(segment_key, text.own))
            limits[f"x:{rank_key(text)}"] = _OF_A_KEY
    keyed = {key for ad in moved.values() for key in (*ad.contacts, *ad.images)}
    limits |= dict.fromkeys(keyed - imprints.hubs(connection, keyed), _OF_A_KEY)
    offered = {key for ad in moved.values() if ad.offer for key in ad.offer.keys}
    limits |= dict.fromkeys(offered - imprints.hubs(connection, offered), HUB_SAMPLE)
    near = imprints.under_any(connection, buckets, limit=_IN_A_BUCKET)
    for limit in sorted(set(limits.values())):
        near |= imprints.under_any(connection, (key for key in limits if limits[key] == limit), limit=limit)
    return near


def _fill(connection: Connection, region: Region, names: Iterable[str]) -> None:
    """Read the campaigns of these ads; of a very large one only these ads."""
    close: defaultdict[str, set[str]] = defaultdict(set)
    for name, home in campaigns.of_postings(connection, names).items():
        close[home].add(name)
    for home, some in sorted(close.items()):
        everybody = imprints.members(connection, home, limit=WHOLE + 1)
        whole = len(everybody) <= WHOLE
        stored = imprints.of(connection, everybody if whole else sorted(some))
        region.ads |= {name: of_stored(each) for name, each in stored.items()}
        region.homes |= dict.fromkeys(stored, home)
        if not whole or len(stored) < len(everybody):
            # Members of an earlier revision have no imprint until they are screened anew: nobody knows what ties them.
            region.bound.append(sorted(stored))


def _known(connection: Connection, ads: Mapping[str, Imprint]) -> Known:
    keyed = {key for ad in ads.values() for key in (*ad.contacts, *ad.images, *(ad.offer.keys if ad.offer else ()))}
    ranks = {f"x:{rank_key(text)}": text.rank for text, _ in by_text(ads, EVERYTHING)}
    return Known(
        boilerplate=known_boilerplate(connection, ads),
        hubs=frozenset(imprints.hubs(connection, keyed)),
        odd=frozenset(ranks[key] for key in imprints.hubs(connection, ranks)),
    )
