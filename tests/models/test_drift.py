"""Drift of the ads that come: told when it lasts, silent on chance, new words with an example nobody can call."""

import random
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.watch.drift import LATE, WINDOW, Watched, compared, psi, watch
from zorya.domain.ads import Kind, Posting
from zorya.domain.findings import Assessment, Band
from zorya.store import Store, assessments, postings
from zorya.store.traffic import SeenAd

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
TEXT = "we look for people to pick apples in a small town and pay every month by contract"


def ads(
    number: int, seed: int, *, ago: int, language: float = 0.3, extra: float = 0.0, a1: float = 0.05
) -> list[SeenAd]:
    """Invented ads seen `ago` windows before now; `language`, `extra` and `a1` are shares."""
    chance = random.Random(seed)
    made = []
    for each in range(number):
        words = chance.sample(TEXT.split(), 8) + (
            ["snowdrop", "call", "+44 7700 900123"] if chance.random() < extra else []
        )
        told = "ro" if chance.random() < language else "pl"
        codes = frozenset(["A1"] if chance.random() < a1 else [])
        score = round(chance.betavariate(1, 8), 4)
        made.append(
            SeenAd(
                f"v{seed}-{each}", NOW - ago * WINDOW, f"{seed}-{each}", "An ad", " ".join(words), told, score, codes
            )
        )
    return made


def judged(before: list[SeenAd], late: list[list[SeenAd]]) -> Watched:
    """What is found in these ads."""
    windows = [before, *late]
    return compared(lambda: ((number, ad) for number, held in enumerate(windows) for ad in held), as_of=NOW)


def watched(*late: dict[str, float], seed: int = 1) -> Watched:
    """Four late windows of 200 ads, some of them changed, against 800 ads of before."""
    windows = [ads(200, seed * 100 + n, ago=LATE - n, **(late[n] if n < len(late) else {})) for n in range(LATE)]
    return judged(ads(800, seed * 100 + 50, ago=8), windows)


def test_the_same_ads_raise_no_alarm() -> None:
    assert [alarm for seed in range(15) for alarm in watched(seed=seed).alarms] == []


@pytest.mark.parametrize(
    ("change", "told"),
    [({"language": 0.8}, "languages"), ({"a1": 0.3}, "indicator A1"), ({"extra": 0.1}, "snowdrop")],
)
def test_a_change_that_lasts_is_told(change: dict[str, float], told: str) -> None:
    alarms = watched({}, change, change, change).alarms
    assert any(told in alarm for alarm in alarms), alarms


@pytest.mark.parametrize("change", [{"language": 0.8}, {"a1": 0.3}])
def test_a_change_of_two_weeks_is_no_alarm(change: dict[str, float]) -> None:
    found = watched({}, change, change)
    assert any(sum(each.off) == 2 for each in found.drifts)
    assert found.alarms == ()


def test_an_example_of_a_new_word_holds_no_contact() -> None:
    (word,) = [each for each in watched(*[{"extra": 0.1}] * 4).words if each.word == "snowdrop"]
    assert "snowdrop" in word.example
    assert "7700" not in word.example


def test_one_ad_repeated_is_no_vocabulary() -> None:
    before, late = ads(400, 1, ago=8), [ads(100, n + 2, ago=4 - n) for n in range(LATE)]
    repeated = ads(1, 9, ago=1, extra=1.0) * 30
    assert judged(before, [*late[:3], late[3] + repeated]).words == ()


def test_too_few_ads_are_not_judged() -> None:
    found = judged(ads(20, 1, ago=8), [ads(200, 2, ago=4, language=1.0)] * 4)
    assert not found.is_judged
    assert found.alarms == ()


def test_many_ads_are_judged_in_a_bounded_space() -> None:
    """12,000 ads of 2,000 letters pass: 24 MB, each seen twice; were they held, it would show."""
    chance = random.Random(4)
    words = [f"{a}{b}{c}" for a in "bdgkmp" for b in ("ale", "ori", "unu", "ika") for c in ("sta", "vo", "ner", "lid")]

    def passing() -> Iterator[tuple[int, SeenAd]]:
        for number in range(12_000):
            body = " ".join(chance.choices(words, k=20)).ljust(2000, "\n") + str(number)
            window = number % (LATE + 1)
            seen = NOW - (LATE + 1 - window) * WINDOW
            yield window, SeenAd(f"v{number}", seen, f"p{number}", "An ad", body, "ro", 0.1, frozenset())

    tracemalloc.start()
    found = compared(passing, as_of=NOW)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(found.ads) == 12_000
    assert peak < 10_000_000


def test_ads_of_the_store_are_not_fetched_all_at_once(store: Store) -> None:
    with store.writing() as connection:
        for number in range(3000):
            posting = Posting(
                "board", str(number), f"https://board.example/{number}", Kind.JOB, "An ad", f"{number}{'x' * 2000}"
            )
            version, _ = postings.record(connection, posting, capture_id=None, seen_at=NOW - WINDOW)
            made = Assessment(f"a{number}", version, "r", "m@1", "ro", 0.1, Band.VERY_UNLIKELY, False, {}, (), (), NOW)
            assessments.add(connection, made)
    tracemalloc.start()
    found = watch(store, as_of=NOW)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.ads == (0, 0, 0, 0, 3000)
    assert peak < 10_000_000, "4 MB of counts, and 500 rows of some 5 kB"


def test_the_index_is_the_sum_of_the_formula() -> None:
    index, chance = psi(Counter(a=60, b=40), Counter(a=30, b=70))
    # (30.5/101 - 60.5/101) ln(30.5/60.5) + (70.5/101 - 40.5/101) ln(70.5/40.5)
    assert index == pytest.approx(0.20345 + 0.16466, abs=1e-4)
    assert chance == pytest.approx(1.8e-5, rel=0.1)


@given(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 50), min_size=1), st.integers(1, 40))
def test_the_index_is_zero_of_the_same_and_never_negative(counts: dict[str, int], more: int) -> None:
    one, other = Counter(counts), Counter(counts)
    other["a"] += more
    if one.total():
        assert psi(one, one)[0] == pytest.approx(0.0)
        assert psi(one, other)[0] >= 0
