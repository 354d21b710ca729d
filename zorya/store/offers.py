"""Whether what somebody asks about was seen before. Read only: an asked contact, text or address is never stored."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from zorya.domain.offers import MOST, SeenBefore
from zorya.domain.reviews import VerdictLabel
from zorya.store import campaigns
from zorya.store.presence import chunks
from zorya.store.reviews import verdicts_in_force
from zorya.store.schema import contacts, postings, versions


def holding(connection: Connection, tokens: Iterable[str]) -> set[str]:
    """Postings in which one of these contacts (keyed tokens) stands or stood, at most `MOST` of each contact."""
    found: set[str] = set()
    for token in dict.fromkeys(tokens):
        query = (
            select(versions.c.posting_id)
            .join(contacts, contacts.c.version_id == versions.c.id)
            .where(contacts.c.token == token)
            .order_by(contacts.c.version_id)
            .limit(MOST)
        )
        found.update(connection.execute(query).scalars())
    return found


def seen(connection: Connection, posting_ids: Iterable[str]) -> SeenBefore:
    """What is known of these ads: how many, where, when, and what people said of their campaigns."""
    names = sorted(set(posting_ids))[:MOST]
    rows: list[Any] = []
    for chunk in chunks(names):
        columns = (postings.c.source, postings.c.first_seen, postings.c.last_seen)
        rows += connection.execute(select(*columns).where(postings.c.id.in_(chunk))).all()
    if not rows:
        return SeenBefore()
    said = _said(connection, names)
    return SeenBefore(
        ads=len(rows),
        sources=len({row.source for row in rows}),
        confirmed=sum(each is VerdictLabel.CONCERN for each in said),
        ordinary=sum(each is VerdictLabel.NO_CONCERN for each in said),
        first=min(row.first_seen for row in rows),
        last=max(row.last_seen for row in rows),
    )


def _said(connection: Connection, names: list[str]) -> list[VerdictLabel | None]:
    """What people say of the campaign of each ad: a concern only where two do; ordinary only where nobody differs."""
    homes = campaigns.of_postings(connection, names)
    judged: dict[str, VerdictLabel | None] = {}
    for campaign in set(homes.values()):
        family = campaigns.family(connection, campaign)
        last = {each.analyst: each.label for each in verdicts_in_force(connection, family)}
        labels = list(last.values())
        if labels.count(VerdictLabel.CONCERN) >= 2:
            judged[campaign] = VerdictLabel.CONCERN
        else:
            judged[campaign] = VerdictLabel.NO_CONCERN if set(labels) == {VerdictLabel.NO_CONCERN} else None
    return [judged[homes[name]] for name in names if name in homes]
