"""What more phrases cost: one matcher against trying every phrase at every word, with equal answers.

The phrases are generated from the catalogue's own words: two to four of one language, most cut to stems, some with
alternatives and `...`. The texts are seed ads joined to some thousand characters, so that half of them are Cyrillic.
"""

import random
import time
from datetime import datetime
from typing import Any

from models.catalogue import catalogue
from models.normalise import normalise
from models.phrases import Match, Phrase, PhraseMatcher, Words, parse_phrase
from models.phrases.matcher import find_one_by_one
from zorya.errors import ZoryaError
from zorya.labelled import load_corpus
from zorya.settings import Settings

SIZES = (100, 300, 1000, 3000)
ROUNDS = 5
_SEED = 20261126
_TEXTS, _LENGTH = 60, 1000
_COMPARED = 12
"""Texts on which the plain loop is run: it takes a second or so for all of them at 3,000 phrases."""


def generate_phrases(count: int, *, seed: int = _SEED) -> list[Phrase]:
    """Distinct phrases made of the catalogue's words; the first n of any count are the same."""
    chance = random.Random(seed)  # noqa: S311 — a benchmark, no secret
    words = _words_by_language()
    languages = sorted(words)
    made: dict[str, Phrase] = {}
    while len(made) < count:
        of_one = words[chance.choice(languages)]
        parts = [_element(chance, of_one) for _ in range(chance.choice((2, 2, 2, 3, 4)))]
        if chance.random() < 0.4:
            parts.insert(1, "...")
        source = " ".join(parts)
        made.setdefault(source, parse_phrase(source))
    return list(made.values())


def _words_by_language() -> dict[str, list[str]]:
    """Words of three letters or more, as often as phrases hold them, so that common words stay common."""
    words: dict[str, list[str]] = {}
    for spec in catalogue().specs:
        for language, phrases in spec.phrases.items():
            for source in phrases.present:
                for element in parse_phrase(source).elements:
                    known = sorted({*element.exact, *element.stems})
                    words.setdefault(language, []).extend(word for word in known if len(word) >= 3)
    return words


def _element(chance: random.Random, words: list[str]) -> str:
    alternatives = []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        word = chance.choice(words)
        stem = word[: max(3, len(word) - chance.randint(1, 3))]
        alternatives.append(f"{stem}*" if chance.random() < 0.7 else word)
    return "|".join(dict.fromkeys(alternatives))


def benchmark_texts(settings: Settings) -> list[str]:
    """Texts of about 1,000 characters: seed ads of one language joined, every other one in Cyrillic letters."""
    ads = load_corpus(settings.corpus_dir).ads
    texts: dict[bool, list[str]] = {True: [], False: []}
    for cyrillic, made in texts.items():
        chosen = [ad.posting().text for ad in ads if (ad.language in {"ru", "uk", "bg"}) is cyrillic]
        random.Random(_SEED).shuffle(chosen)  # noqa: S311
        text = ""
        for ad in chosen:
            text = f"{text}\n{ad}" if text else ad
            if len(text) >= _LENGTH:
                made.append(text[: _LENGTH + 200])
                text = ""
    return [text for pair in zip(texts[True], texts[False], strict=False) for text in pair][:_TEXTS]


def measure(settings: Settings, *, as_of: datetime) -> list[dict[str, Any]]:
    """CPU microseconds per text of about 1,000 characters, from normalised text to matches: the least of `ROUNDS`."""
    folded = [(text, normalise(text)) for text in benchmark_texts(settings)]
    phrases = generate_phrases(max(SIZES))
    matchers: dict[int, PhraseMatcher[str]] = {}
    for size in SIZES:
        matchers[size] = PhraseMatcher([(str(number), phrase) for number, phrase in enumerate(phrases[:size])])
    loops = {size: _compare(matchers[size], phrases[:size], folded[:_COMPARED]) for size in SIZES}
    best = dict.fromkeys(SIZES, float("inf"))
    hits = dict.fromkeys(SIZES, 0)
    for _ in range(ROUNDS):
        for size, matcher in matchers.items():
            began = time.process_time()
            found = [matcher.find(Words(text, normalised)) for text, normalised in folded]
            best[size] = min(best[size], (time.process_time() - began) / len(folded))
            hits[size] = sum(len(matches) for each in found for matches in each.values())
    return [
        {
            "phrases": size,
            "us_per_text": round(best[size] * 1e6, 1),
            "times_the_first": round(best[size] / best[SIZES[0]], 2),
            "matches_per_text": round(hits[size] / len(folded), 2),
            "plain_loop_us_per_text": round(loops[size] * 1e6),
        }
        for size in SIZES
    ]


def _compare(matcher: PhraseMatcher[str], phrases: list[Phrase], folded: list[tuple[str, Any]]) -> float:
    """CPU seconds per text of the plain loop; raises ZoryaError where it finds anything else than the matcher."""
    entries = [(str(number), phrase) for number, phrase in enumerate(phrases)]
    spent = 0.0
    for text, normalised in folded:
        words = Words(text, normalised)
        began = time.process_time()
        plain: dict[str, list[Match]] = find_one_by_one(entries, words)
        spent += time.process_time() - began
        if plain != matcher.find(words):
            raise ZoryaError("the matcher and the plain loop disagree: this is a bug of models/phrases/matcher.py")
    return spent / len(folded)
