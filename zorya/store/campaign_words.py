"""What people said of campaigns, as it binds the machine: same, different, and what they split by hand."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, or_, select

from zorya.store.campaign_schema import campaign_changes, campaign_links, campaign_members, campaign_moves
from zorya.store.change_log import MACHINE, revoked
from zorya.store.presence import chunks


@dataclass(frozen=True, slots=True)
class Words:
    """In force and about some campaigns. `links` are (posting, other, is it the same advertiser), the latest word
    first; `together` are sets of postings that a person put or left in one campaign when splitting."""

    links: list[tuple[str, str, bool]] = field(default_factory=list)
    together: list[list[str]] = field(default_factory=list)


def about(connection: Connection, campaign_ids: Iterable[str]) -> Words:
    """What was said of the postings in these live campaigns."""
    names = list(campaign_ids)
    gone = revoked(connection)
    return Words(_links(connection, names, gone), _together(connection, names, gone))


def _links(connection: Connection, names: list[str], gone: set[int]) -> list[tuple[str, str, bool]]:
    found: dict[tuple[int, str, str], bool] = {}
    for chunk in chunks(names):
        inside = select(campaign_members.c.posting_id).where(campaign_members.c.campaign_id.in_(chunk))
        touching = or_(campaign_links.c.one.in_(inside), campaign_links.c.other.in_(inside))
        for row in connection.execute(select(campaign_links).where(touching)):
            if row.change not in gone:
                found[row.change, row.one, row.other] = row.relation == "same"
    return [(one, other, found[seq, one, other]) for seq, one, other in sorted(found, reverse=True)]


def _together(connection: Connection, names: list[str], gone: set[int]) -> list[list[str]]:
    """By the last split that a person made of each posting."""
    last: dict[str, tuple[int, str]] = {}
    by_hand = (campaign_changes.c.kind == "split", campaign_changes.c.actor != MACHINE)
    for chunk in chunks(names):
        query = (
            select(campaign_moves.c.change, campaign_moves.c.posting_id, campaign_moves.c.to_campaign)
            .join(campaign_changes, campaign_changes.c.seq == campaign_moves.c.change)
            .join(campaign_members, campaign_members.c.posting_id == campaign_moves.c.posting_id)
            .where(campaign_members.c.campaign_id.in_(chunk), *by_hand)
            .order_by(campaign_moves.c.change)
        )
        for row in connection.execute(query):
            if row.change not in gone:
                last[row.posting_id] = (row.change, row.to_campaign)
    groups: dict[tuple[int, str], list[str]] = {}
    for posting, label in sorted(last.items()):
        groups.setdefault(label, []).append(posting)
    return list(groups.values())
