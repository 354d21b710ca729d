"""Digits → telephone number: whose plan they fit, and how sure that is. `phonenumbers` knows the plans, and is loaded
with the first digits that may dial.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from zorya.domain.ads import GUESSED, POSSIBLE, UNPLACED, WRITTEN

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_LANGUAGE_REGIONS = {
    "ro": ("RO", "MD"), "ru": ("RU", "MD", "UA"), "uk": ("UA",), "bg": ("BG",), "pl": ("PL",), "hu": ("HU",),
    "cs": ("CZ",), "nl": ("NL", "BE"), "de": ("DE", "AT", "CH"), "en": ("GB", "IE"),
}  # fmt: skip
_TRUNK = {"PL": "456789", "CZ": "67", "RU": "89", "HU": "0"}
"""First digits of a number written nationally; most countries write a trunk 0."""


@dataclass(frozen=True, slots=True)
class Regions:
    """ISO alpha-2 regions whose plans a national number may follow: the board's own, then those guessed."""

    own: str | None
    guessed: tuple[str, ...]

    @classmethod
    def of(cls, language: str | None, country: str | None, places: tuple[str, ...]) -> "Regions":
        """Country of the board, then the countries of the language, then those of the places the ad names."""
        own = country.upper() if country else None
        guessed = (*_LANGUAGE_REGIONS.get(language or "", ()), *(place.upper() for place in places))
        return cls(own, tuple(region for region in dict.fromkeys(guessed) if region != own))

    @property
    def all(self) -> tuple[str, ...]:
        """In the order in which they are tried."""
        return (self.own, *self.guessed) if self.own else self.guessed


@dataclass(frozen=True, slots=True)
class Number:
    """E.164, or the national digits of a number whose country is unknown; `valid`: a plan assigns such numbers."""

    value: str
    confidence: float
    valid: bool


@lru_cache(maxsize=16384)
def number_of(international: bool, digits: str, regions: Regions) -> Number | None:
    """The number that 7–15 `digits` dial, or None. `international`: a plus stands before them."""
    import phonenumbers

    if international or (digits.startswith("00") and len(digits) > 10):
        number = _parse("+" + digits.removeprefix("00"), None)
        if not number or not phonenumbers.is_possible_number(number):
            return None
        valid = phonenumbers.is_valid_number(number)
        return Number(_e164(number), WRITTEN if valid else POSSIBLE, valid)
    return _national(digits, regions) or _without_plus(digits)


def _national(digits: str, regions: Regions) -> Number | None:
    import phonenumbers

    for region in regions.all:
        if digits[0] not in _TRUNK.get(region, "0"):
            continue
        number = _parse(digits, region)
        if number and phonenumbers.is_valid_number_for_region(number, region):
            return Number(_e164(number), WRITTEN if region == regions.own else GUESSED, valid=True)
    trunk = digits[0] == "0" and digits[1] != "0"
    for region in regions.all if trunk and len(digits) >= 10 else ():
        number = _parse(digits, region)
        if number and phonenumbers.is_possible_number(number):
            return Number(_e164(number), POSSIBLE, valid=False)
    return None


def _without_plus(digits: str) -> Number | None:
    """A number with its country code but no plus, or one with a trunk 0 of a country nobody named."""
    import phonenumbers

    if 11 <= len(digits) <= 13 and digits[0] != "0":
        number = _parse("+" + digits, None)
        if number and phonenumbers.is_valid_number(number):
            return Number(_e164(number), GUESSED, valid=True)
    national = digits[0] == "0" and len(digits) in {10, 11, 12} and digits[1] != "0"
    return Number(digits, UNPLACED, valid=False) if national else None


def _parse(number: str, region: str | None) -> "PhoneNumber | None":
    import phonenumbers

    try:
        return phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: "PhoneNumber") -> str:
    import phonenumbers

    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
