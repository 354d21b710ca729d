"""What the linear recipes learn from: a matrix of text and named features, with copies that lack some indicators."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.feature_extraction import DictVectorizer

from models.classifiers.vectoriser import HashedText, counts
from models.examples import Example
from models.features import hit_features
from models.recipe import Candidate, IndicatorsOnlyRecipe, LinearRecipe
from zorya.domain.findings import IndicatorHit

Hits = tuple[IndicatorHit, ...]


class Design:
    """The examples as they are, then `recipe.copies` times with a share of their indicators hidden: rows in this order.

    The phrases of the catalogue were written beside the seed corpus; on unseen ads they find less (docs/adr/0003).
    """

    def __init__(self, examples: Sequence[Example], recipe: LinearRecipe | IndicatorsOnlyRecipe) -> None:
        self.copies = 1 + recipe.copies
        self._text = isinstance(recipe, LinearRecipe)
        if isinstance(recipe, LinearRecipe):
            self._letters, self._min_df, self._loud = recipe.letters, recipe.min_df, recipe.indicator_weight
            self._counts = counts([example.text for example in examples], recipe.letters)
        else:
            self._loud = 1.0
        randomness = random.Random(recipe.seed)  # noqa: S311 — augmentation, not secrecy
        hits = [example.reading.indicators.hits for example in examples]
        sets = [hits, *(_hidden(hits, recipe.indicator_dropout, randomness) for _ in range(recipe.copies))]
        facts = [example.fact_features for example in examples]
        features = [[hit_features(h) | f for h, f in zip(each, facts, strict=True)] for each in sets]
        self.named = DictVectorizer(dtype=np.float64).fit(features[0])
        self._named = [csr_matrix(self.named.transform(each) * self._loud) for each in features]

    def matrix(self, candidate: Candidate) -> csr_matrix:
        """All copies, text columns first, then named ones."""
        if not self._text:
            return csr_matrix(vstack(self._named))
        text = self.vectoriser(candidate).transform_counts(self._counts) * candidate.text_weight
        return csr_matrix(vstack([hstack([text, each]) for each in self._named]))

    def vectoriser(self, candidate: Candidate) -> HashedText:
        """What makes the text columns, fitted."""
        return HashedText(self._letters, candidate.word_weight, self._min_df).fit_counts(self._counts)

    def named_coefficients(self, coefficients: Any) -> dict[str, tuple[float, ...]]:
        """Name → what one unit of the feature adds to each target; `coefficients` has shape (targets, columns)."""
        names = [str(name) for name in self.named.get_feature_names_out()]
        columns = (coefficients[:, coefficients.shape[1] - len(names) :] * self._loud).T.tolist()
        return {name: tuple(column) for name, column in zip(names, columns, strict=True)}


def _hidden(ads: Sequence[Hits], share: float, randomness: random.Random) -> list[Hits]:
    """The indicators of each ad as a catalogue would find them that lacks some of its phrases."""
    return [tuple(hit for hit in hits if randomness.random() >= share) for hits in ads]
