"""Stage *screen*, last step: template, portrait and writing habits of every campaign that has changed.

Each costs what its sample costs: of a campaign of ten thousand ads `READ` are read for templates and
`campaign_ads.NEWEST` for the portrait. A sample that has not changed is not read again.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection

from models.campaigns.portrait import portrait_of
from models.campaigns.style import Style, style_of, suggestion
from models.campaigns.template import copies, template_of
from models.campaigns.units import Ad, ad_of
from zorya.domain.ads import PostingVersion
from zorya.domain.ids import content_digest
from zorya.store import Store, assessments, campaign_ads, campaigns, overview, portraits, postings, proposals

READ = 100
"""Ads of one campaign that are read for its templates."""
TEMPLATES = 5
"""Texts of one campaign whose template is kept, those of most ads."""
_FEWEST = 2
"""Ads of a campaign that is told of: one ad says what it says."""
_AT_ONCE = 20
"""Campaigns in one transaction."""
_STYLES, _SUGGESTED = 200, 3
_STYLE_WEIGHT = 0.4
"""Habits in common weigh less than any other tie: such questions come last."""
_FORM = "2"
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
    sample = campaign_ads.sample(connection, campaign, READ)
    basis = content_digest({"form": _FORM, "ads": sample})
    portrait = portrait_of(totals, campaign_ads.newest(connection, campaign)).as_json()
    if before and before.template and before.template["basis"] == basis:
        template = {**before.template, "members": totals.ads}
        portraits.put(connection, campaign, template=template, portrait=portrait, style=before.style, at=at)
        return
    versions = list(postings.currents(connection, sorted(sample)))
    templates = [template_of(group).as_json() for group in _copied(_ads(connection, versions))]
    template = {"basis": basis, "read": len(sample), "members": totals.ads, "templates": templates}
    style = style_of((version.posting.text, version.posting.language) for version in versions)
    portraits.put(
        connection,
        campaign,
        template=template,
        portrait=portrait,
        style=asdict(style) if style.enough else None,
        at=at,
    )
    if style.enough:
        _suggest(connection, campaign, style, at)


def _suggest(connection: Connection, campaign: str, style: Style, at: datetime) -> None:
    """Ask about flagged campaigns that are written alike: of the `_STYLES` computed last, the nearest `_SUGGESTED`.

    Recent ones only: a suggestion is no tie, and comparing with all would cost more the larger the store.
    """
    known = portraits.styles(connection, limit=_STYLES)
    alike = {other: suggestion(style, Style(**habits)) for other, habits in known.items() if other != campaign}
    found = sorted((-told[0], other, told[1]) for other, told in alike.items() if told)[:_SUGGESTED]
    views = overview.campaign_views(connection, [campaign, *(other for _, other, _ in found)]) if found else {}
    flagged = {name for name, view in views.items() if view.band.flagged}
    for weight, other, reason in found:
        if {campaign, other} <= flagged:
            pair = (campaigns.keeper(connection, campaign), campaigns.keeper(connection, other))
            proposals.propose(connection, *pair, kind="style", weight=-weight * _STYLE_WEIGHT, reason=reason, at=at)


def _ads(connection: Connection, versions: Sequence[PostingVersion]) -> list[Ad]:
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
