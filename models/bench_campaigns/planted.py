"""Ads without end for measuring scale: planted campaigns, planted boilerplate, straight as imprints (no reader).

An ad is a function of the seed and its number: any stretch can be written without those before it. Words are invented,
common ones more frequent, so that strangers share what strangers share in a language; stock sentences stand in the
ads of many, and three fifths of all ads end in a board's footer or an agency's paragraph of a third to over half of
the text.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from models.campaigns.imprint import Imprint

IN_CAMPAIGNS = 0.3
"""Share of ads that belong to a campaign."""
MEAN_SIZE = 10
_SKEW = 1.3
"""Exponent by which some campaigns are larger: the largest is about ten times the mean at 10^6, twice at 10^3."""
BOARDS, AGENCIES, STOCK = 60, 40, 400
_TO_EACH = 20
"""Ads that a board's footer and an agency have at least: the fewer ads, the fewer boards and agencies."""
_FOOTED, _AGENT = 0.45, 0.15
"""Shares of ads with a board's footer and with an agency's paragraph and switchboard."""
_EDITED = 0.3
"""Share of a campaign's ads with a sentence dropped, or with one of their own inserted; half each."""
BATCH = 1_000
_WORDS = 20_000
_SYLLABLES = (
    "ba",
    "de",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "ze",
    "cho",
    "sta",
    "pri",
    "vel",
    "nik",
    "ov",
)

Contact = str


@dataclass(frozen=True, slots=True)
class Campaign:
    """Sentences that its ads share, and the contacts they use; none where every ad has one of its own."""

    sentences: tuple[str, ...]
    contacts: tuple[Contact, ...]


class Planted:
    """The ads of one seed, planned for `total` of them: how many campaigns there are follows from that."""

    def __init__(self, total: int, *, seed: int) -> None:
        self.total, self.seed = total, seed
        self.campaigns = max(1, round(total * IN_CAMPAIGNS / MEAN_SIZE))
        chance = self._chance("furniture")
        self._words = [self._word(chance, 2 + (at > 300) + (at > 6_000)) for at in range(_WORDS)]
        self._frequent = list(accumulate(1 / (rank + 8) for rank in range(_WORDS)))
        self._stock = [self._sentence(chance) for _ in range(STOCK)]
        boards = min(BOARDS, max(1, int(total * _FOOTED / _TO_EACH)))
        agencies = min(AGENCIES, max(1, int(total * _AGENT / _TO_EACH)))
        self.footers = [self._paragraph(chance) for _ in range(boards)]
        self.agencies = [self._paragraph(chance) for _ in range(agencies)]
        self._campaign = cache(self._write_campaign)

    def batches(self, start: int, count: int, *, size: int = BATCH) -> Iterator[tuple[list[Imprint], list[int]]]:
        """Ads from number `start` on, with the advertiser of each, in batches."""
        ads: list[Imprint] = []
        truth: list[int] = []
        first = start - start % BATCH
        for block in range(first, start + count, BATCH):
            for number, (ad, advertiser) in enumerate(self._block(block), block):
                if start <= number < start + count:
                    ads.append(ad)
                    truth.append(advertiser)
                    if len(ads) == size:
                        yield ads, truth
                        ads, truth = [], []
        if ads:
            yield ads, truth

    def _block(self, first: int) -> Iterator[tuple[Imprint, int]]:
        chance = self._chance(f"block {first}")
        for number in range(first, first + BATCH):
            yield self._ad(number, chance)

    def _ad(self, number: int, chance: random.Random) -> tuple[Imprint, int]:
        if chance.random() < IN_CAMPAIGNS:
            chosen = int(self.campaigns * chance.random() ** _SKEW)
            campaign = self._campaign(chosen)
            lines, contacts = self._edited(campaign.sentences, chance), campaign.contacts
            advertiser = chosen
        else:
            lines, contacts = self._own_text(chance), ()
            advertiser = self.campaigns + number
        contact = chance.choice(contacts) if contacts else f"c:own-{self.seed}-{number}"
        where, keys, organisations = chance.random(), [contact], frozenset[str]()
        if where < _FOOTED:
            lines = [*lines, *chance.choice(self.footers)]
        elif where < _FOOTED + _AGENT:
            agency = chance.randrange(len(self.agencies))
            lines = [*lines, *self.agencies[agency]]
            keys.append(f"c:agency-{agency}")
            organisations = frozenset({f"firm {advertiser}"})
        ad = Imprint(
            f"{self._order(number):016x}",
            "\n".join(lines),
            tuple(keys),
            organisations,
            source=f"board {number % len(self.footers)}",
        )
        return ad, advertiser

    def _write_campaign(self, number: int) -> Campaign:
        chance = self._chance(f"campaign {number}")
        contacts = chance.choice((0, 1, 1, 3))
        return Campaign(tuple(self._own_text(chance)), tuple(f"c:campaign-{number}-{at}" for at in range(contacts)))

    def _own_text(self, chance: random.Random) -> list[str]:
        """Five to seven sentences of one's own and one or two that everybody uses."""
        own = [self._sentence(chance) for _ in range(chance.randint(5, 7))]
        return [*own, *chance.sample(self._stock, chance.randint(1, 2))]

    def _edited(self, sentences: Sequence[str], chance: random.Random) -> list[str]:
        lines, luck = list(sentences), chance.random()
        if luck < _EDITED / 2:
            del lines[chance.randrange(len(lines))]
        elif luck < _EDITED:
            lines.insert(chance.randrange(len(lines)), self._sentence(chance))
        return lines

    def _sentence(self, chance: random.Random) -> str:
        return " ".join(chance.choices(self._words, cum_weights=self._frequent, k=chance.randint(6, 12)))

    def _paragraph(self, chance: random.Random) -> list[str]:
        return [self._sentence(chance) for _ in range(chance.randint(3, 7))]

    @staticmethod
    def _word(chance: random.Random, syllables: int) -> str:
        return "".join(chance.choices(_SYLLABLES, k=syllables))

    def _chance(self, what: str) -> random.Random:
        return random.Random(f"{self.seed} {what}")  # noqa: S311 — a benchmark, no secret

    def _order(self, number: int) -> int:
        """An id that says nothing of the order: a bijection of 64-bit words."""
        mixed = (number + self.seed) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        return mixed ^ mixed >> 29
