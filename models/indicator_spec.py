"""The contract of an indicator file: an entry is documentation, test and explanation at once."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from models.conditions import OWN, Condition, leaves, lists_of
from models.phrases import PhraseError, parse_phrase
from models.vocabulary import Dimension as Dimension
from models.vocabulary import Language as Language
from models.vocabulary import UiLanguage as UiLanguage
from zorya.datafiles import DataModel
from zorya.domain.findings import Strength
from zorya.domain.languages import CONTENT_LANGUAGES

CHECKED = "checked"
"""Validation context of data that were valid when they were kept: their phrases are not parsed again."""


def _check_phrase(source: str, info: ValidationInfo) -> str:
    if info.context == CHECKED:
        return source
    try:
        parse_phrase(source)
    except PhraseError as exc:
        raise ValueError(str(exc)) from exc
    return source


PhraseText = Annotated[str, AfterValidator(_check_phrase)]


class PhraseLists(DataModel):
    """Phrases of one language: what states the indicator, and what denies it."""

    present: tuple[PhraseText, ...] = ()
    contradicted: tuple[PhraseText, ...] = ()


class Examples(DataModel):
    """Sentences that must and must not be hits; each is a test."""

    hit: tuple[str, ...] = Field(min_length=2)
    miss: tuple[str, ...] = Field(min_length=2)


class Told(DataModel):
    """What people read of an indicator: title and reason, in English and in the other languages of pages and mails."""

    code: str
    revision: int = Field(ge=1)
    title: str
    why: str
    titles: dict[UiLanguage, str] = Field(default_factory=dict)
    whys: dict[UiLanguage, str] = Field(default_factory=dict)
    drafts: tuple[UiLanguage, ...] = ()
    """Languages in which no native expert of the field has read title and why yet."""

    def title_in(self, language: str) -> str:
        """The title in a language of pages and mails; English where it is not translated."""
        return {str(code): title for code, title in self.titles.items()}.get(language, self.title)


class IndicatorSpec(Told):
    """One indicator in ten languages."""

    code: str = Field(pattern=r"^[A-G]\d{1,2}$")
    name: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    status: Literal["draft", "active", "retired"]
    strength: Literal[Strength.WEAK, Strength.MEDIUM]
    """Never strong: text alone cannot show deception (strong needs an outside contradiction)."""
    dimension: Dimension
    ilo: str = ""
    """The item of the ILO/EC list (adults, labour exploitation) that the wording of the ad hints at."""
    references: tuple[str, ...]
    false_positives: tuple[str, ...]
    contradicted_only: bool = False
    says_no: bool = False
    """The indicator says that something is not (`no experience`, `tell nobody`): words of negation beside its phrases
    belong to it and deny nothing.
    """
    phrases: dict[Language, PhraseLists] = Field(default_factory=dict)
    lists: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], dict[Language, tuple[PhraseText, ...]]] = Field(
        default_factory=dict
    )
    """More phrases, by name and language, for `when`."""
    when: Condition = OWN
    """When the indicator is present; the entry's own phrases where nothing else is said."""
    strength_with: dict[Literal[Strength.MEDIUM], Condition] = Field(default_factory=dict)
    """A weak indicator is medium where this holds."""
    examples: dict[Language, Examples]

    @model_validator(mode="after")
    def _covers_all_languages(self) -> "IndicatorSpec":
        said = [set(self.phrases)] if OWN in leaves(self.when) else []
        covered = [*said, *map(set, self.lists.values()), set(self.examples)]
        missing = {language for each in covered for language in set(CONTENT_LANGUAGES) - each}
        if missing and self.status == "active":
            raise ValueError(f"active indicator {self.code} lacks phrases or examples in {', '.join(sorted(missing))}")
        return self

    @model_validator(mode="after")
    def _is_of_one_piece(self) -> "IndicatorSpec":
        used = lists_of(self.when).union(*map(lists_of, self.strength_with.values()))
        if used != self.lists.keys():
            odd = ", ".join(sorted(used ^ self.lists.keys()))
            raise ValueError(f"{self.code}: `lists` and the lists that `when` names differ: {odd}; add or remove them")
        if self.strength_with and self.strength is not Strength.WEAK:
            raise ValueError(f"{self.code}: `strength_with` raises a weak indicator to medium; this one is medium")
        if bool(self.ilo) == (self.dimension == "context"):
            raise ValueError(f"{self.code}: `ilo` names the item of a dimension; leave it out for `context` alone")
        return self


class IndicatorFile(DataModel):
    """One group of indicators."""

    group: str = Field(pattern=r"^[A-G]$")
    title: str
    indicators: tuple[IndicatorSpec, ...]


class WarningFrame(DataModel):
    """Words of warnings, reports and questions, in which lures are only quoted."""

    phrases: dict[Language, PhraseLists]
    reporting: dict[Language, tuple[PhraseText, ...]]
    """Words that put what follows into another's mouth: `scammers write`."""
    asking: dict[Language, tuple[PhraseText, ...]]
    """Questions to others about an offer: `has anyone heard of`."""
    examples: dict[Language, Examples]
