"""Names of organisations in one text: beside a legal form, or beside the sort of house that they are."""

import re
from collections.abc import Iterator

from models.campaigns.organisation_words import (
    FORM_AFTER,
    FORM_BEFORE,
    KIND,
    KIND_BEHIND,
    TOKEN,
    organisation_words,
)
from models.folding import fold
from models.known_words import known_words
from zorya.domain.findings import Span

_LONGEST_QUOTE = 60
_BEFORE_FORM, _AFTER_KIND, _BETWEEN = 5, 3, 3
"""Words of a name before a legal form and behind a sort of house, and words between that and a quoted name."""
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
        return span if span and (self._word(index) in self._known.naming or self._stands_out(index, span)) else None

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

    def _run(self, first: int) -> Span | None:
        """The capitalised words from one on."""
        last = None
        for index in range(first, min(first + _AFTER_KIND, len(self._tokens))):
            if index > first and not _TIGHT.fullmatch(self._text, self._tokens[index - 1][1], self._tokens[index][0]):
                break
            if self._capital(index):
                if not self._proper(index):
                    break
                last = index
            elif index == first or self._word(index) not in self._known.joining:
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
        kinds = [index for index in range(first, last) if self._word(index) in self._known.kinds]
        return self._trimmed(kinds[-1] + 1 if kinds else first, last)

    def _trimmed(self, first: int, last: int) -> Span | None:
        """Without the words at its ends that say nothing: `SC`, `Die`, `Sp`."""
        words = {index: self._word(index) for index in range(first, last + 1)}
        if all(word in self._known.silent for word in words.values()):
            return None
        kept = [index for index, word in words.items() if word in self._known.lines or word not in self._known.silent]
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
