"""What training asks of any recipe: what it learnt, and what it said of ads that it had not learnt from."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from models.examples import Array, Example
from models.reading import Reading
from models.serving import FromLogOdds


class Trained(Protocol):
    """A fitted recipe, which can be stored and combined with others."""

    @property
    def served(self) -> FromLogOdds:
        """As it is used."""
        ...

    @property
    def held_out(self) -> Mapping[str, Array]:
        """Target → calibrated log-odds per example by models that did not learn from it (`folds_of`), shape (n,); NaN
        where a recipe has no such model.
        """
        ...

    @property
    def held_out_hidden(self) -> Mapping[str, Array]:
        """The same of copies with hidden indicators, where the recipe makes any: combinations are learnt on these."""
        ...

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        """As `models.classifiers.contract.Fitted` has it."""
        ...

    def files(self) -> dict[str, bytes]:
        """What is stored: name → content; `models.registry.kinds` reads it back by the recipe's kind."""
        ...

    def chosen(self) -> dict[str, Any]:
        """What was chosen on held-out ads, for the manifest."""
        ...


class Trainer(Protocol):
    """A recipe that can be fitted: `models.classifiers.contract.Classifier` with more to say."""

    @property
    def name(self) -> str:
        """The recipe's."""
        ...

    def fit(self, examples: Sequence[Example]) -> Trained:
        """Deterministic; raises ModelError where the examples cannot teach it."""
        ...
