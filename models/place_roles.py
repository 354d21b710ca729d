"""Where an offer leads and whom it speaks to: destination and origin among the places an ad names.

By prepositions, Hungarian case endings and the words around (`lexicons/places/roles.yml`). A place that is merely
mentioned has no role, and neither has the country of the board: it suggests where readers are, and asserts nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from models.gazetteer import FOLDER, Name
from models.word_list import WordList
from zorya.compiled import compiled

Role = Literal["destination", "origin"]
ROLES = FOLDER / "roles.yml"
_BEFORE, _AFTER, _CLOSE = 6, 4, 3
"""Words looked at before and after a place for words of work, and before it for words that deny a role."""
_STOPS = frozenset(".!?;\n•|")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name where it stands in a text: `words` as they stand there, folded."""

    name: Name
    words: tuple[str, ...]

    @property
    def base(self) -> bool:
        """True when the name stands undeclined."""
        return self.words == self.name.words and not self.name.exact


class Roles:
    """The compiled word lists."""

    def __init__(self, kept: Mapping[str, Any]) -> None:
        """`kept`: what `_compiled` gives."""
        lists = {name: WordList.restored(words) for name, words in kept["lists"].items()}
        self.to, self.within, self.source = lists["toward"], lists["inside"], lists["out_of"]
        self.undeclined = lists["out_of_undeclined"]
        prepositions = self.to.exact | self.within.exact | self.source.exact | self.undeclined.exact
        self.announcing = prepositions | lists["town"].exact
        """Words after which a name that is also a word names the place."""
        self._with, self._onto = tuple(kept["with_endings"]), tuple(kept["onto_endings"])
        self._cases: dict[str, str] = kept["cases"]
        self._naming = frozenset(kept["naming"])
        self._work, self._elsewhere, self._goods = lists["work"], lists["elsewhere"], lists["goods"]
        self.both = lists["both"].exact

    def of(self, form: Mention, raw: str, before: Sequence[str], after: Sequence[str], *, came: bool) -> Role | None:
        """Role of one mention. `before` and `after` are the words of its sentence around it, nearest first; `came`
        says that an origin stands before it in the sentence."""
        kind = self._kind(form, raw.lower(), before[0] if before else "")
        near = before[1 : _CLOSE + 1] if kind and not self._case(form) else before[:_CLOSE]
        if kind == "from":
            return None if any(word in self._goods for word in near) else "origin"
        if kind is None or any(word in self._elsewhere for word in near):
            return None
        work = any(word in self._work for word in (*before[:_BEFORE], *after[:_AFTER]))
        return "destination" if kind == "to" or work or came else None

    def named_by_case(self, form: Mention) -> bool:
        """True of a Hungarian form that says "in" or "to" at its end: `Essenben`."""
        return form.words[-1].removeprefix(form.name.words[-1]) in self._naming

    def _kind(self, form: Mention, raw: str, preposition: str) -> str | None:
        if preposition in self.source:
            return None if raw.endswith(self._with) and not form.base else "from"
        if preposition in self.undeclined:
            return "from" if form.base else None
        if preposition in self.to:
            return "to"
        if preposition in self.within:
            return "to" if raw.endswith(self._onto) and not form.base else "in"
        return self._case(form)

    def _case(self, form: Mention) -> str | None:
        """Hungarian says it at the end of the word: `Németországba`."""
        if form.base:
            return None
        last = form.words[-1]
        return self._cases.get(last[-3:]) or self._cases.get(last[-2:])


@cache
def roles() -> Roles:
    """The shipped word lists, compiled once in a process."""
    return Roles(compiled("place_roles", [ROLES], Path(__file__).parent, _compiled))


def _compiled() -> dict[str, Any]:
    from models.lexicon_files import RoleFile
    from zorya.datafiles import load

    file = load(ROLES, RoleFile)
    cases = file.hungarian
    endings = (("to", cases.toward), ("in", cases.inside), ("from", cases.out_of))
    texts = file.model_dump(exclude={"with_endings", "onto_endings", "hungarian"})
    return {
        "lists": {name: WordList.of(text).kept() for name, text in texts.items()},
        "with_endings": file.with_endings.split(),
        "onto_endings": file.onto_endings.split(),
        "cases": {ending: kind for kind, said in endings for ending in said.split()},
        "naming": cases.naming.split(),
    }


def sentence_break(between: str) -> bool:
    """True when the text between two words ends a sentence or a line."""
    return not _STOPS.isdisjoint(between)
