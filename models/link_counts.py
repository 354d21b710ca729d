"""How each indicator of group H is counted over the ads of one campaign.

Every function returns a finding with the sentence an analyst reads, or None when the ads do not state it. No sentence
holds a contact.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import phonenumbers

from models.linked_spec import Counts, LinkedFile, LinkedSpec
from zorya.domain.ads import ContactKind, Kind
from zorya.domain.findings import State, Strength
from zorya.domain.language_names import name_of
from zorya.store.linking import LinkedAd

_Alerts = list[tuple[str, datetime]]
_SHARED_BANDS = 2
"""Of 16 bands of eight rows (`models.campaigns.sketch`): a Jaccard similarity of about (2/16)^(1/8) = 0.77."""
_ANCHORS = 3
"""Ads of a bucket that the others are compared with: all pairs of a large campaign would be too many."""
_NUMBERED = frozenset({ContactKind.PHONE, ContactKind.WHATSAPP, ContactKind.VIBER, ContactKind.TELEGRAM})
_LANGUAGE_IN_URL = re.compile(r"(?<=[/?&=.])(?:ro|ru|uk|ua|bg|pl|hu|cs|cz|nl|de|en)(?=[/&]|$)", re.IGNORECASE)
_HOST_END = re.compile(r"^(\w+://[^/]+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was counted. `at_most` caps the strength where something speaks for the advertiser."""

    counts: Counts
    why: str
    posting_ids: frozenset[str]
    state: State = State.PRESENT
    at_most: Strength | None = None


def other_kind(ads: list[LinkedAd], spec: LinkedSpec, file: LinkedFile, _alerts: _Alerts) -> Finding | None:
    """H1: a contact in a job offer and in a dating ad."""
    for holders in _by_contact(ads):
        jobs = [ad for ad in holders if ad.kind is Kind.JOB]
        dates = [ad for ad in holders if ad.kind is Kind.DATING]
        signs = sum(bool(ad.codes & set(file.sale_signs)) for ad in dates)
        counts = Counts(ads=len(holders), signs=signs)
        if jobs and dates and counts.reach(spec.when):
            paid = f", {signs} of them with signs of paid company" if signs else ""
            why = f"One contact stands in {_ads(jobs, 'job offer')} and in {_ads(dates, 'dating ad')}{paid}."
            return Finding(counts, why, _ids(holders))
    return None


def unrelated_offers(ads: list[LinkedAd], spec: LinkedSpec, file: LinkedFile, _alerts: _Alerts) -> Finding | None:
    """H2: a contact in offers of unrelated kinds of work in several countries; the contact with most kinds counts."""
    best: Finding | None = None
    for holders in _by_contact(ads):
        working = [(ad, sectors) for ad in holders if (sectors := file.sectors_of(ad.codes))]
        apart = _apart([sectors for _, sectors in working])
        countries = sorted({country for ad, _ in working for country in _work_in(ad)})
        counts = Counts(ads=len(working), sectors=len(apart), countries=len(countries))
        if not counts.reach(spec.when) or (best and best.counts.sectors >= counts.sectors):
            continue
        employers = {ad.employer.casefold().strip() if ad.employer else "" for ad, _ in working}
        one_employer = len(employers) == 1 and "" not in employers
        why = (
            f"One contact stands in offers of {len(apart)} unrelated kinds ({', '.join(sorted(apart))}) "
            f"in {len(countries)} countries ({_codes(countries)}), {len(working)} ads"
            f"{'; all name the same employer' if one_employer else ''}."
        )
        best = Finding(counts, why, _ids(ad for ad, _ in working), at_most=Strength.WEAK if one_employer else None)
    return best


def template(ads: list[LinkedAd], spec: LinkedSpec, _file: LinkedFile, _alerts: _Alerts) -> Finding | None:
    """H3: nearly one text whose places, contacts, employer or pay are exchanged. The widest template counts."""
    groups = _alike([ad for ad in ads if ad.repost_of is None])
    group = max(groups, key=len) if groups else []
    slots: dict[str, set[Any]] = {
        "place": {tuple(sorted(place.name or place.raw for place in ad.places)) for ad in group},
        "contact": {tuple(sorted(ad.tokens)) for ad in group},
        "employer": {(ad.employer or "").casefold() for ad in group},
        "pay": {ad.pay for ad in group},
    }
    exchanged = [name for name, values in slots.items() if len(values) > 1]
    counts = Counts(ads=len(group), slots=len(exchanged))
    if not counts.reach(spec.when):
        return None
    why = f"{len(group)} ads share nearly one text; what differs is the {_and(exchanged)}."
    return Finding(counts, why, _ids(group))


def language_versions(ads: list[LinkedAd], spec: LinkedSpec, file: LinkedFile, _alerts: _Alerts) -> Finding | None:
    """H4: two versions of one offer in two languages; contradicted when they name the same work."""
    agreeing: Finding | None = None
    for one, other in combinations(sorted(ads, key=lambda ad: ad.posting_id), 2):
        if not _versions_of_one(one, other, spec):
            continue
        first, second = file.sectors_of(one.codes), file.sectors_of(other.codes)
        if not first or not second:
            continue
        where = f"The {name_of(one.language or '')} and the {name_of(other.language or '')} version of one offer"
        if first & second:
            why = f"{where} name the same work: {_and(sorted(first & second))}."
            agreeing = agreeing or Finding(Counts(ads=2), why, _ids((one, other)), State.CONTRADICTED)
        else:
            why = f"{where} name different work: {_and(sorted(first))}, and {_and(sorted(second))}."
            return Finding(Counts(ads=2), why, _ids((one, other)))
    return agreeing


def number_abroad(ads: list[LinkedAd], spec: LinkedSpec, file: LinkedFile, _alerts: _Alerts) -> Finding | None:
    """H5: numbers of a country that is neither the board's nor one the ad names. Ads with a fitting number deny it."""
    mismatched: list[LinkedAd] = []
    strange: set[str] = set()
    most = 0
    for ad in ads:
        numbered = [each for each in ad.contacts if each.kind in _NUMBERED]
        numbers = {_country_of(each.value, file) for each in numbered if each.says_country} - {None}
        every = {_country_of(each.value, file) for each in numbered}  # a guess may fit, though it accuses nobody
        board = {ad.country} if ad.country else set()
        named = {place.country for place in ad.places if place.country}
        if not numbers or not board | named or every & (board | named):
            continue
        mismatched.append(ad)
        strange |= {number for number in numbers if number}
        work = _work_in(ad) - board
        most = max(most, 1 + bool(board) + bool(work))
    counts = Counts(ads=len(mismatched), countries=most)
    if not counts.reach(spec.when):
        return None
    share = "the ad" if len(ads) == 1 else f"{len(mismatched)} of {len(ads)} ads"
    verb = "gives" if len(mismatched) == 1 else "give"
    where = f"a number of {_codes(sorted(strange))}, neither the board's country nor one the ad names"
    why = f"In this campaign {share} {verb} {where}."
    return Finding(counts, why, _ids(mismatched))


def reposts(ads: list[LinkedAd], spec: LinkedSpec, _file: LinkedFile, _alerts: _Alerts) -> Finding | None:
    """H7: ads put up again in the same words, or taken down within days."""
    days = spec.within_days or 1
    again = [ad for ad in ads if ad.repost_of is not None]
    brief = [ad for ad in ads if ad.gone_at is not None and ad.gone_at - ad.first_seen <= timedelta(days=days)]
    volatile = {ad.posting_id: ad for ad in (*again, *brief)}
    counts = Counts(ads=len(volatile), reposts=len(volatile))
    if not counts.reach(spec.when):
        return None
    parts = [f"{len(again)} were put up again in the same words"] if again else []
    parts += [f"{len(brief)} were gone within {days} days"] if brief else []
    return Finding(counts, f"Of {len(ads)} ads {_and(parts)}.", frozenset(volatile))


def earlier_alerts(ads: list[LinkedAd], spec: LinkedSpec, _file: LinkedFile, alerts: _Alerts) -> Finding | None:
    """H9: ads that appeared after partners were alerted to the campaign."""
    if not alerts:
        return None
    since = min(when for _, when in alerts)
    later = [ad for ad in ads if ad.first_seen > since]
    counts = Counts(ads=len(later), alerts=len(alerts))
    if not counts.reach(spec.when):
        return None
    told = len({partner for partner, _ in alerts})
    appeared = "1 ad has appeared" if len(later) == 1 else f"{len(later)} ads have appeared"
    partners = "1 partner was" if told == 1 else f"{told} partners were"
    why = f"{appeared} since {partners} alerted to this campaign on {since:%-d %b %Y}."
    return Finding(counts, why, _ids(later))


def _by_contact(ads: list[LinkedAd]) -> list[list[LinkedAd]]:
    """Ads under each contact that stands in more than one, in a fixed order."""
    holders: defaultdict[str, list[LinkedAd]] = defaultdict(list)
    for ad in ads:
        for token in ad.tokens:
            holders[token].append(ad)
    shared = {_ids(group): group for _, group in sorted(holders.items()) if len(group) > 1}
    return sorted(shared.values(), key=lambda group: (-len(group), sorted(_ids(group))))


def _apart(each: Iterable[frozenset[str]]) -> set[str]:
    """Kinds of work no two of which ever stand in one ad: a bar that also dances is one kind, told by its first."""
    groups: list[set[str]] = []
    for sectors in each:
        touching = [group for group in groups if group & sectors]
        groups = [group for group in groups if not group & sectors] + [set(sectors).union(*touching)]
    return {" and ".join(sorted(group)) for group in groups}


def _work_in(ad: LinkedAd) -> set[str]:
    """Countries of the work: destinations, else every country the ad names."""
    led = {place.country for place in ad.places if place.country and place.role == "destination"}
    return led or {place.country for place in ad.places if place.country and place.role != "origin"}


def _alike(ads: list[LinkedAd]) -> list[list[LinkedAd]]:
    """Groups of ads chained by nearly the same text."""
    home = {ad.posting_id: ad.posting_id for ad in ads}

    def root(name: str) -> str:
        while home[name] != name:
            name = home[name]
        return name

    shared: defaultdict[tuple[str, str], int] = defaultdict(int)
    buckets: defaultdict[str, list[str]] = defaultdict(list)
    for ad in sorted(ads, key=lambda ad: ad.posting_id):
        for band in ad.bands:
            buckets[band].append(ad.posting_id)
    for names in buckets.values():
        for position, anchor in enumerate(names[:_ANCHORS]):
            for other in names[position + 1 :]:
                shared[anchor, other] += 1
    for (one, other), bands in shared.items():
        if bands >= _SHARED_BANDS:
            home[max(root(one), root(other))] = min(root(one), root(other))
    groups: defaultdict[str, list[LinkedAd]] = defaultdict(list)
    for ad in ads:
        groups[root(ad.posting_id)].append(ad)
    return [groups[name] for name in sorted(groups)]


def _versions_of_one(one: LinkedAd, other: LinkedAd, spec: LinkedSpec) -> bool:
    """The same page in two languages, or one contact that offers one pay in two languages within days."""
    if not one.language or not other.language or one.language == other.language:
        return False
    near = abs(one.first_seen - other.first_seen) <= timedelta(days=spec.within_days or 1)
    if one.source == other.source and _plain(one.url) == _plain(other.url):
        return True
    return near and bool(one.tokens & other.tokens) and one.pay is not None and one.pay == other.pay


def _plain(url: str) -> str:
    """An address without its language: `/ro/ad/7` and `/ru/ad/7` are one."""
    head = _HOST_END.match(url)
    return (head[1] if head else "") + _LANGUAGE_IN_URL.sub("", url[head.end() if head else 0 :])


def _country_of(number: str, file: LinkedFile) -> str | None:
    """ISO alpha-2 of an E.164 number, lower case; None for ranges of fiction, national numbers, handles and codes."""
    if not number.startswith("+") or not number[1:].isdigit() or number.startswith(file.fiction_numbers):
        return None
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return None
    return region.lower() if region and region.isalpha() else None


def _ids(ads: Iterable[LinkedAd]) -> frozenset[str]:
    return frozenset(ad.posting_id for ad in ads)


def _ads(ads: list[LinkedAd], name: str) -> str:
    return f"{len(ads)} {name}{'' if len(ads) == 1 else 's'}"


def _codes(countries: list[str]) -> str:
    return ", ".join(country.upper() for country in countries)


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
