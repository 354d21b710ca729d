"""`zorya campaign`: look at campaigns, merge, split, take back, and answer "same advertiser?"."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zorya.cli.output import NOTHING_TO_DO, emit, now, say, table
from zorya.settings import load_settings
from zorya.store import answers, campaign_changes, campaigns, change_log, open_store, overview, portraits, proposals
from zorya.store.proposals import OPEN, Answer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from zorya.store.change_log import Change

ACTOR = "command line"
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change; change nothing.")]
Reason = Annotated[str, typer.Option(help="Why, for whoever reads the history later.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="Show at most so many.")]
Campaign = Annotated[str, typer.Argument(help="A campaign's id; one that was merged away stands for where it went.")]


def _number_of(listed_by: str) -> Callable[[str], int]:
    def number(said: str) -> int:
        if not said.isdecimal():
            raise typer.BadParameter(f"{said!r} is no number; `zorya campaign {listed_by}` lists them")
        return int(said)

    return number


class _Rehearsed(Exception):
    """Ends a dry run: the transaction is rolled back."""


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    words = "Campaigns: look at them, merge, split, take back, answer proposals."
    verbs = typer.Typer(no_args_is_help=True, help=words)
    for name, verb in (
        ("list", list_),
        ("show", show),
        ("history", history),
        ("merge", merge),
        ("split", split),
        ("undo", undo),
        ("proposals", open_proposals),
        ("decide", decide),
    ):
        verbs.command(name)(verb)
    app.add_typer(verbs, name="campaign", rich_help_panel="Review")


def list_(
    *,
    limit: Limit = 50,
    before: Annotated[str | None, typer.Option(help="Go on after this campaign, the last one of the list.")] = None,
    as_json: Json = False,
) -> None:
    """Campaigns, the newest first."""
    with open_store(load_settings()).reading() as connection:
        if before is not None:
            campaigns.live(connection, before)
        names = campaigns.newest(connection, limit=limit, before=before)
        views = overview.campaign_views(connection, names)
        sizes = {name: campaigns.size(connection, name) for name in names}
    if not names:
        say("zorya: there is no campaign (left)")
        raise typer.Exit(NOTHING_TO_DO)
    shown: list[dict[str, Any]] = [
        asdict(views[name]) if name in views else {"campaign_id": name, "size": sizes[name]} for name in names
    ]
    if as_json:
        emit(shown)
        return
    rows = [
        (
            each["campaign_id"],
            sizes[each["campaign_id"]],
            ", ".join(each.get("sources", ())),
            ", ".join(each.get("languages", ())),
            str(each.get("last_seen", ""))[:10],
            each.get("band", ""),
            each.get("title", ""),
        )
        for each in shown
    ]
    table(("campaign", "ads", "sources", "languages", "last seen", "band", "title"), rows)


def show(campaign: Campaign, *, limit: Limit = 50, as_json: Json = False) -> None:
    """One campaign: what it says, its wording with slots, its ads with what tied them."""
    from zorya.cli.portrait_text import lines

    with open_store(load_settings()).reading() as connection:
        live = campaigns.live(connection, campaign)
        portrait = portraits.of(connection, live)
        members = campaigns.members(connection, live, limit=limit)
        size = campaigns.size(connection, live)
        asked = proposals.of_campaign(connection, live)
    if as_json:
        told = asdict(portrait) if portrait else {"template": None, "portrait": None, "stale": True}
        ads = [asdict(member) for member in members]
        emit({"campaign": live, "ads": size, **told, "members": ads, "proposals": [asdict(each) for each in asked]})
        return
    print(f"{live}: {size} ads" + (f" ({campaign} was merged into it)" if live != campaign else ""))
    for line in lines(portrait.template, portrait.portrait) if portrait else ():
        print(line)
    if portrait is None or portrait.stale:
        say("zorya: it has changed since; the next `zorya run` tells anew what it says")
    ties = [(m.posting_id, m.edge, m.edge_to, f"{m.edge_weight:.2f}", m.edge_reason) for m in members]
    table(("posting", "tie", "to", "weight", "why"), ties)
    if size > len(members):
        say(f"{size - len(members)} more; --limit shows them")
    waiting = sum(each.state == OPEN for each in asked)
    if waiting:
        say(f"{waiting} open proposals; `zorya campaign proposals` shows them")


def history(campaign: Campaign, *, limit: Limit = 200, as_json: Json = False) -> None:
    """What was merged, split and taken back, by whom and why, the newest first."""
    with open_store(load_settings()).reading() as connection:
        changes = change_log.history(connection, campaigns.live(connection, campaign), limit)
    if as_json:
        emit([asdict(change) for change in changes])
        return
    if not changes:
        say("zorya: nothing was changed")
        raise typer.Exit(NOTHING_TO_DO)
    rows = [
        (c.seq, f"{c.at:%Y-%m-%d %H:%M}", c.actor, _what(c), c.moved, "" if c.in_force else "undone", c.reason)
        for c in changes
    ]
    table(("change", "at (UTC)", "by", "what", "ads moved", "", "reason"), rows)


def merge(
    ids: Annotated[list[str], typer.Argument(help="Two or more campaigns of one advertiser.")],
    *,
    reason: Reason,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Make one campaign of several; the oldest id stays, the others stand for it."""
    _act(lambda c: campaign_changes.merge(c, ids, at=now(), by=ACTOR, reason=reason), dry_run, as_json)


def split(
    campaign: Campaign,
    *,
    posting: Annotated[list[str], typer.Option(help="A posting to take out; repeat it for more.")],
    reason: Reason,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Take postings out of a campaign, into one of their own. The machine keeps them apart from then on."""
    _act(lambda c: campaign_changes.split(c, campaign, posting, at=now(), by=ACTOR, reason=reason), dry_run, as_json)


def undo(
    change: Annotated[
        int,
        typer.Argument(parser=_number_of("history ID"), metavar="CHANGE", help="A number of `zorya campaign history`."),
    ],
    *,
    reason: Reason = "",
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Take a merge, a split, an answer or an undo back; refused while a later change stands on it."""
    _act(lambda c: campaign_changes.undo(c, change, at=now(), by=ACTOR, reason=reason), dry_run, as_json)


def open_proposals(
    *,
    state: Annotated[str, typer.Option(help="open, same, different or unsure.")] = OPEN,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Pairs of campaigns that may be of one advertiser, the weightiest first."""
    if state not in {OPEN, *Answer}:
        raise typer.BadParameter(f"{state!r}: it is open, same, different or unsure", param_hint="--state")
    with open_store(load_settings()).reading() as connection:
        found = proposals.listing(connection, state=state, limit=limit)
    if as_json:
        emit([asdict(each) for each in found])
        return
    if not found:
        say(f"zorya: no proposal is {state}")
        raise typer.Exit(NOTHING_TO_DO)
    rows = [(p.seq, p.one_campaign, p.other_campaign, p.kind, f"{p.weight:.2f}", p.reason) for p in found]
    table(("proposal", "one", "other", "tie", "weight", "why"), rows)


def decide(
    proposal: Annotated[
        int,
        typer.Argument(
            parser=_number_of("proposals"), metavar="PROPOSAL", help="A number of `zorya campaign proposals`."
        ),
    ],
    answer: Annotated[Answer, typer.Argument(help="Is it the same advertiser?")],
    *,
    reason: Reason = "",
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Answer a proposal: `same` merges the two, `different` keeps them apart, `unsure` leaves them as they are."""
    _act(lambda c: answers.decide(c, proposal, answer, at=now(), by=ACTOR, reason=reason), dry_run, as_json)


def _act(act: "Callable[[Connection], Change | None]", dry_run: bool, as_json: bool) -> None:
    """Do it in one transaction and tell what changed; a dry run does it too, and keeps nothing."""
    changed: Change | None = None
    try:
        with open_store(load_settings()).writing() as connection:
            changed = act(connection)
            if dry_run:
                raise _Rehearsed
    except _Rehearsed:
        say("zorya: a dry run, nothing was changed")
    if as_json:
        emit((asdict(changed) if changed else {"kind": "unsure"}) | {"dry_run": dry_run})
    elif changed is None:
        print("noted; nothing was merged or split")
    else:
        told: tuple[Any, ...] = (changed.seq, _what(changed), changed.moved)
        table(("change", "what", "ads moved"), [told])
        if not dry_run:
            say(f"`zorya campaign undo {changed.seq}` takes it back")


def _what(change: "Change") -> str:
    """A change in a few words."""
    if change.kind == "merge":
        return f"{', '.join(change.closed)} merged into {change.campaign_id}"
    if change.kind == "split":
        return f"{', '.join(change.opened)} split from {change.campaign_id}"
    if change.kind == "undo":
        return f"change {change.undoes} undone"
    return f"{' and '.join(change.campaigns)} are {change.kind}"
