"""`zorya bench campaigns`: how well and how fast campaigns are found, on ads whose advertisers are known."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from models.bench_campaigns import quality
from models.bench_campaigns.aims import aims
from models.bench_campaigns.curves import save
from models.bench_campaigns.finders import LIVE
from models.bench_campaigns.scale import SEED, SIZES, scale
from models.bench_campaigns.stored import stored
from zorya.settings import Settings

Rows = list[dict[str, Any]]


def measure(
    settings: Settings,
    *,
    as_of: datetime,
    held_out: bool = False,
    sizes: Sequence[int] = SIZES,
    out: Path | None = None,
) -> dict[str, Rows]:
    """Tables by name (`quality`, `scale` and `stored` here say which). `held_out` is for the final run alone; `sizes`
    are the numbers of planted ads to measure cost at; `out` is a folder for CSV and curves.
    """
    tables = quality.quality(settings.corpus_dir, held_out=held_out) | scale(sizes)
    tables |= {"stored": rows} if (rows := stored(sizes, seed=SEED, as_of=as_of)) else {}
    tables = {"aims": aims(tables, zorya=LIVE)} | tables
    if out is not None:
        save(tables, out)
    return tables
