"""New ads that only join: what they are tied to is found in arrays, and nothing is grouped anew.

A web is *plain* while all of its ads are one campaign whatever else joins it by a strong tie: they state one
organisation at most, make no offer that is looked for, and hold no hub that may be none tomorrow. New ads that tie
plain webs and one another by strong ties alone make one plain web of them. Whatever is not as plain as that is left
to be grouped anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.campaigns.boilerplate import MIN_TEXTS
from models.campaigns.components import components
from models.campaigns.edges import HUB
from models.campaigns.imprint import Imprint
from models.campaigns.live_hubs import Fellows
from models.campaigns.sketch import Flags, Ints, Words64

DOUBTFUL, NAMELESS = 0, 1
"""What a web states: it is not plain; nothing. Other numbers stand for the organisation that it states."""


def stated(ads: Sequence[Imprint], names: Words64) -> Ints:
    """What each ad as a web of its own states, given the hashes of their organisations: 32 bits of them."""
    several = np.array([len(ad.organisations) > 1 or bool(ad.offer and ad.offer.keys) for ad in ads], dtype=bool)
    found = np.where(names == 0, NAMELESS, (names >> np.uint64(32) | np.uint64(2)).astype(np.int64))
    return np.where(several, DOUBTFUL, found)


@dataclass(frozen=True)
class Links:
    """Pairs of webs, by root, that new ads link: by `strong` ties, and by `weak` ones or none. Of the pairs in `full`
    some may be none for the number of texts of a bucket. `fresh` are new ads, each a web; `doubtful` are webs that are
    not plain now."""

    fresh: Ints
    strong: Ints
    weak: Ints
    full: Ints
    doubtful: Ints


@dataclass(frozen=True)
class Joined:
    """`roots` of the webs that were linked, and of each the one that it belongs `into` (by place); `plain` ones are
    joined by strong ties, `full` ones would be if no bucket were over-full; the others are to be grouped anew."""

    roots: Ints
    into: Ints
    plain: Flags
    full: Flags


def joined(links: Links, states: Ints) -> Joined:
    """Which webs are to be one; `states` is what each ad as a root states (`stated`)."""
    pairs = np.concatenate([links.strong, links.weak, links.full], axis=1)
    roots = np.unique(np.concatenate([links.fresh, links.doubtful, pairs.ravel()]))
    one, other = np.searchsorted(roots, pairs)
    size, strong = len(roots), links.strong.shape[1]
    into, tied = components(size, one, other), components(size, one[:strong], other[:strong])
    held = states[roots].astype(np.int64)
    bad = (tied != into) | (held == DOUBTFUL)
    bad[np.searchsorted(roots, links.doubtful)] = True
    least, most = np.full(size, np.iinfo(np.int64).max), np.zeros(size, dtype=np.int64)
    named = held > NAMELESS
    np.minimum.at(least, into[named], held[named])
    np.maximum.at(most, into[named], held[named])
    spoilt, full = (most > 0) & (least != most), np.zeros(size, dtype=bool)
    spoilt[into[bad]] = True
    full[into[np.searchsorted(roots, links.full[0])]] = True
    return Joined(roots, into, ~(spoilt | full)[into], (full & ~spoilt)[into])


@dataclass(frozen=True)
class Keyed:
    """Pairs of ads under one key: `fresh` ones hold it; `near` are all that may, new or not (ad, other); `before` is
    one of them that was there before, where the key with this hash is still to be looked for in the other. `doubtful`
    are new ads with a key that may be a hub for its texts or a board's footer, or whose hash is not its own."""

    fresh: Ints
    near: Ints
    before: Ints
    hashes: Words64
    doubtful: Ints


def keyed(fellows: Fellows, settled: int, root: Any, *, stands: Flags, groups: Callable[[Ints], Ints]) -> Keyed:
    """What keys tie new ads, those from number `settled` on. `root` is the web of each ad, `stands` whether one of its
    contacts stands in a long sentence, `groups` gives the text group of some ads."""
    size = len(fellows.hashes)
    new, old = (np.full(size, -1) for _ in range(2))
    new[fellows.key_of[::-1]] = fellows.ads[::-1]
    under, holders = fellows.under, fellows.holders
    counts = np.bincount(under, minlength=size)
    doubtful = (counts >= MIN_TEXTS) & (np.bincount(under, weights=stands[holders], minlength=size) > 0)
    for key in np.flatnonzero(counts > HUB).tolist():
        doubtful[key] |= len(np.unique(groups(holders[under == key]))) > HUB
    earlier = np.flatnonzero(holders < settled)
    least, most = np.full(size, len(root)), np.full(size, -1)
    np.minimum.at(least, under[earlier], root[holders[earlier]])
    np.maximum.at(most, under[earlier], root[holders[earlier]])
    old[under[earlier]] = holders[earlier]
    known = np.flatnonzero(old >= 0)
    return Keyed(
        np.array([new[fellows.key_of], fellows.ads]),
        np.array([new[under], holders]),
        np.array([new[known], old[known]]),
        fellows.hashes[known],
        new[np.flatnonzero(doubtful | ((most >= 0) & (least != most)))],
    )
