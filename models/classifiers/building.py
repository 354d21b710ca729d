"""From a recipe to the classifier that learns by it."""

from models.classifiers.cascade import Cascade
from models.classifiers.contract import Classifier
from models.classifiers.linear import LinearClassifier
from models.classifiers.stacked import StackedClassifier
from models.classifiers.trained import Trainer
from models.classifiers.transformer.base import with_base
from models.classifiers.transformer.classifier import Transformer
from models.recipe import (
    CascadeRecipe,
    IndicatorsOnlyRecipe,
    LinearRecipe,
    Recipe,
    StackedRecipe,
    TransformerRecipe,
    load_recipe,
)
from zorya.errors import ModelError


def classifier_of(recipe: Recipe) -> Trainer:
    """The classifier of a recipe; parts are shipped recipes. Raises ModelError where an encoder is wanted and not
    named, or not found.
    """
    if isinstance(recipe, StackedRecipe):
        return StackedClassifier(recipe, [(part, classifier_of(part)) for part in parts_of(recipe)])
    if isinstance(recipe, TransformerRecipe):
        return Transformer(*with_base(recipe, recipe.base))
    if isinstance(recipe, CascadeRecipe):
        cheap, careful = load_recipe(recipe.cheap), load_recipe(recipe.careful)
        if not isinstance(cheap, LinearRecipe | IndicatorsOnlyRecipe) or not isinstance(careful, TransformerRecipe):
            raise ModelError(f"recipe {recipe.name}: `cheap` is a linear recipe, `careful` a transformer")
        careful = careful.model_copy(update={"base": recipe.base or careful.base})
        return Cascade(recipe, LinearClassifier(cheap), classifier_of(careful))
    return LinearClassifier(recipe)


def parts_of(recipe: StackedRecipe) -> list[Recipe]:
    """The recipes that a stacked one combines, the transformer with the encoder it is to fine-tune. Raises ModelError
    where one of them is itself a combination, or two fine-tune an encoder.
    """
    parts = [load_recipe(part) for part in recipe.parts]
    wrong = [part.name for part in parts if isinstance(part, StackedRecipe | CascadeRecipe)]
    if wrong or sum(isinstance(part, TransformerRecipe) for part in parts) > 1:
        why = f"{wrong[0]} is a combination itself" if wrong else "two of its parts fine-tune an encoder"
        raise ModelError(f"recipe {recipe.name}: {why}; `parts` takes linear recipes and one transformer")
    return [
        part.model_copy(update={"base": recipe.base or part.base}) if isinstance(part, TransformerRecipe) else part
        for part in parts
    ]


def concern_alone(classifier: Classifier) -> Classifier:
    """The same way to learn, for measurements that ask for concern alone: a linear recipe has a regression for each
    target, and the others are most of its work. What it says of concern is the same to the last digit.
    """
    return LinearClassifier(classifier.recipe, ("concern",)) if isinstance(classifier, LinearClassifier) else classifier


def based(recipe: Recipe, base: str | None) -> Recipe:
    """The recipe with the encoder it fine-tunes identified: the one named, else the one in its file. Any other recipe
    as it is; raises ModelError where it takes no encoder and one is named.
    """
    careful: Recipe | None = recipe
    if isinstance(recipe, CascadeRecipe):
        careful = load_recipe(recipe.careful)
        if not isinstance(careful, TransformerRecipe):
            raise ModelError(f"recipe {recipe.name}: its careful part, {careful.name}, is no transformer")
    elif isinstance(recipe, StackedRecipe):
        careful = next((part for part in parts_of(recipe) if isinstance(part, TransformerRecipe)), None)
    if isinstance(careful, TransformerRecipe):
        found = with_base(careful, base or careful.base)[0]
        return recipe.model_copy(update={"base": found.base, "base_sha256": found.base_sha256})
    if base:
        raise ModelError(
            f"recipe {recipe.name} fine-tunes no encoder: leave out --base, or take the recipe transformer"
        )
    return recipe
