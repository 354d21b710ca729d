"""Closed sets of words that indicator files, word lists and the code that reads by them have in common."""

from typing import Literal

Language = Literal["ro", "ru", "uk", "bg", "pl", "hu", "cs", "nl", "de", "en"]
UiLanguage = Literal["ro", "uk", "nl", "ru"]
"""Languages of pages and mails beside English."""
Dimension = Literal[
    "deceptive_recruitment",
    "coercive_recruitment",
    "recruitment_by_abuse_of_vulnerability",
    "exploitative_conditions_of_work",
    "coercion_at_destination",
    "abuse_of_vulnerability_at_destination",
    "context",
]
"""The six dimensions of the ILO/EC Delphi lists (2009); `context` is what those lists do not name."""
