"""Recipes of kind `transformer` and `cascade`."""

from typing import Literal

from pydantic import Field

from zorya.datafiles import DataModel


class TransformerRecipe(DataModel):
    """How an encoder is fine-tuned. Every field is part of the model's identity."""

    kind: Literal["transformer"]
    name: str
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
    seed: int
    deployment_prevalence: float = Field(gt=0, lt=1)
    min_letters: int = Field(ge=0)


class CascadeRecipe(DataModel):
    """A cheap recipe judges every ad, a careful one those the cheap one doubts."""

    kind: Literal["cascade"]
    name: str
    cheap: str
    """Name of the recipe that sees every ad."""
    careful: str
    """Name of the recipe that sees the doubtful ones."""
    share: float = Field(gt=0, lt=1)
    """Largest share of traffic that the careful one sees, at the deployment prevalence."""
    threshold: float = Field(gt=0, lt=1)
    """Probability of concern at which an ad is flagged: doubt is nearness to it."""
    held_out: float = Field(gt=0, le=0.5)
    """Share of groups on which the band of doubt and the careful one's say are chosen."""
    seed: int
    deployment_prevalence: float = Field(gt=0, lt=1)
    min_letters: int = Field(ge=0)
