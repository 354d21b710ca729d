"""Which topics an ad touches: by its words, by ages, by what the machine found. Warns rather once too often."""

import re
from collections.abc import Collection, Iterable
from functools import cache

from labeling.care.files import Ages, Topic, topics


def topics_of(texts: Iterable[str], codes: Collection[str] = ()) -> tuple[str, ...]:
    """Ids of the topics that any of these texts (in any of our languages) or indicators touch, in file order."""
    small = [text.casefold() for text in texts]
    found = []
    for topic in topics():
        pattern = _patterns()[topic.id]
        if set(topic.indicators) & set(codes) or any(pattern.search(text) for text in small):
            found.append(topic.id)
    return tuple(found)


def as_column(found: Collection[str]) -> str:
    """Topics as a task keeps them: each with a space before and behind it."""
    return f" {' '.join(found)} " if found else ""


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {topic.id: _pattern(topic) for topic in topics()}


def _pattern(topic: Topic) -> re.Pattern[str]:
    words = {word for listed in topic.words.values() for word in listed}
    parts = [rf"(?<!\w)(?:{_any(words)})(?!\w)"] if words else []
    parts += [_young(topic.ages)] if topic.ages else []
    return re.compile("|".join(parts) or r"(?!)")


def _young(ages: Ages) -> str:
    """`16 ani`, `15-17 лет`: a number of the range (or a span that begins in it) before a word for years."""
    number = "|".join(str(age) for age in range(ages.first, ages.last + 1))
    span = r"(?:\s*[-–—]\s*\d{1,2})?"
    unless = rf"(?!(?:\W+\w+){{0,2}}\W+(?:{_any(ages.unless)})(?!\w))" if ages.unless else ""
    return rf"(?<![\d.,+])(?:{number}){span}[\s-]*(?:{_any(ages.years)})(?!\w){unless}"


def _any(words: Iterable[str]) -> str:
    return "|".join(_word(word) for word in sorted(words))


def _word(word: str) -> str:
    plain = r"\s+".join(re.escape(part) for part in word.casefold().rstrip("*").split())
    return rf"{plain}\w*" if word.endswith("*") else plain
