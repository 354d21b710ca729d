"""What scoring asks of any stored model, whatever its recipe."""

from typing import Protocol

from models.reading import Reading


class Served(Protocol):
    """A loaded model."""

    def probabilities(self, reading: Reading) -> dict[str, float]:
        """Calibrated probability of `concern` and of each pattern it knows, at the deployment prevalence."""
        ...

    def telling_words(self, reading: Reading, limit: int = 4) -> list[tuple[str, float]]:
        """Words of this ad that raised the score most, with their contribution in log-odds; none where the model
        does not know them.
        """
        ...
