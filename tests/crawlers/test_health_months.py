"""The learned baseline over invented months: ordinary days raise no alarm, a break is found in the first run.

A board of about `size` ads: each day some leave and some come, fewer at weekends; one page in a hundred fails.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawlers.account import Account
from crawlers.baseline import Baseline, Past
from crawlers.health import Verdict, judge
from crawlers.spec import SourceSpec
from zorya.domain.health import Checkup
from zorya.domain.runs import Outcome, RequestOutcome, RunStatus

SPEC = SourceSpec.model_validate(
    {
        "id": "invented_board",
        "title": "Invented",
        "homepage": "https://board.example/",
        "kind": "job",
        "country": "ro",
        "languages": ["ro", "ru"],
        "engine": "feed",
        "start": ["https://board.example/feed"],
    }
)
LEAVE = 0.07
FIELDS = {"pay": 0.6, "places": 0.9, "employer": 0.5, "contacts": 0.7, "title": 1.0, "body": 1.0}


@dataclass
class Ad:
    filled: set[str]
    language: str
    length: int
    alike: bool
    garbled: bool


class Board:
    """Days of one board; `crawl` is a day's verdict, and only a whole day (`broken` None) is remembered."""

    def __init__(self, seed: int, size: int) -> None:
        self.dice, self.size = random.Random(seed), size
        self.at = datetime(2026, 9, 1, 9, tzinfo=UTC) + timedelta(days=seed % 7)
        self.ads = [self._ad() for _ in range(size)]
        self.past: list[Past] = []

    def _ad(self) -> Ad:
        dice = self.dice
        filled = {name for name, share in FIELDS.items() if dice.random() < share}
        language = "ro" if dice.random() < 0.75 else "ru"
        length = int(math.exp(dice.gauss(6.5, 0.6)))
        return Ad(filled, language, length, dice.random() < 0.08, dice.random() < 0.01)

    def _arrivals(self, mean: float) -> list[Ad]:
        """As many as chance brings (Poisson)."""
        limit, found, product = math.exp(-mean), [], self.dice.random()
        while product > limit:
            found.append(self._ad())
            product *= self.dice.random()
        return found

    def crawl(self, broken: Callable[[list[Ad], random.Random], list[Ad]] | None = None) -> Verdict:
        weekend, before = self.at.weekday() >= 5, len(self.ads)
        stay = [ad for ad in self.ads if self.dice.random() > LEAVE * (1.6 if weekend else 0.9)]
        come = self._arrivals(self.size * LEAVE * (0.35 if weekend else 1.26))
        shown = [ad for ad in stay if self.dice.random() > 0.01]
        if broken:
            shown = broken(shown, self.dice)
        now = self._measured(shown, broken([*come], self.dice) if broken else come, before)
        baseline = Baseline(self.past[:60])
        now = replace(now, bands=baseline.bands(now, self.at))
        seen = int(now.numbers["seen"])
        account = Account([RequestOutcome("u", Outcome.OK)] * (seen + 5), {str(n): set() for n in range(seen)})
        verdict = judge(SPEC, account, "", now, baseline)
        if broken is None:
            self.past.insert(0, Past(self.at, verdict.checkup))
            self.ads, self.at = [*stay, *come], self.at + timedelta(days=1)
        return verdict

    def _measured(self, again: list[Ad], new: list[Ad], before: int) -> Checkup:
        read = [*again, *new]
        count = len(read)
        shares = {f"fill.{name}": (sum(name in ad.filled for ad in read), count) for name in FIELDS}
        shares |= {f"language.{code}": (n, count) for code, n in Counter(ad.language for ad in read).items()}
        shares |= {name: (sum(getattr(ad, name) for ad in read), count) for name in ("alike", "garbled")}
        numbers: dict[str, float] = {"seen": count, "read": count, "new": len(new), "requests": count + 5}
        numbers |= {"body": sorted(ad.length for ad in read)[count // 2], "quiet_days": 0.0 if new else 1.0}
        return Checkup(numbers=numbers, shares=shares | {"kept": (len(again), before)})


def half_gone(ads: list[Ad], dice: random.Random) -> list[Ad]:
    return [ad for ad in ads if dice.random() < 0.5]


def body_selector_broken(ads: list[Ad], dice: random.Random) -> list[Ad]:
    return [replace(ad, length=150, alike=True) for ad in ads]


def wrong_charset(ads: list[Ad], dice: random.Random) -> list[Ad]:
    return [replace(ad, garbled=True, language="none" if dice.random() < 0.8 else "sr") for ad in ads]


def prices_vanish(ads: list[Ad], dice: random.Random) -> list[Ad]:
    return [replace(ad, filled=ad.filled - {"pay"}) for ad in ads]


BREAKS = (half_gone, body_selector_broken, wrong_charset, prices_vanish)


def _months(size: int, boards: int = 12) -> Iterator[Any]:
    for seed in range(boards):
        yield Board(seed, size)


@pytest.mark.parametrize("size", [20, 50, 120, 400])
def test_ordinary_months_raise_at_most_one_alarm_in_a_hundred_runs(size: int) -> None:
    verdicts = [board.crawl() for board in _months(size) for _ in range(30)]
    alarms = [verdict.checkup.why for verdict in verdicts if verdict.status is not RunStatus.OK]
    print(f"{size} ads: {len(alarms)} false alarms in {len(verdicts)} runs")
    assert len(alarms) <= 0.01 * len(verdicts), alarms


@pytest.mark.parametrize("breaking", BREAKS, ids=lambda breaking: breaking.__name__)
@pytest.mark.parametrize("size", [120, 400])
def test_a_break_is_found_in_the_first_run(size: int, breaking: Any) -> None:
    missed = 0
    for board in _months(size, boards=6):
        for day in range(30):
            board.crawl()
            if day in {8, 20, 29}:
                missed += board.crawl(breaking).status is RunStatus.OK
    print(f"{size} ads, {breaking.__name__}: {missed} of 18 missed")
    assert missed == 0


def test_four_weeks_teach_what_a_weekend_is_like() -> None:
    """A feed of the day's ads: forty on working days, twelve at weekends."""
    past: list[Past] = []
    for day in range(42):
        at = datetime(2026, 9, 7, 9, tzinfo=UTC) + timedelta(days=day)
        seen = 12 if at.weekday() >= 5 else 40
        now = Checkup(numbers={"seen": seen, "read": seen}, grade="sound")
        baseline = Baseline(past)
        bands = baseline.bands(now, at)
        if baseline.breaches(now, bands):
            now = replace(now, grade="off")
            assert day < 28, "a weekend of the fifth week is an ordinary weekend"
        past.insert(0, Past(at, now))
    assert bands["seen"].usual == 12


def test_what_a_person_accepts_is_the_new_normal() -> None:
    start = datetime(2026, 9, 1, 9, tzinfo=UTC)
    old = [Past(start - timedelta(days=n), Checkup(numbers={"seen": 100, "read": 0}, grade="sound")) for n in range(9)]
    small = Checkup(numbers={"seen": 30, "read": 0}, grade="off")
    assert Baseline(old).breaches(small, Baseline(old).bands(small, start))
    accepted = Baseline([Past(start, replace(small, accepted="ana")), *old])
    assert (accepted.ready, len(accepted.sound)) == (False, 1)


def test_a_small_share_over_few_ads_is_chance_and_over_many_is_not() -> None:
    start = datetime(2026, 9, 1, tzinfo=UTC)
    sound = Checkup(numbers={"seen": 40}, shares={"fill.pay": (24, 40)}, grade="sound")
    baseline = Baseline([Past(start - timedelta(days=n), sound) for n in range(10)])
    few = Checkup(numbers={"seen": 40}, shares={"fill.pay": (0, 3)})
    many = Checkup(numbers={"seen": 40}, shares={"fill.pay": (0, 30)})
    assert not baseline.breaches(few, baseline.bands(few, start))
    assert [breach.name for breach in baseline.breaches(many, baseline.bands(many, start))] == ["fill.pay"]
