"""What the app says, in the person's language: gettext catalogues (`translations/*.po`), read as they are written.

English is what stands in the code. A message that a catalogue lacks is said in English, never left out. Romanian,
Ukrainian, Dutch and Russian are drafts until a native speaker from the sector has read them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations

FOLDER = Path(__file__).parent / "translations"
LANGUAGES = {"en": "English", "ro": "Română", "uk": "Українська", "nl": "Nederlands", "ru": "Русский"}
"""Languages of the app by code, each under its own name. Russian is never chosen for anybody: only by themselves."""
_LOCALES = {"en": "en_GB"}


def N_(message: str) -> str:
    """Marks a message of the code for the catalogues; it is said later."""
    return message


@dataclass(frozen=True, slots=True)
class Speech:
    """Speaks one language: messages, plural forms, days, numbers."""

    code: str
    locale: Locale
    translations: NullTranslations

    def say(self, message: str, **values: object) -> str:
        """A message with its places (`%(name)s`) filled."""
        said = self.translations.ugettext(message) if message else ""
        return said % values if values else said

    def told(self, words: Mapping[str, str], word: str) -> str:
        """The machine's word as people read it; one that is not listed as it is."""
        return self.say(words[word]) if word in words else str(word).replace("_", " ")

    def plural(self, one: str, many: str, number: int, **values: object) -> str:
        """`%(num)s things` in the right form of the language."""
        said = self.translations.ungettext(one, many, number)
        return said % (values | {"num": self.number(number)})

    def day(self, moment: date) -> str:
        """`24 Nov 2026`, in UTC."""
        return _plain(format_date(_utc(moment), "d MMM y", locale=self.locale))

    def short_day(self, moment: date) -> str:
        """`24 Nov`."""
        return _plain(format_date(_utc(moment), "d MMM", locale=self.locale))

    def moment(self, moment: datetime) -> str:
        """`24 Nov 2026, 09:00 UTC`."""
        return f"{self.day(moment)}, {self.clock(moment)}"

    def clock(self, moment: datetime) -> str:
        """`09:00 UTC`."""
        return f"{_plain(format_time(moment.astimezone(UTC), 'HH:mm', locale=self.locale))} UTC"

    def number(self, number: float) -> str:
        """`1,234`."""
        return _plain(format_decimal(number, locale=self.locale))

    def coefficient(self, value: float) -> str:
        """`0.74`, `-0.04`: two digits behind the point."""
        return _plain(format_decimal(value, format="0.00", locale=self.locale))

    def percent(self, share: float) -> str:
        """`55 %`."""
        return _plain(format_percent(share, locale=self.locale))

    def score(self, score: float) -> str:
        """A score as `98 %`, from 1 to 99 %: it is a share of ads like this one that people found to be a concern, and
        a finite number of them cannot show that none is otherwise. 100 % or 0 % would say that nobody has to look."""
        return self.percent(min(max(score, 0.01), 0.99))

    def fine_percent(self, share: float) -> str:
        """`0.4 %`, `6 %`: one digit behind the point below one in a hundred."""
        pattern = str(self.locale.percent_formats[None].pattern)
        fine = pattern.replace("##0", "##0.0") if 0 < share < 0.01 else pattern
        return _plain(format_percent(share, format=fine, locale=self.locale))

    def language(self, code: str) -> str:
        """The name of a language; of none that CLDR knows, its code."""
        return str(self.locale.languages.get(code, code)).capitalize() if code else self.say("Language unknown")

    def country(self, code: str) -> str:
        """The name of a country; of none that CLDR knows, its code."""
        return str(self.locale.territories.get(code.upper(), code))

    def listed(self, items: list[str]) -> str:
        """`a, b and c`."""
        return str(format_list(items, locale=self.locale))


@cache
def speech(code: str) -> Speech:
    """The speech of a language; English for a code the app does not speak."""
    known = code if code in LANGUAGES else "en"
    return Speech(known, Locale.parse(_LOCALES.get(known, known)), _translations(known))


def _translations(code: str) -> NullTranslations:
    path = FOLDER / f"{code}.po"
    if not path.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return Translations(compiled)


def _utc(moment: date) -> date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def _plain(text: str) -> str:
    """Ordinary spaces for the narrow ones of CLDR, which some fonts lack."""
    return text.replace("\u2009", " ").replace("\u202f", " ").replace("\xa0", " ")
