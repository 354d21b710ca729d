"""A real, tiny translation model: SentencePiece pieces, a Transformer of some thousand weights that learns a handful of
invented sentences by heart, converted for CTranslate2 and packed as Argos packs its models."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

PAIRS = {
    "Шукаємо дівчат для роботи в готелі.": "We take girls to work in a hotel.",
    "Паспорт залишається в адміністратора.": "The passport stays with the manager.",
    "Виїзд завтра, дорогу оплатимо.": "Departure tomorrow, we pay the journey.",
    "Робота за кордоном": "Work abroad",
    "Пишіть у телеграм": "Write on telegram",
    "Пишіть": "Write",
    "Оплата після сезону.": "Pay after the season.",
}
END = "</s>"


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model from Ukrainian into English, as a file."""
    return make_package(tmp_path_factory.mktemp("translator"))


def make_package(folder: Path) -> Path:
    """An `.argosmodel` from Ukrainian into English; raises AssertionError where the pairs were not learnt."""
    pieces = _pieces(folder)
    names = [pieces.id_to_piece(number) for number in range(pieces.get_piece_size())]
    trained = folder / "marian"
    _train(pieces, names, trained)
    converted = folder / "converted"
    _convert(trained, names, converted)
    package = folder / "uk_en.argosmodel"
    told = {"package_version": "0.1", "from_code": "uk", "to_code": "en"}
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("uk_en/metadata.json", json.dumps(told))
        archive.write(folder / "pieces.model", "uk_en/sentencepiece.model")
        for path in sorted(converted.iterdir()):
            archive.write(path, f"uk_en/model/{path.name}")
    return package


def _pieces(folder: Path) -> Any:
    import sentencepiece

    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join([*PAIRS, *PAIRS.values()]), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus), model_prefix=str(folder / "pieces"), vocab_size=150, model_type="unigram",
        hard_vocab_limit=False, minloglevel=2, num_threads=1,
    )  # fmt: skip
    return sentencepiece.SentencePieceProcessor(model_file=str(folder / "pieces.model"))


def _train(pieces: Any, names: list[str], folder: Path) -> None:
    import torch
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(7)
    torch.set_num_threads(1)
    end, pad = names.index(END), len(names)  # CTranslate2 takes the padding, the last row, away
    config = MarianConfig(
        vocab_size=len(names) + 1, d_model=64, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=128, decoder_ffn_dim=128, max_position_embeddings=256,
        pad_token_id=pad, eos_token_id=end, bos_token_id=pad, decoder_start_token_id=pad, forced_eos_token_id=end,
        dropout=0.0, attention_dropout=0.0, activation_dropout=0.0, scale_embedding=True,
    )  # fmt: skip
    model = MarianMTModel(config)
    rows = [(pieces.encode(one), [*pieces.encode(other), end]) for one, other in PAIRS.items()]
    asked, mask = _padded([row for row, _ in rows], pad)
    wanted, _ = _padded([row for _, row in rows], -100)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(350):
        optimizer.zero_grad()
        loss = model(input_ids=asked, attention_mask=mask, labels=wanted).loss
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            model.model.shared.weight[pad] = 0  # CTranslate2 begins a sentence with nothing
    left = loss.item()
    assert left < 0.05, f"the tiny model did not learn: {left}"
    model.save_pretrained(folder)


def _padded(rows: list[list[int]], filler: int) -> Any:
    import torch

    longest = max(map(len, rows))
    filled = torch.tensor([[*row, *[filler] * (longest - len(row))] for row in rows])
    return filled, torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])


def _convert(trained: Path, names: list[str], goal: Path) -> None:
    """As ctranslate2's own converter does for Marian, with our vocabulary: the tokenizer's files are not needed."""
    from ctranslate2.converters.transformers import MarianMTLoader
    from transformers import MarianMTModel

    loader = MarianMTLoader()
    model = MarianMTModel.from_pretrained(trained)
    spec = loader.get_model_spec(model)
    spec.config.decoder_start_token = spec.config.eos_token = spec.config.bos_token = END
    spec.config.unk_token = "<unk>"
    spec.register_source_vocabulary(names)
    spec.register_target_vocabulary(names)
    spec.validate()
    spec.optimize(quantization=None)
    goal.mkdir()
    spec.save(str(goal))
