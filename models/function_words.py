"""Words without a matter of their own, in the ten languages: no reason for a score."""

from functools import cache
from pathlib import Path

from models.folding import fold
from zorya.compiled import compiled

FILE = Path(__file__).parent / "lexicons" / "function_words.yml"


@cache
def function_words() -> frozenset[str]:
    """The shipped words of all languages, folded as texts are."""
    return frozenset(compiled("function_words", [FILE], FILE.parents[1], _compiled))


def _compiled() -> list[str]:
    from models.lexicon_files import FunctionWords
    from zorya.datafiles import load

    return sorted({word for text in load(FILE, FunctionWords).words.values() for word in fold(text).split()})


def says_something(term: str) -> bool:
    """True for a word, or words with blanks between, of which one is no function word; folded."""
    return not function_words().issuperset(term.split())
