"""Training: corpus + recipe + ruleset → a stored model. The same inputs give the same version and the same
numbers.

The first model of a name is put in use by itself (a fresh install must be able to screen); every later one waits
for a person.
"""

from datetime import datetime
from typing import Any

import numpy as np
from filelock import FileLock
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from models import linear, served_file
from models.catalogue import catalogue
from models.reading import read
from models.recipe import Recipe, load_recipe
from models.registry.aliases import Alias, champion, set_alias
from models.registry.files import save
from models.registry.manifest import FILE, Manifest, manifest_of
from zorya.domain.ids import content_digest
from zorya.domain.runs import StageReport
from zorya.labelled import Corpus, LabelledAd, load_corpus
from zorya.settings import Settings
from zorya.store import Store

_FORMAT = "safetensors, hashed file by file"
"""How models are stored; a new one makes new versions."""


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """Stage: train the configured recipe on the corpus unless that very model exists."""
    manifest, is_new = train(settings, as_of=as_of)
    in_use = champion(settings.models_dir, manifest.name) == manifest.version
    message = f"{manifest.reference} {'in use' if in_use else 'waits for promotion'}"
    return StageReport("train", as_of, {"trained": int(is_new)}, (message,))


def train(settings: Settings, *, as_of: datetime) -> tuple[Manifest, bool]:
    """Train and store; returns (manifest, whether it is new)."""
    recipe, corpus = load_recipe(settings.model_recipe), load_corpus(settings.corpus_dir)
    version = version_of(recipe, corpus)
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.models_dir / ".training.lock"):
        if (settings.models_dir / recipe.name / version / FILE).is_file():
            return manifest_of(settings.models_dir, recipe.name, version), False
        model, metrics = fit_corpus(corpus, recipe)
        manifest = Manifest(
            name=recipe.name,
            version=version,
            kind="linear",
            corpus=corpus.digest,
            ruleset=catalogue().ruleset,
            recipe=recipe.model_dump(mode="json"),
            trained_at=as_of.isoformat(),
            metrics=metrics,
        )
        manifest = save(settings.models_dir, served_file.packed(model.served()), manifest)
        if champion(settings.models_dir, recipe.name) is None:
            set_alias(settings.models_dir, recipe.name, Alias.CHAMPION, version)
    return manifest, True


def fit_corpus(corpus: Corpus, recipe: Recipe) -> tuple[linear.LinearModel, dict[str, Any]]:
    """Fit on a corpus and measure out of fold; languages whose ads mirror each other are held out together."""
    readings = [read(ad.posting()) for ad in corpus.ads]
    labels = {"concern": np.array([float(ad.is_concern) for ad in corpus.ads])}
    for pattern in linear.TARGETS[1:]:
        labels[pattern] = np.array([float(pattern in ad.patterns) for ad in corpus.ads])
    model = linear.fit(readings, labels, folds_of(corpus.ads), recipe)
    metrics = {target: _measure(labels[target], np.array(model.out_of_fold[target])) for target in model.out_of_fold}
    return model, {"ads": len(corpus.ads), "out_of_fold": metrics}


def folds_of(ads: tuple[LabelledAd, ...]) -> list[int]:
    """One fold per set of languages tied by a common group (campaign or mirrored scenario)."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for ad in ads:
        parent[root(f"group {ad.group}")] = root(f"language {ad.language}")
    roots = sorted({root(f"group {ad.group}") for ad in ads})
    return [roots.index(root(f"group {ad.group}")) for ad in ads]


def version_of(recipe: Recipe, corpus: Corpus) -> str:
    """The version that this recipe makes of this corpus under the indicators in force."""
    made_of = {
        "format": _FORMAT,
        "recipe": recipe.model_dump(mode="json"),
        "corpus": corpus.digest,
        "ruleset": catalogue().ruleset,
    }
    return content_digest(made_of)[:12]


def _measure(truth: linear.Array, probability: linear.Array) -> dict[str, float]:
    return {
        "average_precision": round(float(average_precision_score(truth, probability)), 4),
        "roc_auc": round(float(roc_auc_score(truth, probability)), 4),
        "brier": round(float(brier_score_loss(truth, probability)), 4),
        "positives": int(truth.sum()),
    }
