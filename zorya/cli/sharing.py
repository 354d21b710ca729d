"""Verbs of partner organisations: their files, accounts and pauses; and the store that verbs open."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.output import NOTHING_TO_DO, PARTIAL, emit, now, say, table
from zorya.cli.partner_tokens import partner_token, webhook_key

if TYPE_CHECKING:
    from zorya.settings import Settings
    from zorya.store import Store

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]
AsOf = Annotated[str, typer.Option("--as-of", metavar="TIME", help="Work as of this moment (ISO 8601) instead of now.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    partner = typer.Typer(no_args_is_help=True, help="List, add, test and resume partner organisations.")
    partner.command("list")(partner_list)
    partner.command("add")(partner_add)
    partner.command("test")(partner_test)
    partner.command("account")(partner_account)
    partner.command("token")(partner_token)
    partner.command("webhook-key")(webhook_key)
    partner.command("resume")(partner_resume)
    app.add_typer(partner, name="partner", rich_help_panel="Partners")


def partner_list(as_json: AsJson = False, as_of: AsOf = "") -> None:
    """List the partners; a file that cannot be read is named and does not hide the others."""
    from alerts.partners import load_all
    from alerts.periods import next_due
    from zorya.store import partner_standing

    with opened() as (store, settings), store.reading() as connection:
        catalog, by_mail = load_all(settings), partner_standing.paused(connection)
    moment, rows = moment_of(as_of), []
    for partner in catalog.partners.values():
        spec, paused = partner.spec, "by its file" if partner.spec.paused else ""
        paused = paused or ("by mail" if partner.id in by_mail else "")
        due = next_due(spec.cadence, spec.zone, moment).astimezone(spec.zone)
        if as_json:
            more = {"next_at": due.isoformat(), "paused_by": paused.removeprefix("by ")}
            emit({"id": partner.id, "path": str(partner.path)} | spec.model_dump(mode="json") | more)
        name, next_at = f"{spec.cadence.every}, urgent {spec.cadence.urgent}", f"{due:%a %d %b %H:%M} {spec.timezone}"
        channels = ", ".join(channel.kind for channel in spec.channels)
        rows.append((partner.id, spec.name, spec.language, name, next_at, spec.tlp_ceiling, channels, paused))
    if not as_json:
        table(("id", "name", "language", "digest", "next at", "ceiling", "channels", "paused"), rows)
    for fault in catalog.faults:
        say(f"zorya: {fault}")
    if catalog.faults:
        raise typer.Exit(PARTIAL)


def partner_add(file: Annotated[Path, typer.Argument(help="Partner file to check and copy.")]) -> None:
    """Check a partner file and add it; its name becomes the partner's id."""
    from alerts.partners import add
    from zorya.settings import load_settings

    added = add(load_settings(), file)
    say(f"added {added.path}; try it with `zorya partner test {added.id}`")


def partner_account(
    partner: Annotated[str, typer.Argument(help="Id of the partner.")],
    user: Annotated[str, typer.Argument(help="An account of role partner (`zorya user add NAME --role partner`).")],
) -> None:
    """Say for which partner an account speaks: it sees and answers that partner's referrals, and no others."""
    from alerts.partners import load_all
    from zorya.domain.reviews import Role
    from zorya.errors import PolicyRefusal
    from zorya.store import audit, people, referrals

    with opened() as (store, settings), store.writing() as connection:
        known, account = load_all(settings).get(partner), people.user(connection, user)
        if account is None or account["role"] != Role.PARTNER:
            raise PolicyRefusal(f"{user!r} is no open account of role partner")
        referrals.link_account(connection, user, known.id)
        audit.add(connection, at=now(), actor="command line", action="partner.account", object=user, reason=known.id)
    say(f"{user} speaks for {known.id} now")


def partner_resume(partner: Annotated[str, typer.Argument(help="Id of the partner.")]) -> None:
    """Let digests leave again for a partner that paused them by mail. Ask the partner first."""
    from alerts.partners import load_all
    from zorya.store import audit, partner_standing

    with opened() as (store, settings), store.writing() as connection:
        known = load_all(settings).get(partner)
        resumed = partner_standing.resume(connection, known.id)
        if resumed:
            audit.add(connection, at=now(), actor="command line", action="partner.resume", object=known.id)
    more = "; its file says `paused: true`, which holds until you take it out" if known.spec.paused else ""
    if not resumed:
        say(f"{known.id} has not paused its digests by mail{more}")
        raise typer.Exit(NOTHING_TO_DO)
    say(f"{known.id} gets digests again{more}")


def partner_test(partner: Annotated[str, typer.Argument(help="Id of the partner.")], as_of: AsOf = "") -> None:
    """Send a test message without contents by every channel of a partner."""
    from alerts.partners import load_all
    from alerts.sending import send_test
    from zorya.settings import load_settings

    settings = load_settings()
    failed = 0
    for channel, error in send_test(load_all(settings).get(partner), settings, as_of=moment_of(as_of)):
        say(f"{channel}: {error or 'delivered'}")
        failed += bool(error)
    if failed:
        raise typer.Exit(PARTIAL)


@contextmanager
def opened() -> "Iterator[tuple[Store, Settings]]":
    """The store and settings in force, for one verb."""
    from zorya.settings import load_settings
    from zorya.store import open_store

    settings = load_settings()
    store = open_store(settings)
    try:
        yield store, settings
    finally:
        store.close()


def moment_of(text: str) -> datetime:
    """What `--as-of` says; now where it says nothing."""
    if not text:
        return now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise typer.BadParameter(f"{text!r} is no moment; write 2026-11-24T09:00Z") from exc
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
