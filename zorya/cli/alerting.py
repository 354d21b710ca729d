"""Verbs of alerts: what waits for a second pair of eyes, approving it, sending it back."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.alert_export import export
from zorya.cli.output import PARTIAL, emit, say, table
from zorya.cli.sharing import AsJson, AsOf, moment_of, opened

if TYPE_CHECKING:
    from zorya.domain.sharing import Act
    from zorya.store import Store

AlertId = Annotated[str, typer.Argument(help="Id of the alert (`zorya alert list`).")]
By = Annotated[str, typer.Option("--by", help="Your account: a lead who has not judged the campaign.")]
OnStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password of that account from stdin.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a few words; it is logged.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    alert = typer.Typer(no_args_is_help=True, help="Alerts for partners: what waits, and who lets it leave.")
    alert.command("list")(listing)
    alert.command("approve")(approve)
    alert.command("send-back")(send_back)
    alert.command("recall")(recall)
    alert.command("correct")(correct)
    alert.command("export")(export)
    app.add_typer(alert, name="alert", rich_help_panel="Partners")


def listing(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what waits for an approval, oldest first.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many alerts.")] = 200,
    as_json: AsJson = False,
) -> None:
    """List the alerts, newest first."""
    from zorya.domain.sharing import AlertState
    from zorya.store import sharing

    with opened() as (store, _settings), store.reading() as connection:
        if waiting:
            alerts = sharing.alerts_in(connection, AlertState.WAITING, limit=limit)
        else:
            alerts = sharing.all_alerts(connection, limit)
    if as_json:
        for alert in alerts:
            emit(asdict(alert))
        return
    cells = [
        (a.id, f"{a.created_at:%Y-%m-%d %H:%M}", a.partner, a.campaign_id, a.marking, a.severity, a.revision, a.state)
        for a in alerts
    ]
    columns = ("alert", "offered (UTC)", "partner", "campaign", "marking", "severity", "revision", "state")
    table(columns, cells)


def approve(alert: AlertId, by: By, password_stdin: OnStdin = False, reason: Reason = "", as_of: AsOf = "") -> None:
    """Let an alert leave as it reads now. Asks for the password of `--by`: a command line proves nobody's identity."""
    from zorya.domain.sharing import Act

    _decide(alert, Act.APPROVE, by, password_stdin, reason, as_of)


def send_back(alert: AlertId, by: By, reason: Reason, password_stdin: OnStdin = False, as_of: AsOf = "") -> None:
    """Keep an alert from leaving until something about it has changed."""
    from zorya.domain.sharing import Act

    _decide(alert, Act.SEND_BACK, by, password_stdin, reason, as_of)


def recall(alert: AlertId, by: By, reason: Reason, password_stdin: OnStdin = False, as_of: AsOf = "") -> None:
    """Withdraw an alert: everybody who has it is told at once, paused or not, and its referral is closed."""
    from alerts import decisions

    with opened() as (store, settings):
        prove(store, by, on_stdin=password_stdin)
        moment = moment_of(as_of)
        told, messages = decisions.recall(store, settings, alert, by=by, as_of=moment, reason=reason)
    for message in messages:
        say(message)
    say(f"alert {alert} recalled; told: {', '.join(told) or 'nobody, it had not left'}")
    if messages:
        raise typer.Exit(PARTIAL)


def correct(
    alert: AlertId,
    by: By,
    reason: Reason,
    marking: Annotated[str, typer.Option("--marking", help="Another marking, as in TLP:AMBER+STRICT.")] = "",
    password_stdin: OnStdin = False,
    as_of: AsOf = "",
) -> None:
    """Make the card anew from what people say today; once it is approved, everybody who has the old one gets it."""
    from alerts import decisions
    from zorya.domain.sharing import Marking

    if marking and marking not in set(Marking):
        raise typer.BadParameter(f"{marking!r} is no marking; there are {', '.join(Marking)}")
    with opened() as (store, settings):
        prove(store, by, on_stdin=password_stdin)
        chosen = Marking(marking) if marking else None
        more = {"by": by, "as_of": moment_of(as_of), "reason": reason}
        fresh = decisions.correct(store, settings, alert, marking=chosen, **more)  # type: ignore[arg-type]
    say(f"alert {fresh.id}: revision {fresh.revision} waits for the approval of a lead (`zorya alert approve`)")


def _decide(alert_id: str, act: "Act", by: str, on_stdin: bool, reason: str, as_of: str) -> None:
    from alerts import approvals, decisions

    with opened() as (store, settings):
        with store.reading() as connection:
            read = approvals.known(connection, alert_id)
        prove(store, by, on_stdin=on_stdin)
        decided = decisions.decide(
            store, settings, read.id, act, by=by, as_of=moment_of(as_of), reason=reason, content_hash=""
        )
    say(f"alert {decided.id} (revision {decided.revision}, for {decided.partner}): {decided.state}")


def prove(store: "Store", name: str, *, on_stdin: bool) -> None:
    """Make sure that whoever types is who they say they are; PolicyRefusal otherwise."""
    from labeling.web.passwords import matches
    from zorya.errors import PolicyRefusal
    from zorya.store import people

    if on_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt(f"Password of {name}", hide_input=True, err=True)
    with store.reading() as connection:
        account = people.user(connection, name)
    if not matches(password, account["password_hash"] if account else None):
        raise PolicyRefusal("name and password do not fit together")
