"""The DAG files parse in the demo's environment, hold no logic and import nothing heavy; their tasks do their work."""

import ast
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from demo.boards import all_boards
from demo.home import child_environment, write_settings
from demo.town import SQUARE, write_sources
from zorya.settings import REPOSITORY

DAGS = REPOSITORY / "dags"
HEAVY = {"sklearn", "scrapy", "numpy", "scipy", "fastapi", "twisted", "torch", "trafilatura", "zorya.store"}
AIRFLOW_ENVIRONMENT = {
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
}
PARSE = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
before = set(sys.modules)
bag = DagBag(sys.argv[1])
dags = {
    key: {
        "tasks": sorted(task.task_id for task in dag.tasks),
        "schedule": repr(dag.schedule),
        "outlets": sorted(asset.name for task in dag.tasks for asset in task.outlets),
        "catchup": dag.catchup,
    }
    for key, dag in bag.dags.items()
}
print(json.dumps({"dags": dags, "errors": bag.import_errors, "modules": sorted(set(sys.modules) - before)}))
"""


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Airflow sees, read in a process of its own: Airflow changes the process it is imported into."""
    import json

    home = tmp_path_factory.mktemp("parse")
    ports = {name: 40000 + number for number, name in enumerate([SQUARE, *all_boards()])}
    write_sources(home, ports)
    write_settings(home, ports)
    environment = child_environment(home) | AIRFLOW_ENVIRONMENT | {"AIRFLOW_HOME": str(home / "airflow")}
    command = [sys.executable, "-c", PARSE, str(DAGS)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_airflow_reads_every_file_without_an_error(parsed: dict[str, Any]) -> None:
    assert parsed["errors"] == {}


def test_there_is_one_crawl_for_each_active_source_and_four_other_dags(parsed: dict[str, Any]) -> None:
    crawls = {f"crawl_demo_{name}" for name in all_boards()}
    assert set(parsed["dags"]) == crawls | {"screen", "digest", "retrain", "maintenance"}


def test_a_crawl_tells_airflow_that_postings_changed_and_screening_waits_for_it(parsed: dict[str, Any]) -> None:
    assert parsed["dags"]["crawl_demo_munca"]["outlets"] == ["zorya_postings"]
    assert "Asset" in parsed["dags"]["screen"]["schedule"]
    assert parsed["dags"]["screen"]["tasks"] == ["assess", "enqueue"]


def test_nothing_catches_up_on_the_past(parsed: dict[str, Any]) -> None:
    assert not any(dag["catchup"] for dag in parsed["dags"].values())


def test_parsing_imports_no_heavy_library(parsed: dict[str, Any]) -> None:
    assert HEAVY & set(parsed["modules"]) == set()


@pytest.mark.parametrize("path", sorted(DAGS.glob("*.py")), ids=lambda path: path.stem)
def test_a_task_body_is_imports_and_one_returned_call(path: Path) -> None:
    tasks = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and any("task" in ast.unparse(mark) for mark in node.decorator_list)
    ]
    assert tasks
    for task in tasks:
        *imports, last = task.body
        assert all(isinstance(statement, ast.ImportFrom) for statement in imports)
        assert isinstance(last, ast.Return)
        assert isinstance(last.value, ast.Call)


def run_at(moment: datetime) -> Any:
    """The part of Airflow's run that tasks look at."""
    return SimpleNamespace(run_after=moment)


AS_OF = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
