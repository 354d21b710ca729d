"""Hostile model files: nothing in them is run, and every one is told by its place and a remedy."""

import ast
import importlib.util
import resource
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from models.registry.files import save
from models.registry.kinds import load_model
from models.registry.manifest import Manifest
from models.served_cascade import Doubt, packed
from zorya.errors import ModelError
from zorya.settings import REPOSITORY

ROOMS = ("zorya", "crawlers", "models", "labeling", "alerts", "dags", "demo")
FORBIDDEN_MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve"}
FORBIDDEN_CALLS = {"read_pickle", "load_module", "unsafe_load", "full_load"}


def _hostile(name: str) -> ModuleType:
    """Ways to spoil a model: a file beside this one, which is no package."""
    found = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


HOSTILE = _hostile("hostile_models")
STACKS, TRANSFORMERS = _hostile("hostile_stacks"), _hostile("hostile_transformers")
CASES = HOSTILE.CASES
FAMILIES: dict[str, dict[str, Any]] = {
    "stacked": STACKS.cases(HOSTILE.sound, HOSTILE.Payload, HOSTILE.tensors, HOSTILE.zipped),
    "transformer": TRANSFORMERS.cases(HOSTILE.Payload),
    "cascade": TRANSFORMERS.cascades(HOSTILE.sound(), HOSTILE.Payload),
}
"""Kind of model → ways to spoil its files, the manifest vouching for each."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound tiny model, `linear@v1`."""
    models = tmp_path / "models"
    save(models, HOSTILE.sound(), Manifest("linear", "v1", "linear", "c" * 64, "r", {}, "2026-11-26T09:00:00+00:00"))
    return models


def test_the_sound_model_is_read(folder: Path) -> None:
    assert load_model(folder, "linear", "v1")[1].reference == "linear@v1"


@pytest.mark.parametrize("kind", FAMILIES)
def test_the_sound_model_of_every_kind_is_read(kind: str, tmp_path: Path) -> None:
    careful = TRANSFORMERS.sound()
    doubt = Doubt(0.55, 1.0, 0.5)
    sound = {
        "stacked": lambda: STACKS.sound(HOSTILE.sound),
        "transformer": lambda: careful,
        "cascade": lambda: packed(HOSTILE.sound(), careful, doubt),
    }
    _stored(tmp_path, kind, sound[kind]())
    assert load_model(tmp_path, kind, "v1")[1].kind == kind


def test_there_are_fifty_and_more_of_every_kind() -> None:
    assert min(len(CASES), *map(len, FAMILIES.values())) >= 50


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_model_is_refused_and_nothing_in_it_runs(name: str, folder: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    CASES[name](folder / "linear" / "v1", canary)
    _refused(folder, "linear", canary)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, cases in FAMILIES.items() for name in cases])
def test_a_hostile_model_of_another_kind_is_refused(kind: str, name: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    _stored(tmp_path / "models", kind, FAMILIES[kind][name](canary))
    _refused(tmp_path / "models", kind, canary)


def _stored(folder: Path, kind: str, files: dict[str, bytes]) -> None:
    save(folder, files, Manifest(kind, "v1", kind, "c" * 64, "r", {}, "2026-11-26T09:00:00+00:00"))


def _refused(folder: Path, name: str, canary: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ModelError) as refused:
        load_model(folder, name, "v1")
    assert not canary.exists()
    told = str(refused.value)
    assert any(word in told for word in ("retrain", "zorya model", "copied, never linked", "known: ", "at most")), told
    assert len(told) < 700
    assert told.isprintable()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000, "kilobytes: it was unpacked"


def loads_code(source: str) -> set[str]:
    """Ways in which a file could run what a model file holds: modules that unpickle, torch.load of whole objects."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.partition(".")[0] in FORBIDDEN_MODULES}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in FORBIDDEN_MODULES:
            found.add(str(node.module))
        elif isinstance(node, ast.Call):
            found |= _forbidden(node)
    return found


def _forbidden(call: ast.Call) -> set[str]:
    name, named = ast.unparse(call.func), {word.arg: word.value for word in call.keywords}
    if name.rpartition(".")[2] in FORBIDDEN_CALLS:
        return {name}
    if name in ("torch.load", "np.load", "numpy.load"):
        guard = named.get("weights_only" if name == "torch.load" else "allow_pickle")
        wanted = name == "torch.load"
        if guard is None and not wanted:
            return set()  # numpy refuses pickles unless it is told to take them
        if not (isinstance(guard, ast.Constant) and guard.value is wanted):
            return {name}
    return set()


def test_nothing_here_can_unpickle() -> None:
    files = [path for room in ROOMS for path in (REPOSITORY / room).rglob("*.py")]
    found = {str(path.relative_to(REPOSITORY)): loads_code(path.read_text("utf-8")) for path in files}
    assert {path: ways for path, ways in found.items() if ways} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "import torch\ntorch.load('x')",
        "torch.load(p, weights_only=False)",
        "np.load(p, allow_pickle=True)",
        "pd.read_pickle(p)",
    ],
)
def test_a_way_to_unpickle_is_noticed(source: str) -> None:
    assert loads_code(source)


def test_weights_alone_are_fine() -> None:
    assert not loads_code("torch.load(p, weights_only=True)\nnp.load(p)")
