"""Ads that share a contact or a picture, and the keys that too many share for that to say anything."""

from collections.abc import Sequence, Set

import numpy as np

from models.campaigns.boilerplate import MIN_TEXTS
from models.campaigns.edges import HUB_ORGANISATIONS, HUB_SAMPLE, KEY_KINDS, EdgeKind, is_hub
from models.campaigns.footers import in_footer
from models.campaigns.imprint import Imprint
from models.campaigns.sketch import Ints

Tie = tuple[int, int, EdgeKind, float]
"""Two ads by number, the smaller first; kind and weight as in `Edge`."""


def key_ties(ads: Sequence[Imprint], text_of: Ints, group_of: Ints, known_hubs: Set[str]) -> tuple[list[Tie], set[str]]:
    """Ties of the keys that are no hubs, from the first ad of each; and the hubs. Texts are in order of rank."""
    number: dict[str, int] = {}
    held = [(number.setdefault(key, len(number)), at) for at, ad in enumerate(ads) for key in ad.contacts + ad.images]
    if not held:
        return [], set()
    keys, holders = _sorted(held)
    starts = np.flatnonzero(np.concatenate([np.ones(1, dtype=bool), keys[1:] != keys[:-1]]))
    counts = np.diff(np.append(starts, len(keys)))
    named = np.array([len(ad.organisations) for ad in ads])
    doubtful = (np.add.reduceat(named[holders], starts) >= HUB_ORGANISATIONS) | (counts >= MIN_TEXTS)
    names, hubs, ties = list(number), set[str](), list[Tie]()
    for at in np.flatnonzero(doubtful | (counts > 1) | bool(known_hubs)).tolist():
        key, holding = names[at], holders[starts[at] : starts[at] + counts[at]]
        if key in known_hubs or (doubtful[at] and _is_hub(ads, key, holding, text_of, group_of)):
            hubs.add(key)
            continue
        kind = KEY_KINDS[key[:2]]
        first, *others = holding.tolist()
        ties += [(first, other, kind, 1.0) for other in others]
    return ties, hubs


def _sorted(held: Sequence[tuple[int, int]]) -> tuple[Ints, Ints]:
    """(key, ad) pairs in order, each once."""
    pairs = np.array(held, dtype=np.int64)
    found = np.unique(pairs[:, 0] << 32 | pairs[:, 1])
    return found >> 32, found & 0xFFFFFFFF


def _is_hub(ads: Sequence[Imprint], key: str, holding: Ints, text_of: Ints, group_of: Ints) -> bool:
    organisations = frozenset().union(*(ads[ad].organisations for ad in holding.tolist()))
    texts = np.unique(text_of[holding])[:HUB_SAMPLE]
    if is_hub(organisations, group_of[texts]):
        return True
    sampled = sorted((int(text_of[ad]), ad) for ad in holding[text_of[holding] <= texts[-1]].tolist())
    return in_footer(key, ((text, ads[ad]) for text, ad in sampled))
