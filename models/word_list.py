"""Word lists of data files: exact words and beginnings of words, folded as texts are."""

from dataclasses import dataclass

from models.folding import fold
from zorya.compiled import lines, words_of


@dataclass(frozen=True, slots=True)
class WordList:
    """Exact words and beginnings of words (`work*`)."""

    exact: frozenset[str]
    stems: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "WordList":
        """From words with spaces between; `*` stands for any ending."""
        words = text.split()
        return cls(
            frozenset(fold(word) for word in words if not word.endswith("*")),
            tuple(fold(word[:-1]) for word in words if word.endswith("*")),
        )

    @classmethod
    def restored(cls, kept: dict[str, str]) -> "WordList":
        """From what `kept` gave."""
        return cls(frozenset(words_of(kept["exact"])), tuple(words_of(kept["stems"])))

    def kept(self) -> dict[str, str]:
        """The list in plain values."""
        return {"exact": lines(sorted(self.exact)), "stems": lines(self.stems)}

    def __contains__(self, word: str) -> bool:
        return word in self.exact or word.startswith(self.stems)
