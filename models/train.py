"""Training: corpus + recipe + ruleset → a stored model. The same inputs give the same version and the same
numbers.

The first model of a name is put in use by itself (a fresh install must be able to screen); every later one waits
for a person.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from filelock import FileLock
from scipy.special import expit
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from models.catalogue import catalogue
from models.classifiers.building import based, classifier_of
from models.classifiers.trained import Trained
from models.examples import Array, Example, truths
from models.joined_groups import read_labelled
from models.learning.unlabelled import digest_of, weakly_labelled
from models.recipe import CascadeRecipe, Recipe, StackedRecipe, load_recipe
from models.registry.aliases import Alias, champion, set_alias
from models.registry.files import save
from models.registry.manifest import FILE, Manifest, home_of, manifest_of
from models.sureness import EVIDENCE, evidence_of
from zorya import snapshots
from zorya.domain.ads import Posting
from zorya.domain.ids import content_digest
from zorya.domain.runs import StageReport
from zorya.labelled import LabelledAd, load_corpus
from zorya.settings import Settings
from zorya.store import Store

SEED = "seed"
"""Instead of a snapshot's version: the seed corpus."""
OUT_OF_FOLD = "out_of_fold.jsonl"
"""Beside a model: `{"id", "probabilities"}` of the ads it learnt from, said by models that had not, at the prevalence
of the labels.
"""
_FORMAT = "hashed pieces of words in whole numbers; evidence of the surest score"
"""How models are stored; a new one makes new versions."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What is learnt from: ads, the digest of their files, and the snapshot they are from (empty: the seed corpus)."""

    ads: tuple[LabelledAd, ...]
    digest: str
    snapshot: str = ""


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """Stage: train the configured recipe on the corpus unless that very model exists."""
    manifest, is_new = train(settings, as_of=as_of)
    in_use = champion(settings.models_dir, manifest.name) == manifest.version
    message = f"{manifest.reference} {'in use' if in_use else 'waits for promotion'}"
    return StageReport("train", as_of, {"trained": int(is_new)}, (message,))


def train(
    settings: Settings,
    *,
    as_of: datetime,
    recipe: str | None = None,
    snapshot: str | None = None,
    base: str | None = None,
    weak: Sequence[Posting] = (),
) -> tuple[Manifest, bool]:
    """Train and store; returns (manifest, whether it is new). `recipe`: a name, else the configured one; `snapshot`: as
    `labels_of` takes it; `base`: the encoder of a recipe that fine-tunes one; `weak`: ads that indicators label
    (`models.learning.unlabelled`); nothing is measured on these.
    """
    how = based(load_recipe(recipe or settings.model_recipe), base)
    labels = labels_of(settings, snapshot)
    version = version_of(how, labels.digest, weak)
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.models_dir / ".training.lock"):
        if (home_of(settings.models_dir, how.name, version) / FILE).is_file():
            return manifest_of(settings.models_dir, how.name, version), False
        examples = read_labelled(labels.ads)
        guessed = weakly_labelled(examples, weak)
        fitted = classifier_of(how).fit([*examples, *guessed])
        manifest = Manifest(
            name=how.name,
            version=version,
            kind=how.kind,
            corpus=labels.digest,
            snapshot=labels.snapshot,
            ruleset=catalogue().ruleset,
            recipe=how.model_dump(mode="json"),
            trained_at=as_of.isoformat(),
            metrics=_metrics(examples, fitted, weak=len(guessed))
            | {EVIDENCE: evidence_of(examples, how.deployment_prevalence)},
        )
        manifest = save(settings.models_dir, fitted.files(), manifest)
        _write_out_of_fold(settings, manifest, examples, fitted)
        if champion(settings.models_dir, how.name) is None:
            set_alias(settings.models_dir, how.name, Alias.CHAMPION, version)
    return manifest, True


def labels_of(settings: Settings, snapshot: str | None = None) -> Labels:
    """The labels of a snapshot (a version, the beginning of one, `newest`), of the seed corpus (`seed`), or, where
    nothing is said, of the newest snapshot and without any of the seed corpus.
    """
    if snapshot is None:
        home = snapshots.newest(settings.snapshots_dir)
    else:
        home = None if snapshot == SEED else snapshots.find(settings.snapshots_dir, snapshot)
    if home is None:
        corpus = load_corpus(settings.corpus_dir)
        return Labels(corpus.ads, corpus.digest)
    held = snapshots.read_snapshot(home)
    return Labels(held.ads, held.manifest.digest, held.manifest.version)


def version_of(recipe: Recipe, digest: str, weak: Sequence[Posting] = ()) -> str:
    """The version that a recipe makes of labels with a digest, under the indicators in force. `weak`: as of `train`."""
    parts: tuple[str, ...] = recipe.parts if isinstance(recipe, StackedRecipe) else ()
    parts = (recipe.cheap, recipe.careful) if isinstance(recipe, CascadeRecipe) else parts
    made_of = {
        "format": _FORMAT,
        "recipe": recipe.model_dump(mode="json"),
        "parts": [load_recipe(part).model_dump(mode="json") for part in parts],
        "corpus": digest,
        "ruleset": catalogue().ruleset,
        **({"weak": digest_of(weak)} if weak else {}),
    }
    return content_digest(made_of)[:12]


def _metrics(examples: list[Example], fitted: Trained, *, weak: int) -> dict[str, Any]:
    """On the ads that people labelled: they come first in what was learnt from."""
    measured = {}
    for target, every in fitted.held_out.items():
        odds = every[: len(examples)]
        known = ~np.isnan(odds)
        measured[target] = _measure(truths(examples, target)[known], expit(odds[known]))
    found = {"ads": len(examples), "out_of_fold": measured, "chosen": fitted.chosen()}
    return found | ({"weakly_labelled": weak} if weak else {})


def _write_out_of_fold(settings: Settings, manifest: Manifest, examples: list[Example], fitted: Trained) -> None:
    """Not one of the files that scoring reads."""
    told = {target: expit(odds) for target, odds in fitted.held_out.items()}
    lines = []
    for row, example in enumerate(examples):
        said = {target: round(float(p[row]), 6) for target, p in told.items() if not np.isnan(p[row])}
        if said:
            lines.append(json.dumps({"id": example.ad.id, "probabilities": said}))
    path = home_of(settings.models_dir, manifest.name, manifest.version) / OUT_OF_FOLD
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _measure(truth: Array, probability: Array) -> dict[str, float]:
    return {
        "average_precision": round(float(average_precision_score(truth, probability)), 4),
        "roc_auc": round(float(roc_auc_score(truth, probability)), 4),
        "brier": round(float(brier_score_loss(truth, probability)), 4),
        "positives": int(truth.sum()),
    }
