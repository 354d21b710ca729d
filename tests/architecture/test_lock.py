"""pyproject.toml and constraints.txt say the same, and what is installed is what is pinned."""

import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[2]
_NOT_ALWAYS_INSTALLED = {"bench", "nn", "onnx", "cluster"}


def _pins() -> dict[str, str]:
    """Versions for this interpreter: markers that do not apply here are left out."""
    lines = (REPOSITORY / "constraints.txt").read_text("utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    here = [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]
    return {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in here}


def _requirements(*, optional: bool = True) -> list[Requirement]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    chosen = [lines for name, lines in extras.items() if optional or name not in _NOT_ALWAYS_INSTALLED]
    return [Requirement(line) for line in [*project["dependencies"], *(line for lines in chosen for line in lines)]]


@pytest.mark.parametrize("requirement", _requirements(), ids=str)
def test_every_requirement_is_pinned_to_a_version_it_allows(requirement: Requirement) -> None:
    pin = _pins().get(canonicalize_name(requirement.name))
    assert pin, f"{requirement.name} is not in constraints.txt: run `make lock`"
    assert pin in requirement.specifier, f"{requirement.name} {pin} is outside {requirement.specifier}: run `make lock`"


def test_every_installed_requirement_has_the_pinned_version() -> None:
    pins = _pins()
    wanted = {canonicalize_name(requirement.name) for requirement in _requirements(optional=False)}
    installed = {canonicalize_name(dist.name): dist.version for dist in metadata.distributions()}
    drift = {name: installed[name] for name in wanted & installed.keys() if installed[name] != pins.get(name)}
    assert not drift, f"installed versions differ from constraints.txt: {drift}; run `make check` after `make lock`"


def test_no_registry_host_is_named_in_build_files() -> None:
    for name in ("Makefile", "constraints.txt", "pyproject.toml", ".ci/run"):
        text = (REPOSITORY / name).read_text("utf-8").lower()
        assert "pypi.org" not in text, name
        assert "://" not in text.replace("https://www.apache.org", ""), name
