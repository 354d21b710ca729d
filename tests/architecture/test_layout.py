"""The house is kept light: names, sizes, declared libraries, and what DAG files may load while they are parsed."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("zorya", "crawlers", "models", "labeling", "alerts", "demo")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
DAG_MODULES = {"airflow.sdk", "airflow.providers.standard.operators.hitl", "crawlers.catalog", "crawlers.spec"}
"""What a DAG file may import outside its functions, besides the standard library."""
MIGRATIONS = REPOSITORY / "zorya" / "store" / "migrations"


def _modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((REPOSITORY / folder).rglob("*.py"))


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True).stdout
    return [REPOSITORY / name for name in listed.decode().split("\0") if name and (REPOSITORY / name).is_file()]


def _relative(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def test_no_module_has_a_name_that_invites_anything() -> None:
    names = [path for folder in (*PACKAGES, "dags", "tests") for path in (REPOSITORY / folder).rglob("*")]
    assert [_relative(path) for path in names if path.stem in FORBIDDEN_NAMES] == []


def test_no_package_hides_ours_below_tests() -> None:
    assert [_relative(path) for path in (REPOSITORY / "tests").rglob("__init__.py")] == []


def test_no_dag_file_is_called_like_a_package() -> None:
    taken = set(PACKAGES) | set(sys.stdlib_module_names) | {"airflow", "tests", "dags"}
    assert [path.name for path in _modules("dags") if path.stem in taken or path.name == "__init__.py"] == []


def _written_by_hand() -> list[Path]:
    """Migrations are written by a generator."""
    return [path for path in _modules(*PACKAGES, "dags", "tests") if not path.is_relative_to(MIGRATIONS)]


def _own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without those of the functions inside it."""
    inner = [node for node in ast.walk(function) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lines = {line for node in inner[1:] for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return (function.end_lineno or function.lineno) - function.lineno + 1 - len(lines)


@pytest.mark.parametrize("path", _written_by_hand(), ids=_relative)
def test_files_and_functions_stay_readable(path: Path) -> None:
    text = path.read_text("utf-8")
    limit = 300 if path.name != "schema.py" else 400
    assert len(text.splitlines()) <= limit, f"{_relative(path)} is longer than {limit} lines: split it by subject"
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [f"{node.name} ({_own_lines(node)} lines)" for node in functions if _own_lines(node) > 40]
    assert not long, f"{_relative(path)}: functions over 40 lines: {', '.join(long)}"


@pytest.mark.parametrize("path", list(_modules(*PACKAGES)), ids=_relative)
def test_every_module_says_what_it_owns(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), f"{_relative(path)} has no docstring"


def parse_time_imports(source: str) -> set[str]:
    """Modules that a file imports when it is loaded: everything outside function bodies and `if TYPE_CHECKING`."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "." * node.level)
        waiting.extend(ast.iter_child_nodes(node))
    return found


def too_heavy(source: str) -> set[str]:
    """Parse-time imports that a DAG file may not have."""
    return {
        name
        for name in parse_time_imports(source)
        if name.partition(".")[0] not in sys.stdlib_module_names and name not in DAG_MODULES | {"zorya.settings"}
    }


@pytest.mark.parametrize("path", list(_modules("dags")), ids=_relative)
def test_dag_files_load_nothing_heavy_while_they_are_parsed(path: Path) -> None:
    assert too_heavy(path.read_text("utf-8")) == set()


@pytest.mark.parametrize(
    "source",
    ["import scrapy", "from models import screen", "if True:\n    import sklearn", "class A:\n    import torch"],
)
def test_a_heavy_import_in_a_dag_file_is_noticed(source: str) -> None:
    assert too_heavy(source)


def test_an_import_inside_a_task_is_fine() -> None:
    assert not too_heavy("from airflow.sdk import dag\ndef task():\n    from models import screen\n")


def test_what_dag_files_may_load_brings_nothing_heavy() -> None:
    heavy = {"scrapy", "twisted", "sklearn", "scipy", "torch", "transformers", "starlette", "trafilatura", "numpy"}
    code = f"import sys, crawlers.catalog, zorya.settings; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.strip() == "[]"


def test_nobody_imports_from_dags_or_tests() -> None:
    found = [
        f"{_relative(path)}: {name}"
        for path in _modules(*PACKAGES, "tests", "dags")
        for name in _all_imports(path)
        if name.partition(".")[0] in {"dags", "tests"}
    ]
    assert found == []


def test_every_library_we_import_is_declared() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    declared = {canonicalize_name(Requirement(line).name) for line in [*project["dependencies"], *extras]}
    providers = metadata.packages_distributions()
    missing = {
        f"{_relative(path)}: {name}"
        for path in _modules(*PACKAGES, "dags", "tests")
        for name in {full.partition(".")[0] for full in _all_imports(path)}
        if name not in sys.stdlib_module_names and name not in PACKAGES
        if not declared & {canonicalize_name(provider) for provider in providers.get(name, [name])}
    }
    assert missing == set()


def _all_imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


def test_the_repository_does_not_lean_on_the_workshop() -> None:
    words = ["/work/" + "shared", "../" + "shared", "/work/" + "main", "/work/" + "tmp"]
    found = [
        f"{_relative(path)}: {word}" for path in _tracked() for word in words if word.encode() in path.read_bytes()
    ]
    assert found == []
