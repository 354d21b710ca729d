"""Ads of the length that boards have, for measuring: invented seed ads of one language joined, telephones added.

Nothing that one of them says of a telephone is remembered from another: each has numbers of its own, of ranges that
regulators reserve for fiction.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zorya.domain.ads import Kind, Posting
from zorya.errors import DataFileError
from zorya.labelled import LabelledAd, load_corpus

SEED = 20261126
LEAST, MOST = 600, 1500
"""Characters of an ad."""
_ENOUGH = 1200
"""The length at which an ad is whole is drawn between `LEAST` and this, so that few must be cut."""
_CYRILLIC = frozenset({"ru", "uk", "bg"})
_PLAIN = ("+{} {} {}", "+{}{}{}", "+{}-{}-{}", "00{} {} {}", "+{} ({}) {}")
_ROOM = 80
"""Characters kept for the two lines of telephones."""


@dataclass(frozen=True, slots=True)
class BenchAd:
    """An ad, the language it is written in (ISO 639-1) and the telephones (E.164) that were added to it."""

    posting: Posting
    language: str
    plain: str
    """Written as people usually do."""
    hidden: str
    """Written so that simple programs miss it."""


def ads_for_rounds(corpus: Path, *, rounds: int, size: int, seed: int = SEED) -> list[list[BenchAd]]:
    """`rounds` sets of `size` ads, every other one in Cyrillic; no seed ad stands in two of them."""
    chance = random.Random(seed)  # noqa: S311 — a benchmark, no secret
    by_language: dict[str, list[LabelledAd]] = {}
    for ad in load_corpus(corpus).ads:
        if ad.language:
            by_language.setdefault(ad.language, []).append(ad)
    made: dict[bool, list[BenchAd]] = {}
    for cyrillic in (True, False):
        streams = [
            _joined(language, ads, chance)
            for language, ads in sorted(by_language.items())
            if (language in _CYRILLIC) is cyrillic
        ]
        made[cyrillic] = _in_turn(streams, rounds * size // 2)
    pairs = [ad for pair in zip(made[True], made[False], strict=False) for ad in pair]
    if len(pairs) < rounds * size:
        raise DataFileError(corpus, f"gives {len(pairs)} ads of {LEAST} characters, {rounds * size} are measured")
    return [pairs[start : start + size] for start in range(0, rounds * size, size)]


def _in_turn(streams: Sequence[Iterator[BenchAd]], count: int) -> list[BenchAd]:
    """One of each stream in turn, up to `count`, until all have run dry."""
    taken: list[BenchAd] = []
    waiting = list(streams)
    while waiting and len(taken) < count:
        for stream in tuple(waiting):
            if (ad := next(stream, None)) is None:
                waiting.remove(stream)
            else:
                taken.append(ad)
    return taken[:count]


def _joined(language: str, ads: Sequence[LabelledAd], chance: random.Random) -> Iterator[BenchAd]:
    order = list(ads)
    chance.shuffle(order)
    text, enough = "", chance.randint(LEAST, _ENOUGH)
    for ad in order:
        text = f"{text}\n{ad.posting().text}" if text else ad.posting().text
        if len(text) >= enough:
            yield _with_telephones(language, text[: MOST - _ROOM], chance)
            text, enough = "", chance.randint(LEAST, _ENOUGH)


def _with_telephones(language: str, text: str, chance: random.Random) -> BenchAd:
    plain, hidden = _number(chance), _number(chance)
    title, _, body = text.partition("\n")
    lines = (body, f"Tel. {chance.choice(_PLAIN).format(*plain)}", f"Viber {_hide(''.join(hidden), chance)}")
    key = f"{language}-{''.join(plain)}"
    posting = Posting("bench", key, f"bench:{key}", Kind.JOB, title, "\n".join(lines))
    return BenchAd(posting, language, "+" + "".join(plain), "+" + "".join(hidden))


def _number(chance: random.Random) -> tuple[str, str, str]:
    """Country, area and rest of a number reserved for fiction (Ofcom, Arcep)."""
    if chance.random() < 0.5:
        return "44", "7700", f"900{chance.randrange(1000):03}"
    return "33", "63998", f"{chance.randrange(10_000):04}"


def _hide(digits: str, chance: random.Random) -> str:
    """A number digit by digit, with letters for digits, in full-width digits, or between stars."""
    written = "+" + digits
    ways = (
        " ".join(written),
        f"{written[:3]} {written[3:].replace('0', 'O')}",
        written.translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)}),
        "*".join((written[:3], written[3:6], written[6:9], written[9:])),
    )
    return chance.choice(ways)
