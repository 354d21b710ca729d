"""Ties between ads that make the same offer in different languages.

The offers under a key are held against the key's references of other languages, those of lowest rank. A rank is a hash
of the offer: the choice is a function of the set, and the cost per offer is bounded.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from hashlib import blake2b
from math import log2

import numpy as np

from models.campaigns.edges import HUB_SAMPLE, REFERENCES, Edge, is_hub, telling
from models.campaigns.imprint import Imprint
from models.campaigns.names import conflict
from models.campaigns.offer import Offer
from models.campaigns.offer_likeness import STRONG, WEAK, likeness

_Holding = dict[tuple[Offer, int, frozenset[str]], int]
"""(offer, text group, organisations) → the smallest ad of them."""
_Made = tuple[Hashable, ...] | None


def offer_edges(
    ads: Sequence[Imprint], group_of: Mapping[int, int], known_hubs: Set[str]
) -> tuple[list[Edge], set[str]]:
    """Edges of offers, and the keys that tie nothing. `ads` are sorted by id, `group_of` gives the text group of each
    by its number. Ads of one offer, text group and employer are stood for by the smallest. Two ads that state different
    organisations are not tied."""
    holders: dict[str, _Holding] = {}
    for number, ad in enumerate(ads):
        if ad.offer:
            for key in ad.offer.keys:
                holders.setdefault(key, {}).setdefault((ad.offer, group_of[number], ad.organisations), number)
    hubs = {key for key, holding in holders.items() if key in known_hubs or _is_hub(key, holding)}
    found: dict[tuple[int, int], Edge] = {}
    for key, holding in sorted(holders.items()):
        for pair in () if key in hubs else _pairs(holding):
            if pair not in found:
                found[pair] = _edge(ads[pair[0]], ads[pair[1]])
    return [edge for edge in _doubted(found, ads, group_of) if edge.weight >= WEAK], hubs


def beside(edges: Iterable[Edge], ads: Mapping[str, Imprint], hubs: set[str]) -> Iterable[Edge]:
    """A contact of many that two ads share beside a weak edge: alone it says nothing."""
    for edge in edges:
        shared = () if edge.strong else set(ads[edge.one].contacts) & set(ads[edge.other].contacts)
        if not hubs.isdisjoint(shared):
            reason = "Both give the same contact. So do many others."
            yield Edge(edge.one, edge.other, "contact", 0.5, reason, strong=False)


def _is_hub(key: str, holding: _Holding) -> bool:
    groups = sorted({group for _, group, _ in holding})[:HUB_SAMPLE]
    stated = frozenset().union(*(names for *_, names in holding))
    return is_hub(telling(key, stated), np.array(groups))


def _pairs(holding: _Holding) -> Iterable[tuple[int, int]]:
    """Each offer with the references of other languages, as pairs of ads in order."""
    by_language: dict[str | None, list[tuple[bytes, int]]] = {}
    for (offer, _, stated), number in holding.items():
        by_language.setdefault(offer.language, []).append((_rank(offer, stated), number))
    references = {language: sorted(offers)[:REFERENCES] for language, offers in by_language.items()}
    for language, offers in by_language.items():
        for other, chosen in references.items():
            if other != language:
                yield from ((min(a, b), max(a, b)) for _, a in offers for _, b in chosen)


def _rank(offer: Offer, organisations: frozenset[str]) -> bytes:
    told = repr((offer.stored(), sorted(organisations)))
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _doubted(
    found: Mapping[tuple[int, int], Edge], ads: Sequence[Imprint], group_of: Mapping[int, int]
) -> Iterable[Edge]:
    """Edges, the strong ones judged anew by how many offers their texts make. A template of twenty towns, amounts and
    days meets one of another's twenty by chance in 400 pairs: what is shared must be the rarer by log2 of (offers /
    offers that are met) of both. Where all are met, as in a translation, that is nothing."""
    strong = [pair for pair, edge in found.items() if edge.strong]
    groups = {group_of[number] for pair in strong for number in pair}
    made: dict[int, set[_Made]] = {}
    for number, ad in enumerate(ads) if groups else ():
        if ad.offer and group_of[number] in groups:
            made.setdefault(group_of[number], set()).add(_made(ad.offer))
    met: dict[tuple[int, int], set[_Made]] = {}
    for one, other in strong:
        for mine, its in ((one, other), (other, one)):
            met.setdefault((group_of[mine], group_of[its]), set()).add(_made(ads[mine].offer))
    for (one, other), edge in found.items():
        rarer = 0.0
        for mine, its in ((one, other), (other, one)) if edge.strong else ():
            group = group_of[mine]
            rarer += log2(len(made[group]) / len(met[group, group_of[its]]))
        yield _edge(ads[one], ads[other], chance=rarer) if rarer else edge


def _made(offer: Offer | None) -> _Made:
    """What an advertiser changes from ad to ad: where, for how much, for what ages, when."""
    return (offer.towns, offer.amounts, offer.ages, offer.dates) if offer else None


def _edge(one: Imprint, other: Imprint, *, chance: float = 0.0) -> Edge:
    alike, reasons = likeness(one.offer, other.offer, chance=chance) if one.offer and other.offer else (0.0, ())
    if conflict(one.organisations, other.organisations):
        alike = 0.0
    reason = f"The same offer in another language: {'; '.join(reasons)}."
    return Edge(one.id, other.id, "offer", alike, reason, strong=alike >= STRONG)
