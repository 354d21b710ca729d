"""From a trained candidate to a model in use: measured into its card, proposed, put in use by a named person."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models import retraining
from models.registry.aliases import Alias, aliased, champion
from models.registry.card import card_of
from models.registry.exhibits import Exhibit, put
from models.registry.measured import keep_evaluation, keep_false_alarms
from models.registry.promotion import history
from zorya.errors import ModelError, PolicyRefusal
from zorya.settings import Settings
from zorya.store import Store

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
FIGURE = {"value": 0.912, "low": 0.88, "high": 0.941}
SHOWN = ("average_precision", "roc_auc", "recall_at_budget", "recall_at_ppv_half", "false_alerts_per_10000", "brier")
PART = {"dimension": "language", "value": "hu", "ads": 98, "concern": 40, "figures": {"average_precision": FIGURE}}
EVALUATED = {
    "classifier": "linear@second",
    "data": {"name": "the seed corpus", "ads": 977, "concern": 390, "units": 120},
    "split": "strict",
    "folds": [{}] * 5,
    "figures": {
        "linear@second": {"1 %": dict.fromkeys(SHOWN, FIGURE)},
        "tfidf-svm": {"1 %": dict.fromkeys(SHOWN, FIGURE)},
    },
    "slices": [PART, PART | {"value": "nl", "figures": {}}],
    "patterns": [],
    "weakest": ["language hu"],
}


@pytest.fixture
def home(sqlite_settings: Settings, second_model: Callable[..., Path]) -> Settings:
    """The default model in use, and `second`, trained later: a candidate without a card."""
    second_model(sqlite_settings.models_dir, trained_at="2026-12-01T09:00:00+00:00")
    return sqlite_settings


def _measured(settings: Settings) -> None:
    keep_evaluation(settings.models_dir, "linear", "second", EVALUATED, dict.fromkeys(SHOWN, "figure"), at=NOW)
    row = {"set": "all", "language": "all", "ads": 1000, "flagged": 4, "share": 0.004, "low": 0.001, "high": 0.01}
    keep_false_alarms(settings.models_dir, "linear", "second", [row], at=NOW)


def test_what_was_measured_stands_in_the_card(home: Settings) -> None:
    _measured(home)
    card = card_of(home.models_dir, "linear", "second")
    assert list(card.missing) == ["bias_audit"]
    assert card.sections["figures"].rows[0][:3] == ("1 %", "linear@second", "0.912 [0.880, 0.941]")
    assert card.sections["weaknesses"].rows == (("language hu", "98", "40", "0.912 [0.880, 0.941]"),)
    assert card.sections["false_alarms"].says[0].startswith("4 of 1,000 ordinary ads are flagged: 0.40%")


def test_a_candidate_becomes_challenger_and_what_stands_against_it_is_said(sqlite_store: Store, home: Settings) -> None:
    _measured(home)
    report = retraining.propose(sqlite_store, home, as_of=NOW)
    assert report.counts == {"proposed": 1, "shadowed": 0, "against": 1}
    assert "zorya model audit" in report.messages[1]
    assert aliased(home.models_dir, "linear", Alias.CHALLENGER) == "second"
    assert champion(home.models_dir, "linear") != "second"


def test_nothing_newer_is_nothing_to_propose(sqlite_store: Store, home: Settings) -> None:
    shutil.rmtree(home.models_dir / "linear" / "second")
    assert retraining.propose(sqlite_store, home, as_of=NOW).counts["proposed"] == 0
    assert retraining.measure(sqlite_store, home, as_of=NOW).counts == {"measured": 0}


def test_the_person_who_approves_is_in_the_history(sqlite_store: Store, home: Settings) -> None:
    _measured(home)
    put(home.models_dir, "linear", "second", "bias_audit", Exhibit(("Audited.",)))
    retraining.propose(sqlite_store, home, as_of=NOW)
    retraining.put_in_use(sqlite_store, home, "ana", "fewer false alarms", as_of=NOW)
    act = history(sqlite_store, home.models_dir, "linear")[-1]
    assert (act.actor, act.reason, act.became) == ("ana", "fewer false alarms", "second")


def test_an_approval_opens_no_gate(sqlite_store: Store, home: Settings) -> None:
    retraining.propose(sqlite_store, home, as_of=NOW)
    with pytest.raises(PolicyRefusal, match="its card lacks"):
        retraining.put_in_use(sqlite_store, home, "ana", "fewer false alarms", as_of=NOW)


def test_an_approval_of_nothing_is_a_clear_error(sqlite_store: Store, home: Settings) -> None:
    with pytest.raises(ModelError, match="zorya model list"):
        retraining.put_in_use(sqlite_store, home, "ana", "x", as_of=NOW)
