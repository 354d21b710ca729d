"""What starting costs: the help and the first assessment, as multiples of the start of bare Python in the same run."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from zorya.settings import Settings

ROUNDS = 5
_AD = {
    "id": "1",
    "title": "Kitchen help wanted",
    "body": "Hotel by the lake, contract before you travel, room free.",
}


def measure(settings: Settings, *, as_of: datetime) -> list[dict[str, Any]]:
    """Wall and CPU milliseconds of processes of their own, the least of `ROUNDS` interleaved rounds, and their ratios.

    Trains the configured model first when the home has none: a first use is not a start.
    """
    from models.score import load_scorer

    load_scorer(settings, as_of=as_of)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ad.jsonl"
        file.write_text(json.dumps(_AD), encoding="utf-8")
        commands: dict[str, Sequence[str]] = {
            "python -c pass": ("-c", "pass"),
            "zorya --help": ("-m", "zorya", "--help"),
            "zorya screen, first ad": ("-m", "zorya", "screen", str(file)),
        }
        least = {name: [float("inf"), float("inf")] for name in commands}
        for _ in range(ROUNDS):
            for name, arguments in commands.items():
                least[name] = list(map(min, least[name], _spent(arguments, settings.home)))
    (bare_wall, bare_cpu), *_ = least.values()
    return [
        {
            "start": name,
            "wall_ms": round(wall * 1000, 1),
            "cpu_ms": round(cpu * 1000, 1),
            "wall_ratio": round(wall / bare_wall, 1),
            "cpu_ratio": round(cpu / bare_cpu, 1),
        }
        for name, (wall, cpu) in least.items()
    ]


def _spent(arguments: Sequence[str], home: Path) -> tuple[float, float]:
    """Wall and CPU seconds of one Python process that may keep compiled files, as a user's does."""
    variables = os.environ | {"ZORYA__HOME": str(home)}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(  # noqa: S603 — this interpreter, our own arguments
        [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=variables
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
