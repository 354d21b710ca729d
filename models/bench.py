"""What each step of reading an ad costs, as shares of the whole in one run (machines are noisy; shares are not)."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from models.catalogue import catalogue
from models.contacts import find_contacts
from models.corpus import load_corpus
from models.facts import Facts, find_facts
from models.normalise import normalise
from models.phrases import Words
from models.places import find_places
from models.reading import read
from models.score import load_scorer
from models.similarity import sketch
from zorya.domain.languages import identify
from zorya.settings import Settings

ROUNDS = 3


def measure(settings: Settings, *, as_of: datetime) -> list[dict[str, Any]]:
    """CPU microseconds per ad of each step over the seed corpus: the least of `ROUNDS` interleaved rounds."""
    ads = load_corpus(settings.corpus_dir).ads
    postings = [ad.posting() for ad in ads]
    texts = [posting.text for posting in postings]
    scorer = load_scorer(settings, as_of=as_of)
    readings = [read(posting) for posting in postings]
    names = [ad.id for ad in ads]
    steps: dict[str, Callable[[], object]] = {
        "normalise": lambda: [normalise(text) for text in texts],
        "language": lambda: [identify(text) for text in texts],
        "contacts": lambda: [find_contacts(text) for text in texts],
        "facts": lambda: [find_facts(text) for text in texts],
        "places": lambda: [find_places(text) for text in texts],
        "indicators, with normalising": lambda: [
            catalogue().read(text, words=Words(text, normalise(text)), facts=Facts()) for text in texts
        ],
        "score and reasons": lambda: scorer.assess(readings, names, as_of=as_of),
        "campaign sketch": lambda: [sketch(reading) for reading in readings],
        "whole: read, score, sketch": lambda: _whole(scorer, postings, names, as_of),
    }
    best = dict.fromkeys(steps, float("inf"))
    for _ in range(ROUNDS):
        for name, step in steps.items():
            began = time.process_time()
            step()
            best[name] = min(best[name], time.process_time() - began)
    whole = best["whole: read, score, sketch"]
    return [
        {"step": name, "us_per_ad": round(spent / len(ads) * 1e6, 1), "share_of_whole": round(spent / whole, 3)}
        for name, spent in best.items()
    ]


def _whole(scorer: Any, postings: Sequence[Any], names: Sequence[str], as_of: datetime) -> None:
    readings = [read(posting) for posting in postings]
    scorer.assess(readings, names, as_of=as_of)
    for reading in readings:
        sketch(reading)
