"""The words by which names of organisations are found (`organisations.yml`), compiled."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from models.folding import fold
from zorya.datafiles import DataModel, load

FILE = Path(__file__).with_name("organisations.yml")
FORM_AFTER, FORM_BEFORE, KIND, KIND_BEHIND, LABEL, HIRING = 1, 2, 4, 8, 16, 32
"""What a word may be; a sum of them."""
_GLUED = 5
"""Letters of a sort of house that is taken off a domain: `hotelaurora`."""
_ABBREVIATED = 12
"""Characters up to which a legal form is an abbreviation, spelled exactly so."""
TOKEN = re.compile(r"[^\W_]+(?:['’&+-][^\W_]+)*")


class OrganisationFile(DataModel):
    """`organisations.yml`; its comments say what each list is."""

    class Forms(DataModel):
        """Legal forms."""

        after: tuple[str, ...]
        before: tuple[str, ...]
        quoted: tuple[str, ...]

    forms: Forms
    kinds: str
    naming: str
    trades: dict[str, str]
    labels: str
    sole_traders: str
    hiring: tuple[str, ...]
    seeking: tuple[str, ...]
    kinds_behind: str
    between: str
    lines: str
    generic: str
    joining: str
    nobodys: str
    host_parts: str


class OrganisationWords:
    """The compiled lists."""

    def __init__(self, file: OrganisationFile) -> None:
        after, before = _spelled(file.forms.after), _spelled(file.forms.before)
        self.after, self.before = _any_of(after), _any_of(before)
        self._opens_after, self._opens_before = _openings(after), _openings(before)
        self.quoted_only = frozenset(file.forms.quoted)
        self.naming, self.behind = _folded(file.naming), _folded(file.kinds_behind)
        self.trade = {word: trade for trade, words in file.trades.items() for word in _folded(words)}
        """Word → its trade, the same in every language."""
        self.naming = self.naming.union(self.trade)
        self.kinds = _folded(file.kinds) | self.naming
        self.seeking = frozenset(map(fold, file.seeking))
        self.labels, self.sole_traders = _folded(file.labels), _folded(file.sole_traders)
        self.hiring: dict[str, set[str]] = {}
        """First word → the second ones, empty where it says so by itself."""
        for phrase in map(fold, file.hiring):
            self.hiring.setdefault(phrase.partition(" ")[0], set()).add(phrase.partition(" ")[2])
        self.between, self.joining = _folded(file.between), _folded(file.joining)
        forms = _folded(" ".join(form for form in after | before if " " not in form))
        self.lines = _folded(file.lines)
        """Words that say something only beside a name."""
        self.silent = _folded(file.generic) | self.lines | self.kinds | self.joining | forms
        """Words that say nothing by themselves."""
        self.nobodys, self.host_parts = _folded(file.nobodys), _folded(file.host_parts)
        self.glued = tuple(sorted((kind for kind in self.kinds if len(kind) >= _GLUED), key=len, reverse=True))
        self.before_names = self.kinds - self.trade.keys()
        """Sorts of houses that are no part of the name behind them."""
        self.what = lru_cache(maxsize=1 << 15)(self._what)
        """What one word of a text may be, 0 for nothing."""

    def _what(self, word: str) -> int:
        plain = fold(word)
        return (
            FORM_AFTER * (word in self._opens_after)
            + FORM_BEFORE * (word in self._opens_before)
            + KIND * (plain in self.kinds)
            + KIND_BEHIND * (plain in self.behind)
            + LABEL * (plain in self.labels)
            + HIRING * (plain in self.hiring)
        )


@cache
def organisation_words() -> OrganisationWords:
    """The shipped lists."""
    return OrganisationWords(load(FILE, OrganisationFile))


def _folded(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


def _spelled(forms: Sequence[str]) -> set[str]:
    spelled = {each for form in forms for each in (form, form[:1].upper() + form[1:] if " " in form else form)}
    return spelled | {form.upper() for form in forms if len(form) > _ABBREVIATED}


def _openings(forms: set[str]) -> frozenset[str]:
    return frozenset(match[0] for form in forms if (match := TOKEN.match(form)))


def _any_of(forms: set[str]) -> re.Pattern[str]:
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile(rf"(?:{'|'.join(map(_form, ordered))})(?!\w)")


def _form(written: str) -> str:
    """A blank may follow a dot, and the last dot may be missing where there is another."""
    inner = written.removesuffix(".") if written.count(".") > 1 else written
    pattern = re.escape(inner).replace(r"\ ", r"\s").replace(r"\.", r"\.\s?")
    return pattern + r"\.?" if inner != written else pattern
