"""Verbs of the referral ledger: who is responsible for what, its history, and handing on by hand."""

from dataclasses import asdict
from typing import Annotated

import typer

from zorya.cli.alerting import By, OnStdin, prove
from zorya.cli.output import NOTHING_TO_DO, emit, say, table
from zorya.cli.sharing import AsJson, AsOf, moment_of, opened

ReferralId = Annotated[str, typer.Argument(help="Id of the referral (`zorya referral list`).")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    referral = typer.Typer(no_args_is_help=True, help="Referrals: who is responsible, since when, until when.")
    referral.command("list")(listing)
    referral.command("show")(show)
    referral.command("escalate")(escalate)
    referral.command("close")(close)
    app.add_typer(referral, name="referral", rich_help_panel="Partners")


def listing(
    owner: Annotated[str, typer.Option("--owner", help="Only of this partner, or `lead`.")] = "",
    closed: Annotated[bool, typer.Option("--closed", help="Those that ended instead of the open ones.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 200,
    as_json: AsJson = False,
) -> None:
    """List referrals, the most overdue first."""
    from zorya.store import referrals

    with opened() as (store, _settings), store.reading() as connection:
        found = referrals.page(connection, owner=owner or None, is_open=not closed, limit=limit)
    if as_json:
        for each in found:
            emit(asdict(each))
        return
    columns = ("referral", "alert", "offered to", "now with", "state", "due (UTC)", "outcome")
    cells = [
        (each.id, each.alert_id, each.partner, each.owner, each.state, f"{each.due_at:%Y-%m-%d %H:%M}", each.outcome)
        for each in found
    ]
    table(columns, cells)


def show(referral: ReferralId, as_json: AsJson = False) -> None:
    """Every step of a referral: who, when, from whom to whom, why."""
    from alerts import ledger
    from zorya.store import referrals

    with opened() as (store, _settings), store.reading() as connection:
        found = ledger.known(connection, referral)
        lines = referrals.history(connection, found.id)
    if as_json:
        emit(asdict(found) | {"history": [asdict(line) for line in lines]})
        return
    say(f"{found.id}: {found.state}, with {found.owner}, due {found.due_at:%Y-%m-%d}")
    cells = [
        (f"{line.at:%Y-%m-%d %H:%M}", line.actor, line.step, line.from_owner, line.to_owner, line.code, line.reason)
        for line in lines
    ]
    table(("when (UTC)", "who", "step", "from", "to", "code", "why"), cells)


def escalate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Name what has run out; change nothing.")] = False,
    as_of: AsOf = "",
) -> None:
    """Move the ledger's clock: remind owners whose date is near, hand over what ran out."""
    from alerts import ledger
    from zorya.store import referrals

    moment = moment_of(as_of)
    with opened() as (store, settings):
        if dry_run:
            with store.reading() as connection:
                late = referrals.due_before(connection, moment)
            for each in late:
                say(f"would hand over {each.id}: {each.owner} has not answered since {each.due_at:%Y-%m-%d}")
            raise typer.Exit(0 if late else NOTHING_TO_DO)
        report = ledger.run(store, settings, as_of=moment)
    for message in report.messages:
        say(message)
    emit(report.as_dict())
    if not any(report.counts.values()):
        raise typer.Exit(NOTHING_TO_DO)


def close(
    referral: ReferralId,
    by: By,
    outcome: Annotated[str, typer.Option("--outcome", help="confirmed, other_harm, unfounded or unknown.")],
    note: Annotated[str, typer.Option("--reason", help="What was found out; it is kept in the history.")] = "",
    password_stdin: OnStdin = False,
    as_of: AsOf = "",
) -> None:
    """Close a referral that is with the lead. Asks for the password of `--by`."""
    from alerts import ledger
    from zorya.domain.referrals import LEAD, Answer, Step
    from zorya.domain.reviews import Role
    from zorya.errors import PolicyRefusal
    from zorya.store import people

    with opened() as (store, settings):
        prove(store, by, on_stdin=password_stdin)
        with store.reading() as connection:
            account = people.user(connection, by)
        if account is None or account["role"] != Role.LEAD:
            raise PolicyRefusal(f"{by!r} is not a lead")
        said = Answer(Step.CLOSE, outcome, note)
        ended = ledger.answer(store, settings, referral, said, speaks_for=LEAD, by=by, as_of=moment_of(as_of))
    say(f"referral {ended.id} closed: {ended.outcome}")
