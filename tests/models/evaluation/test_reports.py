"""A report shows what was measured, fetches nothing, and tells nobody's number."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from models.evaluation import files
from models.evaluation.contenders import of_baselines
from models.evaluation.data import Data, aimed
from models.evaluation.errors import pieces
from models.evaluation.evaluation import Evaluation, card_figures, evaluate
from models.evaluation.figures import NAMES, Terms
from models.evaluation.intervals import Figure
from models.evaluation.page import verdict
from models.evaluation.splits import Split
from models.examples import Example
from models.reading import read
from zorya.domain.reviews import VerdictLabel
from zorya.errors import ModelError

PHONE = "+44 7700 900123"


@pytest.fixture(scope="module")
def found(make: Callable[..., Example]) -> Evaluation:
    """A small evaluation of TF-IDF + SVM beside the rules of thumb."""
    heads = [f"{number} places" for number in range(10)]
    tails = (
        "baker in town",
        "driver wanted",
        f"girls for a club, call {PHONE}",
        "hostess, flat paid",
        "club & <b>bar</b>",
    )
    examples = [
        make(
            f"{tail}-{n}",
            f"{head}, {words}",
            concern=tail in (2, 3) or (tail == 4 and n == 0),
            group=f"{tail}-{n}",
            language=("en", "pl")[n % 2],
            category=("bar", "road")[tail % 2],
        )
        for tail, words in enumerate(tails)
        for n, head in enumerate(heads)
    ]
    contenders = of_baselines(0.1)[::-1]
    data = Data("a handful", "0" * 64)
    return evaluate(
        examples, contenders, data=data, split=Split.CAMPAIGN, terms=Terms(0.1), rounds=20, heard=lambda _: None
    )


@pytest.fixture(scope="module")
def folder(found: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of it."""
    home = tmp_path_factory.mktemp("report")
    files.save(found, home, made="Made in a test.")
    return home


def test_the_page_fetches_nothing_and_masks_contacts(folder: Path) -> None:
    page = (folder / files.REPORT).read_text("utf-8")
    assert not re.search(r"(?:src|href)=[\"'](?!#)", page)
    assert "http" not in page.replace("http-equiv", "")
    assert "900123" not in page
    assert "<b>bar</b>" not in page
    assert "prefers-color-scheme: dark" in page


def test_the_page_shows_every_classifier_figure_and_language(found: Evaluation, folder: Path) -> None:
    page = (folder / files.REPORT).read_text("utf-8")
    assert all(name in page for name in (*found.figures, *NAMES.values()))
    assert [line.name for line in found.precision_recall] == ["all", "en", "pl"]
    assert page.count('class="plot"') == 1 + 1 + 2 + len(found.reliability)


def test_tables_hold_what_the_page_shows(found: Evaluation, folder: Path) -> None:
    with (folder / "figures.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 4 * 4 * len(NAMES)
    row = next(r for r in rows if (r["classifier"], r["prevalence"], r["figure"]) == ("tfidf-svm", "1 %", "roc_auc"))
    assert float(row["value"]) == pytest.approx(found.figures["tfidf-svm"]["1 %"]["roc_auc"].value, abs=1e-6)
    assert json.loads((folder / "figures.json").read_text("utf-8")) == json.loads(json.dumps(card_figures(found)))


def test_a_card_gets_every_figure_with_its_interval(found: Evaluation) -> None:
    card = card_figures(found)
    assert set(card["figures"]["tfidf-svm"]["0.1 %"]) == set(NAMES)
    assert set(card["figures"]["tfidf-svm"]["0.1 %"]["average_precision"]) == {"value", "low", "high"}
    assert {row["dimension"] for row in card["slices"]} == {"language", "sector"}
    assert set(card["ahead_of"]) == set(found.figures) - {"tfidf-svm"}
    json.dumps(card, allow_nan=False)


def test_more_labels_are_points_of_one_curve(found: Evaluation) -> None:
    counts = [point.ads for point in found.learning]
    assert counts == sorted(counts)
    assert counts[-1] == 40
    assert found.learning[-1].average_precision == found.figures["tfidf-svm"]["as labelled"]["average_precision"]


def test_the_worst_errors_are_the_odd_ads(found: Evaluation) -> None:
    assert found.errors
    assert next(error for error in found.errors if error.missed).id == "4-0"


def test_a_comparison_says_who_is_ahead(found: Evaluation, tmp_path: Path) -> None:
    page = files.save_comparison(found, "ilo-rule", tmp_path, made="Made in a test.")[0].read_text("utf-8")
    assert "better" in page
    assert (tmp_path / "comparison.csv").is_file()


@pytest.mark.parametrize(
    ("name", "difference", "says"),
    [
        ("roc_auc", Figure(0.1, 0.05, 0.2), "better"),
        ("roc_auc", Figure(-0.1, -0.2, -0.05), "worse"),
        ("brier", Figure(-0.1, -0.2, -0.05), "better"),
        ("brier", Figure(0.1, -0.2, 0.25), "no difference told"),
        ("ppv", Figure(float("nan"), float("nan"), float("nan")), "no difference told"),
    ],
)
def test_a_difference_is_told_only_beyond_chance(name: str, difference: Figure, says: str) -> None:
    assert verdict(name, difference) == says


def test_pieces_are_the_text_with_masks_and_marks(make: Callable[..., Example]) -> None:
    text = (
        f"Hostess abroad, no experience needed. Write to {PHONE} or anna@example.org or ask for 0044 7700 900456 today"
    )
    reading = read(make("x", text).ad.posting())
    shown = pieces(reading)
    joined = "".join(piece.text for piece in shown)
    assert "900123" not in joined
    assert "900456" not in joined
    assert "anna@" not in joined
    assert any(piece.codes for piece in shown)
    assert "".join(piece.text for piece in shown if not piece.contact).startswith(
        "\nHostess abroad, no experience needed."
    )


def test_a_contact_far_down_hides_nothing_above(make: Callable[..., Example]) -> None:
    reading = read(make("x", f"Baker in town. {'Bread and rolls. ' * 30} Call {PHONE}").ad.posting())
    assert "".join(piece.text for piece in pieces(reading, longest=100)).startswith("\nBaker in town. Bread")


def test_another_label_can_be_the_target(make: Callable[..., Example]) -> None:
    ads = [make("a", concern=True).ad, make("b").ad]
    ads.append(ads[0].model_copy(update={"label": VerdictLabel.OTHER_HARM}))
    assert [ad.is_concern for ad in aimed(ads, ("other_harm",))] == [False, False, True]
    with pytest.raises(ModelError, match="no label fraud"):
        aimed(ads, ("fraud",))
