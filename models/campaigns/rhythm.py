"""When a campaign's ads appear: how many a week, in bursts or after pauses, on which weekdays.

The day of an ad is the day it says it was posted, else the day it was first seen. An ad that stood there already when
its source was first read has no day: else the start of every crawl would be a burst. Hours are left out, since a first
sight tells when we looked.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import sqrt

from models.campaigns.telling import day, days, number, said
from zorya.domain.portraits import Sentence
from zorya.store.campaign_ads import CampaignAd

Dated = list[tuple[date, CampaignAd]]

_FIRST_LOOK = timedelta(days=1)
"""What is seen within this time of the first run may have stood there before."""
_FEW, _WEEKS = 5, 4
"""Ads and weeks from which a rhythm is told."""
_PAUSE = timedelta(days=28)
_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_MANY, _SHARE = 20, 0.4
"""Ads that state their day, and the share of one weekday, from which it is told."""


def dated(ads: Iterable[CampaignAd], watched_since: Mapping[str, datetime | None]) -> Dated:
    """Ads that have a day, in the order of their days."""
    found = []
    for ad in ads:
        since = watched_since.get(ad.source)
        if ad.posted_on is not None:
            found.append((ad.posted_on, ad))
        elif since is None or ad.first_seen - since > _FIRST_LOOK:
            found.append((ad.first_seen.date(), ad))
    return sorted(found, key=lambda pair: (pair[0], pair[1].posting_id))


def rhythm(ads: Dated) -> list[Sentence]:
    """Sentences on the rhythm of dated ads; none where they are few."""
    weeks = (ads[-1][0] - ads[0][0]).days // 7 + 1 if ads else 0
    if len(ads) < _FEW or weeks < _WEEKS:
        return []
    mean = len(ads) / weeks
    told = f"{mean:.1f} new ads a week" if mean >= 1 else f"a new ad every {number(round(1 / mean))} weeks"
    whole = said("rhythm", f"About {told}, over {number(weeks)} weeks.", [ad for _, ad in ads])
    return [whole, *_bursts(ads, mean), *_pauses(ads), *_weekday(ads)]


def _bursts(ads: Dated, mean: float) -> list[Sentence]:
    """Weeks beyond three standard deviations of a Poisson count (Shewhart's c chart); the greatest is told."""
    weeks = Counter((when - ads[0][0]).days // 7 for when, _ in ads)
    high = {week: count for week, count in weeks.items() if count >= max(_FEW, mean + 3 * sqrt(mean))}
    if not high:
        return []
    week, count = min(high.items(), key=lambda item: (-item[1], item[0]))
    start = ads[0][0] + timedelta(weeks=week)
    behind = [ad for when, ad in ads if start <= when < start + timedelta(weeks=1)]
    others = f", and {number(len(high) - 1)} more such weeks" if len(high) > 1 else ""
    return [said("burst", f"A burst of {number(count)} ads in the week from {day(start)}{others}.", behind)]


def _pauses(ads: Dated) -> list[Sentence]:
    """The longest time without a new ad, when it is four weeks or more."""
    gaps = [(later[0] - earlier[0], earlier, later) for earlier, later in pairwise(ads)]
    longest, before, after = max(gaps, key=lambda gap: (gap[0], gap[1][0]))
    if longest < _PAUSE:
        return []
    text = f"No new ad between {day(before[0])} and {day(after[0])} ({days(longest.days)})."
    return [said("pause", text, [before[1], after[1]])]


def _weekday(ads: Sequence[tuple[date, CampaignAd]]) -> list[Sentence]:
    """The weekday on which most ads say they were posted, when it stands out."""
    stated = [ad for _, ad in ads if ad.posted_on is not None]
    counts = Counter(ad.posted_on.weekday() for ad in stated if ad.posted_on is not None)
    if len(stated) < _MANY:
        return []
    weekday, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
    if count < _SHARE * len(stated):
        return []
    behind = [ad for ad in stated if ad.posted_on is not None and ad.posted_on.weekday() == weekday]
    text = f"Of {number(len(stated))} ads that state their day {number(count)} were posted on {_WEEKDAYS[weekday]}."
    return [said("weekday", text, behind)]
