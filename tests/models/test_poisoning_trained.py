"""Poisoning through the real training path: one account turns labels round, models learn them, the gates judge."""

import random
from datetime import UTC, datetime

import pytest

from models.registry.exhibits import SECTIONS, Exhibit, put
from models.registry.gates import open_suspicions, recall_on_gold
from models.registry.manifest import Manifest
from models.train import train
from zorya import snapshots
from zorya.cli import main
from zorya.domain.ids import sha256_hex
from zorya.domain.reviews import VerdictLabel
from zorya.labelled import LabelledAd, load_corpus
from zorya.settings import PromotionSettings, Settings
from zorya.snapshots import Part
from zorya.store import Store

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ACCOUNTS, HOSTILE = 8, "account-3"
TURNED = {VerdictLabel.CONCERN: VerdictLabel.NO_CONCERN}


def _side(ad: LabelledAd) -> int:
    """Campaigns in ten parts by chance."""
    return int(sha256_hex(ad.group.encode()), 16) % 10


@pytest.fixture
def ads() -> list[LabelledAd]:
    """About half of the seed corpus, dealt to eight accounts; gold is of other campaigns."""
    held = [ad for ad in load_corpus(Settings().corpus_dir).ads if _side(ad) < 5]
    chance = random.Random(7)
    return [ad.model_copy(update={"analyst": f"account-{chance.randrange(ACCOUNTS)}"}) for ad in held]


@pytest.fixture
def guarded(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a gold set."""
    gold = [ad for ad in load_corpus(sqlite_settings.corpus_dir).ads if _side(ad) >= 7]
    made = snapshots.freeze(sqlite_settings.home / "gold", [(Part("gold", len(gold), ""), gold)], as_of=NOW)
    named = PromotionSettings(gold=sqlite_settings.home / "gold" / made.version, gold_sha256=made.sha256)
    for key in ("gold", "gold_sha256"):
        monkeypatch.setenv(f"ZORYA__PROMOTION__{key.upper()}", str(getattr(named, key)))
    return sqlite_settings.model_copy(update={"promotion": named})


def _turned(ads: list[LabelledAd], share: float, *, hidden: bool = False) -> list[LabelledAd]:
    """The ads with a share of all labels turned by one account; `hidden`: of concern alone, whoever's they were."""
    own = [n for n, ad in enumerate(ads) if ad.is_concern or not hidden]
    own = own if hidden else [n for n in own if ads[n].analyst == HOSTILE]
    chosen = set(random.Random(8).sample(own, round(share * len(ads))))
    other = {"analyst": HOSTILE, "patterns": ()}
    return [
        ad.model_copy(update=other | {"label": TURNED.get(ad.label, VerdictLabel.CONCERN)}) if n in chosen else ad
        for n, ad in enumerate(ads)
    ]


def _trained(settings: Settings, ads: list[LabelledAd]) -> Manifest:
    """A model of these labels, its card filled."""
    made = snapshots.freeze(settings.snapshots_dir, [(Part("verdicts", len(ads), ""), ads)], as_of=NOW)
    manifest, is_new = train(settings, as_of=NOW, snapshot=made.version)
    assert is_new
    for section in SECTIONS:
        put(settings.models_dir, manifest.name, manifest.version, section, Exhibit(("Measured.",)))
    return manifest


def _promoted(
    version: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int | str | None, str]:
    """Exit code and words of `zorya model promote`."""
    monkeypatch.setattr("sys.argv", ["zorya", "model", "promote", version, "--reason", "the newest labels"])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, capsys.readouterr().err


def test_labels_turned_by_one_account_are_noticed_and_a_model_that_lost_recall_is_refused(
    ads: list[LabelledAd],
    guarded: Settings,
    sqlite_store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clean = _trained(guarded, ads)
    assert open_suspicions(sqlite_store, guarded, clean) == []
    told = [f"clean: {recall_on_gold(guarded, 'linear', clean.version, as_of=NOW)}"]
    for percent in (1, 3, 5):
        model = _trained(guarded, _turned(ads, percent / 100))
        found = open_suspicions(sqlite_store, guarded, model)
        recall = recall_on_gold(guarded, "linear", model.version, as_of=NOW)
        told.append(f"{percent} %: {recall}; {[each.sentence() for each in found]}")
        if percent > 1:  # one label in eight of one account: what is noticed of it is printed, and promised by nobody
            assert [(each.kind, each.who) for each in found] == [("analyst", HOSTILE)]
            code, words = _promoted(model.version, monkeypatch, capsys)
            assert code == 5
            assert f"analyst {HOSTILE}" in words
    blind = _trained(guarded, _turned(ads, 0.25, hidden=True))
    code, words = _promoted(blind.version, monkeypatch, capsys)
    told.append(f"25 % of all, concern alone: {recall_on_gold(guarded, 'linear', blind.version, as_of=NOW)}; {words}")
    print("\n".join(told))
    assert code == 5
    assert "recall on the gold set is" in words
    assert "more than 1 points lost" in words
