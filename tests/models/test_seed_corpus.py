"""The seed corpus keeps its promises: nobody real can be called, twins stay together, every concern has a pattern."""

import re
import unicodedata

from zorya.labelled import LabelledAd, load_corpus
from zorya.settings import Settings

RESERVED = ("447700900", "49176040690", "493023125", "3363998", "120255501")
"""Ranges that Ofcom, BNetzA, Arcep and NANPA keep for fiction."""
TELEPHONE = re.compile(r"\+\d[\d ()./-]{7,}\d")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|www\.[\w.-]+|https?://\S+")


def ads() -> tuple[LabelledAd, ...]:
    return load_corpus(Settings().corpus_dir).ads


def text(ad: LabelledAd) -> str:
    return unicodedata.normalize("NFKC", f"{ad.title}\n{ad.body}")


def test_every_telephone_is_of_a_range_reserved_for_fiction() -> None:
    numbers = [(ad.id, re.sub(r"\D", "", found)) for ad in ads() for found in TELEPHONE.findall(text(ad))]
    assert len(numbers) > 100
    assert [found for found in numbers if not found[1].startswith(RESERVED)] == []


def test_every_address_ends_in_example() -> None:
    found = [(ad.id, address.rstrip("./,;")) for ad in ads() for address in ADDRESS.findall(text(ad))]
    assert len(found) > 100
    assert [(name, address) for name, address in found if "example" not in address.rsplit(".", 1)[-1]] == []


def test_exactly_the_concerns_name_a_pattern() -> None:
    assert [ad.id for ad in ads() if bool(ad.patterns) != ad.is_concern] == []


def test_no_text_stands_in_it_twice() -> None:
    seen: dict[str, str] = {}
    twice = [
        (ad.id, seen[key])
        for ad in ads()
        if (key := text(ad).casefold()) in seen or seen.setdefault(key, ad.id) != ad.id
    ]
    assert twice == []


def test_ids_are_unique_and_begin_with_the_language() -> None:
    names = [ad.id for ad in ads()]
    assert len(names) == len(set(names))
    assert [ad.id for ad in ads() if not ad.id.startswith(f"{ad.language}-")] == []
