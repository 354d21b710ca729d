"""`zorya bench extract`: outputs that are called equal are equal, and the ratios are of the order that is claimed."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from crawlers import bench_extract
from crawlers.bench_extract import Scale, measure
from crawlers.bench_sites import LAYOUTS, page, with_job_posting
from zorya.cli import app

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def values(rows: list[dict[str, Any]]) -> dict[str, float]:
    return {row["measure"]: row["value"] for row in rows}


def test_a_small_run_compares_learns_and_scores(tmp_path: Path) -> None:
    one = page("article", 1)
    (tmp_path / "a.html").write_text(one.source, encoding="utf-8")
    (tmp_path / "ground-truth.json").write_text(json.dumps({"a": {"articleBody": one.body}}), encoding="utf-8")
    found = values(measure(as_of=NOW, pages=tmp_path, scale=Scale(structured=1, site=12, rounds=1)))
    assert found["structured: pages with output equal to extruct's"] == len(LAYOUTS)
    assert found["token F1, learned, all sites"] > found["token F1, trafilatura, all sites"] - 0.01
    assert found["saved: token F1, general reading"] > 0.9
    assert found["pages in need of main text after five, all sites"] < 0.1


def test_a_structured_path_that_reads_something_else_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_extract.jobposting, "blocks", lambda scripts: ([], False))
    with pytest.raises(AssertionError, match="different JobPostings"):
        measure(as_of=NOW, scale=Scale(structured=1, site=5, rounds=1))


def test_pages_of_a_site_are_the_same_every_time_and_differ_from_each_other() -> None:
    for layout in LAYOUTS:
        assert page(layout, 3, seed=1) == page(layout, 3, seed=1)
        assert len({page(layout, number).source for number in range(5)}) == 5
    assert "JobPosting" in with_job_posting(page("blog", 1)).source


def test_an_unknown_benchmark_is_refused() -> None:
    result = CliRunner().invoke(app, ["bench", "extrakt"])
    assert result.exit_code == 2


@pytest.mark.slow
def test_ratios_hold_with_threefold_slack() -> None:
    found = values(measure(as_of=NOW, scale=Scale(structured=2, site=300, rounds=2)))
    assert found["structured path ÷ bare lexbor parse"] < 30
    assert found["extruct ÷ structured path"] > 50 / 3
    assert found["learned ÷ bare lexbor parse, all sites"] < 9
    assert found["pages in need of main text after five, all sites"] < 0.02
