"""A fine-tuned encoder as it is used: an ONNX graph and a tokenizer, without torch.

Ads are scored one at a time: in 8 bits the scale of a layer's numbers is taken from all that is scored together, so
that an ad's probability would depend on its neighbours; and a batch saves nothing on a CPU (onnxruntime, one thread).
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from models.features import masked_text
from models.onnx_graph import refuse_what_reaches_out
from models.reading import Reading
from models.serving import FromLogOdds
from zorya.errors import ModelError

GRAPH, TOKENIZER, CONFIG = "model.onnx", "tokenizer.json", "config.json"
_OUTPUT = "logits"
_QUIET = 3
"""onnxruntime's log level: errors only."""


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
        """The graph's numbers of a masked text, one a target."""
        import numpy as np

        encoded = self.tokenizer.encode(text)
        ids = np.array([encoded.ids], dtype=np.int64)
        (found,) = self.session.run([_OUTPUT], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        return [float(number) for number in found[0]]


@dataclass(frozen=True)
class ServedTransformer(FromLogOdds):
    """The stored files, opened."""

    encoder: Encoder
    calibrated: Calibrated

    @property
    def shift(self) -> float:
        """`prior_shift`."""
        return self.calibrated.prior_shift

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
    """Open a graph on one thread (workers are processes); refused where it reaches for other files or operators."""
    refuse_what_reaches_out(graph)
    try:
        import onnxruntime
        import tokenizers
    except ModuleNotFoundError as exc:
        raise ModelError(f"a transformer needs {exc.name}, which is an optional extra: type `make nn`") from exc
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _QUIET
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    return Encoder(session, tokenizers.Tokenizer.from_str(tokenizer))
