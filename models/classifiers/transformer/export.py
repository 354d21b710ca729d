"""From a torch encoder to an ONNX graph of one text at a time, in 32 or in 8 bits."""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from zorya.errors import ModelError

LIMIT = 2**31 - 1
"""Bytes of one protocol-buffer message, and so of a graph that holds its own weights."""
_SAMPLE_TOKENS = 8
"""Length of the text that export traces; any will do but 0 and 1, which torch takes for constants."""


def exported(model: Any) -> bytes:
    """The graph of an encoder, in eval mode; its inputs are `input_ids` and `attention_mask`, both (1, tokens)."""
    import torch

    class Logits(torch.nn.Module):  # type: ignore[misc]
        """What is served: numbers alone, no dictionary of outputs."""

        def __init__(self) -> None:
            super().__init__()
            self.encoder = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.encoder(input_ids=input_ids, attention_mask=attention_mask).logits

    model.to("cpu").eval()
    # Export gives the wrapper back in the mode it found it: the wrapper is in eval mode too, or dropout wakes up.
    wrapper = Logits().eval()
    ids = torch.ones((1, _SAMPLE_TOKENS), dtype=torch.int64)
    tokens = {1: torch.export.Dim.DYNAMIC}
    with _without_chatter(), torch.no_grad():
        made = torch.onnx.export(
            wrapper,
            (ids, torch.ones_like(ids)),
            dynamo=True,
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_shapes={"input_ids": tokens, "attention_mask": tokens},
        )
    if (size := made.model_proto.ByteSize()) > LIMIT:
        raise ModelError(f"the encoder has {size / 1e9:.1f} GB of weights; a stored model holds at most 2 GB")
    return bytes(made.model_proto.SerializeToString())


def in_eight_bits(graph: bytes) -> bytes:
    """The graph with the weights of its products and embeddings in 8 bits, a scale for each channel (onnxruntime)."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with _without_chatter(), TemporaryDirectory() as scratch:
        path = Path(scratch) / "graph.onnx"
        quantize_dynamic(onnx.load_from_string(graph), path, weight_type=QuantType.QInt8, per_channel=True)
        return path.read_bytes()


@contextlib.contextmanager
def _without_chatter() -> Iterator[None]:
    """Exporters print, warn of their own dependencies and log advice: none of it is about the model."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
