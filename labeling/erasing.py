"""Erasing a person's ads from all that people labelled: frozen snapshots and imported sets."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from labeling.imports.stored import imported_sets, keep
from zorya import erasures
from zorya.errors import NothingToDo, PolicyRefusal
from zorya.labelled import LabelledAd
from zorya.settings import Settings
from zorya.store import Store, audit


@dataclass(frozen=True, slots=True)
class Erased:
    """Ads erased, by the version of each snapshot and the name of each imported set that held some."""

    ads: int
    snapshots: dict[str, int]
    imports: dict[str, int]


def erase(
    store: Store,
    settings: Settings,
    *,
    ids: Collection[str],
    tokens: Collection[str],
    kept: Collection[str] = (),
    reason: str,
    actor: str,
    at: datetime,
    pretend: bool = False,
) -> Erased:
    """Erase the ads with these ids, and all that give one of these contacts (as tokens), but for the ids in `kept` (on
    hold). Logged. With `pretend` nothing is changed. Raises PolicyRefusal without a reason, NothingToDo where there is
    no such ad.
    """
    if not reason.strip():
        raise PolicyRefusal("ads are erased for a reason: give one with --reason")

    def concerns(ad: LabelledAd) -> bool:
        return ad.id not in kept and (ad.id in ids or not set(tokens).isdisjoint(ad.contacts))

    found = erasures.reached(settings.snapshots_dir, concerns)
    sets = imported_sets(settings.imports_dir)
    held = {each.manifest.name: [ad.id for ad in each.ads if concerns(ad)] for each in sets}
    imports = {name: len(each) for name, each in held.items() if each}
    gone = found.ids.union(*held.values())
    if not gone:
        raise NothingToDo("no snapshot and no imported set holds such an ad")
    if not pretend:
        with store.writing() as connection:  # first: what is begun and breaks off is in the log, and done again
            for ad in sorted(gone):
                audit.add(connection, at=at, actor=actor, action="labels.erase", object=ad[:200], reason=reason)
        erasures.erase(settings.snapshots_dir, gone, reason=reason, at=at)
        for each in sets:
            if each.manifest.name in imports:
                left = [ad for ad in each.ads if ad.id not in gone]
                keep(settings.imports_dir, left, replace(each.manifest, ads=len(left)))
    return Erased(len(gone), found.by_snapshot, imports)
