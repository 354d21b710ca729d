"""The contract of a training recipe (`models/recipes/*.yml`)."""

from pathlib import Path

from pydantic import Field

from zorya.datafiles import DataModel, load
from zorya.errors import DataFileError

FOLDER = Path(__file__).parent / "recipes"


class Recipe(DataModel):
    """How a model is trained. Every field is part of the model's identity."""

    name: str
    char_ngrams: tuple[int, int]
    word_ngrams: tuple[int, int]
    min_df: int = Field(ge=1)
    regularisation: float = Field(gt=0)
    indicator_weight: float = Field(ge=0)
    text_weight: float = Field(ge=0)
    indicator_dropout: float = Field(ge=0, lt=1)
    copies: int = Field(ge=1, le=10)
    seed: int
    deployment_prevalence: float = Field(gt=0, lt=1)
    min_letters: int = Field(ge=0)


def load_recipe(name: str, folder: Path = FOLDER) -> Recipe:
    """The recipe of a name; the error lists those there are."""
    path = folder / f"{name}.yml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yml")))
        raise DataFileError(path, f"no such recipe; there are: {known}")
    return load(path, Recipe)
