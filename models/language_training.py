"""Makes the letter profile by which languages are told apart (`zorya/domain/language_profile.tsv`).

Learned from invented texts only: the seed corpus, the examples of the indicator catalogue and
`models/lexicons/language/*.txt`. Scripts and spellings that people really use (no diacritics, Latin letters for
Cyrillic) are made from them by rule (`models.language_spellings`).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.catalogue import WARNING_FRAME
from models.catalogue_files import load_specs
from models.indicator_spec import WarningFrame
from models.language_spellings import spellings
from zorya.datafiles import load
from zorya.domain.ids import sha256_hex
from zorya.domain.language_profile import STEP, ZERO, Profile, sequences, words_of
from zorya.labelled import load_corpus

TEXTS = Path(__file__).parent / "lexicons" / "language"
UNSEEN = 1e-5
"""Frequency granted to a sequence that a language never showed, the same for all however much text each has."""
KEPT = 20_000
"""Sequences kept: those that tell most."""
_RARE = 2
FOLDS = 4
_LONG_ENOUGH = 5
"""Words of a text by which `usual` is measured."""
_HEAVIEST = 63


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and its language. Texts of one `group` stay on one side of a split."""

    language: str
    text: str
    group: str


def samples(corpus_dir: Path) -> list[Sample]:
    """Every invented text whose language is known, in a fixed order."""
    found = [
        Sample(ad.language, f"{ad.title}\n{ad.body}", ad.group) for ad in load_corpus(corpus_dir).ads if ad.language
    ]
    for path in sorted(TEXTS.glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [Sample(path.stem, line, f"line {number}") for number, line in enumerate(lines) if line.strip()]
    frame = load(WARNING_FRAME, WarningFrame).examples
    for name, examples in [*((spec.code, spec.examples) for spec in load_specs()), ("frame", frame)]:
        for language, sentences in examples.items():
            found += [Sample(language, text, f"example {name}") for text in (*sentences.hit, *sentences.miss)]
    return found


def train(texts: Sequence[Sample]) -> str:
    """The table as text: varieties with their usual likelihood per word, then sequences with their weights.

    What is usual is measured on the texts of one fold by a table that did not learn from them: a table always likes the
    texts it was made from.
    """
    apart: list[Sample] = []
    rest: list[Sample] = []
    for sample in texts:
        (apart if fold_of(sample, "usual") == 0 else rest).append(sample)
    trial_varieties, trial_weights = _weigh(_spelt(rest))
    usual = _usual(Profile(dict.fromkeys(trial_varieties, 0.0), trial_weights), _spelt(apart))
    varieties, weights = _weigh(_spelt(texts))
    head = [
        "# made by `zorya language train` from invented texts; variety, usual likelihood per word; sequence, weights"
    ]
    head += [f"{variety}\t{usual[variety]:.2f}" for variety in varieties]
    return "\n".join([*head, "", *(f"{sequence}\t{coded}" for sequence, coded in weights.items())]) + "\n"


def fold_of(sample: Sample, split: str = "") -> int:
    """One of `FOLDS`, the same for all texts of a group; another `split` deals them anew."""
    return int(sha256_hex(f"{split}{sample.group}".encode())[:8], 16) % FOLDS


def _spelt(texts: Iterable[Sample]) -> list[tuple[str, str]]:
    """(variety, text) of every text in all its spellings."""
    return [pair for number, sample in enumerate(texts) for pair in spellings(sample.language, sample.text, number)]


def _weigh(written: Sequence[tuple[str, str]]) -> tuple[list[str], dict[str, str]]:
    """Varieties, and the coded weights of the sequences that tell most."""
    counts = _count(written)
    totals: Counter[str] = Counter()
    for seen in counts.values():
        totals.update(seen)
    varieties = sorted(totals)
    chosen = sorted(counts, key=lambda sequence: (-_tells(counts[sequence], totals), sequence))[:KEPT]
    letters = {variety: chr(ord("a") + place) for place, variety in enumerate(varieties)}
    return varieties, {
        sequence: "".join(
            letters[variety] + chr(ZERO + weight)
            for variety in varieties
            if (weight := _weight(counts[sequence][variety] / totals[variety]))
        )
        for sequence in sorted(chosen)
    }


def _count(written: Sequence[tuple[str, str]]) -> dict[str, Counter[str]]:
    """sequence → variety → how often."""
    words = Counter((variety, word) for variety, text in written for word in words_of(text))
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (variety, word), times in words.items():
        for sequence in sequences(word):
            counts[sequence][variety] += times
    return {sequence: seen for sequence, seen in counts.items() if seen.total() >= _RARE}


def _weight(frequency: float) -> int:
    return min(_HEAVIEST, round(STEP * math.log(1 + frequency / UNSEEN)))


def _tells(seen: Counter[str], totals: Counter[str]) -> float:
    """Information about the variety that a sequence carries, times how often it is met."""
    shares = [times / totals[variety] for variety, times in seen.items()]
    whole = sum(shares)
    return whole * (math.log(len(totals)) + sum(share / whole * math.log(share / whole) for share in shares))


def _usual(profile: Profile, written: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Median likelihood per word of each variety's texts of some length."""
    reached: defaultdict[str, list[float]] = defaultdict(list)
    for variety, text in written:
        tally = profile.tally(text)
        if tally.words >= _LONG_ENOUGH:
            reached[variety].append(tally.of(variety[:2]) / tally.words)
    return {variety: sorted(values)[len(values) // 2] for variety, values in reached.items()}
