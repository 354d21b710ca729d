"""Stage *screen*, last step: template and portrait of every campaign that has changed.

Each costs what its sample costs: of a campaign of ten thousand ads `READ` are read for templates and
`campaign_ads.NEWEST` for the portrait. A sample that has not changed is not read again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from models.campaigns.portrait import portrait_of
from models.campaigns.template import copies, template_of
from models.campaigns.units import Ad, ad_of
from zorya.domain.ids import content_digest
from zorya.store import Store, assessments, campaign_ads, campaigns, portraits, postings

READ = 100
"""Ads of one campaign that are read for its templates."""
TEMPLATES = 5
"""Texts of one campaign whose template is kept, those of most ads."""
_FEWEST = 2
"""Ads of a campaign that is told of: one ad says what it says."""
_AT_ONCE = 20
"""Campaigns in one transaction."""
_FORM = "1"
"""Changes when the same ads give another template: what was computed before is then computed anew."""


def refresh(store: Store, *, at: datetime) -> int:
    """Compute every stale campaign anew; returns how many were."""
    done = 0
    while True:
        with store.writing() as connection:
            campaigns.lock(connection)
            waiting = portraits.stale(connection, limit=_AT_ONCE)
            for campaign in waiting:
                _compute(connection, campaign, at)
        done += len(waiting)
        if len(waiting) < _AT_ONCE:
            return done


def _compute(connection: Connection, campaign: str, at: datetime) -> None:
    totals = campaign_ads.totals(connection, campaign)
    if totals.ads < _FEWEST:
        portraits.forget(connection, [campaign])
        return
    before = portraits.of(connection, campaign)
    templates = _templates(connection, campaign, totals.ads, before.template if before else None)
    portrait = portrait_of(totals, campaign_ads.newest(connection, campaign))
    portraits.put(connection, campaign, template=templates, portrait=portrait.as_json(), at=at)


def _templates(connection: Connection, campaign: str, members: int, before: dict[str, Any] | None) -> dict[str, Any]:
    """`read` ads of `members`, the `basis` that says which, and the templates of their texts, the largest first."""
    sample = campaign_ads.sample(connection, campaign, READ)
    basis = content_digest({"form": _FORM, "ads": sample})
    if before and before["basis"] == basis:
        return {**before, "members": members}
    templates = [template_of(group) for group in _copied(_ads(connection, sorted(sample)))]
    return {
        "basis": basis,
        "read": len(sample),
        "members": members,
        "templates": [template.as_json() for template in templates],
    }


def _ads(connection: Connection, posting_ids: Sequence[str]) -> list[Ad]:
    versions = list(postings.currents(connection, posting_ids))
    contacts = assessments.contacts_in(connection, [version.id for version in versions])
    return [
        ad_of(
            version.posting_id,
            version.posting.text,
            contacts=contacts.get(version.id, ()),
            language=version.posting.language,
        )
        for version in versions
    ]


def _copied(ads: Sequence[Ad]) -> list[list[Ad]]:
    """Groups of two ads or more: a text that stands once has no slots."""
    return [group for group in copies(ads) if len(group) > 1][:TEMPLATES]
