"""`zorya model train --base FOLDER` by every recipe that fine-tunes an encoder: what it stores is what is served."""

import shutil
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from models.bench_model import curve, measure_on
from models.classifiers.building import based, classifier_of
from models.classifiers.stacked import StackedFitted
from models.classifiers.transformer.classifier import FittedTransformer
from models.examples import Example
from models.recipe import Recipe, TransformerRecipe, load_recipe
from models.registry.kinds import load_model
from models.train import train
from zorya.cli import app
from zorya.errors import ModelError
from zorya.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, examples: list[Example]) -> Settings:
    """A home whose seed corpus is the invented ads of these tests."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "en.jsonl").write_text("".join(f"{example.ad.line()}\n" for example in examples), encoding="utf-8")
    return Settings(home=tmp_path / "home", corpus_dir=corpus)


@pytest.fixture
def tiny(recipe: TransformerRecipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped recipes, with steps large enough for an encoder that knows nothing."""

    def load(name: str) -> Recipe:
        return recipe if name == "transformer" else load_recipe(name)

    monkeypatch.setattr("models.train.load_recipe", load)
    monkeypatch.setattr("models.classifiers.building.load_recipe", load)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["transformer", "cascade", "stacked-transformer"])
def test_a_stored_model_is_read_by_its_kind_and_scores(
    tiny: None, settings: Settings, encoder: Path, examples: list[Example], as_of: datetime, name: str
) -> None:
    manifest, is_new = train(settings, as_of=as_of, recipe=name, snapshot="seed", base=str(encoder))
    model, _ = load_model(settings.models_dir, name, manifest.version)
    assert is_new
    assert manifest.recipe["base"] == str(encoder)
    assert manifest.recipe["base_sha256"]
    assert 0 < model.probabilities(examples[0].reading)["concern"] < 1
    assert not train(settings, as_of=as_of, recipe=name, snapshot="seed", base=str(encoder))[1]


@pytest.mark.slow
def test_a_stack_hears_its_encoder_on_the_ads_that_were_held_out_from_it(
    tiny: None, encoder: Path, tuned: FittedTransformer, examples: list[Example]
) -> None:
    fitted = classifier_of(based(load_recipe("stacked-transformer"), str(encoder))).fit(examples)
    assert isinstance(fitted, StackedFitted)
    assert list(fitted.parts) == ["linear", "indicators-only", "transformer"]
    heard, known = fitted.held_out["concern"], tuned.held_out["concern"]
    assert np.isnan(heard).tolist() == np.isnan(known).tolist()
    assert 0 < np.isnan(heard).sum() < len(examples)
    assert fitted.served.coefficients["concern"][2] > 0
    told = fitted.probabilities([example.reading for example in examples])["concern"]
    concern = np.array([example.ad.is_concern for example in examples])
    assert told[concern].min() > told[~concern].max()


@pytest.mark.parametrize(
    ("parts", "why"), [(("linear", "stacked"), "stacked is a combination"), (("transformer",) * 2, "two of its parts")]
)
def test_a_stack_of_what_cannot_be_stacked_is_told(parts: tuple[str, ...], why: str) -> None:
    with pytest.raises(ModelError, match=why):
        classifier_of(load_recipe("stacked").model_copy(update={"parts": parts}))


@pytest.mark.slow
def test_the_bench_has_a_row_for_every_recipe(encoder: Path, examples: list[Example], tmp_path: Path) -> None:
    tables = measure_on(
        examples, str(encoder), {"learning_rate": 0.01, "epochs": 20, "max_tokens": 48, "eight_bits": False}
    )
    assert {row["recipe"] for row in tables["recipes"]} >= {"linear", "transformer", "cascade"}
    assert [row["routed"] for row in tables["cascade"]][::7] == [0.0, 1.0]
    assert (tmp_path / "model-cascade.csv") in curve.save(tables, tmp_path)


def test_the_same_encoder_copied_elsewhere_is_the_same_recipe_but_for_its_name(encoder: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(encoder, tmp_path / "copy")
    one, other = (based(load_recipe("cascade"), str(folder)) for folder in (encoder, copied))
    assert one.model_dump()["base_sha256"] == other.model_dump()["base_sha256"]


@pytest.mark.parametrize("recipe", ["transformer", "cascade", "stacked-transformer"])
def test_without_an_encoder_a_recipe_says_what_to_type(recipe: str) -> None:
    with pytest.raises(ModelError, match="--base"):
        classifier_of(load_recipe(recipe))


def test_an_encoder_given_to_a_recipe_without_one_is_an_error() -> None:
    with pytest.raises(ModelError, match="leave out --base"):
        based(load_recipe("linear"), "anything")


def test_the_verb_tells_a_person_what_is_missing() -> None:
    done = CliRunner().invoke(app, ["model", "train", "--recipe", "transformer", "--snapshot", "seed"])
    assert isinstance(done.exception, ModelError)
