"""Processes of the demo: all that was started is stopped, one that dies is reported, nothing else is touched."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import filelock
import psutil
import pytest

from demo.children import ChildDied, Children
from demo.opening import DemoFailed, open_demo

WITH_GRANDCHILD = (
    "import subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True); "
    "print(child.pid, flush=True); time.sleep(60)"
)


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    with Children(tmp_path / "logs", os.environ, tmp_path) as opened:
        yield opened


def wait_for(log: Path) -> str:
    """The first line of a log, once it is there."""
    while "\n" not in log.read_text("utf-8"):
        pass
    return log.read_text("utf-8").splitlines()[0]


def test_stopping_ends_grandchildren_in_sessions_of_their_own(children: Children) -> None:
    child = children.start("family", [sys.executable, "-c", WITH_GRANDCHILD])
    grandchild = int(wait_for(child.log))
    children.stop()
    assert child.process.returncode is not None
    assert not psutil.pid_exists(grandchild)


def test_stopping_leaves_other_processes_alone(children: Children) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        children.start("ours", [sys.executable, "-c", "import time; time.sleep(60)"])
        children.stop()
        assert other.poll() is None
        other.kill()


def test_a_child_that_dies_is_reported_with_the_end_of_its_log(children: Children) -> None:
    child = children.start("short", [sys.executable, "-c", "print('no bread left'); raise SystemExit(7)"])
    child.process.wait()
    with pytest.raises(ChildDied, match=r"short ended with code 7(?s:.*)no bread left"):
        children.check()


def test_a_second_demo_in_the_same_home_is_refused(home: Path) -> None:
    home.mkdir()
    with filelock.FileLock(home / "demo.lock"), pytest.raises(DemoFailed, match="already open"):
        open_demo(home, python=sys.executable, airflow=False, port=0, say=print)
