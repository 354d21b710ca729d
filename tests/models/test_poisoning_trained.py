"""False labels through real training: eight accounts judge invented ads, one of them or all of them not honestly.

A third of the groups is the gold set, which nobody edits; the model in use learnt from honest labels. What is checked
is what a person meets: `zorya model suspicions` and `zorya model promote`.
"""

import random
import re
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from models.registry.aliases import champion
from models.registry.exhibits import SECTIONS, Exhibit, put
from models.train import train
from zorya.cli import main
from zorya.cli.output import NOTHING_TO_DO, OK, REFUSED
from zorya.domain.reviews import VerdictLabel
from zorya.labelled import LabelledAd, Origin, load_corpus
from zorya.settings import Settings
from zorya.snapshots import Part, freeze

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
LANGUAGES = {"bg", "hu", "nl", "pl", "ru"}
ACCOUNTS, FALSE = 8, "account-3"
Typed = tuple[int, str]
"""Exit code, and what was printed."""


@dataclass(frozen=True)
class Town:
    """A home with a gold set, and what honest accounts say of the other ads."""

    settings: Settings
    verdicts: tuple[LabelledAd, ...]

    def learn(self, verdicts: Sequence[LabelledAd]) -> str:
        """Version of the model that learns from these verdicts; its card is filled."""
        frozen = freeze(self.settings.snapshots_dir, [(Part("verdicts", len(verdicts), "x"), verdicts)], as_of=NOW)
        version = train(self.settings, as_of=NOW, recipe="linear", snapshot=frozen.version)[0].version
        for section in SECTIONS:
            put(self.settings.models_dir, "linear", version, section, Exhibit(("Measured.",)))
        return version

    def turned(self, chosen: Collection[str]) -> list[LabelledAd]:
        """The verdicts with the labels of the chosen ads turned round."""
        return [_turned(ad) if ad.id in chosen else ad for ad in self.verdicts]

    def some(self, ids: Sequence[str], number: float) -> set[str]:
        """So many of the ids, by chance."""
        return set(random.Random(11).sample(list(ids), round(number)))

    def by_one_account(self, share: float) -> set[str]:
        """Ads of one account, as many as a share of all labels."""
        return self.some([ad.id for ad in self.verdicts if ad.analyst == FALSE], share * len(self.verdicts))


def _turned(ad: LabelledAd) -> LabelledAd:
    label = VerdictLabel.NO_CONCERN if ad.is_concern else VerdictLabel.CONCERN
    return ad.model_copy(update={"label": label, "patterns": ()})


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The model of honest labels is the first of its name, and so in use."""
    home, chance = tmp_path_factory.mktemp("town"), random.Random(5)
    ads = [ad for ad in load_corpus(Settings().corpus_dir).ads if ad.language in LANGUAGES]
    groups = sorted({ad.group for ad in ads})
    kept = set(chance.sample(groups, len(groups) // 3))
    gold, others = ([ad for ad in ads if (ad.group in kept) is is_gold] for is_gold in (True, False))
    frozen = freeze(home / "gold", [(Part("gold", len(gold), "x"), gold)], as_of=NOW)
    (home / "zorya.toml").write_text(
        f'[promotion]\ngold = "{home / "gold" / frozen.version}"\ngold_sha256 = "{frozen.sha256}"\n', encoding="utf-8"
    )
    verdicts = [
        ad.model_copy(update={"analyst": f"account-{number % ACCOUNTS}", "origin": Origin.VERDICT})
        for number, ad in enumerate(chance.sample(others, len(others)))
    ]
    made = Town(Settings(home=home), tuple(verdicts))
    made.learn(verdicts)
    return made


@pytest.fixture
def zorya(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Typed]:
    """`zorya model …`, as it is typed in that home."""

    def typed(*words: str) -> Typed:
        monkeypatch.setenv("ZORYA_HOME", str(town.settings.home))
        monkeypatch.setattr(sys, "argv", ["zorya", "model", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or OK), " ".join(f"{said.out} {said.err}".split())

    return typed


def test_honest_labels_raise_no_suspicion(zorya: Callable[..., Typed]) -> None:
    assert zorya("suspicions")[0] == NOTHING_TO_DO


@pytest.mark.parametrize("share", [0.03, 0.05])
def test_labels_that_one_account_turned_round_are_noticed(
    share: float, town: Town, zorya: Callable[..., Typed]
) -> None:
    version = town.learn(town.turned(town.by_one_account(share)))
    code, said = zorya("suspicions", version)
    assert (code, said.count("account-")) == (OK, 1), said
    assert FALSE in said
    code, said = zorya("promote", version, "--reason", "newer")
    assert code == REFUSED
    assert f"analyst {FALSE}:" in said
    assert champion(town.settings.models_dir, "linear") != version


def test_one_percent_brings_nobody_else_under_suspicion(town: Town, zorya: Callable[..., Typed]) -> None:
    """Seven labels may be too few to suspect the account itself."""
    code, said = zorya("suspicions", town.learn(town.turned(town.by_one_account(0.01))))
    assert code in (OK, NOTHING_TO_DO)
    assert not re.search(rf"account-(?!{FALSE[-1]})", said), said


def test_concern_that_all_accounts_hide_alike_is_refused_for_its_recall(
    town: Town, zorya: Callable[..., Typed]
) -> None:
    """A quarter of all concern: no account stands out, and only the gold set knows better."""
    concern = [ad.id for ad in town.verdicts if ad.is_concern]
    version = town.learn(town.turned(town.some(concern, len(concern) / 4)))
    assert zorya("suspicions", version)[0] == NOTHING_TO_DO
    code, said = zorya("promote", version, "--reason", "newer")
    assert code == REFUSED
    assert "recall on the gold set is" in said
    assert "more than 1 points lost" in said
    assert champion(town.settings.models_dir, "linear") != version
