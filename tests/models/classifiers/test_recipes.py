"""Recipes as files and what learns by them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.classifiers.building import classifier_of, concern_alone
from models.classifiers.folds import folds_of
from models.classifiers.influence import capped_weights
from models.classifiers.stacked import StackedFitted
from models.classifiers.trained import Trained
from models.examples import Example, read_examples
from models.features import hit_features, indicator_features, masked_text
from models.reading import read
from models.recipe import FOLDER, Influence, load_recipe, read_recipe
from models.registry.files import save
from models.registry.kinds import load_model
from models.registry.manifest import Manifest
from models.served_stack import StackedModel, packed
from zorya.domain.ads import Kind
from zorya.domain.reviews import VerdictLabel
from zorya.errors import DataFileError, ModelError
from zorya.labelled import LabelledAd, load_corpus
from zorya.settings import Settings


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    """Some of the seed corpus."""
    return read_examples(load_corpus(Settings().corpus_dir).ads[::7])


@pytest.fixture(scope="module")
def stacked(examples: list[Example]) -> Trained:
    """All recipes at once: a stacked one holds its parts."""
    return classifier_of(load_recipe("stacked")).fit(examples)


def labelled(number: int, *, concern: bool = False, analyst: str = "", source: str = "") -> Example:
    """A short ad of a group of its own."""
    label = VerdictLabel.CONCERN if concern else VerdictLabel.NO_CONCERN
    ad = LabelledAd(
        id=str(number), language="en", kind=Kind.JOB, title="", body=f"word{number}", label=label, patterns=(),
        group=str(number), analyst=analyst, source=source,
    )  # fmt: skip
    return Example(ad, read(ad.posting()))


@pytest.mark.parametrize("name", ["linear", "indicators-only", "stacked"])
def test_every_recipe_tells_held_out_ads_apart_and_comes_back_from_its_files(
    name: str, stacked: Trained, examples: list[Example], tmp_path: Path
) -> None:
    recipe = load_recipe(name)
    assert isinstance(stacked, StackedFitted)
    fitted = stacked.parts[name][1] if name in stacked.parts else stacked
    concern = np.array([example.ad.is_concern for example in examples])
    assert fitted.held_out["concern"][concern].mean() > 1 + fitted.held_out["concern"][~concern].mean()
    save(tmp_path, fitted.files(), Manifest(name, "v", recipe.kind, "c", "r", {}, "2026-01-01T00:00:00+00:00"))
    readings = [example.reading for example in examples[:5]]
    loaded, _ = load_model(tmp_path, name, "v")
    told = fitted.probabilities(readings)
    assert [each["concern"] for each in loaded.probabilities_of(readings)] == told["concern"].tolist()


def test_a_stacked_model_with_a_part_of_a_foreign_kind_is_refused(stacked: Trained, tmp_path: Path) -> None:
    assert isinstance(stacked.served, StackedModel)
    files = packed(stacked.served, {"linear": ("pickle", {}), "indicators-only": ("stacked", {})})  # type: ignore[arg-type]
    save(tmp_path, files, Manifest("stacked", "v", "stacked", "c", "r", {}, "2026-01-01T00:00:00+00:00"))
    with pytest.raises(ModelError, match="cannot be read as a model"):
        load_model(tmp_path, "stacked", "v")


def test_learning_twice_gives_the_same_bytes(stacked: Trained, examples: list[Example]) -> None:
    assert isinstance(stacked, StackedFitted)
    assert classifier_of(load_recipe("linear")).fit(examples).files() == stacked.parts["linear"][1].files()


def test_concern_alone_is_the_concern_of_the_whole(stacked: Trained, examples: list[Example]) -> None:
    assert isinstance(stacked, StackedFitted)
    readings = [example.reading for example in examples[:20]]
    alone = concern_alone(classifier_of(load_recipe("linear"))).fit(examples).probabilities(readings)
    assert list(alone) == ["concern"]
    assert alone["concern"].tolist() == stacked.parts["linear"][1].probabilities(readings)["concern"].tolist()


def test_another_label_keeps_what_was_made_of_the_reading() -> None:
    example = labelled(1)
    other = replace(example, ad=example.ad.model_copy(update={"label": VerdictLabel.CONCERN}))
    assert other.ad.is_concern
    assert other.text is example.text
    assert other.text == masked_text(example.reading)
    assert indicator_features(other.reading) == hit_features(other.reading.indicators.hits) | other.fact_features


def test_labels_of_one_sort_cannot_teach() -> None:
    with pytest.raises(ModelError, match="label"):
        classifier_of(load_recipe("indicators-only")).fit([labelled(number) for number in range(12)])


def test_languages_that_mirror_each_other_are_held_out_together() -> None:
    unread = labelled(1).reading
    examples = [Example(ad, unread) for ad in load_corpus(Settings().corpus_dir).ads]
    by_language = {example.ad.language: fold for example, fold in zip(examples, folds_of(examples), strict=True)}
    assert by_language["ro"] == by_language["en"]
    assert len(set(by_language.values())) >= 3


def test_in_one_language_whole_groups_are_held_out() -> None:
    ads = [labelled(number // 2, concern=number % 4 < 2) for number in range(40)]
    folds = folds_of(ads)
    assert len(set(folds)) >= 3
    assert all(folds[number] == folds[number + 1] for number in range(0, 40, 2))


@given(st.lists(st.tuples(st.sampled_from(["", "a", "b", "c", "d"]), st.integers(1, 30)), min_size=1, max_size=5))
def test_no_analyst_has_more_than_the_largest_share(shares: list[tuple[str, int]]) -> None:
    owners = [who for who, number in shares for _ in range(number)]
    ads = [_AD(who) for who in owners]
    weights = capped_weights(ads, Influence(analyst=0.25, source=1.0))
    assert (weights > 0).all()
    assert (weights <= 1 + 1e-9).all()
    others = sum(who == "" for who in owners)
    if others and len(set(owners) - {""}) <= 3:  # else all of them cannot be held to a quarter
        for who in set(owners) - {""}:
            own = weights[[each == who for each in owners]].sum()
            assert own <= 0.25 * weights.sum() * (1 + 1e-6)


def _AD(who: str) -> Example:
    return _READ.setdefault(who, labelled(1, analyst=who))


_READ: dict[str, Example] = {}


def test_a_hijacked_account_moves_the_weights_no_further_than_its_share() -> None:
    ads = [labelled(n) for n in range(20)] + [labelled(100 + n, concern=True, analyst="x") for n in range(80)]
    weights = capped_weights(ads, Influence(analyst=0.2, source=1.0))
    assert weights[20:].sum() / weights.sum() == pytest.approx(0.2)
    assert (weights[:20] == 1).all()


def test_a_source_is_held_down_too() -> None:
    ads = [labelled(n, source="small") for n in range(10)] + [labelled(50 + n, source="large") for n in range(90)]
    weights = capped_weights(ads, Influence(analyst=1.0, source=0.6))
    assert weights[10:].sum() / weights.sum() == pytest.approx(0.6)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_shipped_recipes_are_sound(path: Path) -> None:
    assert read_recipe(path).name == path.stem


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("kind: magic", "kind"),
        ("kind: stacked\nletters: 4", "letters"),
        ("kind: linear\nname: other", "Field required"),
    ],
)
def test_a_faulty_recipe_is_named_with_its_fault(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(DataFileError, match=message):
        read_recipe(path)


def test_a_recipe_bears_the_name_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_bytes((FOLDER / "linear.yml").read_bytes())
    with pytest.raises(DataFileError, match="call the recipe as its file"):
        read_recipe(path)


def test_an_unknown_recipe_lists_the_known() -> None:
    with pytest.raises(DataFileError, match="indicators-only, linear, stacked"):
        load_recipe("nonsense")
