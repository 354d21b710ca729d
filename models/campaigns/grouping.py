"""Campaigns of a set of ads: ads tied by wording, contact, picture or offer, each tie with its reason.

The partition is a function of the set: not of the order of the ads, of batches, or of the number of workers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from models.campaigns.alike import TextTies, tie_texts
from models.campaigns.edges import HUB_SAMPLE, KEY_REASONS, Edge, is_hub, text_reason
from models.campaigns.forest import Forest
from models.campaigns.imprint import Imprint
from models.campaigns.offer_edges import beside, offer_edges
from models.campaigns.texts import Text, texts_of
from zorya.domain.ids import campaign_id


@dataclass(frozen=True)
class Known:
    """What is known of a larger set when a part of it is grouped: `boilerplate` among the segments of the part, `hubs`
    among its keys, ranks of texts that are `odd` (at odds over their organisations). Hubs and odd texts stay so."""

    boilerplate: frozenset[int]
    hubs: frozenset[str]
    odd: frozenset[int]


@dataclass(frozen=True)
class Grouping:
    """`campaign_of` names the campaign of each ad id (after its smallest ad); `edges` are the ties that made them,
    strong ones and pairs of weak ones; `proposals` are single weak edges between campaigns, the best of each kind;
    `hubs` are the keys that tie nothing by themselves, `odd` ranks of texts at odds over their organisations;
    `comparisons` counts the pairs of texts compared."""

    campaign_of: dict[str, str]
    edges: tuple[Edge, ...]
    proposals: tuple[Edge, ...]
    hubs: frozenset[str]
    comparisons: int
    odd: frozenset[int] = frozenset()


def group(imprints: Iterable[Imprint], known: Known | None = None) -> Grouping:
    """Group a set of ads; ids must be unique. `known` makes it a part of a larger set."""
    ads = sorted(imprints, key=lambda ad: ad.id)
    texts = texts_of(ads, known.boilerplate if known else None)
    ties = tie_texts(texts, known.odd if known else frozenset())
    names = [ad.id for ad in ads]
    number_of = {name: number for number, name in enumerate(names)}
    forest = Forest(len(ads))
    by_text = list(_text_edges(names, texts, ties))
    keyed, hubs = _key_edges(ads, texts, ties, known.hubs if known else frozenset())
    group_of = {ad: ties.group_of[number] for number, text in enumerate(texts) for ad in text.ads}
    offered, offer_hubs = offer_edges(ads, group_of, known.hubs if known else frozenset())
    strong = [edge for edge in (*by_text, *keyed, *offered) if edge.strong]
    edges = [edge for edge in strong if forest.tie(number_of[edge.one], number_of[edge.other])]
    weak = [edge for edge in (*by_text, *offered) if not edge.strong]
    weak += _beside(ads, texts, ties, hubs)
    weak += beside(offered, {ad.id: ad for ad in ads}, hubs)
    pairs, proposals = _weighed(weak, [names[root] for root in forest.roots()], number_of)
    for edge in pairs:
        forest.tie(number_of[edge.one], number_of[edge.other])
    campaign_of = {name: campaign_id(names[root]) for name, root in zip(names, forest.roots(), strict=True)}
    odd = frozenset(texts[number].rank for number in ties.odd)
    return Grouping(
        campaign_of, (*edges, *pairs), tuple(proposals), frozenset(hubs | offer_hubs), ties.comparisons, odd
    )


def _text_edges(names: Sequence[str], texts: Sequence[Text], ties: TextTies) -> Iterable[Edge]:
    """Ads of one text, then texts that are alike; each text is stood for by its smallest ad."""
    for text in texts:
        if text.sketch:
            for ad in text.ads[1:]:
                yield Edge(names[text.ads[0]], names[ad], "text", 1.0, text_reason(1.0))
    for tie in ties.ties:
        one, other = sorted((names[texts[tie.one].ads[0]], names[texts[tie.other].ads[0]]))
        yield Edge(one, other, "text", round(tie.likeness, 3), text_reason(tie.likeness), strong=tie.strong)


def _key_edges(
    ads: Sequence[Imprint], texts: Sequence[Text], ties: TextTies, known_hubs: frozenset[str]
) -> tuple[list[Edge], set[str]]:
    """Edges of the keys that are no hubs, from the smallest ad of each; and the hubs."""
    text_of = {ad: number for number, text in enumerate(texts) for ad in text.ads}
    holders: dict[str, list[int]] = {}
    for number, ad in enumerate(ads):
        for key in dict.fromkeys(ad.contacts + ad.images):
            holders.setdefault(key, []).append(number)
    edges: list[Edge] = []
    hubs: set[str] = set()
    for key, holding in sorted(holders.items()):
        lowest = sorted({text_of[ad] for ad in holding})[:HUB_SAMPLE]
        organisations = frozenset().union(*(ads[ad].organisations for ad in holding))
        if key in known_hubs or is_hub(organisations, np.array([ties.group_of[text] for text in lowest])):
            hubs.add(key)
            continue
        kind, reason = KEY_REASONS[key[:2]]
        edges += [Edge(ads[holding[0]].id, ads[holder].id, kind, 1.0, reason) for holder in holding[1:]]
    return edges, hubs


def _beside(ads: Sequence[Imprint], texts: Sequence[Text], ties: TextTies, hubs: set[str]) -> Iterable[Edge]:
    """Hub keys that two texts share beside a weak edge between them."""
    keys = [{key for ad in text.ads for key in ads[ad].contacts + ads[ad].images} & hubs for text in texts]
    for tie in ties.ties:
        shared = set() if tie.strong else keys[tie.one] & keys[tie.other]
        for key in sorted(shared):
            kind, reason = KEY_REASONS[key[:2]]
            one, other = sorted((ads[texts[tie.one].ads[0]].id, ads[texts[tie.other].ads[0]].id))
            yield Edge(one, other, kind, 0.5, f"{reason} So do many others.", strong=False)


def _weighed(weak: Iterable[Edge], home: Sequence[str], number_of: dict[str, int]) -> tuple[list[Edge], list[Edge]]:
    """Weak edges between strong groups: pairs of different kinds, which tie, and the others, which are proposals."""
    between: dict[tuple[str, str], dict[str, Edge]] = {}
    for edge in sorted(weak, key=lambda edge: (-edge.weight, edge.one, edge.other)):
        groups = tuple(sorted((home[number_of[edge.one]], home[number_of[edge.other]])))
        if groups[0] != groups[1]:
            between.setdefault((groups[0], groups[1]), {}).setdefault(edge.kind, edge)
    pairs: list[Edge] = []
    proposals: list[Edge] = []
    for _, kinds in sorted(between.items()):
        (pairs if len(kinds) > 1 else proposals).extend(kinds.values())
    return pairs, proposals
