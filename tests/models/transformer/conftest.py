"""One tiny encoder, made and fine-tuned from nothing by the code that fine-tunes a large one."""

import os
import random
from importlib.util import find_spec
from pathlib import Path

import pytest

from models.classifiers.transformer.base import with_base
from models.classifiers.transformer.classifier import FittedTransformer, Transformer
from models.classifiers.transformer.scratch import Shape, make_encoder
from models.examples import Example, read_examples
from models.features import masked_text
from models.recipe import Influence, TransformerRecipe
from zorya.domain.ads import Kind
from zorya.domain.reviews import VerdictLabel
from zorya.labelled import LabelledAd

REPOSITORY = Path(__file__).resolve().parents[3]
NEEDED = ("accelerate", "onnx", "onnxruntime", "onnxscript", "tokenizers", "torch", "transformers")
"""What `make test` installs for these tests."""
SMALLEST = Shape(layers=1, width=32, heads=2, vocabulary=300, places=50)
_LURE = "hostess tomorrow papers arranged lodging urgently private discreet companion generous owner"
_OFFER = "contract office resume union wage warehouse shift training licence pension manager"
_NEITHER = "bakery river garden window bicycle carpet lantern market orchard pencil saddle velvet"


@pytest.fixture(scope="session")
def neural() -> None:
    """The optional extra. Missing, it fails a run that promised it (CI, or a fresh stamp of `make test`) and skips
    these tests in any other."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if not missing:
        return
    said = f"not installed: {', '.join(missing)}; `make test` installs them"
    stamp, made_of = (
        REPOSITORY / ".venv" / ".test",
        [REPOSITORY / name for name in ("pyproject.toml", "constraints.txt")],
    )
    fresh = stamp.is_file() and all(path.stat().st_mtime <= stamp.stat().st_mtime for path in made_of)
    if os.environ.get("CI") or fresh:
        pytest.fail(f"the transformer cannot be tested: {said}")
    pytest.skip(said)


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    """Invented ads of words in a random order: half of them from one of two lists, which tells them apart."""
    chance = random.Random(1)
    ads = []
    for number in range(48):
        words = chance.sample((_OFFER if number % 2 else _LURE).split(), 6) + chance.sample(_NEITHER.split(), 6)
        chance.shuffle(words)
        ads.append(_labelled(f"ad-{number}", " ".join(words), number % 2 == 0))
    return read_examples(ads)


def _labelled(name: str, body: str, is_concern: bool) -> LabelledAd:
    return LabelledAd(
        id=name,
        language="en",
        kind=Kind.JOB,
        title="Work",
        body=body,
        label=VerdictLabel.CONCERN if is_concern else VerdictLabel.NO_CONCERN,
        patterns=("labour_exploitation",) if is_concern else (),
        group=name,
    )


@pytest.fixture(scope="session")
def recipe() -> TransformerRecipe:
    """A recipe that learns these ads in a few seconds."""
    return TransformerRecipe(
        kind="transformer",
        name="transformer",
        max_tokens=48,
        epochs=20,
        patience=20,
        batch=8,
        learning_rate=0.01,
        warmup=0.1,
        weight_decay=0.0,
        largest_class_weight=10,
        held_out=0.25,
        eight_bits=True,
        parity=0.05,
        seed=1,
        deployment_prevalence=0.1,
        min_letters=0,
        influence=Influence(analyst=1, source=1),
    )


@pytest.fixture(scope="session")
def encoder(neural: None, examples: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the encoder."""
    texts = [masked_text(example.reading) for example in examples]
    return make_encoder(tmp_path_factory.mktemp("encoder"), texts, SMALLEST, seed=1)


@pytest.fixture(scope="session")
def tuned(encoder: Path, recipe: TransformerRecipe, examples: list[Example]) -> FittedTransformer:
    """The tiny encoder, fine-tuned."""
    named, folder = with_base(recipe, str(encoder))
    return Transformer(named, folder).fit(examples)
