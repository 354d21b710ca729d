"""Campaigns of a set of ads: ads tied by wording, contact, picture or offer, each tie with its reason.

The partition is a function of the set: not of the order of the ads, of batches, or of the number of workers.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np

from models.campaigns.alike import TextTies, tie_texts
from models.campaigns.edges import KEY_KINDS, KIND_REASONS, Edge, text_reason
from models.campaigns.forest import Forest
from models.campaigns.imprint import Imprint
from models.campaigns.keyed import Tie, key_ties
from models.campaigns.offer_edges import beside, offer_edges
from models.campaigns.texts import Texts, texts_of
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
    wordings, stated = [ad.wording for ad in ads], [ad.organisations for ad in ads]
    texts = texts_of(wordings, stated, known.boilerplate if known else None)
    return tie_ads(ads, texts, tie_texts(texts, known.odd if known else frozenset()), known.hubs if known else set())


def tie_ads(ads: Sequence[Imprint], texts: Texts, ties: TextTies, hubs_before: Set[str]) -> Grouping:
    """Group ads, sorted by id, whose texts and ties of texts are known: their wordings are not read again."""
    groups = ties.group_of[texts.text_of]
    keyed, hubs = key_ties(ads, texts.text_of, ties.group_of, hubs_before)
    offered, offer_hubs = offer_edges(ads, dict(enumerate(groups.tolist())), hubs_before)
    names = [ad.id for ad in ads]
    number_of = {name: number for number, name in enumerate(names)}
    forest, edges = Forest(len(ads)), list[Edge]()
    for tie in chain(_copies(texts), _alike(texts, ties, strong=True), keyed):
        if forest.tie(tie[0], tie[1]):
            edges.append(_edge(names, tie, strong=True))
    edges += [edge for edge in offered if edge.strong and forest.tie(number_of[edge.one], number_of[edge.other])]
    weak = [_edge(names, tie, strong=False) for tie in _alike(texts, ties, strong=False)]
    weak += _beside(ads, texts, ties, hubs)
    weak += [edge for edge in offered if not edge.strong]
    weak += beside(offered, {ad.id: ad for ad in ads}, hubs)
    pairs, proposals = _weighed(weak, [names[root] for root in forest.roots()], number_of)
    for edge in pairs:
        forest.tie(number_of[edge.one], number_of[edge.other])
    campaign_of = {name: campaign_id(names[root]) for name, root in zip(names, forest.roots(), strict=True)}
    odd = frozenset(texts.ranks[ties.odd].tolist())
    return Grouping(
        campaign_of, (*edges, *pairs), tuple(proposals), frozenset(hubs | offer_hubs), ties.comparisons, odd
    )


def _copies(texts: Texts) -> Iterable[Tie]:
    """Ads of one text: the first with each of the others."""
    first = texts.first[texts.text_of]
    later = np.flatnonzero((first != np.arange(len(first))) & texts.own.sketched[texts.text_of])
    return [(one, other, "text", 1.0) for one, other in zip(first[later].tolist(), later.tolist(), strict=True)]


def _alike(texts: Texts, ties: TextTies, *, strong: bool) -> Iterable[Tie]:
    """Texts that are alike; each is stood for by its first ad."""
    kept = ties.strong == strong
    one, other = np.sort([texts.first[ties.one[kept]], texts.first[ties.other[kept]]], axis=0)
    return zip(one.tolist(), other.tolist(), repeat("text"), ties.likeness[kept].tolist(), strict=False)


def _edge(names: Sequence[str], tie: Tie, *, strong: bool) -> Edge:
    one, other, kind, weight = tie
    reason = text_reason(weight) if kind == "text" else KIND_REASONS[kind]
    return Edge(names[one], names[other], kind, round(weight, 3), reason, strong=strong)


def _beside(ads: Sequence[Imprint], texts: Texts, ties: TextTies, hubs: set[str]) -> Iterable[Edge]:
    """Hub keys that two texts share beside a weak edge between them. Where a text is at odds over its organisations,
    what all of its ads carry is the board's: that says nothing more."""
    weak = np.flatnonzero(~ties.strong & ~ties.odd[ties.one] & ~ties.odd[ties.other]) if hubs else ()
    for one, other in ((int(ties.one[at]), int(ties.other[at])) for at in weak):
        keys = [{key for ad in texts.ads[text] for key in ads[ad].contacts + ads[ad].images} for text in (one, other)]
        for key in sorted(keys[0] & keys[1] & hubs):
            kind = KEY_KINDS[key[:2]]
            first, second = sorted((ads[texts.ads[one][0]].id, ads[texts.ads[other][0]].id))
            yield Edge(first, second, kind, 0.5, f"{KIND_REASONS[kind]} So do many others.", strong=False)


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
