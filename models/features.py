"""The one definition of features, used by training and by scoring.

Nationality, ethnicity and language are no features: names of places and words of identity (`lexicons/identity.yml`) are
masked out of the text, contacts and numbers are replaced by marks, and the model is not given the language code.
"""

import math
import re
from collections.abc import Sequence

from models.facts import Facts
from models.identity_words import without_identity
from models.reading import Reading
from zorya.domain.ads import ContactKind
from zorya.domain.findings import IndicatorHit, State

_USUAL_LENGTH, _SHORT, _LONG = 300, 40, 1500
"""Characters of a middling private ad, and the bounds outside of which length says nothing more. Real employers write
pages, lures on open boards a line or two; the upper bound keeps padding from buying more than that."""
CONTACT = re.compile(r"https?://\S+|\S+@\S+|(?<!\w)@\w+|t\.me/\S+")
_NUMBER = re.compile(r"\d[\d .,\-/():]*")
_SIGN = re.compile(r"[^\w\s']")


def masked_text(reading: Reading) -> str:
    """Normalised text with contacts, numbers, places and nationalities replaced by marks; punctuation stands apart, so
    that a word before a comma is the same word.
    """
    text = CONTACT.sub(" xcontact ", reading.indicators.normalised.text)
    text = _NUMBER.sub(" 0 ", text)
    text = without_identity(text)
    return " ".join(_SIGN.sub(r" \g<0> ", mask_places(text, reading)).split())


def mask_places(text: str, reading: Reading) -> str:
    """Normalised text without the places the ad names."""
    from models.normalise import normalise

    for place in reading.places:
        text = re.sub(rf"(?<!\w){re.escape(normalise(place.raw).text)}(?!\w)", " ", text)
    return text


def indicator_features(reading: Reading) -> dict[str, float]:
    """Named numbers beside the text: indicators by state, their combinations, length, pay, age, contacts."""
    return hit_features(reading.indicators.hits) | fact_features(reading)


def hit_features(hits: Sequence[IndicatorHit]) -> dict[str, float]:
    """Of `indicator_features` those that hang on which indicators were found."""
    features: dict[str, float] = {}
    groups: dict[str, int] = {}
    for hit in hits:
        present = hit.state is State.PRESENT
        features[f"{hit.code}={'present' if present else 'contradicted'}"] = 1.0
        if present:
            groups[hit.code[0]] = groups.get(hit.code[0], 0) + 1
    for group, number in groups.items():
        features[f"group {group}"] = math.log1p(number)
    features["indicators present"] = math.log1p(sum(groups.values()))
    features["groups present"] = len(groups) / 3
    codes = {hit.code for hit in hits if hit.state is State.PRESENT}
    if {"D1", "D3", "E2"} & codes and {"B3", "B4", "B5"} & codes:
        features["facilitated and selective"] = 1.0
    return features


def fact_features(reading: Reading) -> dict[str, float]:
    """The rest of `indicator_features`."""
    features = {"warns": 2.0} if reading.indicators.warns else {}
    length = len(without_identity(reading.indicators.normalised.text))  # the letters of who somebody is do not count
    features["length"] = math.log(min(max(length, _SHORT), _LONG) / _USUAL_LENGTH)
    return features | _age_and_pay(reading.facts) | _contact_features(reading)


def _age_and_pay(facts: Facts) -> dict[str, float]:
    features: dict[str, float] = {}
    if facts.age and facts.age.high and facts.age.high <= 35:
        features["age band young"] = 1.0
    if facts.eur_month:
        features["pay high"] = max(0.0, min(2.0, facts.eur_month / 3000 - 1))
    return features


def _contact_features(reading: Reading) -> dict[str, float]:
    kinds = {contact.kind for contact in reading.contacts}
    messengers = {ContactKind.TELEGRAM, ContactKind.WHATSAPP, ContactKind.VIBER, ContactKind.INSTAGRAM, ContactKind.VK}
    features: dict[str, float] = {}
    if kinds & messengers and not kinds & {ContactKind.EMAIL, ContactKind.URL}:
        features["messenger alone"] = 1.0
    if kinds & {ContactKind.EMAIL, ContactKind.URL}:
        features["e-mail or page"] = 1.0
    return features
