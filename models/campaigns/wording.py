"""The wording of an ad: its text without its slots, in segments.

Contacts, numbers, places and nationalities are slots, not text: a template with another city and phone is the same.
Masking works on the normaliser's output, so that a disguised copy has the wording of the plain one.
"""

import re

from models.features import CONTACT, NATIONALITY, mask_places
from models.reading import Reading

_NUMBER = re.compile(r"\d+(?:[ .,\-/():]+\d+)*")
"""Ends with a digit: the full stop behind a number ends a sentence."""
_BREAK = re.compile(r"[.!?…;\n\r•·|]+")
_BETWEEN = re.compile(r"\W+")


def wording(reading: Reading) -> str:
    """The segments of an ad (sentences, lines), one a line, words and marks of slots only; may be empty."""
    text = CONTACT.sub(" xcontact ", reading.indicators.normalised.text)
    text = NATIONALITY.sub(" ", _NUMBER.sub(" 0 ", text))
    segments = (_BETWEEN.sub(" ", part).strip() for part in _BREAK.split(mask_places(text, reading)))
    return "\n".join(segment for segment in segments if segment)
