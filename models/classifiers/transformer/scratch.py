"""A small encoder and its tokenizer made from nothing but texts, for machines without a hub: tests and benchmarks.

It has read no language before, so that it learns what a thousand labels teach and no more; it goes through the very
code that a pretrained encoder does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.classifiers.transformer.base import TOKENIZER, prepare

_MARKS = ("<s>", "<pad>", "</s>", "<unk>")
"""In the order of XLM-R, whose layers these are."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Size of an encoder."""

    layers: int
    width: int
    heads: int
    vocabulary: int
    places: int = 514


TINY = Shape(layers=2, width=64, heads=2, vocabulary=4000)
"""Learns the seed corpus in a minute or two."""
MINILM_L12 = Shape(layers=12, width=384, heads=12, vocabulary=4000)
"""The shape of multilingual MiniLM, whose cost a served model may have; its weights are not to be had without a hub."""


def make_encoder(folder: Path, texts: Sequence[str], shape: Shape, *, seed: int) -> Path:
    """Write an encoder with random weights and a tokenizer learnt from the texts into a folder; returns it."""
    prepare()
    from transformers import XLMRobertaConfig, XLMRobertaModel, set_seed

    _tokenizer_of(texts, shape.vocabulary).save(str(folder / TOKENIZER))
    set_seed(seed)
    config = XLMRobertaConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=4 * shape.width,
        max_position_embeddings=shape.places,
        type_vocab_size=1,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        initializer_range=shape.width**-0.5,
    )
    XLMRobertaModel(config).save_pretrained(folder)
    return folder


def _tokenizer_of(texts: Sequence[str], vocabulary: int) -> Any:
    """Pieces of words by byte pairs (Sennrich et al. 2016); always `vocabulary` rows or fewer."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))  # noqa: S106 — no password, a mark
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=vocabulary, special_tokens=list(_MARKS), show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer
