"""How likely a text's letters are in each language: sums over the letter sequences of its words.

The table `language_profile.tsv` is made by `zorya language train` (models/language_training.py) from invented texts. A
variety is a language in one script: `ro`, `ro-Cyrl`, `ru-Latn`.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from struct import Struct
from typing import NamedTuple

from zorya.errors import DataFileError

TABLE = Path(__file__).with_name("language_profile.tsv")
_LETTERS = 3
STEP = 7.0
"""Weights are stored in sevenths of a natural logarithm, as one character from `0` (nothing) on."""
ZERO = ord("0")
SAME_ADS = {"sr": ("hr",), "hr": ("sr",)}
"""Languages whose ads are often good in both: a narrow lead of one over the other is no doubt about the ad."""
READ = 600
"""Characters of a text that are weighed, so that no lane of a sum overflows into the next."""
_LANE = 16
"""Bits of one variety in a packed sum."""
_WORD = re.compile(r"\w+")
_WORDS_KEPT = 1 << 15
_LONGEST_WORD = 24
"""Letters of a word that are read: what is longer is no word."""


def words_of(text: str) -> list[str]:
    """The words of a text in small letters."""
    return _WORD.findall(text.lower())


def sequences(word: str) -> list[str]:
    """What is looked up of a word, its edges as `_`: every three letters, the first and last four, the whole."""
    edged = f"_{word[:_LONGEST_WORD]}_"
    found = [edged[start : start + _LETTERS] for start in range(len(edged) - _LETTERS + 1)]
    if len(edged) > _LETTERS + 1:
        found += (edged[: _LETTERS + 1], edged[-_LETTERS - 1 :])
    if len(edged) > _LETTERS:
        found.append(edged)
    return found


class Tally(NamedTuple):
    """Log-likelihood of a text in each variety (natural, above that of letters never seen)."""

    words: int
    letters: int
    scores: tuple[float, ...]
    """In the order of `Profile.varieties`."""
    profile: "Profile"

    @property
    def language(self) -> str:
        """The likeliest language."""
        return self.profile.languages[self.scores.index(max(self.scores))]

    @property
    def is_transliterated(self) -> bool:
        """True when the likeliest variety is a Cyrillic language in Latin letters."""
        return self.profile.varieties[self.scores.index(max(self.scores))].endswith("-Latn")

    def best(self) -> tuple[str, float, float]:
        """The likeliest language, its lead over the likeliest variety of another, and its likelihood as a share of
        what texts of it usually reach.
        """
        best = max(self.scores)
        place = self.scores.index(best)
        next_best = max(map(self.scores.__getitem__, self.profile.others[place]))
        usual = self.profile.usual[place] * self.words
        return self.profile.languages[place], best - next_best, best / usual if usual else 0.0

    def of(self, language: str | None) -> float:
        """Likelihood in a language, the better of its scripts; 0 for one that the profile does not know."""
        known = zip(self.scores, self.profile.languages, strict=True)
        return max((score for score, name in known if name == language), default=0.0)


class Profile:
    """The loaded table. Weights of all varieties are packed into one integer, so that a sum is one addition."""

    def __init__(self, varieties: dict[str, float], weights: dict[str, str]) -> None:
        """`varieties`: name → usual likelihood per word; `weights`: sequence → pairs of variety letter and weight."""
        self.varieties = tuple(varieties)
        self.usual = tuple(varieties.values())
        self.languages = tuple(variety[:2] for variety in varieties)
        self.others = tuple(
            tuple(
                place
                for place, other in enumerate(self.languages)
                if other != mine and other not in SAME_ADS.get(mine, ())
            )
            for mine in self.languages
        )
        self._weights: dict[str, str | int] = dict(weights)  # unpacked when first met: starting must be quick
        self._lanes = Struct(f"<{len(varieties)}H")
        self._word = lru_cache(_WORDS_KEPT)(self._sum_of_word)

    def tally(self, text: str) -> Tally:
        """Likelihood of the first `READ` characters of a text in every variety."""
        words = words_of(text[:READ])
        packed = sum(map(self._word, words)).to_bytes(self._lanes.size, "little")
        scores = tuple([lane / STEP for lane in self._lanes.unpack(packed)])
        return Tally(len(words), sum(map(len, words)), scores, self)

    def _sum_of_word(self, word: str) -> int:
        weights = self._weights
        total = 0
        if not word.isalpha():
            return 0
        for sequence in sequences(word):
            weight = weights.get(sequence)
            if weight is not None:
                if isinstance(weight, str):
                    weight = weights[sequence] = _pack(weight)
                total += weight
        return total


def _pack(pairs: str) -> int:
    """`a5c9` → weights 5 and 9 in the lanes of varieties a and c."""
    return sum(
        (ord(weight) - ZERO) << (_LANE * (ord(letter) - ord("a")))
        for letter, weight in zip(pairs[::2], pairs[1::2], strict=True)
    )


def parse_table(text: str) -> Profile:
    """A profile from the text of its table; raises ValueError."""
    head, _, rest = text.partition("\n\n")
    varieties = {name: float(usual) for name, usual in (line.split("\t") for line in head.splitlines()[1:])}
    weights = dict([line.split("\t") for line in rest.splitlines()])
    return Profile(varieties, weights)


@cache
def profile() -> Profile:
    """The shipped table, read once in a process; raises DataFileError."""
    remedy = "make it anew by `zorya language train`"
    try:
        return parse_table(TABLE.read_text(encoding="utf-8"))
    except OSError as exc:
        raise DataFileError(TABLE, f"cannot be read ({exc.strerror}); {remedy}") from exc
    except ValueError as exc:
        raise DataFileError(TABLE, f"is not a language table ({exc}); {remedy}") from exc
