"""Places an ad names, with country and, where its words say so, their role: an offline search of the gazetteer."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from models.gazetteer import WORD, Name, gazetteer
from models.normalise import Normalised, normalise
from models.place_roles import Mention, Role, roles, sentence_break
from zorya.domain.ads import Place
from zorya.domain.findings import Span

_ACRONYM = 4
"""Letters up to which a name in capitals is rather an abbreviation, unless its preposition is in capitals too."""
_AROUND = 8
"""Words to each side that may tell a role."""


def find_places(text: str, normalised: Normalised | None = None, *, field: bool = False) -> list[Place]:
    """Places in the order of the text, each once; `raw` is what the ad wrote where it first names it. The role is
    that of the first mention that has one. A `field` holds nothing but places: there `Split` needs no preposition."""
    return distinct(find_mentions(text, normalised, field=field))


def distinct(mentions: Iterable[tuple[Place, Span]]) -> list[Place]:
    """The places mentioned, each once."""
    found: dict[tuple[str | None, str | None], Place] = {}
    for place, _ in mentions:
        key = (place.name, place.country)
        known = found.setdefault(key, place)
        if known.role is None and place.role is not None:
            found[key] = replace(known, role=place.role)
    return list(found.values())


def find_mentions(text: str, normalised: Normalised | None = None, *, field: bool = False) -> list[tuple[Place, Span]]:
    """Every mention of a place with the original characters that name it, in the order of the text."""
    folded = normalised or normalise(text)
    first = gazetteer().first
    words = WORD.findall(folded.text)
    if first.isdisjoint(words):
        return []
    search = _Search(text, folded, words, field)
    found: list[tuple[Place, Span]] = []
    index = 0
    while index < len(words):
        mention = search.mention_at(index) if words[index] in first else None
        if mention is None:
            index += 1
            continue
        found.append((search.place(mention, index), search.span(mention.words, index)))
        index += len(mention.words)
    return found


class _Search:
    """One text under search, from its first word to its last."""

    def __init__(self, text: str, folded: Normalised, words: list[str], field: bool) -> None:
        self._text, self._folded, self._words, self._field = text, folded, words, field
        self._spans = [match.span() for match in WORD.finditer(folded.text)]
        self._origin_at = -1
        self._last: tuple[int, Role | None] = (-1, None)

    def mention_at(self, index: int) -> Mention | None:
        """The longest name that stands at a word and keeps its conditions."""
        word = self._words[index]
        for words, name in gazetteer().forms(word):
            if tuple(self._words[index : index + len(words)]) == words and self._fits(name, words, index):
                return Mention(name, words)
        single = gazetteer().named(word)
        return Mention(single, (word,)) if single and self._fits(single, (word,), index) else None

    def _fits(self, name: Name, words: tuple[str, ...], index: int) -> bool:
        if not name.capital or self._field:
            return True
        raw = self._raw(words, index)
        if not (raw.isupper() if name.abbreviation else raw[:1].isupper()):
            return False
        if not name.preposition or roles().named_by_case(Mention(name, words)):
            return True
        if index == 0 or self._words[index - 1] not in roles().announcing:
            return False
        shouted = raw.isupper() and len(raw) <= _ACRONYM  # `с ELK`, `in OSS`, but `PRACA W BATH`
        return not shouted or self._raw((self._words[index - 1],), index - 1).isupper()

    def span(self, words: tuple[str, ...], index: int) -> Span:
        """Original characters of a name that begins at word `index`."""
        return self._folded.original_span(self._spans[index][0], self._spans[index + len(words) - 1][1])

    def _raw(self, words: tuple[str, ...], index: int) -> str:
        start, end = self.span(words, index)
        return self._text[start:end]

    def place(self, mention: Mention, index: int) -> Place:
        """The place a mention names, with its role."""
        raw, after = self._raw(mention.words, index), index + len(mention.words)
        came = self._origin_at >= 0 and not self._broken(range(self._origin_at, index))
        role = roles().of(mention, raw, self._side(index, -1), self._side(after - 1, 1), came=came)
        role = role or self._shared_role(index)
        if role == "origin":
            self._origin_at = index
        self._last = (after, role)
        return Place(raw, mention.name.place, mention.name.country, role)

    def _shared_role(self, index: int) -> Role | None:
        """`in Köln und Bonn`: a place that follows another at once, or after "and", has its role."""
        after, role = self._last
        joined = index == after or (index == after + 1 and self._words[after] in roles().both)
        return role if joined and not self._broken(range(after - 1, index)) else None

    def _side(self, index: int, step: int) -> Sequence[str]:
        """Words beside one, nearest first, within its sentence."""
        found: list[str] = []
        for other in range(index + step, index + step * (_AROUND + 1), step):
            if not 0 <= other < len(self._words) or self._broken((min(other, other - step),)):
                break
            found.append(self._words[other])
        return found

    def _broken(self, gaps: Sequence[int]) -> bool:
        """True when a sentence ends after one of these words."""
        return any(sentence_break(self._folded.text[self._spans[gap][1] : self._spans[gap + 1][0]]) for gap in gaps)
