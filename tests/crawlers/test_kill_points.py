"""The kill harness dies at functions by name: a renamed one is noticed at once, not by the slow tests alone."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def harness() -> ModuleType:
    """The program of the harness, loaded without running it."""
    path = Path(__file__).with_name("kill_server.py")
    found = importlib.util.spec_from_file_location("kill_server", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_every_point_is_a_function_of_its_owner(harness: ModuleType) -> None:
    missing = [point for point, (owner, name, _) in harness.POINTS.items() if not callable(getattr(owner, name, None))]
    assert missing == []
