"""`zorya bench campaigns`: how well and how fast campaigns are found, on ads whose advertisers are known."""

from datetime import datetime
from typing import Any

from models.bench_campaigns import quality
from zorya.settings import Settings

Rows = list[dict[str, Any]]


def measure(settings: Settings, *, as_of: datetime, held_out: bool = False) -> dict[str, Rows]:
    """Tables by name (`quality`); `held_out` is for the final run alone."""
    return quality.quality(settings.corpus_dir, held_out=held_out)
