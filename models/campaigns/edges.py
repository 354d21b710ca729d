"""The rules of a tie, once: when two wordings are one text, when two ads may be one advertiser's, when a key is a hub.

Each is a function of what it is given and of nothing else, so that whoever applies them (a batch, the live index, the
store) finds the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from models.campaigns.names import DOMAIN, apart, conflict
from models.campaigns.sketch import Ints

SAME_TEXT = 0.6
"""Estimated Jaccard similarity of 5-grams from which two ads share a text: one of eight lines worded otherwise, another
town and name in its own declension. Half of each text being a board's footer gives 0.33: that alone stays below."""
SHORT, SAME_SHORT_TEXT = 100, 0.8
"""Wordings under `SHORT` shingles (about one line) must be nearer: common words are a larger part of them."""
SAME_COMMON_TEXT = 0.95
"""Wordings with nothing left of their own beside boilerplate tie only as copies."""
NEAR_TEXT = 0.5
"""From here to the bar a shared band is a weak edge."""
REFERENCES = 16
"""Texts of a bucket, those of lowest rank, that all its texts are compared with. A rank is a hash: the choice is a
function of the set, the cost per text is bounded, and the next ad displaces a reference with probability 16/n."""
HUB = 20
"""A key in more different texts than this is a hub, not an advertiser."""
HUB_SAMPLE = 2 * HUB
"""Texts under a key, those of lowest rank, that are looked at."""
HUB_ORGANISATIONS = 3
"""A key whose ads name this many organisations is a switchboard, a school's office or a footer."""

EdgeKind = Literal["contact", "text", "offer", "image", "style"]


@dataclass(frozen=True, slots=True)
class Edge:
    """Why two ads belong together; `reason` is a sentence for an analyst. Weight 0 to 1. A weak edge is no fact: two of
    different kinds between the same two groups tie them, one alone is a proposal."""

    one: str
    other: str
    kind: EdgeKind
    weight: float
    reason: str = ""
    strong: bool = True


def bar(shingles: Any, *, common: Any) -> Any:
    """Similarity from which wordings of so many shingles tie, one or an array; `common`: all of it is boilerplate."""
    return np.where(common, SAME_COMMON_TEXT, np.where(np.less(shingles, SHORT), SAME_SHORT_TEXT, SAME_TEXT))


def at_odds(stated: Iterable[frozenset[str]]) -> bool:
    """Ads of one text name organisations that conflict: whose an ad that names none is, nobody can say."""
    distinct = sorted(set(stated) - {frozenset()}, key=sorted)
    return any(conflict(one, other) for n, one in enumerate(distinct) for other in distinct[:n])


def is_hub(organisations: frozenset[str], templates: Ints) -> bool:
    """Whether a key ties nothing by itself: the organisations named by its ads, and the text groups that its
    `HUB_SAMPLE` lowest-ranked texts belong to."""
    return apart(organisations, HUB_ORGANISATIONS) or len(np.unique(templates)) > HUB


def telling(key: str, organisations: frozenset[str]) -> frozenset[str]:
    """Those of an ad's organisations that make a hub of a key: under an offer names alone, for a domain may be the
    board's, and a combination of slots is no contact."""
    if not key.startswith("o:"):
        return organisations
    return frozenset(name for name in organisations if not name.startswith(DOMAIN))


def text_reason(likeness: float) -> str:
    """Why a text edge."""
    return "The same wording." if likeness > 0.995 else f"{likeness:.0%} of the wording is the same."


KEY_KINDS: dict[str, EdgeKind] = {"c:": "contact", "i:": "image"}
"""Kind of a tie by a key, by the first two characters of the key."""
KIND_REASONS: dict[EdgeKind, str] = {
    "contact": "Both give the same contact.",
    "image": "Both show the same picture.",
}
"""Why a tie by a key."""
