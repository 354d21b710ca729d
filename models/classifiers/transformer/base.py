"""The encoder that is fine-tuned: a folder, or a hub's id that a person named. Nothing else is ever fetched."""

import hashlib
import os
import re
from pathlib import Path

from models.recipe import TransformerRecipe
from zorya.errors import ModelError

CONFIG, TOKENIZER = "config.json", "tokenizer.json"
_WEIGHTS = "*.safetensors"
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_CHUNK = 1 << 20


def prepare() -> None:
    """Before transformers is used: no look at a hub, no telemetry, no threads before a fork, no bars."""
    for name, value in {
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }.items():
        os.environ.setdefault(name, value)
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()


def with_base(recipe: TransformerRecipe, base: str) -> tuple[TransformerRecipe, Path]:
    """The recipe for an encoder, named and identified by the digest of its files, and the folder they lie in; raises
    ModelError where it cannot be found or lacks a file.
    """
    if not base:
        raise ModelError(
            f"recipe {recipe.name} fine-tunes an encoder: name one with --base, a folder with {CONFIG}, {TOKENIZER} and"
            f" {_WEIGHTS}, or a hub's id such as jhu-clsp/mmBERT-small"
        )
    folder = Path(base) if Path(base).is_dir() else _fetched(base)
    weights = sorted(folder.glob(_WEIGHTS))
    lacking = [name for name in (CONFIG, TOKENIZER) if not (folder / name).is_file()]
    if lacking or not weights:
        what = ", ".join(lacking or [f"weights ({_WEIGHTS})"])
        raise ModelError(f"{folder}: has no {what}; only a fast tokenizer and safetensors are read, never a pickle")
    digest = _digest([folder / CONFIG, folder / TOKENIZER, *weights])
    return recipe.model_copy(update={"base": base, "base_sha256": digest}), folder


def _fetched(base: str) -> Path:
    """The folder of a hub's encoder, fetched once and kept in Hugging Face's cache. `HF_HUB_OFFLINE=1` forbids it."""
    if not _HUB_ID.fullmatch(base):
        raise ModelError(f"{base}: no such folder, and no id of a hub (owner/name)")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(base, allow_patterns=[CONFIG, TOKENIZER, _WEIGHTS]))
    except (OSError, ValueError) as exc:  # no network, no such id, offline without a copy: all say what to do
        why = str(exc).splitlines()[0]
        raise ModelError(f"{base}: cannot be fetched ({why}); copy the encoder into a folder and name that") from exc


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name} {path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            while part := file.read(_CHUNK):
                digest.update(part)
    return digest.hexdigest()
