"""Campaigns in the store: the ads of a batch join, found, merge or part campaigns, each tie with its reason.

The rules are those of `grouping.group`, applied to the neighbourhood of the batch; what people said of campaigns binds
them. Whatever the order of batches, the stored partition is that of a grouping of all imprints.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from models.campaigns.bound import parts_of
from models.campaigns.edges import Edge
from models.campaigns.grouping import Grouping, group
from models.campaigns.neighbourhood import Region, around
from models.campaigns.recording import Screened, record
from zorya.store import campaign_changes, campaign_words, campaigns, imprints, proposals
from zorya.store.change_log import MACHINE


def assign(connection: Connection, batch: Iterable[Screened], *, at: datetime) -> list[str]:
    """Put a batch of stored ads into their campaigns; returns the campaigns it touched. The caller holds
    `campaigns.lock`, so that any number of workers find what one would."""
    screened = list(batch)
    fresh = record(connection, screened, at=at)
    touched: set[str] = set()
    if fresh:
        region = around(connection, fresh, at=at)
        touched |= _settle(connection, region, at=at)
    names = [each.version.posting_id for each in screened]
    return sorted(touched | set(campaigns.of_postings(connection, names).values()))


def _settle(connection: Connection, region: Region, *, at: datetime) -> set[str]:
    """Group the region and make the store say so; returns the campaigns whose members changed."""
    found = group(region.ads.values(), region.known)
    why_split = _note_hubs(connection, region, found, at=at)
    words = campaign_words.about(connection, set(region.homes.values()))
    parts, denied = parts_of(found, bound=region.bound, words=words)
    before = dict(region.homes)
    homes = _split(connection, region.homes, parts, why=why_split, at=at)
    for part in parts:
        homes |= _gather(connection, part, homes, found.edges, at=at)
    for edge in (*found.proposals, *denied):
        tie = {"kind": edge.kind, "weight": edge.weight, "reason": edge.reason}
        proposals.propose(connection, edge.one, edge.other, **tie, at=at)  # type: ignore[arg-type]
    moved = {name for name in homes if homes[name] != before.get(name)}
    return {homes[name] for name in moved} | {before[name] for name in moved if name in before}


def _note_hubs(connection: Connection, region: Region, found: Grouping, *, at: datetime) -> str:
    """Keep what was found out about keys and texts; returns why campaigns part, if they do."""
    why = "An ad was changed: what tied it is gone."
    if region.new_boilerplate:
        why = "What tied them is boilerplate: it stands in many ads of otherwise different text."
    for rank in sorted(found.odd - region.known.odd):
        said = "Ads of this wording name organisations that differ."
        if imprints.make_hub(connection, f"x:{rank:016x}", why=said, at=at):
            why = "They share a wording with employers who differ: whose each ad is, nobody can say."
    for key in sorted(found.hubs - region.known.hubs):
        said = "Stands in ads of several organisations, or in very many different texts."
        if imprints.make_hub(connection, key, why=said, at=at):
            why = "The contact, picture or offer that tied them is one of many: a switchboard, a board, a usual wage."
    return why


def _split(
    connection: Connection, homes: Mapping[str, str], parts: list[list[str]], *, why: str, at: datetime
) -> dict[str, str]:
    """Part the campaigns whose ads do not hang together any more; returns the homes of all ads after it."""
    pieces: dict[str, dict[int, list[str]]] = {}
    for number, part in enumerate(parts):
        for name in part:
            if name in homes:
                pieces.setdefault(homes[name], {}).setdefault(number, []).append(name)
    after = dict(homes)
    for home, by_part in sorted(pieces.items()):
        if len(by_part) > 1:
            keeper = campaigns.keeper(connection, home)
            leaving = sorted(sorted(piece) for piece in by_part.values() if keeper not in piece)
            campaign_changes.split_into(connection, home, leaving, at=at, by=MACHINE, reason=why)
            after |= campaigns.of_postings(connection, [name for piece in leaving for name in piece])
    return after


def _gather(
    connection: Connection, part: list[str], homes: Mapping[str, str], edges: Iterable[Edge], *, at: datetime
) -> dict[str, str]:
    """Make one campaign of a part; returns the homes of its ads."""
    here = sorted({homes[name] for name in part if name in homes})
    members = set(part)
    inside = [edge for edge in edges if edge.one in members and edge.other in members]
    new = sorted(name for name in part if name not in homes)
    if not here:
        home = campaigns.found(connection, new.pop(0), at=at)
    elif len(here) > 1:
        home = campaign_changes.merge(connection, here, at=at, by=MACHINE, reason=_why(inside, homes)).campaign_id
    else:
        home = here[0]
    for name in new:
        ties = [edge for edge in inside if name in (edge.one, edge.other)]
        best = min(ties, key=lambda edge: (-edge.weight, edge.one, edge.other))
        other = best.other if best.one == name else best.one
        tie = {"edge": best.kind, "edge_to": other, "weight": best.weight, "reason": best.reason}
        campaigns.join(connection, home, name, **tie, at=at)  # type: ignore[arg-type]
    return dict.fromkeys(part, home)


def _why(inside: list[Edge], homes: Mapping[str, str]) -> str:
    """The tie that brings campaigns together, as a sentence."""
    across = [edge for edge in inside if homes.get(edge.one) != homes.get(edge.other)]
    best = min(across, key=lambda edge: (-edge.weight, edge.one, edge.other), default=None)
    return f"{best.reason} ({best.one}, {best.other})" if best else "A person said that they are the same."
