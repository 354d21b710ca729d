"""The contacts of a campaign beside the ads, or where these are many the sources, in which they stand."""

from collections import defaultdict
from collections.abc import Sequence

from zorya.domain.ads import ContactKind
from zorya.domain.portraits import ContactGraph, Link, Node
from zorya.redact import mask_value
from zorya.store.campaign_ads import CampaignAd
from zorya.store.linking import LinkedContact

MOST_NODES = 50
"""What a page can draw and a person can read."""
_MOST_SOURCES = 20


def contact_graph(ads: Sequence[CampaignAd]) -> ContactGraph:
    """Graph of at most `MOST_NODES` nodes. The contacts in most ads stay, then those on most sources; links to pages
    are left out, since they stand for boards and shops as often as for people.
    """
    holders: defaultdict[str, dict[str, CampaignAd]] = defaultdict(dict)
    faces: dict[str, LinkedContact] = {}
    for ad in sorted(ads, key=lambda ad: ad.posting_id):
        for contact in ad.contacts:
            if contact.kind is not ContactKind.URL:
                holders[contact.token][ad.posting_id] = ad
                faces.setdefault(contact.token, contact)
    ranked = sorted(holders, key=lambda token: (-len(holders[token]), -len(_sources(holders[token])), token))
    by_ad = len(ads) + len(ranked) <= MOST_NODES
    beside = len(ads) if by_ad else min(_MOST_SOURCES, len({ad.source for ad in ads}))
    shown = ranked[: MOST_NODES - beside]
    places: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for token in shown:
        for ad in holders[token].values():
            place = ad.posting_id if by_ad else ad.source
            places[place][token] = places[place].get(token, 0) + 1
    kept = sorted(places, key=lambda place: (-sum(places[place].values()), place))[:beside]
    kind = "ad" if by_ad else "source"
    nodes = [*(_contact(faces[token], len(holders[token])) for token in shown)]
    nodes += [Node(place, kind, place, sum(_in_place(ad, place, by_ad) for ad in ads)) for place in kept]
    links = [Link(token, place, places[place][token]) for token in shown for place in kept if token in places[place]]
    return ContactGraph(tuple(nodes), tuple(links), len(ranked) - len(shown))


def _contact(contact: LinkedContact, ads: int) -> Node:
    return Node(contact.token, str(contact.kind), mask_value(contact.kind, contact.value), ads)


def _sources(ads: dict[str, CampaignAd]) -> set[str]:
    return {ad.source for ad in ads.values()}


def _in_place(ad: CampaignAd, place: str, by_ad: bool) -> bool:
    return place == (ad.posting_id if by_ad else ad.source)
