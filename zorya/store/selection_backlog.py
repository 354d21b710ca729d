"""Campaigns that selection has to look at (again): whoever changes what its answer rests on notes it here, in the same
transaction, so that a run costs what has changed and not what was ever confirmed.

The answer rests on verdicts in force, on who is in a campaign, on what the current wordings of its ads say and how they
were read, on the countries of their boards, and on the partners. It does not rest on how long ads stand: that an ad
was seen again or is gone notes nothing.

A row is never changed, only added and taken: nobody waits for anybody, and what is noted while a run decides stays for
the next one.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, delete, insert, select

from zorya.domain.reviews import VerdictLabel
from zorya.store.campaign_schema import campaign_members
from zorya.store.presence import chunks
from zorya.store.rows import insert_ignore
from zorya.store.schema import postings, verdicts, versions
from zorya.store.sharing_schema import considered_partners, selection_backlog, unclaimed_campaigns

_HOME = select(campaign_members.c.campaign_id).where(campaign_members.c.posting_id == bindparam("posting"))
_REWORDED = insert(selection_backlog).from_select(
    ["campaign_id"],
    _HOME.join(postings, postings.c.id == campaign_members.c.posting_id).where(
        postings.c.current_version != bindparam("version")
    ),
)
_READ = insert(selection_backlog).from_select(
    ["campaign_id"],
    select(campaign_members.c.campaign_id)
    .join(versions, versions.c.posting_id == campaign_members.c.posting_id)
    .where(versions.c.id == bindparam("version")),
)
"""Every ad needs these; building a statement costs more than running it."""


def note(connection: Connection, campaign_ids: Iterable[str]) -> None:
    """Ask for campaigns to be looked at; ids that were merged away stand for where they went."""
    rows = [{"campaign_id": campaign} for campaign in sorted(set(campaign_ids))]
    if rows:
        connection.execute(insert(selection_backlog), rows)


def note_reworded(connection: Connection, posting_id: str, version_id: str) -> None:
    """Note the campaign of an ad whose current version is about to become this one; nothing where it is already."""
    connection.execute(_REWORDED, {"posting": posting_id, "version": version_id})


def note_read(connection: Connection, version_id: str) -> None:
    """Note the campaign of an ad of which a version was read anew."""
    connection.execute(_READ, {"version": version_id})


def note_source(connection: Connection, source_id: str) -> None:
    """Note every campaign with an ad of a source."""
    homes = select(campaign_members.c.campaign_id).distinct()
    homes = homes.join(postings, postings.c.id == campaign_members.c.posting_id).where(postings.c.source == source_id)
    connection.execute(insert(selection_backlog).from_select(["campaign_id"], homes))


def is_current(connection: Connection, partners: Mapping[str, str]) -> bool:
    """True when these are the partners (id → fingerprint) for which campaigns were looked at until now."""
    stored = connection.execute(select(considered_partners.c.partner, considered_partners.c.fingerprint))
    return {row.partner: row.fingerprint for row in stored} == dict(partners)


def follow_partners(connection: Connection, partners: Mapping[str, str]) -> None:
    """Note every campaign in which anybody ever saw a concern, when partners came, went or were changed."""
    if is_current(connection, partners):
        return
    connection.execute(delete(considered_partners))
    for partner, fingerprint in sorted(partners.items()):
        insert_ignore(connection, considered_partners, {"partner": partner, "fingerprint": fingerprint})
    seen = select(verdicts.c.campaign_id).where(verdicts.c.label == VerdictLabel.CONCERN).distinct()
    connection.execute(insert(selection_backlog).from_select(["campaign_id"], seen))


def waiting(connection: Connection) -> list[str]:
    """Every campaign on the list, by id."""
    query = select(selection_backlog.c.campaign_id).distinct().order_by(selection_backlog.c.campaign_id)
    return list(connection.execute(query).scalars())


def take(connection: Connection, *, after: str, limit: int) -> list[str]:
    """The next campaigns behind `after`, by id, which leave the list with this transaction.

    They leave it before they are looked at: a change that is committed in between is either seen or still noted.
    """
    query = select(selection_backlog.c.campaign_id).distinct().where(selection_backlog.c.campaign_id > after)
    names = list(connection.execute(query.order_by(selection_backlog.c.campaign_id).limit(limit)).scalars())
    for chunk in chunks(names):
        connection.execute(delete(selection_backlog).where(selection_backlog.c.campaign_id.in_(chunk)))
    return names


def set_unclaimed(connection: Connection, looked_at: Iterable[str], unclaimed: Iterable[str]) -> None:
    """Keep which of the campaigns that were looked at, or were merged into those, fit no partner."""
    for chunk in chunks(looked_at):
        connection.execute(delete(unclaimed_campaigns).where(unclaimed_campaigns.c.campaign_id.in_(chunk)))
    for campaign in sorted(set(unclaimed)):
        insert_ignore(connection, unclaimed_campaigns, {"campaign_id": campaign})


def unclaimed(connection: Connection) -> list[str]:
    """Confirmed campaigns that fit no partner, by id."""
    query = select(unclaimed_campaigns.c.campaign_id).order_by(unclaimed_campaigns.c.campaign_id)
    return list(connection.execute(query).scalars())
