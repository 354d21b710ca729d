"""The import contracts hold, and each of them fails when it is broken."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("zorya", "crawlers", "models", "labeling", "alerts", "demo")

BREACHES = [
    ("layers", "models/breach.py", "import crawlers.spec\n"),
    ("layers", "labeling/breach.py", "def late():\n    from alerts import partners\n"),
    ("layers", "zorya/domain/breach.py", "import zorya.store\n"),
    ("layers", "zorya/settings_breach.py", None),
    ("kernel", "zorya/breach.py", "import models\n"),
    ("scrapy", "alerts/breach.py", "import scrapy\n"),
    ("scrapy", "zorya/cli/breach.py", "def late():\n    import twisted\n"),
    ("learning", "crawlers/breach.py", "from sklearn import svm\n"),
    ("learning", "labeling/breach.py", "import torch\n"),
    ("web", "labeling/breach.py", "import starlette\n"),
    ("web", "zorya/cli/breach.py", "import fastapi\n"),
    ("airflow", "demo/breach.py", "import airflow\n"),
]


def _lint(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    environment = os.environ | {"PYTHONPATH": str(root)}
    command = [str(program), "--no-logo", "--no-cache", *arguments]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        skipped = shutil.ignore_patterns("__pycache__", "*.jsonl", "*.yml", "static", "boards")
        shutil.copytree(REPOSITORY / package, root / package, ignore=skipped)
    shutil.copy(REPOSITORY / "pyproject.toml", root)
    return root


@pytest.fixture
def breach(tree: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    name, source = request.param
    path = tree / name
    if source is None:  # an existing low module that reaches up
        path = tree / "zorya" / "settings.py"
        kept = path.read_text("utf-8")
        path.write_text(kept + "\nimport zorya.store.engine\n", "utf-8")
        yield tree
        path.write_text(kept, "utf-8")
        return
    path.write_text(source, "utf-8")
    yield tree
    path.unlink()


def test_the_contracts_hold() -> None:
    done = _lint(REPOSITORY)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("contract", "breach"),
    [(contract, (name, source)) for contract, name, source in BREACHES],
    indirect=["breach"],
    ids=[f"{contract}-{name}" for contract, name, _ in BREACHES],
)
def test_a_contract_fails_when_it_is_broken(contract: str, breach: Path) -> None:
    done = _lint(breach, "--contract", contract)
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout
