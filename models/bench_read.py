"""What reading an ad costs, step by step, and what the obvious stack (`models.bench_peers`) takes for it in one run.

Each round reads ads that no round before it read, after one unmeasured round: words of the languages are remembered
between ads, as in service, but nothing of an ad is.
"""

import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from models import bench_peers
from models.bench_ads import SEED, BenchAd, ads_for_rounds
from models.bench_peers import PeerReading, Peers
from models.campaigns.sketch import sketch
from models.campaigns.wording import wording
from models.catalogue import catalogue
from models.phrases import PhraseMatcher, Words, parse_phrase
from models.reading import Reading, read
from models.score import Scorer, load_scorer
from zorya.settings import Settings

ROUNDS, ADS = 3, 20
"""Measured rounds, and ads in each."""
STEPS = ("normalise", "language", "parts", "contacts", "facts", "places", "indicators")
WHOLE = "whole read"
_SCORE, _SKETCH = "score and reasons", "campaign sketch"

Rows = list[dict[str, Any]]
Lap = Callable[[str], None]
Answer = TypeVar("Answer")


class Laps:
    """CPU seconds by step, and of all steps under `WHOLE`."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._last = 0.0

    def begin(self) -> None:
        """What was done until now belongs to no step."""
        self._last = time.process_time()

    def lap(self, step: str) -> None:
        """The time since `begin` or the last lap was this step's."""
        now = time.process_time()
        for name in (step, WHOLE):
            self.spent[name] = self.spent.get(name, 0.0) + now - self._last
        self._last = now


@dataclass(frozen=True, slots=True)
class Answers:
    """What both stacks say of an ad; `peers` is None where they are not installed."""

    ad: BenchAd
    ours: Reading
    peers: PeerReading | None


def measure(settings: Settings, *, as_of: datetime) -> dict[str, Rows]:
    """Tables by name: `steps` (CPU microseconds per ad, the least of interleaved rounds), `checks` (how much of the
    same ads each stack got right) and `run` (what was measured with what). Without the extra `bench` only our own.
    """
    warming, *sets = ads_for_rounds(settings.corpus_dir, rounds=ROUNDS + 1, size=ADS)
    scorer = load_scorer(settings, as_of=as_of)
    phrases = [phrase for spec in catalogue().specs for said in spec.phrases.values() for phrase in said.present]
    peers = Peers(phrases) if bench_peers.are_installed() else None
    _one_round(warming, scorer, peers, as_of)
    measured = [_one_round(ads, scorer, peers, as_of) for ads in sets]
    answers = [answer for _, _, answered in measured for answer in answered]
    ours, theirs = _least([ours for ours, _, _ in measured]), _least([theirs for _, theirs, _ in measured])
    return {
        "steps": list(_steps(ours, theirs)),
        "checks": list(_checks(answers, phrases)),
        "run": _run([answer.ad for answer in answers]),
    }


def _one_round(
    ads: Sequence[BenchAd], scorer: Scorer, peers: Peers | None, as_of: datetime
) -> tuple[dict[str, float], dict[str, float], list[Answers]]:
    """Seconds by step of ours and of the peers, and what they said of each ad."""
    laps, other = Laps(), Laps()
    readings = [_timed(laps, ad, lambda ad, lap: read(ad.posting, lap=lap)) for ad in ads]
    spent = dict(laps.spent)
    laps.begin()
    scorer.assess(readings, [ad.posting.native_id for ad in ads], as_of=as_of)
    laps.lap(_SCORE)
    for reading in readings:
        sketch(wording(reading))
    laps.lap(_SKETCH)
    spent |= {step: laps.spent[step] for step in (_SCORE, _SKETCH)}
    if peers is None:
        return spent, {}, [Answers(ad, reading, None) for ad, reading in zip(ads, readings, strict=True)]
    compared = [_timed(other, ad, lambda ad, lap: peers.read(ad.posting.text, lap)) for ad in ads]
    return spent, other.spent, [Answers(*each) for each in zip(ads, readings, compared, strict=True)]


def _timed(laps: Laps, ad: BenchAd, reader: Callable[[BenchAd, Lap], Answer]) -> Answer:
    laps.begin()
    return reader(ad, laps.lap)


def _least(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    return {step: min(spent[step] for spent in rounds) for step in rounds[0]}


def _steps(ours: dict[str, float], theirs: dict[str, float]) -> Iterator[dict[str, Any]]:
    names = {**bench_peers.NAMES, WHOLE: "all of these"} if theirs else {}
    for step in (*STEPS, WHOLE, _SCORE, _SKETCH):
        other = theirs.get(step)
        yield {
            "step": step,
            "us_per_ad": round(ours[step] / ADS * 1e6, 1),
            "share_of_whole": round(ours[step] / ours[WHOLE], 3),
            "peers": names.get(step),
            "peers_us_per_ad": other and round(other / ADS * 1e6, 1),
            "times": other and round(other / ours[step], 1),
        }


def _checks(answers: Sequence[Answers], phrases: Sequence[str]) -> Iterator[dict[str, Any]]:
    """How many of what is known to be there each stack found. The loop's phrases are what both look for there: ours
    matches the same phrases, without what the catalogue then makes of language, negation and quotation.
    """
    compared = [answer.peers for answer in answers if answer.peers]

    def row(check: str, of: int, ours: int, peers: int) -> dict[str, Any]:
        return {"check": check, "of": of, "ours": ours, "peers": peers if compared else None}

    right = sum(answer.ours.language == answer.ad.language for answer in answers)
    told = sum(a.peers.language == a.ad.language for a in answers if a.peers)
    yield row("languages told right", len(answers), right, told)
    for written in ("plain", "hidden"):
        found = sum(getattr(a.ad, written) in {contact.value for contact in a.ours.contacts} for a in answers)
        others = sum(getattr(a.ad, written) in a.peers.phones for a in answers if a.peers)
        yield row(f"telephones, {written}", len(answers), found, others)
    if compared:
        matcher = PhraseMatcher((source, parse_phrase(source)) for source in dict.fromkeys(phrases))
        ours = [set(matcher.find(Words(a.ours.text, a.ours.indicators.normalised))) for a in answers]
        every = sum(len(own | other.phrases) for own, other in zip(ours, compared, strict=True))
        yield row("phrases that either matches", every, sum(map(len, ours)), sum(len(p.phrases) for p in compared))
        missed = sum(len(other.phrases - own) for own, other in zip(ours, compared, strict=True))
        looped = sum(len(other.phrases) for other in compared)
        yield row("phrases that the loop matches", looped, looped - missed, looped)


def _run(ads: Sequence[BenchAd]) -> Rows:
    lengths = [len(ad.posting.text) for ad in ads]
    cyrillic = sum("а" <= char <= "я" for ad in ads for char in ad.posting.text.lower())
    letters = sum(char.isalpha() for ad in ads for char in ad.posting.text)
    said = {
        "ads": f"{len(ads)} in {ROUNDS} rounds, seed {SEED}, {min(lengths)} to {max(lengths)} characters",
        "letters that are Cyrillic": round(cyrillic / letters, 3),
        "python": platform.python_version(),
    }
    if bench_peers.are_installed():
        said |= bench_peers.versions()
    else:
        said |= {"peers": bench_peers.MISSING}
    return [{"what": what, "value": value} for what, value in said.items()]
