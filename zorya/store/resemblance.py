"""Ads that resemble one ad, and by what: the campaign's own edges, a shared contact, a shared wording, a repost.

Read only, and never more than a page of each: the nearest are shown, not all.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from zorya.domain.ads import ContactKind
from zorya.store import ad_history, campaigns, imprints
from zorya.store.campaign_schema import campaign_keys
from zorya.store.presence import chunks
from zorya.store.schema import contacts, postings, versions

MOST = 60
"""Ads looked at for each sort of tie."""
_RUN = 3
"""Words in a run that two texts may share."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What ties another ad to this one. `kind` is `edge` (the campaign's own, with its `detail` as the edge's name),
    `contact` (`detail` the kind of contact), `text` or `repost`; `share` is that of the common runs of words."""

    kind: str
    detail: str = ""
    share: float | None = None


def ties(connection: Connection, posting_id: str, version_id: str) -> dict[str, list[Tie]]:
    """Other ad → what ties it to this one, the most ties first; equal ones by id."""
    found: defaultdict[str, list[Tie]] = defaultdict(list)
    for name, tie in _edges(connection, posting_id):
        found[name].append(tie)
    for name, kind in _same_contacts(connection, version_id):
        found[name].append(Tie("contact", kind))
    earlier, later = ad_history.reposts(connection, posting_id, limit=MOST)
    for name in (*((earlier,) if earlier else ()), *(each for each, _ in later)):
        found[name].append(Tie("repost"))
    for name, share in _near_texts(connection, posting_id, set(found)).items():
        found[name].append(Tie("text", share=share))
    found.pop(posting_id, None)
    unique = {name: list(dict.fromkeys(held)) for name, held in found.items() if held}
    return dict(sorted(unique.items(), key=lambda row: (-len(row[1]), -_nearest(row[1]), row[0])))


def _nearest(held: Iterable[Tie]) -> float:
    return max((tie.share or 0.0 for tie in held), default=0.0)


def _edges(connection: Connection, posting_id: str) -> list[tuple[str, Tie]]:
    """Ads that the campaign ties directly to this one, among the first of its members."""
    mine = campaigns.member(connection, posting_id)
    if mine is None:
        return []
    own = [(mine.edge_to, Tie("edge", mine.edge))] if mine.edge_to else []
    members = campaigns.members(connection, mine.campaign_id, limit=MOST)
    return own + [(each.posting_id, Tie("edge", each.edge)) for each in members if each.edge_to == posting_id]


def _same_contacts(connection: Connection, version_id: str) -> list[tuple[str, str]]:
    """(ad, kind of contact) of ads whose present wording states a contact that this version states; links stand for
    boards and shops too often to tie anything."""
    mine = select(contacts.c.token, contacts.c.kind).where(
        contacts.c.version_id == version_id, contacts.c.kind != ContactKind.URL
    )
    kinds = {row.token: row.kind for row in connection.execute(mine)}
    found = []
    for token, kind in sorted(kinds.items()):
        query = (
            select(postings.c.id)
            .join(versions, versions.c.posting_id == postings.c.id)
            .join(contacts, contacts.c.version_id == versions.c.id)
            .where(postings.c.current_version == versions.c.id)
            .where(contacts.c.token == token, contacts.c.version_id != version_id)
            .limit(MOST)
        )
        found += [(name, kind) for name in connection.execute(query).scalars()]
    return found


def _near_texts(connection: Connection, posting_id: str, tied: set[str]) -> dict[str, float]:
    """Ad → share of the runs of three words that its text and this one's have in common, of those where it counts."""
    mine = imprints.of(connection, [posting_id]).get(posting_id)
    if mine is None:
        return {}
    bands = select(campaign_keys.c.key).where(campaign_keys.c.rank == mine.text, campaign_keys.c.key.like("t:%"))
    near = imprints.under_any(connection, connection.execute(bands).scalars(), limit=MOST)
    same = imprints.under(connection, f"x:{mine.text}", limit=MOST)
    wanted = sorted({*tied, *sorted(near)[:MOST], *same} - {posting_id})
    runs = _runs(mine.wording)
    found = {}
    for chunk in chunks(wanted):
        for name, other in imprints.of(connection, chunk).items():
            share = _common(runs, _runs(other.wording))
            if share >= 0.3:
                found[name] = round(share, 2)
    return found


def _runs(wording: str) -> set[tuple[str, ...]]:
    words = wording.lower().split()
    return {tuple(words[start : start + _RUN]) for start in range(max(1, len(words) - _RUN + 1))}


def _common(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    """Jaccard index: common runs ÷ all runs."""
    return len(one & other) / len(one | other) if one and other else 0.0
