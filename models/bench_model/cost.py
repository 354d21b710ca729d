"""CPU per ad: of reading it, of a served model, of encoders of a given shape."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from models.classifiers.transformer.export import exported, in_eight_bits
from models.classifiers.transformer.learning import encoder_of
from models.classifiers.transformer.scratch import MINILM_L12, TINY, Shape, make_encoder
from models.examples import TARGETS, Example
from models.reading import Reading, read
from models.recipe import CascadeRecipe, load_recipe
from models.served_transformer import open_encoder
from models.serving import FromLogOdds

ROUNDS = 3
TOKENS = 256
SHAPES = {"2 layers of 64 (made from nothing)": TINY, "12 layers of 384 (as multilingual MiniLM)": MINILM_L12}
_SHAPE_ADS = 30


def per_ad(ads: Sequence[Any], judge: Callable[[Any], object]) -> float:
    """CPU µs per ad, one at a time; the least of some rounds."""
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for ad in ads:
            judge(ad)
        spent.append(time.process_time() - began)
    return min(spent) / len(ads) * 1e6


def of_reading(examples: Sequence[Example]) -> float:
    """Of everything that is read of an ad before any score."""
    return per_ad([example.ad.posting() for example in examples], read)


def of_model(model: FromLogOdds, readings: Sequence[Reading]) -> float:
    """Of a model's probabilities, an ad at a time."""
    return per_ad(readings, model.probabilities)


def share(careful: float, cheap: float, reading: float, routed: float) -> float:
    """The careful model's part of all CPU where it sees `routed` of the ads."""
    return routed * careful / (reading + cheap + routed * careful)


def of_shapes(examples: Sequence[Example], reading: float, cheap: float) -> list[dict[str, Any]]:
    """Of encoders with random weights: cost alone, whatever they would say. `reading` and `cheap` (the linear model
    that is asked about every ad) in µs of CPU an ad."""
    texts = [example.text for example in examples[:_SHAPE_ADS]]
    cascade = load_recipe("cascade")
    routed = cascade.share if isinstance(cascade, CascadeRecipe) else 0.0
    rows = []
    for name, shape in SHAPES.items():
        for bits, spent in _of_shape(shape, texts).items():
            part = round(share(spent, cheap, reading, routed), 3)
            named = {"encoder": name, "bits": bits, "us per ad": round(spent)}
            rows.append(named | {f"share of CPU at {routed:.0%}": part})
    return rows


def _of_shape(shape: Shape, texts: Sequence[str]) -> dict[int, float]:
    with TemporaryDirectory() as scratch:
        folder = make_encoder(Path(scratch), texts, shape, seed=1)
        tokenizer, model = encoder_of(folder, max_tokens=TOKENS, outputs=len(TARGETS))
    graph = exported(model)
    opened = {bits: open_encoder(data, tokenizer.to_str()) for bits, data in ((32, graph), (8, in_eight_bits(graph)))}
    return {bits: per_ad(texts, encoder.logits) for bits, encoder in opened.items()}
