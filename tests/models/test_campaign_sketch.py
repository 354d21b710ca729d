"""Wordings are compared by their signatures: stable, batch-free, fair to short ones and to every script."""

import random
import subprocess
import sys

import numpy as np
import pytest

from models.campaigns.edges import bar
from models.campaigns.sketch import BANDS, MIN_SHINGLES, similarity, sketch, sketch_texts

AD = (
    "шукаємо дівчат на роботу без досвіду\nжитло безкоштовне дорогу оплачуємо\nоплата щодня 0 євро\n"
    "подробиці тільки в приват пишіть не дзвоніть xcontact"
)


def _letters(seed: int, size: int = 300, alphabet: str = "абвгдежзик лмно") -> str:
    return "".join(random.Random(seed).choices(alphabet, k=size))


def test_a_row_does_not_depend_on_its_batch() -> None:
    wordings = [_letters(seed, size) for seed, size in enumerate([0, 3, 40, 300, 70_000, 5, 900])]
    batch = sketch_texts(wordings)
    assert [batch.one(row) for row in range(len(wordings))] == [sketch(wording) for wording in wordings]


def test_another_process_gives_the_same_signature() -> None:
    code = f"from models.campaigns.sketch import sketch; print(sketch({AD!r}).signature.hex())"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = sketch(AD)
    assert ours is not None
    assert answer.stdout.strip() == ours.signature.hex()


def test_moved_sentences_cost_nothing() -> None:
    one, other = sketch(AD), sketch("\n".join(reversed(AD.split("\n"))))
    assert one == other


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_similarity_is_that_of_the_shingles(share: float) -> None:
    size = 600
    estimates = []
    for seed in range(20):
        common = int(size * 2 * share / (1 + share))
        same = _letters(seed, common)
        one, other = (
            sketch(f"{same}\n{_letters(1000 + seed, size - common)}"),
            sketch(f"{same}\n{_letters(2000 + seed, size - common)}"),
        )
        assert one is not None
        assert other is not None
        estimates.append(similarity(one, other))
    assert abs(float(np.mean(estimates)) - share) < 0.04


def test_a_text_that_is_too_short_has_no_sketch() -> None:
    assert sketch("тел 0 xcontact") is None
    assert sketch("") is None
    assert sketch(_letters(1, MIN_SHINGLES + 2)) is not None


def test_short_ads_that_differ_in_a_slot_tie_and_others_do_not() -> None:
    def text(role: str, name: str) -> str:
        return f"потрібна {role} у нічний клуб\nжитло надаємо оплата щодня пишіть {name} xcontact"

    one, other, third = (
        sketch(text("танцівниця", "олі")),
        sketch(text("танцівниця", "яні")),
        sketch(text("няня", "олі")),
    )
    assert one is not None
    assert other is not None
    assert third is not None
    demanded = bar(min(one.shingles, other.shingles), common=False)
    assert demanded > bar(1000, common=False)
    assert similarity(one, other) >= demanded
    assert similarity(one, third) < demanded


def test_a_sketch_has_a_key_for_each_band() -> None:
    ours = sketch(AD)
    assert ours is not None
    assert len(set(ours.keys)) == BANDS
    assert len(ours.signature) == 128
