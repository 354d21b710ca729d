"""`zorya bench start`: real processes, ratios in one run."""

from datetime import datetime
from pathlib import Path

import pytest

from zorya.cli import bench_start
from zorya.settings import Settings


def test_starts_are_told_as_multiples_of_bare_python(
    trained_home: Path, as_of: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_start, "ROUNDS", 1)
    rows = bench_start.measure(Settings(home=trained_home), as_of=as_of)
    bare, told, first = (row["cpu_ms"] for row in rows)
    assert rows[0]["cpu_ratio"] == rows[0]["wall_ratio"] == 1.0
    assert 0 < bare < told < first
    assert rows[1]["cpu_ratio"] < 20  # the aim is 6; a busy machine may double it, an import of a room adds a hundred
