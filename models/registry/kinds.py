"""The kinds of models that may be loaded, and what reads each. A kind that is not listed is refused."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from models.registry.files import load_files
from models.registry.manifest import FILE, Manifest, home_of
from zorya.errors import ModelError

if TYPE_CHECKING:
    from models.serving import FromLogOdds, Served

_TOLD = 160
"""Characters told of why a file cannot be read."""


def _linear(files: Mapping[str, bytes]) -> "FromLogOdds":
    from models.served_file import unpacked

    return unpacked(files)


def _stacked(files: Mapping[str, bytes]) -> "FromLogOdds":
    from models.served_stack import unpacked

    return unpacked(files, PARTS)


def _transformer(files: Mapping[str, bytes]) -> "FromLogOdds":
    from models.served_transformer import unpacked

    return unpacked(files)


def _cascade(files: Mapping[str, bytes]) -> "FromLogOdds":
    from models.served_cascade import unpacked

    return unpacked(files, cheap=_linear, careful=_transformer)


PARTS: dict[str, Callable[[Mapping[str, bytes]], "FromLogOdds"]] = {
    "linear": _linear,
    "indicators-only": _linear,
    "transformer": _transformer,
}
"""What a stacked model may be made of: never of itself."""
KINDS: dict[str, Callable[[Mapping[str, bytes]], "Served"]] = {**PARTS, "stacked": _stacked, "cascade": _cascade}


def load_model(folder: Path, name: str, version: str) -> tuple["Served", Manifest]:
    """A stored model; refused when a digest, its kind or what its files hold is not what it should be."""
    files, manifest = load_files(folder, name, version)
    home = home_of(folder, name, version)
    reader = KINDS.get(manifest.kind)
    if reader is None:
        known = ", ".join(sorted(KINDS))
        raise ModelError(f"{home / FILE}: models of kind {manifest.kind!r} are not read here; known: {known}")
    try:
        return reader(files), manifest
    except ModelError:
        raise
    except Exception as exc:  # a hostile or damaged file fails in many ways; every one means: do not use it
        why = ascii(f"{type(exc).__name__}: {exc}"[:_TOLD])[1:-1]  # ascii: it may quote what the file holds
        raise ModelError(f"{home}: cannot be read as a model of kind {manifest.kind} ({why}); retrain it") from exc
