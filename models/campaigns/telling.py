"""How a portrait words numbers, days and ads: plain English sentences, with the ads behind each."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from zorya.domain.portraits import Sentence
from zorya.store.campaign_ads import CampaignAd

_BEHIND = 20
"""Ads named behind a sentence; how many there are is said."""


def said(about: str, text: str, ads: Sequence[CampaignAd]) -> Sentence:
    """A sentence with the ads behind it, in their order."""
    return Sentence(about, text, len(ads), tuple(ad.posting_id for ad in ads[:_BEHIND]))


def number(count: int) -> str:
    """`12,400`."""
    return f"{count:,}"


def counted(count: int, name: str) -> str:
    """`1 ad`, `12 ads`."""
    return f"{number(count)} {name}{'' if count == 1 else 's'}"


def days(count: int) -> str:
    """`1 day`, `12 days`."""
    return counted(count, "day")


def day(when: date | datetime) -> str:
    """`3 May 2026`."""
    return f"{when:%-d %b %Y}"


def listed(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *rest, last = [*words]
    return f"{', '.join(rest)} and {last}" if rest else last
