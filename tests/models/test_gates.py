"""What stops a promotion: a card that is not whole, recall lost on gold, suspected labels that nobody looked at."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models import served_file
from models.registry.aliases import champion
from models.registry.exhibits import SECTIONS, Exhibit, put
from models.registry.files import load_files, save
from models.registry.gates import OUT_OF_FOLD, open_suspicions, settle_suspicion
from models.registry.manifest import manifest_of
from models.registry.promotion import promote
from zorya.errors import DataFileError, ModelError, NothingToDo, PolicyRefusal
from zorya.labelled import LabelledAd, load_corpus
from zorya.settings import PromotionSettings, Settings
from zorya.snapshots import Part, freeze
from zorya.store import Store, audit

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
USED = 240


@pytest.fixture
def home(sqlite_settings: Settings, second_model: Callable[..., Path]) -> Settings:
    """Settings with the default model in use and `second`, the same model with a whole card."""
    _fill(second_model(sqlite_settings.models_dir), "second")
    return sqlite_settings


def _fill(folder: Path, version: str) -> None:
    for section in SECTIONS:
        put(folder, "linear", version, section, Exhibit(("Measured.",)))


def _promote(store: Store, settings: Settings, version: str = "second") -> None:
    promote(store, settings, "linear", version, actor="ana", reason="better", at=NOW)


def _with_gold(settings: Settings, *, digest: str | None = None) -> Settings:
    """The settings with every fortieth ad of concern of the seed corpus as the gold set."""
    ads = [ad for ad in load_corpus(settings.corpus_dir).ads if ad.is_concern][::40]
    manifest = freeze(settings.home / "gold", [(Part("gold", len(ads), "x"), ads)], as_of=NOW)
    gold = PromotionSettings(gold=settings.home / "gold" / manifest.version, gold_sha256=digest or manifest.sha256)
    return settings.model_copy(update={"promotion": gold})


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_is_missing_or_empty_stops_it(section: str, sqlite_store: Store, home: Settings) -> None:
    put(home.models_dir, "linear", "second", section, Exhibit((" ",)))
    with pytest.raises(PolicyRefusal, match=SECTIONS[section]):
        _promote(sqlite_store, home)
    assert champion(home.models_dir, "linear") != "second"


def test_recall_lost_on_gold_stops_it(sqlite_store: Store, home: Settings) -> None:
    files, manifest = load_files(home.models_dir, "linear", "second")
    blind = replace(served_file.unpacked(files), prior_shift=-20.0)
    save(home.models_dir, served_file.packed(blind), replace(manifest, version="blind"))
    _fill(home.models_dir, "blind")
    with pytest.raises(PolicyRefusal, match=r"recall on the gold set is 0\.0% \(0 of \d+\)"):
        _promote(sqlite_store, _with_gold(home), "blind")


def test_recall_kept_on_gold_passes(sqlite_store: Store, home: Settings) -> None:
    _promote(sqlite_store, _with_gold(home))
    assert champion(home.models_dir, "linear") == "second"


def test_a_gold_set_of_another_digest_is_refused(sqlite_store: Store, home: Settings) -> None:
    with pytest.raises(DataFileError, match=r"promotion\.gold_sha256"):
        _promote(sqlite_store, _with_gold(home, digest="0" * 64))


@pytest.fixture
def poisoned(home: Settings) -> Settings:
    """`second` learnt from a snapshot in which one of four accounts turned its labels round."""
    ads = [
        ad.model_copy(update={"analyst": f"account-{number % 4}"})
        for number, ad in enumerate(load_corpus(home.corpus_dir).ads[:USED])
    ]
    manifest = freeze(home.snapshots_dir, [(Part("verdicts", len(ads), "x"), ads)], as_of=NOW)
    path = home.models_dir / "linear" / "second" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"snapshot": manifest.version}))
    (path.parent / OUT_OF_FOLD).write_text("".join(map(_said, ads)))
    return home


def _said(ad: LabelledAd) -> str:
    right = 0.9 if ad.is_concern else 0.1
    probability = 1 - right if ad.analyst == "account-2" else right
    return json.dumps({"id": ad.id, "probabilities": {"concern": probability}}) + "\n"


def test_suspected_labels_stop_it_until_a_person_settles_them(sqlite_store: Store, poisoned: Settings) -> None:
    with pytest.raises(PolicyRefusal, match=r"analyst account-2: 48 of 48 labels are contradicted"):
        _promote(sqlite_store, poisoned)
    manifest = manifest_of(poisoned.models_dir, "linear", "second")
    settle_suspicion(sqlite_store, poisoned, manifest, "account-2", actor="ana", reason="a new guideline", at=NOW)
    _promote(sqlite_store, poisoned)
    with sqlite_store.reading() as connection:
        assert [entry["action"] for entry in audit.page(connection, limit=2)] == [
            "model.promote",
            "model.suspicion.settle",
        ]


def test_a_suspicion_is_settled_for_a_reason_and_only_where_there_is_one(
    sqlite_store: Store, poisoned: Settings
) -> None:
    manifest = manifest_of(poisoned.models_dir, "linear", "second")
    with pytest.raises(PolicyRefusal, match="--reason"):
        settle_suspicion(sqlite_store, poisoned, manifest, "account-2", actor="ana", reason=" ", at=NOW)
    with pytest.raises(NothingToDo, match="account-1"):
        settle_suspicion(sqlite_store, poisoned, manifest, "account-1", actor="ana", reason="x", at=NOW)


def test_labels_without_probabilities_stop_it(sqlite_store: Store, poisoned: Settings) -> None:
    (poisoned.models_dir / "linear" / "second" / OUT_OF_FOLD).unlink()
    with pytest.raises(ModelError, match="train the model again"):
        _promote(sqlite_store, poisoned)


def test_the_seed_corpus_raises_no_suspicion(sqlite_store: Store, home: Settings) -> None:
    manifest = manifest_of(home.models_dir, "linear", "second")
    assert open_suspicions(sqlite_store, home, manifest) == []
