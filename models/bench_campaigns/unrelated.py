"""Ads that belong to nobody else's campaign: one of each scenario of the seed corpus, no contact twice."""

import re
import unicodedata
from collections import Counter
from pathlib import Path

from zorya.labelled import LabelledAd, load_corpus

FICTION = "3363998"
"""Digits before the last four of the telephones that Arcep reserves for fiction: the corpus has some, the benchmark
takes others."""
_CONTACT = re.compile(r"\+?\d[\d ()\-./]{7,}\d|\S*@\S+|t\.me/\S+")


def unrelated(corpus: Path, languages: tuple[str, ...]) -> dict[str, list[LabelledAd]]:
    """Language → its ads. A scenario is told in several languages: the language that has fewest ads so far gets it."""
    by_group: dict[str, list[LabelledAd]] = {}
    for ad in load_corpus(corpus).ads:
        if ad.language in languages:
            by_group.setdefault(ad.group, []).append(ad)
    taken: dict[str, list[LabelledAd]] = {language: [] for language in languages}
    seen: Counter[str] = Counter()
    for _, ads in sorted(by_group.items()):
        fresh = [ad for ad in ads if not any(seen[contact] for contact in _contacts(ad))]
        if not fresh:
            continue
        chosen = min(fresh, key=lambda ad: (len(taken[ad.language or ""]), ad.id))
        taken[chosen.language or ""].append(chosen)
        seen.update(_contacts(chosen))
    return taken


def taken_numbers(corpus: Path) -> set[int]:
    """The last four digits of those that stand in the corpus, however they are written there."""
    texts = (unicodedata.normalize("NFKC", f"{ad.title}\n{ad.body}") for ad in load_corpus(corpus).ads)
    found = (re.findall(rf"{FICTION[2:]}(\d{{4}})", re.sub(r"\D", "", text)) for text in texts)
    return {int(number) for numbers in found for number in numbers}


def _contacts(ad: LabelledAd) -> set[str]:
    found = _CONTACT.findall(f"{ad.title}\n{ad.body}")
    return {re.sub(r"[^\w@]", "", contact).lower() for contact in found}
