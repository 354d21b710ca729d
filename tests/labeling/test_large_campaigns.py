"""Campaigns and questions of more rows than a page shows: what is said of them, and where the next page begins."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from zorya.store import campaigns, glances, overview, proposals

DAY = timedelta(days=1)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages look at four ads of a campaign: the two oldest and the two newest."""
    monkeypatch.setattr(overview, "MOST", 4)
    overview._ends.cache_clear()
    yield
    overview._ends.cache_clear()


def _seven(seed: Any) -> str:
    """One campaign of seven ads, a day apart; the fourth has the highest score, of the others the sixth."""
    scores = (0.6, 0.61, 0.62, 0.98, 0.63, 0.9, 0.64)
    campaign = seed.ad(scores[0], title="Ad 0", seen_at=seed.at - 9 * DAY)
    for number, score in enumerate(scores[1:], 1):
        seed.ad(score, title=f"Ad {number}", campaign=campaign, seen_at=seed.at - (9 - number) * DAY)
    return str(campaign)


@pytest.mark.usefixtures("few")
def test_the_oldest_and_the_newest_ads_are_looked_at_and_all_are_counted(seed: Any) -> None:
    campaign, single = _seven(seed), seed.ad(0.7, title="Alone")
    with seed.store.reading() as connection:
        views = overview.campaign_views(connection, [campaign, single])
    assert (views[campaign].size, views[campaign].title) == (7, "Ad 5")
    assert (views[campaign].first_seen, views[campaign].last_seen) == (seed.at - 9 * DAY, seed.at - 3 * DAY)
    assert views[single].title == "Alone"


@pytest.mark.usefixtures("few")
def test_where_every_campaign_is_asked_for_every_ad_is_looked_at(seed: Any) -> None:
    campaign = _seven(seed)
    with seed.store.reading() as connection:
        assert overview.campaign_views(connection)[campaign].title == "Ad 3"


def test_members_page_on_where_the_last_page_ended(seed: Any) -> None:
    campaign = _seven(seed)
    with seed.store.reading() as connection:
        every = campaigns.members(connection, campaign)
        third = (every[2].added_at, every[2].posting_id)
        assert campaigns.members(connection, campaign, limit=2, after=third) == every[3:5]
        seen = glances.glances(connection, [each.posting_id for each in every])
    assert [seen[each.posting_id].title for each in every] == [f"Ad {number}" for number in range(7)]


def test_of_equal_ties_the_newest_is_asked_first_and_pages_meet(seed: Any) -> None:
    homes = [seed.ad(0.6, title=f"Single {number}") for number in range(6)]
    with seed.store.writing() as connection:
        names = [campaigns.members(connection, home)[0].posting_id for home in homes]
        for (one, other), weight in zip(zip(names[::2], names[1::2], strict=True), (0.5, 0.7, 0.5), strict=True):
            proposals.propose(connection, one, other, kind="text", weight=weight, reason="alike", at=seed.at)
        whole = proposals.listing(connection)
        first = proposals.listing(connection, limit=2)
        assert [each.weight for each in whole] == [0.7, 0.5, 0.5]
        assert whole[1].seq > whole[2].seq
        assert first + proposals.listing(connection, after=first[-1]) == whole
