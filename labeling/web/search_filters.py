"""What a search asks for, as it stands in the address: a link that can be kept or pasted to a colleague."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from urllib.parse import urlencode

from zorya.domain.reviews import VerdictLabel
from zorya.store.search_filing import TOKEN_LETTERS, plain

FACETS = ("language", "source", "sector", "destination", "pattern", "indicator", "band")
"""Filters that are facets of an ad of the same name."""
LONGEST = 200
_TOKENS = re.compile(rf"[0-9a-f]{{{TOKEN_LETTERS}}}(?:\.[0-9a-f]{{{TOKEN_LETTERS}}}){{0,11}}")


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; an empty part does not narrow. `contact` holds keyed tokens, parted by a dot; `since` and
    `until` are days, both included."""

    q: str = ""
    contact: str = ""
    language: str = ""
    source: str = ""
    sector: str = ""
    destination: str = ""
    pattern: str = ""
    indicator: str = ""
    band: str = ""
    verdict: str = ""
    severity: str = ""
    since: str = ""
    until: str = ""

    @property
    def facets(self) -> list[str]:
        """Facets that every result has."""
        return [f"{name}:{getattr(self, name)}" for name in FACETS if getattr(self, name)]

    @property
    def by_verdict(self) -> bool:
        """Whether only judged ads are looked for."""
        return bool(self.verdict or self.severity)

    @property
    def tokens(self) -> list[str]:
        """Tokens of the contact that is looked for; one of them must fit."""
        return self.contact.split(".") if self.contact else []

    @property
    def narrowed(self) -> int:
        """How many filters beside the words are set."""
        return sum(bool(value) for name, value in asdict(self).items() if name not in {"q", "contact"})

    def as_query(self, **more: object) -> str:
        """Query string without empty parts."""
        return urlencode({name: value for name, value in (asdict(self) | more).items() if value})


def of_query(given: Mapping[str, str]) -> Sought:
    """What an address or a form asks for; what is not understood is left out."""
    words = " ".join(given.get("q", "").replace("\x00", "").split())[:LONGEST]
    contact = given.get("contact", "")
    verdict, severity = given.get("verdict", ""), given.get("severity", "")
    sought = Sought(
        q=words,
        contact=contact if _TOKENS.fullmatch(contact) else "",
        verdict=verdict if verdict in set(VerdictLabel) else "",
        severity=severity if severity in {"1", "2", "3"} else "",
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
    )
    return replace(sought, **{name: plain(given.get(name, "")) for name in FACETS})


def day_of(text: str) -> date | None:
    """A day of `Sought` as a date."""
    return date.fromisoformat(text) if text else None


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""
