"""`zorya run` and `zorya demo`, as a person calls them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from zorya.settings import REPOSITORY


def zorya(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"ZORYA_HOME": str(home), "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "zorya", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=500)


def test_run_without_a_source_says_so_and_exits_3(home: Path) -> None:
    home.mkdir()
    (home / "zorya.toml").write_text("source_dirs = []\n", "utf-8")
    done = zorya("run", home=home)
    assert (done.returncode, done.stdout) == (3, "")
    assert "zorya source add" in done.stderr


def test_run_names_a_broken_source_file_and_exits_4(home: Path) -> None:
    folder = home / "sources"
    folder.mkdir(parents=True)
    (folder / "broken.yml").write_text("id: broken\ntitel: wrong\n", "utf-8")
    (home / "zorya.toml").write_text(f'source_dirs = ["{folder}"]\n', "utf-8")
    done = zorya("run", home=home)
    assert done.returncode == 4
    assert "broken.yml:" in done.stderr


@pytest.mark.slow
def test_the_demo_flags_campaigns_and_a_second_one_adds_nothing(home: Path) -> None:
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    first = zorya("demo", "--no-airflow", "--once", "--home", str(home), home=home)
    second = zorya("demo", "--no-airflow", "--once", "--home", str(home), home=home)
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    figures = [
        re.search(r"8 sources · (\d+) postings · (\d+) flagged.* waiting", done.stdout) for done in (first, second)
    ]
    assert figures[0]
    assert figures[1]
    assert figures[0][0] == figures[1][0]
    assert int(figures[0][1]) >= 160
    assert int(figures[0][2]) >= 10
    assert all(text in first.stdout for text in ("Review app", "Demo town", "demo-town-ana"))
    assert {process.pid for process in psutil.Process().children(recursive=True)} == before
