"""A fine-tuned encoder as it is used: an ONNX graph and a tokenizer, without torch.

Ads are scored one at a time: in 8 bits the scale of a layer's numbers is taken from all that is scored together, so
that an ad's probability would depend on its neighbours; and a batch saves nothing on a CPU (onnxruntime, one thread).
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from models.features import masked_text
from models.onnx_graph import refuse_what_reaches_out
from models.reading import Reading
from models.serving import FromLogOdds, check_targets
from zorya.errors import ModelError

GRAPH, TOKENIZER, CONFIG = "model.onnx", "tokenizer.json", "config.json"
_OUTPUT = "logits"
_SILENT = 4
"""onnxruntime's log level: what fails is raised, and told in our words."""
_MEMORY = 4 * 1024**3
"""Bytes that all graphs of a process may ask for: a few kilobytes of a hostile one can ask for any number."""


@dataclass(frozen=True)
class Calibrated:
    """What stands between the graph's numbers and probabilities."""

    targets: tuple[str, ...]
    """What each number of the graph's output is of."""
    calibrations: dict[str, tuple[float, float]]
    """Slope and intercept of the logistic map of each target that has a probability."""
    prior_shift: float

    def log_odds(self, logits: Sequence[float]) -> dict[str, float]:
        """Target → calibrated log-odds at the prevalence of the labels, of the numbers of one ad."""
        found = dict(zip(self.targets, logits, strict=True))
        return {target: slope * found[target] + intercept for target, (slope, intercept) in self.calibrations.items()}


@dataclass(frozen=True)
class Encoder:
    """A graph and its tokenizer, opened."""

    session: Any
    tokenizer: Any

    def logits(self, text: str) -> list[float]:
        """The graph's numbers of a masked text, one a target; ModelError where one is not finite."""
        import numpy as np

        encoded = self.tokenizer.encode(text)
        ids = np.array([encoded.ids], dtype=np.int64)
        (found,) = self.session.run([_OUTPUT], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        numbers = [float(number) for number in found[0]]
        if not all(map(math.isfinite, numbers)):
            raise ModelError("the transformer's graph answers what is no number; take it out of use and retrain it")
        return numbers


@dataclass(frozen=True)
class ServedTransformer(FromLogOdds):
    """The stored files, opened."""

    encoder: Encoder
    calibrated: Calibrated

    @property
    def shift(self) -> float:
        """`prior_shift`."""
        return self.calibrated.prior_shift

    @property
    def answers(self) -> tuple[str, ...]:
        """Targets that have a calibration."""
        return tuple(self.calibrated.calibrations)

    def log_odds_of(self, readings: Sequence[Reading]) -> list[dict[str, float]]:
        """Of each reading: calibrated log-odds of each target it could learn."""
        return [self.calibrated.log_odds(self.encoder.logits(masked_text(reading))) for reading in readings]

    def telling_words(self, reading: Reading, limit: int = 4) -> list[tuple[str, float]]:
        """None: an encoder has no words of its own to show; the reasons are the indicators'."""
        return []


def packed(graph: bytes, tokenizer: str, calibrated: Calibrated) -> dict[str, bytes]:
    """The files of a model."""
    config = {
        "targets": calibrated.targets,
        "calibrations": calibrated.calibrations,
        "prior_shift": calibrated.prior_shift,
    }
    return {GRAPH: graph, TOKENIZER: tokenizer.encode(), CONFIG: json.dumps(config, indent=1).encode()}


def unpacked(files: Mapping[str, bytes]) -> ServedTransformer:
    """The model of its files; raises ModelError without the optional extra, ValueError, KeyError or TypeError where
    the files hold no such model.
    """
    config = json.loads(files[CONFIG])
    targets = tuple(map(str, config["targets"]))
    calibrations = {str(name): (float(a), float(b)) for name, (a, b) in config["calibrations"].items()}
    check_targets(targets)
    if "concern" not in calibrations or not set(calibrations) <= set(targets):
        raise ValueError("the calibrated targets are not those of the graph")
    calibrated = Calibrated(targets, calibrations, float(config["prior_shift"]))
    if not all(map(math.isfinite, (calibrated.prior_shift, *chain.from_iterable(calibrations.values())))):
        raise ValueError("numbers of the calibration are not finite")
    encoder = open_encoder(files[GRAPH], files[TOKENIZER].decode())
    if len(encoder.logits("a")) != len(targets):
        raise ValueError("the graph answers another number of targets")
    return ServedTransformer(encoder, calibrated)


def open_encoder(graph: bytes, tokenizer: str) -> Encoder:
    """Open a graph on one thread (workers are processes); refused where it reaches for other files, operators or more
    memory than `_MEMORY`.
    """
    refuse_what_reaches_out(graph)
    try:
        import onnxruntime
        import tokenizers
    except ModuleNotFoundError as exc:
        raise ModelError(f"a transformer needs {exc.name}, which is an optional extra: type `make nn`") from exc
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _SILENT
    _bound_memory()
    options.add_session_config_entry("session.use_env_allocators", "1")
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    if [(each.name, each.type) for each in session.get_outputs()] != [(_OUTPUT, "tensor(float)")]:
        raise ValueError(f"the graph answers other things than numbers called {_OUTPUT}")
    return Encoder(session, tokenizers.Tokenizer.from_str(tokenizer))


@cache
def _bound_memory() -> None:
    """Once a process: the pool that graphs take their memory from, with an upper bound."""
    import onnxruntime

    about = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    as_asked = 1  # arena_extend_strategy kSameAsRequested: the pool grows by what is needed, not by doubling
    pool = onnxruntime.OrtArenaCfg({"max_mem": _MEMORY, "arena_extend_strategy": as_asked})
    onnxruntime.create_and_register_allocator(about, pool)
