"""The wheel holds our packages with their data, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = {"zorya", "crawlers", "models", "labeling", "alerts", "demo"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    [path] = folder.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.mark.slow
def test_the_wheel_holds_our_packages_only(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES


@pytest.mark.slow
def test_every_tracked_file_of_a_package_is_shipped(wheel: zipfile.ZipFile) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *sorted(PACKAGES)], cwd=REPOSITORY, capture_output=True, check=True
    )
    tracked = {name for name in listed.stdout.decode().split("\0") if name and (REPOSITORY / name).is_file()}
    assert tracked - set(wheel.namelist()) == set()


def test_the_names_are_ours() -> None:
    for name in sorted(PACKAGES):
        module = __import__(name)
        assert module.__file__ is not None
        assert Path(module.__file__).is_relative_to(REPOSITORY), f"{name} comes from {module.__file__}"
