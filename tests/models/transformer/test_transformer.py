"""A fine-tuned encoder ranks, answers as torch does, is stored and read again, and is served without torch."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.classifiers.transformer.base import with_base
from models.classifiers.transformer.classifier import FittedTransformer, Parity, Transformer
from models.classifiers.transformer.learning import class_weights
from models.examples import TARGETS, Example, truths
from models.recipe import TransformerRecipe
from models.served_transformer import CONFIG, GRAPH, TOKENIZER, unpacked
from zorya.errors import ModelError

REPOSITORY = Path(__file__).resolve().parents[3]


def test_it_tells_the_two_wordings_apart(tuned: FittedTransformer, examples: list[Example]) -> None:
    said = tuned.probabilities([example.reading for example in examples])["concern"]
    concern = truths(examples, "concern") == 1
    assert said[concern].min() > said[~concern].max()


def test_what_it_says_of_the_ads_held_out_is_calibrated(tuned: FittedTransformer, examples: list[Example]) -> None:
    """A logistic map of greatest likelihood gives, on the whole, as much concern as there is."""
    odds = tuned.held_out["concern"]
    known = ~np.isnan(odds)
    assert 0 < known.sum() < len(examples)
    said = 1 / (1 + np.exp(-odds[known]))
    assert said.mean() == pytest.approx(truths(examples, "concern")[known].mean(), abs=0.01)


def test_a_pattern_nobody_was_shown_has_no_probability(tuned: FittedTransformer, examples: list[Example]) -> None:
    assert set(tuned.probabilities([examples[0].reading])) == {"concern", "labour_exploitation"}


def test_what_is_served_says_what_torch_says(tuned: FittedTransformer) -> None:
    parity = tuned.figures["parity"]
    assert 0 < parity["probability_difference"] < 0.05
    assert parity["logit_difference_32_bits"] < 1e-4


@pytest.mark.parametrize(
    ("in_32_bits", "served", "said"), [(0.5, 0.01, "cannot be served"), (1e-6, 0.06, "eight_bits: false")]
)
def test_a_model_that_differs_from_torch_is_refused(
    recipe: TransformerRecipe, in_32_bits: float, served: float, said: str
) -> None:
    with pytest.raises(ModelError, match=said):
        Parity(8, in_32_bits, served).accepted(recipe)


def test_stored_and_read_again_it_says_the_same(tuned: FittedTransformer, examples: list[Example]) -> None:
    again = unpacked(tuned.files())
    for example in examples[::7]:
        assert again.probabilities(example.reading) == tuned.served.probabilities(example.reading)


def test_an_answer_does_not_depend_on_what_is_asked_beside_it(
    tuned: FittedTransformer, examples: list[Example]
) -> None:
    readings = [example.reading for example in examples]
    alone = [tuned.probabilities([reading])["concern"][0] for reading in readings]
    assert np.array_equal(tuned.probabilities(readings)["concern"], alone)


def test_a_text_longer_than_the_encoder_is_cut(tuned: FittedTransformer) -> None:
    assert len(tuned.served.encoder.tokenizer.encode("hostess " * 400).ids) == 48
    assert len(tuned.served.encoder.logits("hostess " * 400)) == len(TARGETS)


def test_class_weights_are_those_of_balance_within_their_bounds(examples: list[Example]) -> None:
    rare = [example for example in examples if example.ad.is_concern][:4]
    others = [example for example in examples if not example.ad.is_concern][:8]
    weights = dict(zip(TARGETS, class_weights([*rare, *others], 3.0), strict=True))
    assert weights["concern"] == 2.0  # 8 others to 4
    assert weights["loverboy"] == 3.0  # nobody has it


def test_serving_loads_neither_torch_nor_transformers(tuned: FittedTransformer, tmp_path: Path) -> None:
    for name, data in tuned.files().items():
        (tmp_path / name).write_bytes(data)
    code = f"""
import sys
from pathlib import Path
from models.reading import read
from models.served_transformer import unpacked
from zorya.domain.ads import Kind, Posting
model = unpacked({{path.name: path.read_bytes() for path in Path({str(tmp_path)!r}).iterdir()}})
assert model.probabilities(read(Posting("s", "1", "", Kind.JOB, "Work", "Papers arranged")))["concern"] > 0
print(sorted({{"torch", "transformers", "sklearn", "onnx"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.strip() == "[]"


def test_files_of_another_model_are_refused(tuned: FittedTransformer) -> None:
    files = tuned.files()
    config = json.loads(files[CONFIG])
    config["targets"] = config["targets"][:-1]
    with pytest.raises(ValueError, match="another number of targets"):
        unpacked({**files, CONFIG: json.dumps(config).encode()})


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER, CONFIG])
def test_a_file_cut_short_is_refused(tuned: FittedTransformer, name: str) -> None:
    files = tuned.files()
    with pytest.raises(Exception) as refusal:
        unpacked({**files, name: files[name][: len(files[name]) // 2]})
    assert isinstance(refusal.value, Exception)


def test_the_base_is_part_of_the_identity(encoder: Path, recipe: TransformerRecipe, tmp_path: Path) -> None:
    for path in encoder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    same = with_base(recipe, str(tmp_path))[0].base_sha256
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\0")
    assert with_base(recipe, str(encoder))[0].base_sha256 == same
    assert with_base(recipe, str(tmp_path))[0].base_sha256 != same


def test_a_base_of_pickles_is_refused(encoder: Path, recipe: TransformerRecipe, tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((encoder / name).read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(ModelError, match="never a pickle"):
        with_base(recipe, str(tmp_path))


@pytest.mark.parametrize(("base", "said"), [("", "--base"), ("no such folder", "no such folder")])
def test_without_a_base_the_error_says_what_to_type(recipe: TransformerRecipe, base: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        with_base(recipe, base)


def test_a_hub_is_not_asked_where_that_is_forbidden(
    neural: None, recipe: TransformerRecipe, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="copy the encoder into a folder"):
        with_base(recipe, "nobody/no-encoder")


@pytest.mark.parametrize("missing", ["onnxruntime", "tokenizers"])
def test_without_the_extra_the_error_names_make_nn(
    tuned: FittedTransformer, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ModelError, match="make nn"):
        unpacked(tuned.files())


def test_training_without_the_extra_names_make_nn(
    recipe: TransformerRecipe, examples: list[Example], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModelError, match="make nn"):
        Transformer(recipe, tmp_path).fit(examples)
