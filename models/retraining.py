"""The stages between a trained model and one in use: measure it, propose it, put it in use once a person said so."""

from datetime import datetime

from models.evaluation import contenders, figures
from models.evaluation.data import Data, aimed
from models.evaluation.evaluation import card_figures, evaluate
from models.evaluation.figures import Terms
from models.evaluation.splits import Split
from models.joined_groups import read_labelled
from models.registry.aliases import Alias, aliased, champion
from models.registry.files import shelf
from models.registry.gates import refusals
from models.registry.manifest import Manifest
from models.registry.measured import keep_evaluation
from models.registry.promotion import challenge, promote
from models.watch.shadow import catch_up
from zorya import snapshots
from zorya.domain.runs import StageReport
from zorya.errors import ModelError
from zorya.labelled import LabelledAd, load_corpus
from zorya.settings import Settings
from zorya.store import Store

TARGET = ("concern",)
SCHEDULER = "scheduler"
"""Who made the candidate challenger, in the audit log."""
DAYS = 7
"""Ads of so many days are scored by a new challenger at once, so that who decides has something to look at."""


def measure(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """Stage: evaluate the newest candidate's recipe on what it learnt from, beside the baselines; into its card."""
    manifest = candidate(settings)
    if manifest is None:
        return StageReport("measure", as_of, {"measured": 0}, ("no candidate: the newest model is in use",))
    prevalence = contenders.deployment_prevalence(
        manifest.reference, settings.models_dir, default=settings.model_recipe
    )
    main = contenders.named(manifest.reference, settings.models_dir, prevalence)
    name, digest, ads = _learnt_from(settings, manifest)
    found = evaluate(
        read_labelled(aimed(ads, TARGET)),
        [main, *contenders.of_baselines(prevalence)],
        data=Data(name, digest, TARGET),
        split=Split.STRICT,
        terms=Terms(prevalence),
        learning_curve=False,
        heard=lambda _: None,
    )
    plain = card_figures(found)
    keep_evaluation(settings.models_dir, manifest.name, manifest.version, plain, figures.NAMES, at=as_of)
    return StageReport("measure", as_of, {"measured": 1, "ads": found.ads}, (f"measured {manifest.reference}",))


def propose(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """Stage: the newest candidate becomes challenger; what still stands against it is in the report."""
    manifest = candidate(settings)
    if manifest is None:
        return StageReport("propose", as_of, {"proposed": 0, "against": 0}, ("no candidate: nothing to propose",))
    if aliased(settings.models_dir, manifest.name, Alias.CHALLENGER) != manifest.version:
        challenge(store, settings, manifest.name, manifest.version, actor=SCHEDULER, at=as_of)
    seen = catch_up(store, settings, days=DAYS, as_of=as_of) if settings.shadow_challenger else 0
    against = refusals(store, settings, manifest.name, manifest.version, as_of=as_of)
    message = f"{manifest.reference} is challenger; a person promotes it: `zorya model promote @challenger --reason …`"
    return StageReport(
        "propose", as_of, {"proposed": 1, "shadowed": seen, "against": len(against)}, (message, *against)
    )


def put_in_use(store: Store, settings: Settings, actor: str, reason: str, *, as_of: datetime) -> StageReport:
    """Stage: promote the challenger for the person who approved it. Raises PolicyRefusal where a gate is shut."""
    version = aliased(settings.models_dir, settings.model_recipe, Alias.CHALLENGER)
    if version is None:
        raise ModelError(f"no version of {settings.model_recipe} is challenger; see `zorya model list`")
    done = promote(store, settings, settings.model_recipe, version, actor=actor, reason=reason, at=as_of)
    return StageReport("put_in_use", as_of, {"promoted": 1}, (f"{done.name}@{done.became} is in use",))


def candidate(settings: Settings) -> Manifest | None:
    """The newest sound version of the configured recipe, unless it is in use."""
    stored = shelf(settings.models_dir, settings.model_recipe).sound
    in_use = champion(settings.models_dir, settings.model_recipe)
    return stored[-1] if stored and stored[-1].version != in_use else None


def _learnt_from(settings: Settings, manifest: Manifest) -> tuple[str, str, tuple[LabelledAd, ...]]:
    if not manifest.snapshot:
        corpus = load_corpus(settings.corpus_dir)
        return "the seed corpus", corpus.digest, corpus.ads
    held = snapshots.read_snapshot(snapshots.find(settings.snapshots_dir, manifest.snapshot))
    return f"snapshot {held.manifest.version}", held.manifest.digest, held.ads
