"""Names of organisations in one text: beside a legal form, beside the sort of house that they are, behind a label, or
before a word of hiring.
"""

import re
from collections.abc import Iterator, Sequence

from models.campaigns.organisation_words import (
    FORM_AFTER,
    FORM_BEFORE,
    HIRING,
    KIND,
    KIND_BEHIND,
    LABEL,
    TOKEN,
    organisation_words,
)
from models.folding import fold
from models.function_words import function_words
from models.known_words import known_words
from zorya.domain.findings import Span

_LONGEST_QUOTE = 60
_BEFORE_FORM, _AFTER_KIND, _BETWEEN, _LABELLED, _TELLING = 5, 3, 3, 5, 2
"""Words of a name before a legal form and behind a sort of house, words between that and a quoted name, words of a name
behind a label; telling words from which a name before a word of hiring needs no trade beside it."""
_SHOUTED, _TITLED = 0.7, 0.6
"""Share of capitals among letters, and of capitalised words, from which capitals tell no names in a line."""
_AROUND = 300
"""Characters of a line that are looked at to each side."""
_READ = 20_000
"""Characters of an ad in which names are sought."""
_OPEN, _CLOSE = "«„“”\"'‘‚»", "»“”\"'’«"
_QUOTE = rf"[{_OPEN}]\s?([^\W_][^\n{_OPEN}{_CLOSE}]{{0,{_LONGEST_QUOTE}}})[{_CLOSE}]"
_QUOTED = re.compile(rf"\s*[:\-–—]?\s?{_QUOTE}")
_QUOTED_BEFORE = re.compile(rf"{_QUOTE}\s?,?\s?\Z")
_TIGHT = re.compile(r"[ \u00a0]{1,2}|[ \u00a0]?[&+\-–][ \u00a0]?")
_BESIDE = re.compile(r"[ \u00a0]?:?[ \u00a0]{1,2}")
_TO_FORM = re.compile(r"[ \u00a0]?,?[ \u00a0]{0,2}")
_SOUGHT = 2
"""Words behind a word of hiring that say whether people are sought, or work."""
_GERMAN_ENDINGS = ("e", "es", "en", "em")
"""Of adjectives; those in `er` are left out, for half of the surnames end so."""
_LABEL = re.compile(r"[ \u00a0]?:[ \u00a0]{0,2}")
_LINE_BEGINS = re.compile(r"(?:\A|[\n•|*–—-])[ \u00a0]{0,3}\Z")
_ENDED = re.compile(r"[.!?:\n•|▪–—*]|\A\s*\Z")
_NAMED_BEHIND = frozenset({"en", "nl", "hu", "de"})
"""Languages in which the sort of house may follow the name."""


class Search:
    """One text under search."""

    def __init__(self, text: str, language: str | None) -> None:
        self._text, self._language, self._known = text[:_READ], language, organisation_words()
        self._tokens = [match.span() for match in TOKEN.finditer(self._text)]
        self._starts = {start: index for index, (start, _) in enumerate(self._tokens)}
        self._plain: dict[int, bool] = {}

    def spans(self) -> Iterator[Span]:
        """Spans of the names found, in the order of what they stand beside."""
        for index, (start, end) in enumerate(self._tokens):
            what = self._known.what(self._text[start:end])
            if not what:
                continue
            found = (
                self._before_form(index) if what & FORM_AFTER else None,
                self._after_form(index) if what & FORM_BEFORE else None,
                self._after_kind(index) if what & KIND else None,
                self._before_kind(index) if what & KIND_BEHIND and self._language in _NAMED_BEHIND else None,
                self._labelled(index) if what & LABEL else None,
                self._hiring(index) if what & HIRING else None,
            )
            yield from filter(None, found)

    def _before_form(self, index: int) -> Span | None:
        """`Aurora Impex SRL`, `„Изток“ ЕООД`."""
        at = self._tokens[index][0]
        if not self._known.after.match(self._text, at):
            return None
        if quoted := _QUOTED_BEFORE.search(self._text[max(0, at - _LONGEST_QUOTE - 4) : at]):
            shift = max(0, at - _LONGEST_QUOTE - 4)
            return shift + quoted.start(1), shift + quoted.end(1)
        if not index or not _TO_FORM.fullmatch(self._text, self._tokens[index - 1][1], at):
            return None
        return self._run_back(index - 1, 2 if self._shouts(at) else _BEFORE_FORM)

    def _after_form(self, index: int) -> Span | None:
        """`ООО «Луна»`, `ТОВ Луна`."""
        form = self._known.before.match(self._text, self._tokens[index][0])
        if not form:
            return None
        if quoted := _QUOTED.match(self._text, form.end()):
            return quoted.span(1)
        following = self._starts.get(form.end() + 1)
        if form[0] in self._known.quoted_only or following is None or self._shouts(form.start()):
            return None
        return self._run(following)

    def _after_kind(self, index: int) -> Span | None:
        """`hotelul Aurora`, `салон красоты «Луна»`."""
        last = index
        for ahead in range(_BETWEEN + 1):
            last = index + ahead
            if last >= len(self._tokens):
                return None
            quoted = _QUOTED.match(self._text, self._tokens[last][1])
            if quoted and (quoted[1][0].isupper() or quoted[1][0].isdigit()):
                return quoted.span(1)
            following = self._tokens[last + 1] if last + 1 < len(self._tokens) else None
            if not following or self._text[following[0]].isupper():
                break
            if not _TIGHT.fullmatch(self._text, self._tokens[last][1], following[0]):
                return None
        known = all(self._word(each) in self._known.between for each in range(index + 1, last + 1))
        beside = last + 1 < len(self._tokens) and _BESIDE.fullmatch(
            self._text, self._tokens[last][1], self._tokens[last + 1][0]
        )
        if not known or not beside or not self._tells(self._tokens[index][0]):
            return None
        if self._language == "en" and self._word(last + 1) in self._known.silent:
            return None  # `the Hotel Group Brand`: English puts the name before
        span = self._run(last + 1)
        if span and self._word(index) in self._known.trade:
            span = self._tokens[index][0], span[1]
        return span if span and (self._is_naming(index) or self._stands_out(index, span)) else None

    def _is_naming(self, index: int) -> bool:
        """True where a capitalised word behind a sort of house is its name. Behind a trade it is where that is large
        too, but in Hungarian and English, which put the name before it.
        """
        word = self._word(index)
        large = self._capital(index) and self._language not in {"hu", "en"}
        return word in self._known.naming and (large or word not in self._known.trade)

    def _stands_out(self, kind: int, span: Span) -> bool:
        """True of a name in letters of another alphabet than the word before it, or one that the text repeats."""
        raw = self._text[slice(*span)]
        foreign = self._word(kind)[0] > "z" and raw[0] < "z"
        return foreign or self._text.count(raw) > 1

    def _before_kind(self, index: int) -> Span | None:
        """`az Aurora szálloda`: not at the beginning of a sentence, where every word is capitalised."""
        start = self._tokens[index][0]
        if not index or not self._tells(start) or not _TIGHT.fullmatch(self._text, self._tokens[index - 1][1], start):
            return None
        span = self._run_back(index - 1, _AFTER_KIND)
        first = self._starts.get(span[0]) if span else None
        if not first or _ENDED.search(self._text, self._tokens[first - 1][1], self._tokens[first][0]):
            return None
        return span

    def _labelled(self, index: int) -> Span | None:
        """`Angajator: Livada Nouă`, at the beginning of a line."""
        start, end = self._tokens[index]
        label = _LABEL.match(self._text, end)
        if not label or not _LINE_BEGINS.search(self._text[max(0, start - 4) : start]):
            return None
        if quoted := _QUOTED.match(self._text, label.end()):
            return quoted.span(1)
        following = self._starts.get(label.end())
        if following is None or self._word(following) in self._known.sole_traders:
            return None
        return self._run(following, _LABELLED, proper=False)

    def _hiring(self, index: int) -> Span | None:
        """`Linden Bakery is hiring`, `Bäckerei Lindner sucht`, from the beginning of a sentence on."""
        seconds = self._known.hiring[self._word(index)]
        end = self._tokens[index][1]
        after = [fold(word) for word in TOKEN.findall(self._text[end : end + _AROUND].partition("\n")[0])[:_SOUGHT]]
        if self._shouts(self._tokens[index][0]) or ("" not in seconds and seconds.isdisjoint(after[:1])):
            return None
        if not self._known.seeking.isdisjoint(after):
            return None
        first = index
        while first and index - first < _LABELLED and (self._capital(first - 1) or self._is_kind(first - 1)):
            if not _TIGHT.fullmatch(self._text, self._tokens[first - 1][1], self._tokens[first][0]):
                break
            first -= 1
        before = self._tokens[first - 1][1] if first else 0
        if first == index or not _ENDED.search(self._text, before, self._tokens[first][0]):
            return None
        return self._trimmed(first, index - 1) if self._names_somebody(range(first, index)) else None

    def _names_somebody(self, run: range) -> bool:
        """Whether words at the beginning of a sentence, where the first is large anyway, are a name: what stands behind
        a sort of house, or before one that is large too, or two words."""
        words = {at: self._word(at) for at in run}
        if not self._known.sole_traders.isdisjoint(words.values()):
            return False
        telling = [
            at for at in run if self._text[self._tokens[at][0]].isupper() and words[at] not in self._known.silent
        ]
        kinds = [at for at in run if self._is_kind(at)]
        if kinds and any(at > kinds[0] for at in telling):
            return True
        says = self._language == "de" or self._tells(self._tokens[run[0]][0])
        large = self._capital(kinds[-1]) if kinds else len(telling) >= _TELLING
        return says and large and not self._is_declined(telling) and any(map(self._proper, telling))

    def _is_declined(self, telling: Sequence[int]) -> bool:
        """True of German words that begin with an adjective, an article or a function word: `Christliches Mädchen`."""
        first = self._word(telling[0]) if telling else ""
        return self._language == "de" and (first.endswith(_GERMAN_ENDINGS) or first in function_words())

    def _is_kind(self, index: int) -> bool:
        return self._word(index) in self._known.kinds

    def _run(self, first: int, most: int = _AFTER_KIND, *, proper: bool = True) -> Span | None:
        """The capitalised words from one on; with `proper` names alone, no nouns."""
        last = None
        for index in range(first, min(first + most, len(self._tokens))):
            if index > first and not _TIGHT.fullmatch(self._text, self._tokens[index - 1][1], self._tokens[index][0]):
                break
            if self._capital(index):
                if proper and not self._proper(index):
                    break
                last = index
            elif index == first or not (self._word(index) in self._known.joining or self._is_kind(index)):
                break
        return None if last is None else self._trimmed(first, last)

    def _run_back(self, last: int, most: int) -> Span | None:
        """The capitalised words up to one."""
        first = None
        for index in range(last, max(last - most, -1), -1):
            if index < last and not _TIGHT.fullmatch(self._text, self._tokens[index][1], self._tokens[index + 1][0]):
                break
            if self._capital(index):
                first = index
            elif index == last or self._word(index) not in self._known.joining:
                break
        if first is None:
            return None
        kinds = [index for index in range(first, last) if self._word(index) in self._known.before_names]
        return self._trimmed(kinds[-1] + 1 if kinds else first, last)

    def _trimmed(self, first: int, last: int) -> Span | None:
        """Without the words at its ends that say nothing: `SC`, `Die`, `Sp`."""
        words = {index: self._word(index) for index in range(first, last + 1)}
        if all(word in self._known.silent for word in words.values()):
            return None
        beside = self._known.lines | self._known.trade.keys()
        kept = [index for index, word in words.items() if word in beside or word not in self._known.silent]
        return self._tokens[kept[0]][0], self._tokens[kept[-1]][1]

    def _proper(self, index: int) -> bool:
        """False for a noun that German capitalises."""
        return self._language != "de" or not known_words().is_german(self._word(index))

    def _capital(self, index: int) -> bool:
        first = self._text[self._tokens[index][0]]
        return first.isupper() or first.isdigit()

    def _word(self, index: int) -> str:
        return fold(self._text[slice(*self._tokens[index])])

    def _shouts(self, at: int) -> bool:
        line = self._line(at)
        return sum(map(str.isupper, line)) > _SHOUTED * sum(map(str.isalpha, line))

    def _tells(self, at: int) -> bool:
        """True when a capital means something in the line."""
        start = self._text.rfind("\n", max(0, at - _AROUND), at)
        start = start if start >= 0 else at // _AROUND * _AROUND
        if start not in self._plain:
            words = [match[0] for match in TOKEN.finditer(self._line(at)) if len(match[0]) > 2]
            large = sum(word[0].isupper() for word in words)
            self._plain[start] = large <= _TITLED * len(words) and not self._shouts(at)
        return self._plain[start]

    def _line(self, at: int) -> str:
        """What stands around an offset in its line, of a long line the nearest part."""
        first, last = max(0, at - _AROUND), at + _AROUND
        start, end = self._text.rfind("\n", first, at), self._text.find("\n", at, last)
        return self._text[first if start < 0 else start + 1 : last if end < 0 else end]
