"""From a recipe to the classifier that learns by it."""

from models.classifiers.linear import LinearClassifier
from models.classifiers.stacked import StackedClassifier
from models.classifiers.trained import Trainer
from models.recipe import Recipe, StackedRecipe, load_recipe


def classifier_of(recipe: Recipe) -> Trainer:
    """The classifier of a recipe; parts of a stacked one are shipped recipes."""
    if isinstance(recipe, StackedRecipe):
        return StackedClassifier(recipe, [(part, classifier_of(part)) for part in map(load_recipe, recipe.parts)])
    return LinearClassifier(recipe)
