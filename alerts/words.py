"""The words of the digests in five languages: catalogue, plural forms, dates and names of countries and languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval
from babel.lists import format_list
from babel.numbers import format_decimal

from zorya.datafiles import DataModel, load
from zorya.domain.sharing import Marking

FILE = Path(__file__).parent / "templates" / "words.yml"


class Language(DataModel):
    """The words of one language. `draft` until a native speaker from the sector has read them."""

    draft: bool
    locale: str
    texts: dict[str, str]
    plurals: dict[str, dict[str, str]]


class Catalogue(DataModel):
    """All languages a partner may choose."""

    en: Language
    ro: Language
    uk: Language
    nl: Language
    ru: Language


@cache
def catalogue() -> Catalogue:
    """The catalogue as shipped."""
    return load(FILE, Catalogue)


@dataclass(frozen=True, slots=True)
class Words:
    """Speaks one language on one clock."""

    code: str
    language: Language
    locale: Locale
    zone: ZoneInfo

    @classmethod
    def of(cls, code: str, zone: ZoneInfo) -> "Words":
        """The words for a partner."""
        language: Language = getattr(catalogue(), code)
        return cls(code, language, Locale.parse(language.locale), zone)

    def text(self, key: str, **values: object) -> str:
        """A sentence with its places filled."""
        return self.language.texts[key].format(**values)

    def plural(self, key: str, n: int) -> str:
        """`n` things in the right form."""
        forms = self.language.plurals[key]
        return forms.get(self.locale.plural_form(n), forms["other"]).format(n=self.number(n))

    def number(self, n: int) -> str:
        """`1,204` as this language writes it."""
        return _spaces(str(format_decimal(n, locale=self.locale)))

    def day(self, moment: datetime) -> str:
        """A day on the partner's calendar."""
        return _spaces(format_date(moment.astimezone(self.zone).date(), "d MMM y", locale=self.locale))

    def minute(self, moment: datetime) -> str:
        """A moment on the partner's clock."""
        return _spaces(format_datetime(moment.astimezone(self.zone), "d MMM y, HH:mm", locale=self.locale))

    def days(self, first: date, last: date) -> str:
        """`17–23 Nov 2026`."""
        return _spaces(str(format_interval(first, last, "yMMMd", locale=self.locale)))

    def span(self, first: datetime, last: datetime) -> str:
        """From the first day to the last, or the one day."""
        one, two = self.day(first), self.day(last)
        return one if one == two else self.text("seen", first=one, last=two)

    def contact(self, masked: str) -> str:
        """`phone +44 … 123` with its first word in this language; names of services stay."""
        kind, _, rest = masked.partition(" ")
        return f"{self.language.texts.get(f'contact_{kind}', kind)} {rest}".strip()

    def countries(self, codes: Sequence[str]) -> list[str]:
        """Names of countries; an unknown code stays as it is."""
        return [str(self.locale.territories.get(code.upper(), code)) for code in codes]

    def languages(self, codes: Sequence[str]) -> list[str]:
        """Names of languages; an unknown code stays as it is."""
        return [str(self.locale.languages.get(code, code)) for code in codes]

    def join(self, items: Sequence[str]) -> str:
        """`a, b and c`; a trailing `+3` stands alone."""
        if items and items[-1].startswith("+") and items[-1][1:].isdigit():
            return ", ".join(items)
        return str(format_list(list(items), locale=self.locale))

    def marking(self, marking: Marking) -> str:
        """What a marking permits, in a sentence."""
        return self.text(marking.value.lower().replace(":", "_").replace("+", "_"))


def _spaces(text: str) -> str:
    """Ordinary spaces for the thin and narrow ones of CLDR, which mail subjects show badly."""
    return text.replace("\u2009", " ").replace("\u202f", " ").replace("\xa0", " ")
