"""A closed part of a live index, ready to be grouped: its ads by id, their texts by rank."""

from collections.abc import Sequence, Set
from itertools import chain

import numpy as np

from models.campaigns.alike import full_buckets, tie_texts
from models.campaigns.components import components
from models.campaigns.imprint import Imprint
from models.campaigns.live_texts import LiveTexts
from models.campaigns.sketch import Ints
from models.campaigns.texts import Texts, wholes_of


class Region:
    """`ads` in order of their ids, `members` their numbers in the index; `numbers` those of the texts of `texts`;
    `ties` of those."""

    def __init__(self, ads: Sequence[Imprint], members: Ints, text_of: Ints, texts: LiveTexts) -> None:
        order = sorted(range(len(ads)), key=lambda at: ads[at].id)
        self.ads, self.members = [ads[at] for at in order], members[order]
        distinct, first, rows = np.unique(text_of[self.members], return_index=True, return_inverse=True)
        by_rank = np.argsort(texts.ranks.rows[distinct])
        place = np.empty_like(by_rank)
        place[by_rank] = np.arange(len(by_rank))
        self.numbers = distinct[by_rank].astype(np.int64)
        stated = [self.ads[at].organisations for at in first[by_rank].tolist()]
        wholes = wholes_of(())  # nobody asks for segments: boilerplate is known
        own = texts.own(self.numbers)
        self.texts = Texts(texts.ranks.rows[self.numbers], stated, wholes, own, place[rows])
        self.ties = tie_texts(self.texts)

    def webs(self, hubs: Set[str]) -> Ints:
        """Of each ad the first that it is of one web with."""
        texts, ties = self.texts, self.ties
        copies = np.flatnonzero(texts.own.sketched[texts.text_of])
        full = full_buckets(texts.own)
        one = [texts.first[texts.text_of[copies]], texts.first[ties.one], texts.first[full[0]]]
        other = [copies, texts.first[ties.other], texts.first[full[1]]]
        first: dict[str, int] = {}
        pairs = [
            (first.setdefault(key, at), at)
            for at, ad in enumerate(self.ads)
            for key in chain(ad.contacts, ad.images, ad.offer.keys if ad.offer else ())
            if key not in hubs
        ]
        keyed = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return components(len(self.ads), np.concatenate([*one, keyed[:, 0]]), np.concatenate([*other, keyed[:, 1]]))
