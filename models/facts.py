"""Facts an ad states in numbers: age band, pay, percentages of a split."""

import re
from dataclasses import dataclass

from zorya.domain.findings import Span
from zorya.domain.pay import Pay, find_pay

_YEARS = (
    r"(?:years?|y\.?o\.?|ani|lat|roku|let|év(?:es)?|jaar|jahre?|"
    r"год(?:а|ы|ів|и)?|лет|рок(?:ів|и|у)|р\.|години|годишн\w*|г\.)"
)
_AGES = re.compile(
    rf"(?<!\d)(?P<low>1[6-9]|[2-5]\d)\s?(?:-|–|—|to|do|до|bis|tot|și|la|і|и)\s?(?P<high>1[89]|[2-6]\d)\s?(?:{_YEARS}|\+)?(?![\d:.,%€$£]|\s?(?:€|eur|zł|zl|lei|лв|грн|руб|ft|kč|h\b|ч\b|god|год\.|std|uur|km|кг|kg))",
    re.IGNORECASE,
)
_UP_TO = re.compile(
    rf"(?:up to|under|до|do|până la|pana la|bis|tot|maximum|max\.?)\s?(?P<high>[2-4]\d)\s?{_YEARS}", re.IGNORECASE
)
_AGE_CONTEXT = re.compile(
    rf"{_YEARS}|\bage|aged|vârst|varst|wiek|вік|возраст|възраст|kor\b|éves|leeftijd|alter|věk", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Ages wanted, inclusive; `low` is None for "up to"."""

    low: int | None
    high: int
    span: Span


@dataclass(frozen=True, slots=True)
class Facts:
    """What an ad states in numbers."""

    age: AgeBand | None
    pays: tuple[Pay, ...]

    @property
    def eur_month(self) -> float | None:
        """Highest stated pay in euro per full-time month."""
        return max((pay.eur_month for pay in self.pays if pay.eur_month), default=None)


def find_facts(text: str, *, country: str | None = None) -> Facts:
    """Facts of one ad text; `country` decides what `lei` are."""
    return Facts(_find_age(text), tuple(find_pay(text, country=country)))


def _find_age(text: str) -> AgeBand | None:
    for match in _AGES.finditer(text):
        low, high = int(match["low"]), int(match["high"])
        around = text[max(0, match.start() - 25) : match.end() + 12]
        if low < high and _AGE_CONTEXT.search(around):
            return AgeBand(low, high, match.span())
    up_to = _UP_TO.search(text)
    return AgeBand(None, int(up_to["high"]), up_to.span()) if up_to else None
