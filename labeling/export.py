"""Labels for training: every verdict in force with the text of each ad of its campaign."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from zorya.domain.ads import Contact, PostingVersion
from zorya.domain.reviews import Verdict
from zorya.erasure_list import ErasureList
from zorya.store import assessments, campaigns, erasing, postings, referrals, reviews, second_looks

MASK = "[contact]"


def labelled_ads(
    connection: Connection, listed: ErasureList, *, with_contacts: bool = False
) -> Iterator[dict[str, Any]]:
    """One record per verdict and ad, in a stable order, without ads on legal hold (`labeling.snapshots` says why);
    `campaign` is what a split must keep together.
    `label` is the ad's own, which a reviewer may have set apart from that of its campaign; `adjudicates` marks a lead's
    last word on a disagreement, which stands above the others of its campaign."""
    settling = second_looks.adjudications(connection)
    for verdict in reviews.verdicts_in_force(connection):
        campaign = campaigns.resolve(connection, verdict.campaign_id)
        of_campaign = {
            "verdict": verdict.id,
            "campaign": campaign,
            "campaign_label": verdict.label.value,
            "decided_at": verdict.decided_at.isoformat(),
            "adjudicates": verdict.task_id in settling,
            "outside": _outside(connection, campaign),
        }
        names = [member.posting_id for member in campaigns.members(connection, campaign)]
        held = erasing.held_among(connection, listed, names)
        for name in names:
            if name not in held and (version := postings.current(connection, name)):
                yield of_campaign | _of_ad(connection, version, verdict, with_contacts=with_contacts)


def _of_ad(connection: Connection, version: PostingVersion, verdict: Verdict, *, with_contacts: bool) -> dict[str, Any]:
    posting = version.posting
    label = verdict.of_ad(version.posting_id)
    is_same = label is verdict.label
    contacts = [*posting.contacts, *(c for c, _ in assessments.contacts_of(connection, version.id))]
    hidden = () if with_contacts else tuple(contacts)
    return {
        "id": version.id,
        "title": without(posting.title, hidden),
        "body": without(posting.body, hidden),
        "kind": posting.kind.value,
        "language": posting.language,
        "label": label.value,
        "patterns": list(verdict.patterns) if is_same else [],
        "severity": verdict.severity if is_same else None,
        "indicators": list(verdict.indicators) if is_same else [],
    }


def _outside(connection: Connection, campaign: str) -> list[dict[str, str]]:
    """What partners found out about a campaign and those merged into it: beside the verdict, never in its place."""
    found = referrals.opinions(connection, campaigns.family(connection, campaign))
    return [
        {"partner": each.partner, "label": each.label.value, "code": each.code, "at": each.at.isoformat()}
        for each in found
    ]


def without(text: str, contacts: tuple[Contact, ...]) -> str:
    """The text with each contact's wording replaced, longest first."""
    wordings = {wording for contact in contacts for wording in (contact.raw, contact.value) if len(wording) >= 4}
    for wording in sorted(wordings, key=lambda wording: (-len(wording), wording)):
        text = text.replace(wording, MASK)
    return text
