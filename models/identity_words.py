"""Words of nation, people and language: taken out of a text before it is scored or compared, so that none matters."""

import re
from functools import cache, lru_cache
from pathlib import Path

from models.folding import fold
from zorya.compiled import compiled

FILE = Path(__file__).parent / "lexicons" / "identity.yml"
_WORD = re.compile(r"[^\W\d_][\w']*")
_WORDS_KEPT = 1 << 14
"""Words whose answer is remembered."""


def without_identity(text: str) -> str:
    """A folded text without these words."""
    return _WORD.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    word = match.group()
    return " " if is_identity(word) else word


@lru_cache(_WORDS_KEPT)
def is_identity(word: str) -> bool:
    """Whether a folded word is one of them."""
    whole, stems, lengths = _known()
    return word in whole or any(word[:length] in stems for length in lengths)


@cache
def _known() -> tuple[frozenset[str], frozenset[str], tuple[int, ...]]:
    """Whole words; stems; the lengths of stems."""
    kept = compiled("identity_words", [FILE], FILE.parents[1], _compiled)
    return frozenset(kept["whole"]), frozenset(kept["stems"]), tuple(kept["lengths"])


def _compiled() -> dict[str, list[str] | list[int]]:
    from models.lexicon_files import IdentityWords
    from zorya.datafiles import load

    written = {word for text in load(FILE, IdentityWords).words.values() for word in text.replace("-", " ").split()}
    stems = {fold(word[:-1]) for word in written if word.endswith("*") and len(word) > 1}
    whole = {fold(word) for word in written if not word.endswith("*")}
    return {"whole": sorted(whole), "stems": sorted(stems), "lengths": sorted(set(map(len, stems)))}
