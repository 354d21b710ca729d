"""A campaign's page and what a person may do to it: split, merge, take back. Each act says why and can be undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.web import caring, casefile, portraying
from labeling.web.gate import Call, refused
from labeling.web.policy import REVIEWERS
from labeling.web.reviewing import flags_for
from labeling.web.speech import N_, Speech
from zorya.domain.portraits import Portrait
from zorya.domain.reviews import Verdict
from zorya.errors import NothingToDo, PolicyRefusal, StoreError
from zorya.store import (
    campaign_changes,
    campaigns,
    change_log,
    overview,
    portraits,
    proposals,
    referrals,
    reviews,
    second_looks,
)
from zorya.store.change_log import MACHINE, Change

MIN_REASON = 4
AD_NUMBER = N_("ad %(number)s")
SHOWN_CHANGES = 50
SHOWN_PROPOSALS = 20
DONE = {
    "merge": N_("Merged. All their ads are here now."),
    "split": N_("Split off. The ads that were ticked are a campaign of their own."),
    "undo": N_("Taken back. Everything is as it was before."),
    "different": N_("Noted: different advertisers."),
}
REFUSALS = (StoreError, NothingToDo, PolicyRefusal)
"""Why an act on campaigns is not done: shown to who asked for it."""


def show(call: Call) -> Response:
    """One campaign; decisions of others stay hidden from a reviewer who has not decided. The id of one that was merged
    leads to the one it is part of."""
    asked = str(call.request.path_params["campaign"])
    with call.app.store.reading() as connection:
        live = campaigns.resolve(connection, asked)
    if live != asked:
        query = call.request.url.query
        return call.go(f"/campaigns/{live}" + (f"?{query}" if query else ""))
    return _page(call, live)


def split(call: Call) -> Response:
    """The ticked ads become a campaign of their own."""
    campaign, ticked, reason = call.request.path_params["campaign"], call.texts("posting"), _reason(call)
    if not reason:
        return _page(call, campaign, status=422, error=N_("Say in a few words why these are of another advertiser."))
    if not ticked:
        return _page(call, campaign, status=422, error=N_("Tick the ads to split off first."))
    try:
        with call.app.store.writing() as connection:
            change = campaign_changes.split(
                connection, campaign, ticked, at=call.now, by=call.person.name, reason=reason
            )
    except REFUSALS as exc:
        return _page(call, campaign, status=409, error=str(exc))
    return _done(call, change)


def merge(call: Call) -> Response:
    """Another campaign becomes one with this."""
    campaign, other, reason = call.request.path_params["campaign"], call.text("other", 40).strip(), _reason(call)
    if not reason:
        return _page(call, campaign, status=422, error=N_("Say in a few words why both are of one advertiser."))
    try:
        with call.app.store.writing() as connection:
            pair = (campaign, other)
            change = campaign_changes.merge(connection, pair, at=call.now, by=call.person.name, reason=reason)
    except REFUSALS as exc:
        return _page(call, campaign, status=409, error=str(exc))
    return _done(call, change)


def undo(call: Call) -> Response:
    """Take one change back; what stands on it is named where that is not possible."""
    number = call.request.path_params["change"]
    if not number.isdecimal() or len(number) > 12:
        raise HTTPException(404)
    try:
        with call.app.store.writing() as connection:
            change = campaign_changes.undo(
                connection, int(number), at=call.now, by=call.person.name, reason=_reason(call)
            )
    except REFUSALS as exc:
        return refused(call, 409, f"{str(exc)[:1].upper()}{str(exc)[1:]}.")
    back = call.text("next", 60)
    if back == "/proposals/next":
        return call.go(f"{back}?said=undone")
    return _done(call, change)


def _done(call: Call, change: Change) -> Response:
    return call.go(f"/campaigns/{change.campaign_id}?change={change.seq}#history")


def _reason(call: Call) -> str:
    text = " ".join(call.text("reason", 300).split())
    return text if len(text) >= MIN_REASON else ""


def _page(call: Call, campaign_id: str, *, status: int = 200, error: str = "") -> Response:
    asked = call.request.query_params
    with call.app.store.reading() as connection:
        live = campaigns.resolve(connection, campaign_id)
        case = casefile.open_case(
            connection, live, posting_id=asked.get("ad"), after=asked.get("after"), spoken=call.speech
        )
        if case is None:
            raise HTTPException(404)
        words = reviews.verdicts_in_force(connection, campaigns.family(connection, live))
        context = about(connection, case, call.speech) | {
            "care": caring.notes_of(connection, call, case.ad),
            "changes": change_log.history(connection, live, limit=SHOWN_CHANGES),
            "proposals": _other_sides(connection, live),
            "flags": flags_for(connection, call, live, decided=_has_decided(call, words)),
            "outside": []
            if _blind(call, words)
            else referrals.opinions(connection, campaigns.family(connection, live)),
            "settling": second_looks.adjudications(connection, {word.task_id for word in words}),
            "just": _just(connection, asked.get("change", ""), call.now),
        }
    call.log("ad.view", case.ad.version_id)
    blind = _blind(call, words)
    return call.page(
        "campaign.html",
        status=status,
        case=case,
        verdicts=[] if blind else words,
        blind=blind,
        revealed=False,
        error=error,
        ticked=call.texts("posting"),
        may_act=call.person.role in REVIEWERS,
        machine=MACHINE,
        **context,
    )


def _blind(call: Call, words: list[Verdict]) -> bool:
    """True for a reviewer who has not decided: what others found would sway them."""
    return call.person.role in REVIEWERS and not _has_decided(call, words)


def _has_decided(call: Call, words: list[Verdict]) -> bool:
    return any(verdict.analyst == call.person.name for verdict in words)


def about(connection: Connection, case: casefile.CaseFile, spoken: Speech) -> dict[str, Any]:
    """Portrait, timeline, contact graph and templates of a campaign, each None or empty until they are computed."""
    stored = portraits.of(connection, case.campaign.campaign_id)
    portrait = Portrait.from_json(stored.portrait) if stored and stored.portrait else None
    names = {row.posting_id: spoken.say(AD_NUMBER, number=row.number) for row in case.members}
    return {
        "portrait": portrait,
        "is_stale": stored is None or stored.stale,
        "timeline": portraying.timeline(portrait) if portrait else None,
        "graph": portraying.drawn(portrait.graph, names) if portrait and portrait.graph.nodes else None,
        "templates": portraying.templates(stored.template if stored else None),
        "ad_numbers": names,
    }


def _other_sides(connection: Connection, campaign: str) -> list[tuple[proposals.Proposal, str, str]]:
    """Proposals about a campaign, with the other one's id and title."""
    found = proposals.of_campaign(connection, campaign, limit=SHOWN_PROPOSALS)
    others = [each.other_campaign if each.one_campaign == campaign else each.one_campaign for each in found]
    views = overview.campaign_views(connection, others)
    titles = casefile.titles_of(connection, views.values())
    return list(zip(found, others, [titles.get(name, name) for name in others], strict=True))


def _just(connection: Connection, number: str, now: datetime) -> tuple[Change, str] | None:
    """The change this page was led to by, as long as it is fresh, and what to say of it."""
    change = change_log.change(connection, int(number)) if number.isdecimal() and len(number) < 13 else None
    return (change, DONE[change.kind]) if change and (now - change.at).total_seconds() < 600 else None
