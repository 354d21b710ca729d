"""`zorya bench campaigns`: how well and how fast campaigns are found, on ads whose advertisers are known."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from models.bench_campaigns import quality
from models.bench_campaigns.scale import SIZES, scale
from zorya.settings import Settings

Rows = list[dict[str, Any]]


def measure(
    settings: Settings, *, as_of: datetime, held_out: bool = False, sizes: Sequence[int] = SIZES
) -> dict[str, Rows]:
    """Tables by name (`models.bench_campaigns.quality` and `scale`). `held_out` is for the final run alone; `sizes` are
    the numbers of planted ads to measure cost at.
    """
    return quality.quality(settings.corpus_dir, held_out=held_out) | scale(sizes)
