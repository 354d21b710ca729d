"""The contract of training recipes (`models/recipes/*.yml`): one schema per kind. Every field is part of the model's
identity.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from zorya.datafiles import DataModel, load
from zorya.errors import DataFileError

FOLDER = Path(__file__).parent / "recipes"
Share = Annotated[float, Field(gt=0, lt=1)]


class Influence(DataModel):
    """The largest share of the weight of all labels that one analyst's, or one source's, may have together."""

    analyst: float = Field(gt=0, le=1)
    source: float = Field(gt=0, le=1)


class Candidate(DataModel):
    """A setting of the regression; of several the one is taken whose held-out log loss of *concern* is least."""

    regularisation: float = Field(gt=0)
    """C of the logistic regression: smaller is stricter."""
    text_weight: float = Field(default=1.0, gt=0)
    word_weight: float = Field(default=1.0, gt=0)
    """How much a word or a pair of words weighs beside a letter sequence."""


class Common(DataModel):
    """What every recipe says."""

    name: str
    seed: int
    deployment_prevalence: Share
    min_letters: int = Field(ge=0)
    influence: Influence


class Learning(Common):
    """What recipes that learn from the ads themselves say."""

    indicator_dropout: float = Field(ge=0, lt=1)
    copies: int = Field(ge=1, le=10)
    candidates: tuple[Candidate, ...] = Field(min_length=1)


class LinearRecipe(Learning):
    """Text and indicators → calibrated logistic regression."""

    kind: Literal["linear"]
    letters: int = Field(ge=3, le=8)
    """Length of the letter sequences."""
    min_df: int = Field(ge=1)
    indicator_weight: float = Field(gt=0)


class IndicatorsOnlyRecipe(Learning):
    """Indicators and facts alone → calibrated logistic regression."""

    kind: Literal["indicators-only"]


class StackedRecipe(Common):
    """Other recipes' held-out scores → one calibrated combination."""

    kind: Literal["stacked"]
    parts: tuple[str, ...] = Field(min_length=2)
    """Names of recipes that learn from ads: linear, indicators-only, at most one transformer."""
    base: str = ""
    base_sha256: str = ""
    """The transformer's encoder, as in its own recipe; empty without one."""


class TransformerRecipe(Common):
    """How an encoder is fine-tuned. Every field is part of the model's identity."""

    kind: Literal["transformer"]
    base: str = ""
    """The encoder as the person named it (`--base`): a folder or a hub's id. Empty: it must be named."""
    base_sha256: str = ""
    """Digest of the encoder's files, set when it was found."""
    max_tokens: int = Field(ge=16, le=8192)
    epochs: int = Field(ge=1)
    patience: int = Field(ge=1)
    """Epochs without a smaller loss on ads held out, after which learning stops."""
    batch: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    warmup: float = Field(ge=0, lt=1)
    """Share of the steps over which the rate rises."""
    weight_decay: float = Field(ge=0)
    largest_class_weight: float = Field(ge=1)
    held_out: float = Field(gt=0, le=0.5)
    """Share of groups that stops learning and calibrates."""
    eight_bits: bool
    """Whether weights are served in 8 bits; else in 32."""
    parity: float = Field(gt=0, le=1)
    """The largest difference of a probability between the served model and torch's that is accepted."""


class CascadeRecipe(Common):
    """A cheap recipe judges every ad, a careful one those the cheap one doubts."""

    kind: Literal["cascade"]
    cheap: str
    """Name of the recipe that sees every ad."""
    careful: str
    """Name of the recipe that sees the doubtful ones."""
    share: Share
    """Largest share of traffic that the careful one sees, at the deployment prevalence."""
    threshold: Share
    """Probability of concern at which an ad is flagged: doubt is nearness to it."""
    held_out: float = Field(gt=0, le=0.5)
    """Share of groups on which the band of doubt and the careful one's say are chosen."""
    base: str = ""
    base_sha256: str = ""
    """The careful one's encoder, as in its own recipe."""


Recipe = LinearRecipe | IndicatorsOnlyRecipe | StackedRecipe | TransformerRecipe | CascadeRecipe


class RecipeFile(RootModel[Annotated[Recipe, Field(discriminator="kind")]]):
    """A file of `models/recipes`."""


def load_recipe(name: str, folder: Path = FOLDER) -> Recipe:
    """The recipe of a name; the error lists those there are."""
    path = folder / f"{name}.yml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yml")))
        raise DataFileError(path, f"no such recipe; there are: {known}")
    return read_recipe(path)


def recipe_of(values: Mapping[str, Any]) -> Recipe:
    """The recipe that a manifest holds."""
    return RecipeFile.model_validate(values).root


def read_recipe(path: Path) -> Recipe:
    """The recipe of a file, which bears its name."""
    recipe = load(path, RecipeFile).root
    if recipe.name != path.stem:
        raise DataFileError(path, f"`name` is {recipe.name!r}; call the recipe as its file, {path.stem!r}")
    return recipe
