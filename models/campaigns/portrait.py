"""What a campaign says as a whole: size, time, work, destinations, pay and contacts, each with the ads behind it.

Contacts in ads of another kind, unrelated offers and language versions that differ are indicators of group H
(`models.linked`); they are not told here again.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from models.campaigns.contact_graph import contact_graph
from models.campaigns.rhythm import Dated, dated, rhythm
from models.campaigns.telling import counted, day, days, listed, number, said
from models.linked_spec import linked_file
from zorya.domain.ads import ContactKind
from zorya.domain.language_names import name_of
from zorya.domain.portraits import Dot, Portrait, Sentence, Share, TimelineRow
from zorya.redact import mask_value
from zorya.store.campaign_ads import CampaignAd, Totals

DOTS = 200
"""Ads drawn on the timeline."""
_FEW = 3
"""Ads that must name a destination, or be gone, for a change to be told."""
_CHANGE = timedelta(days=28)
"""Time without a destination, at the start or at the end, from which it is new or left."""
_BY_CHANCE = 0.01
"""Probability below which a change is told: of 86 ads three always leave some weeks empty."""


def portrait_of(totals: Totals, newest: Sequence[CampaignAd]) -> Portrait:
    """Portrait of a campaign of one ad or more, from its totals and its newest ads, oldest first."""
    since = {each.source: each.watched_since for each in totals.sources}
    sentences = [
        _size(totals, newest),
        *rhythm(dated(newest, since)),
        *_lifetime(newest),
        *_work(newest),
        *_destinations(dated(newest, {})),
        *_pay(newest),
        *_contacts(newest),
    ]
    sources = sorted(totals.sources, key=lambda each: (-each.ads, each.source))
    return Portrait(
        ads=totals.ads,
        looked_at=len(newest),
        gone=sum(each.gone for each in totals.sources),
        first_seen=min(each.first_seen for each in totals.sources),
        last_seen=max(each.last_seen for each in totals.sources),
        sources=tuple(Share(each.source, each.ads) for each in sources),
        languages=tuple(Share(name or "", ads) for name, ads in totals.languages),
        kinds=tuple(Share(name, ads) for name, ads in totals.kinds),
        sentences=tuple(sentences),
        timeline=_timeline(totals, newest),
        graph=contact_graph(newest),
    )


def _timeline(totals: Totals, newest: Sequence[CampaignAd]) -> tuple[TimelineRow, ...]:
    dots: defaultdict[str, list[Dot]] = defaultdict(list)
    for ad in newest[-DOTS:]:
        dots[ad.source].append(Dot(ad.posting_id, ad.first_seen, ad.last_seen))
    return tuple(
        TimelineRow(each.source, each.ads, each.first_seen, each.last_seen, tuple(dots[each.source]))
        for each in totals.sources
    )


def _size(totals: Totals, newest: Sequence[CampaignAd]) -> Sentence:
    first, last = min(each.first_seen for each in totals.sources), max(each.last_seen for each in totals.sources)
    spoken = [f"{name_of(name)} ({number(ads)})" for name, ads in totals.languages if name]
    gone = sum(each.gone for each in totals.sources)
    verb = "is" if gone == 1 else "are"
    text = (
        f"{counted(totals.ads, 'ad')} on {counted(len(totals.sources), 'site')}"
        f"{f', in {listed(spoken)}' if spoken else ''}; seen from {day(first)} to {day(last)}"
        f"{f'; {number(gone)} {verb} gone' if gone else ''}."
    )
    return Sentence("size", text, totals.ads, said("size", "", newest[::-1]).posting_ids)


def _lifetime(ads: Sequence[CampaignAd]) -> list[Sentence]:
    """How long ads stand, in the middle; from the third that is gone."""
    gone = [(ad.gone_at - ad.first_seen, ad) for ad in ads if ad.gone_at is not None]
    if len(gone) < _FEW:
        return []
    middle = median(time for time, _ in gone).days  # type: ignore[type-var]
    stood = days(middle) if middle else "less than a day"
    text = f"Ads that are gone stood for {stood} in the middle ({counted(len(gone), 'ad')})."
    return [said("lifetime", text, [ad for _, ad in gone])]


def _work(ads: Sequence[CampaignAd]) -> list[Sentence]:
    """Kinds of work the ads name, by their text indicators."""
    named = [(ad, linked_file().sectors_of(ad.codes)) for ad in ads]
    counts = Counter(sector for _, sectors in named for sector in sectors)
    if not counts:
        return []
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kinds = "; ".join(f"{sector} ({counted(count, 'ad')})" for sector, count in ranked)
    rare = {sector for sector, _ in ranked[::-1]}
    behind = [next(ad for ad, sectors in named if sector in sectors) for sector, _ in ranked if sector in rare]
    rest = [ad for ad, sectors in named if sectors and ad not in behind]
    text = f"Work named: {kinds}." if len(ranked) > 1 else f"All work named is of one kind: {kinds}."
    return [said("work", text, [*dict.fromkeys(behind), *rest])]


def _destinations(ads: Dated) -> list[Sentence]:
    """Countries the offers lead to, and which of them are new or no longer named."""
    naming: defaultdict[str, Dated] = defaultdict(list)
    for when, ad in ads:
        for country in sorted({p.country for p in ad.places if p.country and p.role == "destination"}):
            naming[country].append((when, ad))
    if not naming:
        return []
    ranked = sorted(naming, key=lambda country: (-len(naming[country]), country))
    told = [f"{country.upper()} ({counted(len(naming[country]), 'ad')})" for country in ranked]
    every = [pair for pair in ads if any(pair in naming[country] for country in ranked)]
    found = [said("destinations", f"Destinations: {listed(told)}.", [ad for _, ad in every])]
    for country in (country for country in ranked if len(naming[country]) >= _FEW and len(ranked) > 1):
        found += _change(country.upper(), naming[country], every)
    return found


def _change(country: str, naming: Dated, every: Dated) -> list[Sentence]:
    """What came or left. Were its ads spread by chance, all of them would seldom fall into so short an end of all ads:
    a share f of them holds all k with the probability f^k.
    """
    behind = [ad for _, ad in naming]
    first, last = naming[0][0], naming[-1][0]
    since = sum(when >= first for when, _ in every) / len(every)
    until = sum(when <= last for when, _ in every) / len(every)
    is_new = first - every[0][0] >= _CHANGE and since ** len(naming) < _BY_CHANCE
    has_left = every[-1][0] - last >= _CHANGE and until ** len(naming) < _BY_CHANCE
    if is_new:
        return [said("destination-new", f"{country} is named since {day(first)} only.", behind)]
    if has_left:
        return [said("destination-left", f"{country} is no longer named since {day(last)}.", behind[::-1])]
    return []


def _pay(ads: Sequence[CampaignAd]) -> list[Sentence]:
    """Pay offered, in euro per full-time month."""
    paying = sorted(
        ((ad.pay.eur_month, ad) for ad in ads if ad.pay and ad.pay.eur_month),
        key=lambda pair: (pair[0], pair[1].posting_id),
    )
    if not paying:
        return []
    low, middle, high = paying[0][0], median(euros for euros, _ in paying), paying[-1][0]
    text = f"Pay from {low:,.0f} to {high:,.0f} euro a month, {middle:,.0f} in the middle"
    text = f"Pay of {low:,.0f} euro a month" if round(low) == round(high) else text
    behind = [paying[0][1], paying[-1][1], *(ad for _, ad in paying[1:-1])]
    return [said("pay", f"{text} ({counted(len(paying), 'ad')} of {number(len(ads))} say it).", behind[: len(paying)])]


def _contacts(ads: Sequence[CampaignAd]) -> list[Sentence]:
    """How many contacts there are, and which stands in most ads."""
    holders: defaultdict[str, list[CampaignAd]] = defaultdict(list)
    masks: dict[str, str] = {}
    for ad in ads:
        for contact in {each.token: each for each in ad.contacts if each.kind is not ContactKind.URL}.values():
            holders[contact.token].append(ad)
            masks.setdefault(contact.token, f"{contact.kind} {mask_value(contact.kind, contact.value)}")
    if not holders:
        return []
    top = min(holders, key=lambda token: (-len(holders[token]), token))
    sites = len({ad.source for ad in holders[top]})
    where = f"{counted(len(holders[top]), 'ad')} on {counted(sites, 'site')}"
    text = f"{counted(len(holders), 'contact')}; {masks[top]} stands in {where}."
    return [said("contacts", text if len(holders) > 1 else f"One contact, {masks[top]}, in {where}.", holders[top])]
