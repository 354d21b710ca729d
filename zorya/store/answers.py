"""A person's answer to a proposal: the same advertiser, different ones, or unsure. Audited and reversible."""

from datetime import datetime

from sqlalchemy import Connection

from zorya.errors import NothingToDo, PolicyRefusal, StoreError
from zorya.store import audit, campaign_changes, campaigns, proposals
from zorya.store.change_log import Change
from zorya.store.proposals import OPEN, Answer


def decide(
    connection: Connection, seq: int, answer: Answer, *, at: datetime, by: str, reason: str = ""
) -> Change | None:
    """Answer a proposal. *Same* merges the campaigns, *different* keeps them apart; both return the change, which can
    be undone. *Unsure* changes nothing; whoever knows more may answer later.

    Raises StoreError for an unknown proposal, NothingToDo when the two are one campaign by now, PolicyRefusal when
    somebody has answered already (the change to undo is named).
    """
    campaigns.lock(connection)
    asked = proposals.proposal(connection, seq)
    if asked is None:
        raise StoreError(f"there is no proposal {seq}; `zorya campaign proposals` lists the open ones")
    if asked.state not in {OPEN, Answer.UNSURE}:
        raise PolicyRefusal(
            f"proposal {seq} was answered {asked.state!r} by {asked.decided_by}; to answer anew undo change "
            f"{asked.change} first (`zorya campaign undo {asked.change}`)"
        )
    if asked.one_campaign == asked.other_campaign:
        raise NothingToDo(f"proposal {seq}: both are campaign {asked.one_campaign} already")
    pair = (asked.one_campaign, asked.other_campaign)
    why = reason or asked.reason
    change = None
    if answer is Answer.SAME:
        change = campaign_changes.merge(connection, pair, at=at, by=by, reason=why)
    elif answer is Answer.DIFFERENT:
        anchors = (asked.one, asked.other)
        change = campaign_changes.keep_apart(connection, *pair, anchors=anchors, at=at, by=by, reason=why)
    else:
        audit.add(connection, at=at, actor=by, action="campaign.unsure", object=f"proposal {seq}", reason=reason)
    proposals.settle(connection, asked, answer, by=by, at=at, change=change.seq if change else None)
    return change
