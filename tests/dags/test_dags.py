"""The DAG files parse in the demo's environment, hold no logic and import nothing heavy; their tasks do their work."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from demo.boards import all_boards
from demo.home import child_environment, write_settings
from demo.town import SQUARE, open_town, write_sources
from zorya.settings import REPOSITORY
from zorya.stages import CrawlFailed

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
        "below": {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks},
        "operators": {task.task_id: type(task).__name__ for task in dag.tasks},
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
    assert parsed["dags"]["screen"]["tasks"] == ["assess", "enqueue", "index"]


def test_a_retrained_model_waits_for_a_person(parsed: dict[str, Any]) -> None:
    chain = ["snapshot", "train", "measure", "propose", "ask", "put_in_use"]
    assert sorted(chain) == parsed["dags"]["retrain"]["tasks"]
    below = parsed["dags"]["retrain"]["below"]
    assert [below[task] for task in chain] == [*([task] for task in chain[1:]), []]
    assert parsed["dags"]["retrain"]["operators"]["ask"] == "ApprovalOperator"


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
    return SimpleNamespace(start_date=moment)


AS_OF = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def tasks() -> dict[str, Any]:
    """Source text of the DAG files' task functions, compiled without Airflow: what runs is what is written there."""
    found: dict[str, Any] = {}
    for path in DAGS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any("task" in ast.unparse(mark) for mark in node.decorator_list):
                node.decorator_list = []
                names: dict[str, Any] = {"Any": Any}
                exec(compile(ast.Module([node], []), str(path), "exec"), names)  # noqa: S102 — our own files
                found[node.name] = names[node.name]
    return found


@pytest.fixture
def town(home: Path) -> Iterator[Path]:
    """The demo town, open, and the demo's settings in the home folder."""
    with open_town(home) as ports:
        write_settings(home, ports)
        yield home


def test_the_crawl_task_stores_the_board_and_says_how_many(town: Path, tasks: dict[str, Any]) -> None:
    report = tasks["crawl"]("demo_opendoor", dag_run=run_at(AS_OF))
    assert (report["status"], report["postings"], report["new"]) == ("ok", 16, 16)
    again = tasks["crawl"]("demo_opendoor", dag_run=run_at(AS_OF + timedelta(minutes=30)))
    assert (again["new"], again["changed"]) == (0, 0)


def test_the_crawl_task_fails_when_nothing_usable_came(home: Path, tasks: dict[str, Any]) -> None:
    ports = {name: 1 for name in [SQUARE, *all_boards()]}  # nobody listens on port 1
    write_sources(home, ports)
    write_settings(home, ports)
    with pytest.raises(CrawlFailed, match="demo_kraj"):
        tasks["crawl"]("demo_kraj", dag_run=run_at(AS_OF))


@pytest.mark.slow
def test_the_other_tasks_follow_the_crawl(town: Path, tasks: dict[str, Any]) -> None:
    tasks["crawl"]("demo_suflet", dag_run=run_at(AS_OF))
    assert tasks["train"](dag_run=run_at(AS_OF))["counts"]["trained"] == 1
    assert tasks["assess"](dag_run=run_at(AS_OF))["counts"]["screened"] == 23
    assert tasks["enqueue"](dag_run=run_at(AS_OF))["counts"]["risk"] >= 1
    assert tasks["deliver"](dag_run=run_at(AS_OF))["counts"]["offered"] == 0  # no person has confirmed anything
    kept = tasks["keep_up"](dag_run=run_at(AS_OF))
    assert kept["counts"]["evidence_checked"] > 20
    assert kept["messages"] == []
