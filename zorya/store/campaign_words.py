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
    return Words(_links(connection, names), _together(connection, names))


def _links(connection: Connection, names: list[str]) -> list[tuple[str, str, bool]]:
    found: dict[tuple[int, str, str], bool] = {}
    for chunk in chunks(names):
        inside = select(campaign_members.c.posting_id).where(campaign_members.c.campaign_id.in_(chunk))
        touching = or_(campaign_links.c.one.in_(inside), campaign_links.c.other.in_(inside))
        for row in connection.execute(select(campaign_links).where(touching)):
            found[row.change, row.one, row.other] = row.relation == "same"
    gone = revoked(connection, {seq for seq, _, _ in found})
    in_force = sorted((link for link in found if link[0] not in gone), reverse=True)
    return [(one, other, found[seq, one, other]) for seq, one, other in in_force]


def _together(connection: Connection, names: list[str]) -> list[list[str]]:
    """By the last split that a person made of each posting."""
    moves: list[tuple[int, str, str]] = []
    by_hand = (campaign_changes.c.kind == "split", campaign_changes.c.actor != MACHINE)
    for chunk in chunks(names):
        query = (
            select(campaign_moves.c.change, campaign_moves.c.posting_id, campaign_moves.c.to_campaign)
            .join(campaign_changes, campaign_changes.c.seq == campaign_moves.c.change)
            .join(campaign_members, campaign_members.c.posting_id == campaign_moves.c.posting_id)
            .where(campaign_members.c.campaign_id.in_(chunk), *by_hand)
        )
        moves += [(row.change, row.posting_id, row.to_campaign) for row in connection.execute(query)]
    gone = revoked(connection, {change for change, _, _ in moves})
    last = {posting: (change, label) for change, posting, label in sorted(moves) if change not in gone}
    groups: dict[tuple[int, str], list[str]] = {}
    for posting, label in sorted(last.items()):
        groups.setdefault(label, []).append(posting)
    return list(groups.values())
