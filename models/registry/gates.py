"""What must hold before a person may put a model in use: a whole card, no loss of recall on gold, no open suspicion.

Every gate that is shut is named with its remedy. The first model of a name and a rollback pass none of them: a fresh
install must be able to screen, and going back has to work on the worst day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.reading import read
from models.registry.aliases import champion
from models.registry.card import TITLES, card_of
from models.registry.kinds import load_model
from models.registry.manifest import Manifest, home_of, manifest_of
from models.score import Scorer
from models.watch.poisoning import Suspicion, out_of_fold, suspicions
from zorya import snapshots
from zorya.errors import DataFileError, ModelError, NothingToDo, PolicyRefusal
from zorya.labelled import LabelledAd
from zorya.settings import Settings
from zorya.store import Store, audit

OUT_OF_FOLD = "out_of_fold.jsonl"
"""Beside a model: what models that had not seen an ad said of it; training writes it."""
SETTLED = "model.suspicion.settle"
"""Audit action by which a person says, with a reason, that suspected labels were looked at."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Concern ads of the gold set, and how many of them a model flags."""

    model: str
    flagged: int
    concern: int

    @property
    def share(self) -> float:
        """Recall, in [0, 1]."""
        return self.flagged / self.concern


def refusals(store: Store, settings: Settings, name: str, version: str, *, as_of: datetime) -> list[str]:
    """Why a version may not be put in use, each with its remedy; empty where nothing stands against it."""
    return [
        *_card(settings, name, version),
        *_gold(settings, name, version, as_of),
        *_labels(store, settings, manifest_of(settings.models_dir, name, version)),
    ]


def open_suspicions(store: Store, settings: Settings, manifest: Manifest) -> list[Suspicion]:
    """Suspected labels among those a model learnt from that nobody has settled. A model of the seed corpus alone has
    none: nobody in particular labelled it.
    """
    if not manifest.snapshot:
        return []
    held = snapshots.read_snapshot(snapshots.find(settings.snapshots_dir, manifest.snapshot))
    said = out_of_fold(home_of(settings.models_dir, manifest.name, manifest.version) / OUT_OF_FOLD)
    with store.reading() as connection:
        return [
            each
            for each in suspicions(held.ads, said)
            if not audit.reasons(connection, action=SETTLED, object=suspected(manifest, each.kind, each.who))
        ]


def settle_suspicion(
    store: Store, settings: Settings, manifest: Manifest, account: str, *, actor: str, reason: str, at: datetime
) -> None:
    """Write down that an account's or a source's suspected labels were looked at. Raises PolicyRefusal without a
    reason, NothingToDo where nothing of it is open.
    """
    if not reason.strip():
        raise PolicyRefusal("a suspicion is settled for a reason: say with --reason what was found")
    found = [each for each in open_suspicions(store, settings, manifest) if each.who == account]
    if not found:
        raise NothingToDo(f"{manifest.reference}: no suspicion of {account} is open")
    with store.writing() as connection:
        for each in found:
            named = suspected(manifest, each.kind, each.who)
            audit.add(connection, at=at, actor=actor, action=SETTLED, object=named, reason=reason)


def suspected(manifest: Manifest, kind: str, who: str) -> str:
    """How the audit log names what is settled: one account's labels in one model."""
    return f"{manifest.reference} {kind} {who}"


def recall_on_gold(settings: Settings, name: str, version: str, *, as_of: datetime) -> Recall | None:
    """Recall of a stored version on the gold set; None where none is named. Raises DataFileError where the set is not
    the one whose digest the settings name, ModelError where it holds no concern.
    """
    ads = _gold_ads(settings)
    if ads is None:
        return None
    model = Scorer(*load_model(settings.models_dir, name, version))
    readings = [read(ad.posting()) for ad in ads]
    flagged = sum(each.band.flagged for each in model.assess(readings, [ad.id for ad in ads], as_of=as_of))
    return Recall(model.reference, flagged, len(ads))


def _card(settings: Settings, name: str, version: str) -> list[str]:
    missing = card_of(settings.models_dir, name, version).missing
    return [f"its card lacks “{TITLES[section]}”; run `{verb}`" for section, verb in missing.items()]


def _gold(settings: Settings, name: str, version: str, as_of: datetime) -> list[str]:
    in_use = champion(settings.models_dir, name)
    new = recall_on_gold(settings, name, version, as_of=as_of)
    old = recall_on_gold(settings, name, in_use, as_of=as_of) if new and in_use else None
    if new is None or old is None or old.share - new.share <= settings.promotion.recall_loss:
        return []
    return [
        f"recall on the gold set is {new.share:.1%} ({new.flagged} of {new.concern}), that of the model in use "
        f"{old.share:.1%}: more than {100 * settings.promotion.recall_loss:g} points lost; look at what it misses"
    ]


def _labels(store: Store, settings: Settings, manifest: Manifest) -> list[str]:
    remedy = f"look at them (`zorya model suspicions {manifest.version}`), then correct or settle them"
    return [f"{each.sentence()}; {remedy}" for each in open_suspicions(store, settings, manifest)]


def _gold_ads(settings: Settings) -> Sequence[LabelledAd] | None:
    """The concern ads of the gold set."""
    where, wanted = settings.promotion.gold, settings.promotion.gold_sha256
    if where is None:
        return None
    held = snapshots.read_snapshot(where)
    if held.manifest.digest != wanted:
        is_now = held.manifest.digest + (", ads were erased from it" if held.manifest.erased else "")
        raise DataFileError(
            where,
            f"its digest is {is_now}; `promotion.gold_sha256` names {wanted or 'none'}: mend either",
        )
    concern = [ad for ad in held.ads if ad.is_concern]
    if not concern:
        raise ModelError(f"{where}: no ad of concern in the gold set; recall cannot be compared")
    return concern
