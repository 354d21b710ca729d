"""Masked texts → rows of the linear model: hashed letter sequences, words and pairs, weighed and set to length 1."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags_array
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from models.examples import Array
from models.grams import HALF, SLOTS
from models.grams_batch import found_in


class HashedText(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A piece weighs its inverse document frequency, `ln((1 + n) / (1 + df)) + 1`, words and pairs `word_weight` times
    that; a slot that fewer than `min_df` texts have weighs nothing. A text's squared length is the sum of squares over
    its pieces one by one, so that it adds up as its scores do (`models.served_text`).
    """

    def __init__(self, letters: int = 3, word_weight: float = 1.0, min_df: int = 2) -> None:
        self.letters, self.word_weight, self.min_df = letters, word_weight, min_df

    def fit(self, X: Sequence[str], y: object = None) -> "HashedText":
        """Learn in how many texts each slot is."""
        return self.fit_counts(counts(X, self.letters))

    def transform(self, X: Sequence[str]) -> csr_matrix:
        """Rows of length 1 (0 for an empty text), shape (texts, SLOTS)."""
        check_is_fitted(self)
        return self.transform_counts(counts(X, self.letters))

    def fit_counts(self, counted: csr_matrix) -> "HashedText":
        """`fit` on what `counts` gave."""
        texts, frequencies = counted.shape[0], np.bincount(counted.indices, minlength=SLOTS)
        weights = np.where(frequencies >= self.min_df, np.log((1 + texts) / (1 + frequencies)) + 1, 0.0)
        weights[HALF:] *= self.word_weight
        self.weights_: Array = weights
        return self

    def transform_counts(self, counted: csr_matrix) -> csr_matrix:
        """`transform` of what `counts` gave."""
        lengths = np.sqrt(counted @ self.weights_**2)
        scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
        rows = csr_matrix(diags_array(scale) @ counted @ diags_array(self.weights_))
        rows.eliminate_zeros()
        return rows

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        return tags


def counts(texts: Sequence[str], letters: int) -> csr_matrix:
    """How often each slot is in each masked text, shape (texts, SLOTS)."""
    found = found_in(texts, letters)
    rows = np.concatenate([np.repeat(np.arange(len(texts)), sort.counts) for sort in found])
    slots = np.concatenate([sort.slots for sort in found])
    return csr_matrix((np.ones(len(slots)), (rows, slots)), shape=(len(texts), SLOTS))
