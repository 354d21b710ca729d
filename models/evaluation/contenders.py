"""Who takes part in an evaluation, by name: recipes and baselines, each with what would be flagged on its word."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.classifiers.building import classifier_of
from models.classifiers.contract import Classifier
from models.evaluation.baselines import Rule, baselines
from models.reading import Reading
from models.recipe import Recipe, load_recipe, recipe_of
from models.registry.aliases import resolve
from models.registry.manifest import manifest_of
from models.score import abstains, may_flag


@dataclass(frozen=True)
class Contender:
    """A classifier, and the rules that stand between its probability and a flag."""

    classifier: Classifier
    may_flag: Callable[[Reading], bool]
    abstains: Callable[[Reading, float], bool]

    @property
    def learns(self) -> bool:
        """Whether more labels change what it says; rules of thumb hardly learn."""
        return not isinstance(self.classifier, Rule)


def of_recipe(recipe: Recipe) -> Contender:
    """A recipe under the rules of scoring."""
    return Contender(
        classifier_of(recipe),
        may_flag,
        lambda reading, probability: abstains(reading, probability, least_letters=recipe.min_letters),
    )


def of_baselines(prevalence: float) -> list[Contender]:
    """Every baseline: it flags what it says, and never abstains."""
    return [Contender(each, lambda _: True, lambda _, __: False) for each in baselines(prevalence)]


def named(name: str, folder: Path, prevalence: float) -> Contender:
    """A contender by name: a baseline, a recipe, or the recipe of a stored model (`name@version`, `name@champion`).

    A stored model has seen every label, so what is measured is its recipe, fitted anew on each training side.
    """
    for baseline in of_baselines(prevalence):
        if baseline.classifier.name == name:
            return baseline
    return of_recipe(_recipe(name, folder))


def deployment_prevalence(name: str, folder: Path, *, default: str) -> float:
    """The prevalence that a recipe's probabilities are made for; of the recipe `default` where `name` is a baseline."""
    is_baseline = any(each.name == name for each in baselines(0.5))
    return _recipe(default if is_baseline else name, folder).deployment_prevalence


def _recipe(name: str, folder: Path) -> Recipe:
    recipe, _, version = name.partition("@")
    if not version:
        return load_recipe(name)
    manifest = manifest_of(folder, recipe, resolve(folder, recipe, version))
    return recipe_of(manifest.recipe | {"name": manifest.reference})
