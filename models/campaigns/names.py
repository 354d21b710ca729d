"""Names of organisations, comparable across scripts, case, spelling and declension: `Hotel Aurora` = `отель «Аврора»`.

A name is a text of words in a coarse alphabet of sounds: what the ten languages spell differently and mean alike is
one letter there (`š`, `sz`, `sch`, `ш`; `v`, `w`, `u`, `в`). A name from the domain of an address begins with `@` and
is one word, for domains have no blanks.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from models.folding import fold

DOMAIN = "@"
_TELLING = 4
"""Consonants from which a domain is recognised by the beginning it shares with a name: `@treibrazi`, `trei brazi`."""
_DECLINED = 4
"""Letters from which a word is declined."""
_LETTERS = str.maketrans(
    dict(zip("абвгґдезийклмнопрстуфыэіїєў", "abvggdeziiklmnoprstufieiieu", strict=True))
    | {
        "х": "h",
        "ц": "ts",
        "ч": "tsh",
        "ж": "zh",
        "ш": "sh",
        "щ": "sh",
        "ъ": "a",
        "ь": "",
        "ю": "iu",
        "я": "ia",
        "'": "",
    }
)
_SOUNDS = tuple(
    (re.compile(letters), sound)
    for letters, sound in (
        (r"([^\W\d_])\1+", r"\1"),
        (r"t?sch|tch|t?sh|cs|cz|sz|t[sz]|z[sh]|dz|ch(?=[ei])|c(?=[eiy])", "s"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"[kcg]h|h", "g"),
        (r"x", "ks"),
        (r"ck|[cq]", "k"),
        (r"z", "s"),
        (r"[jy]", "i"),
        (r"[uw]", "v"),
        (r"([^\W\d_])\1+", r"\1"),
    )
)
_ENDING = re.compile(r"(?<=..)[aeiouy]+\Z")
_UNHEARD = re.compile(r"[@ aeiou]")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=1 << 14)
def sounds(word: str) -> str:
    """One word in the alphabet of sounds, without the vowels that declension changes: `Аврору` → `avror`."""
    heard = fold(word).translate(_LETTERS)
    if len(heard) >= _DECLINED:
        heard = _ENDING.sub("", heard)
    for letters, sound in _SOUNDS:
        heard = letters.sub(sound, heard)
    return heard


def name_of(words: Iterable[str]) -> str:
    """The comparable name of some written words; empty when nothing of two letters is left."""
    heard = [sound for word in words for part in _WORD.findall(word) if (sound := sounds(part))]
    return " ".join(heard) if any(len(sound) > 1 and not sound.isdigit() for sound in heard) else ""


def domain_name(label: str) -> str:
    """The comparable name of a domain label."""
    name = name_of([label.replace("-", "")])
    return f"{DOMAIN}{name}" if name else ""


def same(one: str, other: str) -> bool:
    """True when two names may be one organisation's: equal, one within the other (`aurora`, `aurora impex`), or a
    domain and a name that begin alike. In doubt true: a conflict must be plain."""
    if one == other:
        return True
    if one.startswith(DOMAIN) or other.startswith(DOMAIN):
        short, long = sorted((_consonants(one), _consonants(other)), key=len)
        return len(short) >= _TELLING and long.startswith(short) and not one[0] == other[0] == DOMAIN
    return set(one.split()) <= set(other.split()) or set(other.split()) <= set(one.split())


def is_named(stated: frozenset[str]) -> bool:
    """True when an ad says whose it is; a domain alone may be the board's or a supplier's."""
    return any(not name.startswith(DOMAIN) for name in stated)


def conflict(one: frozenset[str], other: frozenset[str]) -> bool:
    """True when both ads state organisations and none of them may be the same: two employers, whatever else they share.
    Where both state names, a domain that both give says nothing: it is the board's. Names alone are not held against a
    domain alone. An ad that states none conflicts with nothing. Symmetric, and never true of an ad and itself."""
    named = is_named(one) and is_named(other)
    pairs = [pair for pair in product(one, other) if not (named and pair[0][0] == pair[1][0] == DOMAIN)]
    if not pairs or any(same(*pair) for pair in pairs):
        return False
    return named or any(pair[0][0] == pair[1][0] == DOMAIN for pair in pairs)


def apart(names: Iterable[str], count: int) -> bool:
    """True when `count` of the names are, each two of them, not the same: so many organisations at least. More names
    never make it false."""
    ordered = sorted(set(names))

    def extend(chosen: tuple[str, ...], first: int) -> bool:
        return len(chosen) == count or any(
            extend((*chosen, ordered[index]), index + 1)
            for index in range(first, len(ordered))
            if not any(same(ordered[index], known) for known in chosen)
        )

    return extend((), 0)


def _consonants(name: str) -> str:
    """Of a name as one word: within it, a domain keeps vowels that a name of several words has lost."""
    return _UNHEARD.sub("", name)
