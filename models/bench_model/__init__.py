"""Benchmark `model`: what each recipe's ranking and calibration cost, and what a cascade saves.

All on one part of the seed corpus that no recipe learnt from, in one run; trust the ratios. Without `--base` the
transformer is a small encoder made from nothing, which has read no language before: its quality says what a thousand
labels teach it, not what a pretrained encoder would.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from models.bench_model import cost, curve, quality
from models.bench_serving import measure_serving
from models.classifiers.building import classifier_of
from models.classifiers.cascade import Cascade
from models.classifiers.group_split import hold_out
from models.classifiers.stacked import StackedClassifier
from models.classifiers.trained import Trainer
from models.classifiers.transformer.base import with_base
from models.classifiers.transformer.classifier import Transformer
from models.classifiers.transformer.scratch import TINY, make_encoder
from models.examples import Example, read_examples
from models.recipe import FOLDER, CascadeRecipe, Recipe, StackedRecipe, TransformerRecipe, load_recipe
from zorya.labelled import load_corpus
from zorya.settings import Settings

Rows = list[dict[str, Any]]
_HELD_OUT, _SEED = 0.2, 20261126
FROM_NOTHING: Mapping[str, object] = {"learning_rate": 1e-3, "epochs": 12, "max_tokens": 128, "parity": 1.0}
"""Changes to the transformer's recipe for an encoder that knows nothing yet, which small steps do not move; what it
says is so faint that calibration makes much of the rounding to 8 bits, which is no reason to measure nothing.
"""


def measure(
    settings: Settings, *, as_of: datetime, base: str | None = None, out: Path | None = None
) -> dict[str, Rows]:
    """Tables: `recipes`, `cascade` (more and more ads routed), `cost` of encoders by shape, `serving` of text scores.
    `base` as `model train` has
    it; `out`: a folder for CSV and PNG."""
    examples = read_examples(load_corpus(settings.corpus_dir).ads)
    with TemporaryDirectory() as scratch:
        changes = {} if base else FROM_NOTHING
        tables = measure_on(examples, base or str(_from_nothing(examples, Path(scratch))), changes)
    if out is not None:
        curve.save(tables, out)
    return tables


def measure_on(examples: list[Example], base: str, changes: Mapping[str, object] = FROM_NOTHING) -> dict[str, Rows]:
    """The tables, of any labelled ads; `changes` to the transformer's recipe."""
    fold = hold_out(examples, _HELD_OUT, seed=_SEED)
    learnt, held_out = ([examples[number] for number in side] for side in (fold.train, fold.test))
    reading = cost.of_reading(held_out)
    found: dict[str, quality.Measured] = {}
    for path in sorted(FOLDER.glob("*.yml")):
        recipe = load_recipe(path.stem)
        found[recipe.name] = quality.measured(recipe, _classifier(recipe, base, changes).fit(learnt), held_out, reading)
    return {
        "recipes": [each.row for each in found.values()],
        "cascade": quality.routed(found, held_out, reading),
        "cost": cost.of_shapes(held_out, reading, found["linear"].spent),
        "serving": measure_serving(examples),
    }


def _classifier(recipe: Recipe, base: str, changes: Mapping[str, object]) -> Trainer:
    if isinstance(recipe, TransformerRecipe):
        return Transformer(*with_base(recipe.model_copy(update=dict(changes)), base))
    if isinstance(recipe, CascadeRecipe):
        cheap, careful = (_classifier(load_recipe(name), base, changes) for name in (recipe.cheap, recipe.careful))
        return Cascade(recipe, cheap, careful)
    if isinstance(recipe, StackedRecipe):
        parts = [load_recipe(part) for part in recipe.parts]
        return StackedClassifier(recipe, [(part, _classifier(part, base, changes)) for part in parts])
    return classifier_of(recipe)


def _from_nothing(examples: list[Example], folder: Path) -> Path:
    return make_encoder(folder, [example.text for example in examples], TINY, seed=_SEED)
