"""The common text of nearly alike ads with its slots, as InfoShield shows it, in any script.

The ads are aligned, unit by unit, to the one that is most like all others. Where nearly all agree the text is constant;
where they differ is a slot. The result depends on the set of ads alone, not on their order.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from models.campaigns.alignment import align
from models.campaigns.likeness import most_alike, scores, shared_words
from models.campaigns.regions import Region, regions
from models.campaigns.slot_kinds import kind_of
from models.campaigns.units import Ad, Unit
from zorya.domain.portraits import Fixed, Slot, Template, Value

ALIGNED = 50
"""Ads that are aligned, those of the smallest ids: ids are digests, so this is a sample that no order changes."""
SHOWN = 20
"""Values of a slot that are kept; how many there are is said."""
_SAME = 0.6
"""Jaccard similarity of the sets of words from which two ads are copies of one text."""
_IN_ORDER = 0.7
"""Share of the plain words of the shorter ad that must stand in the order of the canonical one."""
_OPTIONAL = 3
"""Words from which a text that some ads lack is an optional part; shorter ones are values of a slot."""


def copies(ads: Iterable[Ad]) -> list[list[Ad]]:
    """Ads of one campaign in groups of nearly one text, the largest first; contacts, places and numbers do not count.

    Quadratic in the number of ads: give a sample.
    """
    ordered = sorted(ads, key=lambda ad: ad.id)
    alike = shared_words(ordered) >= _SAME
    home = list(range(len(ordered)))
    for index in range(len(ordered)):
        for other in np.flatnonzero(alike[index, :index]):
            one, two = sorted((_root(home, index), _root(home, int(other))))
            home[two] = one
    groups: dict[int, list[Ad]] = {}
    for index, ad in enumerate(ordered):
        groups.setdefault(_root(home, index), []).append(ad)
    return sorted(groups.values(), key=lambda group: (-len(group), group[0].id))


def template_of(ads: Iterable[Ad], *, members: int | None = None) -> Template:
    """The template of ads of nearly one text, at least one. `members`: how many share it, where these are a sample."""
    ordered = sorted(ads, key=lambda ad: ad.id)
    laid = lay_out(ordered[:ALIGNED])
    return Template(
        posting_id=laid.canonical.id,
        language=laid.canonical.language,
        parts=tuple(part for region in laid.regions if (part := laid.part(region)) is not None),
        aligned=len(laid.ads),
        members=members if members is not None else len(ordered),
        cut=any(ad.cut for ad in laid.ads),
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """Aligned ads: region after region, where each of them has which of its units. Every unit is in one region."""

    canonical: Ad
    ads: tuple[Ad, ...]
    regions: tuple[Region, ...]

    def units(self, region: Region, row: int) -> tuple[Unit, ...]:
        """The units of ad `row` in a region."""
        return self.ads[row].units[slice(*region.spans[row])]

    def text(self, region: Region, row: int, *, masked: bool = True) -> str:
        """What ad `row` has in a region, without white space around it; contacts masked."""
        units, text = self.units(region, row), self.ads[row].text
        pieces = []
        for before, unit in zip((None, *units), units, strict=False):
            pieces.append(text[before.end : unit.start] if before else "")
            pieces.append(unit.shown if masked and unit.shown is not None else text[unit.start : unit.end])
        return "".join(pieces)

    def lead(self, region: Region, row: int) -> str:
        """White space between what ad `row` has in a region and what it has before it, if it has both."""
        start, end = region.spans[row]
        units = self.ads[row].units
        return self.ads[row].text[units[start - 1].end : units[start].start] if 0 < start < end else ""

    def part(self, region: Region) -> Fixed | Slot | None:
        """A region as people see it; None where no ad has anything."""
        held = [tuple(unit.key for unit in self.units(region, row)) for row in range(len(self.ads))]
        counts = Counter(key for key in held if key)
        if not counts:
            return None
        first = {key: row for row, key in reversed(list(enumerate(held)))}
        ranked = sorted(counts, key=lambda key: (-counts[key], self.ads[first[key]].id))
        values = tuple(self._value(region, first[key], counts[key]) for key in ranked)
        absent = len(held) - counts.total()
        canonical = self.ads.index(self.canonical)
        if region.constant or (len(ranked) == 1 and absent and len(ranked[0]) >= _OPTIONAL):
            usual = held[canonical] if region.constant else ranked[0]
            row = canonical if usual == held[canonical] else first[usual]
            others = tuple(value for key, value in zip(ranked, values, strict=True) if key != usual)
            nothing = (Value("", absent, self.ads[first[()]].id),) if absent else ()
            rest = tuple(sorted((*others, *nothing), key=lambda value: -value.count)[:SHOWN])
            return Fixed(self.text(region, row), counts[usual], self._usual_lead(region, row), rest)
        row = canonical if held[canonical] else first[ranked[0]]
        kind = kind_of([self.units(region, first[key]) for key in ranked], [v.text for v in values])
        return Slot(kind, values[:SHOWN], len(ranked), absent, self._usual_lead(region, row))

    def _usual_lead(self, region: Region, row: int) -> str:
        """The lead of ad `row`; where it begins with this region, that of the first ad that does not."""
        starts = [span[0] for span in region.spans]
        if starts[row] == 0:
            row = next((other for other, span in enumerate(region.spans) if 0 < span[0] < span[1]), row)
        return self.lead(region, row)

    def _value(self, region: Region, row: int, count: int) -> Value:
        return Value(self.text(region, row), count, self.ads[row].id)


def lay_out(ads: Sequence[Ad]) -> Layout:
    """Align ads (in the order of their ids) to the one most like all others; those that word it in another order are
    left out.
    """
    best = most_alike(ads)
    texts: dict[tuple[str, ...], int] = {}
    which = [texts.setdefault(tuple(unit.key for unit in ad.units), len(texts)) for ad in ads]
    firsts = [which.index(number) for number in range(len(texts))]
    vocabulary = {unit.key: unit for row in firsts for unit in ads[row].units}
    codes = {key: code for code, key in enumerate(vocabulary)}
    coded = [np.array([codes[unit.key] for unit in ads[row].units], dtype=np.int32) for row in firsts]
    paths = align(scores(ads[best].units, [*vocabulary.values()]), coded)
    kept = [row for row, ad in enumerate(ads) if _follows(ads[best].units, ad.units, paths[which[row]])]
    rows = [paths[which[row]] for row in kept]
    units = [ads[row].units for row in kept]
    return Layout(ads[best], tuple(ads[row] for row in kept), tuple(regions(ads[best].units, units, rows)))


def _follows(canonical: Sequence[Unit], units: Sequence[Unit], path: Sequence[int]) -> bool:
    """True when an ad says nearly the same in the same order: sentences that changed places have no slots between."""
    found = sum(
        beside >= 0 and unit.kind is None and units[beside].key == unit.key
        for unit, beside in zip(canonical, path, strict=True)
    )
    words = min(sum(unit.kind is None for unit in each) for each in (canonical, units))
    return found >= _IN_ORDER * words


def _root(home: list[int], index: int) -> int:
    while home[index] != index:
        index = home[index]
    return index
