"""The generated benchmark of `zorya bench campaigns`: ads whose advertisers are known.

Deterministic: the same seed, languages and corpus give the same ads. Telephones are of the range that Arcep reserves
for fiction, addresses end in `.example`. How the pieces are mixed was fixed before any result was seen.
"""

import random
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from models.bench_campaigns.bank import LANGUAGES, Bank, bank, lines_of
from models.bench_campaigns.disguises import disguised
from models.bench_campaigns.plain_employers import plain_employers
from models.bench_campaigns.unrelated import taken_numbers, unrelated
from zorya.domain.ads import Kind, Posting
from zorya.domain.ids import sha256_hex
from zorya.labelled import LabelledAd

DEVELOPMENT, HELD_OUT = 20261126, 17320508
"""Seeds. The second goes with the held-out part of the banks: nobody looks at it before the final run, and one that was
looked at (31415926, 27182818, 14142135) is spent."""
TRANSLATED = ("waitress", "nanny", "companion")
"""Sectors whose offers go out in several languages; in the others each language has an advertiser of its own."""
ONE_NUMBER = ("carer", "cleaner")
"""Sectors behind one telephone: one advertiser with two texts."""
PLAIN, SHORT, IN_TRANSLATION = 6, 4, 3
"""Ads of a campaign without disguise, of an advertiser of one-line ads, of a translated offer in each language."""
EMPLOYERS, WITH_TWO_ADS, CLIENTS = 34, 12, 12
"""Lawful employers on one board's form, those of them with two ads, and clients of one agency, in each language."""
AT_SCHOOL, WITH_FOOTER = 12, 9
_OTHER_WORDING = 0.3
"""How often an ad of a campaign words one of its lines otherwise."""


@dataclass(frozen=True, slots=True)
class BenchAd:
    """An ad and what is known of it. `parts` are the tables it counts in."""

    posting: Posting
    language: str
    advertiser: str
    parts: frozenset[str] = frozenset()
    disguise: str | None = None

    @property
    def id(self) -> str:
        """What the grouping calls it."""
        return self.posting.native_id


@dataclass(slots=True)
class Contacts:
    """Telephones and handles, each handed out once."""

    chance: random.Random
    taken: Set[int]
    """Numbers that the corpus has already."""
    numbers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.numbers = [number for number in range(10_000) if number not in self.taken]
        self.chance.shuffle(self.numbers)

    def new(self) -> tuple[str, ...]:
        """A contact in the ways in which its owner writes it."""
        if self.chance.random() < 0.3:
            number = f"{self.numbers.pop():04}"
            return (f"Telegram @zb_{number}_job", f"https://t.me/zb_{number}_job")
        return self.telephone()

    def telephone(self) -> tuple[str, ...]:
        """A number in the ways in which its owner writes it."""
        number = f"{self.numbers.pop():04}"
        a, b = number[:2], number[2:]
        return (
            f"WhatsApp +33 6 39 98 {a} {b}",
            f"tel. +3363998{number}",
            f"0033 6 39 98 {a}{b}",
            f"+33-639-98-{a}-{b}",
        )


def bench_ads(
    corpus: Path, *, seed: int = DEVELOPMENT, languages: Sequence[str] = LANGUAGES, held_out: bool = False
) -> list[BenchAd]:
    """Every ad of a run, in no telling order. `held_out` adds the templates that development never sees."""
    spoken = tuple(languages)
    contacts = Contacts(random.Random(f"{seed} contacts"), taken_numbers(corpus))  # noqa: S311 — a benchmark, no secret
    strangers = unrelated(corpus, spoken)
    ads = [
        ad
        for language in spoken
        for ad in _Writer(bank(language), seed, contacts, held_out=held_out).ads(strangers[language])
    ]
    ads += _translations(spoken, seed, contacts, held_out=held_out)
    for language in spoken:  # the last, so that what was measured before stays what it was
        ads += _Writer(bank(language), seed + 2, contacts, held_out=held_out).plainly_named()
    return sorted(ads, key=lambda ad: ad.id)


class _Writer:
    """Writes the ads of one language."""

    def __init__(self, texts: Bank, seed: int, contacts: Contacts, *, held_out: bool) -> None:
        self.bank, self.contacts, self.held_out = texts, contacts, held_out
        self.language = texts.language
        self.seed = seed
        self.chance = random.Random(f"{seed} {texts.language}")  # noqa: S311
        self.count = 0
        self.footer = texts.footer.format(
            email=f"info@board-{texts.language}.example", contact=contacts.telephone()[1][5:]
        )

    def ads(self, strangers: Sequence[LabelledAd]) -> Iterator[BenchAd]:
        sentences = [ad.body.split(". ")[0].strip() + "." for ad in strangers]
        yield from self._campaigns(sentences)
        yield from self._short()
        yield from self._employers()
        yield from self._strangers(strangers)

    def ad(
        self, text: str, advertiser: str, *parts: str, board: str = "board-1", disguise: str | None = None
    ) -> BenchAd:
        self.count += 1
        key = sha256_hex(f"{self.seed} {self.language} {self.count}".encode())[:16]
        title, _, body = text.partition("\n")
        posting = Posting(board, key, f"https://{board}.example/{key}", Kind.JOB, title, body)
        return BenchAd(posting, self.language, advertiser, frozenset(parts), disguise)

    def slots(self, **known: str) -> dict[str, str]:
        city = known.pop("city_key", None) or self.chance.choice(sorted(self.bank.cities))
        name, within = self.bank.cities[city]
        youngest = self.chance.randint(18, 24)
        return {
            "city": name,
            "in_city": within,
            "name": self.chance.choice(self.bank.names),
            "pay": self.pay(self.chance.randrange(900, 4000, 50)),
            "age": f"{youngest}-{youngest + self.chance.randint(6, 14)}",
            "date": f"{self.chance.randint(1, 28)}.{self.chance.randint(1, 12):02}",
            **known,
        }

    def pay(self, amount: int) -> str:
        return self.chance.choice(self.bank.pay).format(amount=amount)

    def text(self, template: str, slots: dict[str, str]) -> str:
        """An ad of a template: mostly the first wording of each line, now and then one line in the other."""
        lines = lines_of(template)
        either = [at for at, wordings in enumerate(lines) if len(wordings) > 1]
        other = self.chance.choice(either) if either and self.chance.random() < _OTHER_WORDING else None
        return "\n".join(wordings[at == other] for at, wordings in enumerate(lines)).format(**slots)

    def _campaigns(self, sentences: Sequence[str]) -> Iterator[BenchAd]:
        shared = self.contacts.new()
        for sector, template in (self.bank.templates | (self.bank.held_out if self.held_out else {})).items():
            if sector in TRANSLATED:
                continue
            one = sector in ONE_NUMBER
            advertiser = f"{self.language}-{'+'.join(ONE_NUMBER) if one else sector}"
            unseen = ("unseen templates",) if sector in self.bank.held_out else ()
            numbers = [shared] if one else [self.contacts.new() for _ in range(3)]
            fresh = sector in {"dancer", "picker", "massage"}
            texts = [self._slotted(template, numbers, fresh=fresh) for _ in range(PLAIN)]
            for at, text in enumerate(texts):
                yield self.ad(f"{text}\n{self.footer}" if at % 2 else text, advertiser, "campaigns", *unseen)
            # A contact of its own: the disguise must be seen through, no telephone gives the ad away.
            plain = self._slotted(template, numbers, fresh=True)
            changed = disguised(plain, self.language, self.chance, stranger=self.chance.choice(sentences))
            for name, text in changed.items():
                yield self.ad(text, advertiser, "campaigns", "disguised", *unseen, board="board-2", disguise=name)

    def _slotted(self, template: str, numbers: Sequence[tuple[str, ...]], *, fresh: bool) -> str:
        ways = self.contacts.new() if fresh else self.chance.choice(numbers)
        return self.text(template, self.slots(contact=self.chance.choice(ways)))

    def _short(self) -> Iterator[BenchAd]:
        lines = self.bank.short.splitlines() + (self.bank.held_out_short.splitlines() if self.held_out else [])
        for at, line in enumerate(lines):
            ways = self.contacts.new()
            for _ in range(SHORT):
                text = line.format(**self.slots(contact=self.chance.choice(ways)))
                yield self.ad(text, f"{self.language}-short-{at}", "short", board="channel")

    def _employers(self) -> Iterator[BenchAd]:
        frame = self.bank.held_out_frame if self.held_out else self.bank.frame
        for at, organisation in enumerate(self.bank.organisations.names[:EMPLOYERS]):
            ways, street = self.contacts.new(), f"{self.chance.choice(self.bank.streets)} {self.chance.randint(1, 99)}"
            for position in self.chance.sample(self.bank.positions, 2 if at < WITH_TWO_ADS else 1):
                slots = self.slots(
                    contact=ways[0],
                    organisation=organisation,
                    street=street,
                    position=position,
                    email=f"hr@firm-{self.language}-{at}.example",
                )
                yield self.ad(self.text(frame, slots), f"{self.language}-employer-{at}", "near miss", board="jobs")

    def plainly_named(self) -> Iterator[BenchAd]:
        """Lawful employers without a legal form, each with a telephone of its own beside the board's own address."""
        for at, (organisation, frame) in enumerate(plain_employers(self.bank, self.chance, held_out=self.held_out)):
            slots = self.slots(
                contact=self.contacts.telephone()[at % 4],
                organisation=organisation,
                street=f"{self.chance.choice(self.bank.streets)} {self.chance.randint(1, 99)}",
                position=self.chance.choice(self.bank.positions),
                email=f"jobs@board-{self.language}.example",
            )
            name = f"{self.language}-plain-{at}"
            yield self.ad(self.text(frame, slots), name, "near miss", "plainly named", board="jobs")

    def _strangers(self, ads: Sequence[LabelledAd]) -> Iterator[BenchAd]:
        """Unrelated ads: some behind an agency's switchboard, some behind a school's office, some with a footer."""
        clients = self.bank.organisations.names[EMPLOYERS : EMPLOYERS + CLIENTS]
        switchboard, office = self.contacts.telephone()[3], self.contacts.telephone()[3]
        for at, ad in enumerate(ads):
            text, part = f"{ad.title}\n{ad.body}", "unrelated"
            if at < len(clients):
                text += "\n" + self.bank.agency.format(organisation=clients[at], contact=switchboard)
                part = "hub contact"
            elif at < CLIENTS + AT_SCHOOL:
                text += "\n" + self.bank.school.format(contact=office)
                part = "hub contact"
            elif at < CLIENTS + AT_SCHOOL + WITH_FOOTER:
                text += "\n" + self.footer
                part = "hub contact"
            yield self.ad(text, f"{self.language}-{ad.id}", part)


def _translations(languages: tuple[str, ...], seed: int, contacts: Contacts, *, held_out: bool) -> Iterator[BenchAd]:
    """Offers that go out in two to four languages, every other one with one contact for all of them. Rivals of one
    sector offer work in one city: pay, age and date tell them apart.
    """
    chance = random.Random(f"{seed} translations")  # noqa: S311
    writers = {name: _Writer(bank(name), seed + 1, contacts, held_out=held_out) for name in languages}
    for sector in TRANSLATED[: 3 if held_out else 2]:
        city = chance.choice(sorted(bank(languages[0]).cities))
        for number, group in enumerate(_groups(languages, chance)):
            shared = contacts.new() if number % 2 == 0 else None
            amount = chance.randrange(900, 4000, 50)
            known = {
                "city_key": city,
                "age": f"{chance.randint(18, 24)}-{chance.randint(28, 38)}",
                "date": f"{chance.randint(1, 28)}.{chance.randint(1, 12):02}",
            }
            part = "translated, one contact" if shared else "translated, no contact in common"
            for writer in (writers[name] for name in group):
                template = (writer.bank.templates | writer.bank.held_out)[sector]
                ways = shared or contacts.new()
                for _ in range(IN_TRANSLATION):
                    slots = writer.slots(**known, pay=writer.pay(amount), contact=chance.choice(ways))
                    text = writer.text(template, slots)
                    yield writer.ad(text, f"{sector}-{number}", "translated", part, board=f"board-{writer.language}")


def _groups(languages: tuple[str, ...], chance: random.Random) -> list[list[str]]:
    """Languages in groups of two to four, all of them where there are at least two."""
    left = chance.sample(languages, len(languages))
    groups = []
    while left:
        size = len(left) if len(left) < 4 else chance.randint(2, min(4, len(left) - 2))
        groups.append(left[:size])
        left = left[size:]
    return groups
