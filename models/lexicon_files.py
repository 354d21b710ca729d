"""Schemas of the word lists and tables of `models/lexicons` that the reader compiles.

They stand apart from the code that reads ads, which takes what was compiled of them: to check a file takes pydantic,
whose import is most of a start.
"""

from datetime import date

from pydantic import Field, model_validator

from models.indicator_spec import Language, PhraseText
from zorya.datafiles import DataModel
from zorya.domain.pay import rates


class PlaceFile(DataModel):
    """Country (ISO alpha-2) → usual name → other names."""

    places: dict[str, dict[str, str]]


class Endings(DataModel):
    """Ending → the endings of its declension, by script; the case endings of Hungarian."""

    cyrillic: dict[str, str]
    latin: dict[str, str]
    hungarian: str
    hungarian_home: str
    hungarian_on: str
    hungarian_islands: str


class HungarianCases(DataModel):
    """Case endings, folded."""

    toward: str
    inside: str
    out_of: str
    naming: str
    """Of these, what ends so needs no preposition to be a place."""


class RoleFile(DataModel):
    """The word lists, each a text of words."""

    toward: str
    inside: str
    out_of: str
    out_of_undeclined: str
    with_endings: str
    onto_endings: str
    both: str
    town: str
    hungarian: HungarianCases
    work: str
    elsewhere: str
    goods: str


class AgeWords(DataModel):
    """Words that make a number an age, and a side of a band."""

    years: str
    years_up_to: str
    years_from: str
    announce: str
    persons: str
    minors: str
    joined: str
    at_most: str
    at_most_after: str
    at_least: str
    at_least_after: str
    negation: str
    fill: str
    never: str


class HourWords(DataModel):
    """Words that make a number working time."""

    unit: str
    per_day: str
    per_week: str
    day_before: str
    week_before: str
    days: str
    rest: str
    fill: str


class NumberFile(DataModel):
    """Word lists around numbers."""

    age: AgeWords
    hours: HourWords


class SmallWords(DataModel):
    """Words too common to know an ad's field by, as texts of words."""

    cyrillic: str
    latin: str


class FieldWords(DataModel):
    """`lexicons/field_words.yml`: language → a text of words, `stem*` for any ending."""

    words: dict[str, str]
    short: str
    small: SmallWords


class Spellings(DataModel):
    """`lexicons/transliteration.yml`: Cyrillic letter → its spellings, parted by spaces, the usual one first."""

    ru: dict[str, str]
    uk: dict[str, str]
    bg: dict[str, str]


class LookalikeFile(DataModel):
    """`lexicons/lookalikes.yml`: character → the letters it may stand for."""

    to_cyrillic: dict[str, str]
    to_latin: dict[str, str]
    leet_latin: dict[str, str]
    leet_cyrillic: dict[str, str]


class Negators(DataModel):
    """Denials of one language."""

    before: tuple[PhraseText, ...] = Field(min_length=1)
    after: tuple[PhraseText, ...] = Field(min_length=1)
    between: tuple[str, ...]
    affirms: tuple[PhraseText, ...]


class NegationFile(DataModel):
    """Denials in the ten languages."""

    negation: dict[Language, Negators]


class Figure(DataModel):
    """A figure with its source."""

    source: str
    verified: bool


class Share(Figure):
    """A part of a whole."""

    value: float = Field(gt=0, lt=1)


class Hourly(Figure):
    """A mean gross hourly wage in the EU, in euro."""

    eur_hour: float = Field(gt=0)


class Group(Hourly):
    """An ISCO-08 major group."""

    isco: int = Field(ge=1, le=9)
    title: str


class Country(Figure):
    """Mean gross wage of all employees of a country, for full-time work of a year."""

    name: str
    year: int
    annual: float = Field(gt=0)
    currency: str


class Verdicts(DataModel):
    """From which ratio to the usual wage a verdict holds, `casual` times as much for rates by the hour or day; under
    `too_little` and from `too_much` on the amount is no wage but a bonus, a fee, a turnover.
    """

    far_above: float
    above: float
    casual: float
    below: float
    too_little: float
    too_much: float


class WageFile(DataModel):
    """`lexicons/wages.yml`: usual wages, each figure with its source."""

    as_of: date
    sources: dict[str, str]
    net_share: Share
    verdicts: Verdicts
    all_employees: Hourly
    groups: dict[str, Group]
    countries: dict[str, Country]

    @model_validator(mode="after")
    def _names_its_sources(self) -> "WageFile":
        figures: list[Figure] = [self.net_share, self.all_employees, *self.groups.values(), *self.countries.values()]
        if unknown := {figure.source for figure in figures} - set(self.sources):
            raise ValueError(f"no source {', '.join(sorted(unknown))}; `sources` says which there are")
        if unknown := {country.currency for country in self.countries.values()} - set(rates()):
            raise ValueError(f"no exchange rate for {', '.join(sorted(unknown))}; give the amount in EUR")
        return self


class IdentityWords(DataModel):
    """`lexicons/identity.yml`: language → a text of words, `stem*` for any ending."""

    words: dict[Language, str]


class FunctionWords(DataModel):
    """`lexicons/function_words.yml`: language → a text of words."""

    words: dict[Language, str]
