"""Verbs for partners and for those who serve them: digests and partner files."""

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

_PANEL = "Partners"
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]
AsOf = Annotated[str, typer.Option("--as-of", metavar="TIME", help="Work as of this moment (ISO 8601) instead of now.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    digest = typer.Typer(no_args_is_help=True, help="Look at, send and trace the partners' digests.")
    digest.command("preview")(digest_preview)
    digest.command("send")(digest_send)
    digest.command("history")(digest_history)
    partner = typer.Typer(no_args_is_help=True, help="List, add and test partner organisations.")
    partner.command("list")(partner_list)
    partner.command("add")(partner_add)
    partner.command("test")(partner_test)
    partner.command("account")(partner_account)
    partner.command("token")(partner_token)
    partner.command("webhook-key")(webhook_key)
    for name, group in (("digest", digest), ("partner", partner)):
        app.add_typer(group, name=name, rich_help_panel=_PANEL)


def digest_preview(
    partner: Annotated[str, typer.Argument(help="Id of the partner (the name of its file).")],
    html: Annotated[bool, typer.Option("--html", help="Print the HTML part.")] = False,
    text: Annotated[bool, typer.Option("--text", help="Print the plain-text part (the default).")] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open the HTML part in a browser.")] = False,
    as_of: AsOf = "",
) -> None:
    """Show the digest of the running period. Stores and sends nothing."""
    from alerts.digest import preview

    if html and text:
        raise typer.BadParameter("choose --html or --text")
    with opened() as (store, settings):
        rendered = preview(store, settings, partner, as_of=moment_of(as_of))
        if rendered is None:
            say(f"nothing for {partner} in the running period")
            raise typer.Exit(NOTHING_TO_DO)
        if open_:
            path = settings.home / f"preview-{partner}.html"
            path.write_text(rendered.html, encoding="utf-8")
            say(f"opening {path}")
            typer.launch(str(path))
    say(f"Subject: {rendered.subject}")
    if html or not open_:
        print(rendered.html if html else rendered.text, end="")


def digest_send(
    partner: Annotated[str, typer.Option("--partner", help="Only this partner.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent; store and send nothing.")] = False,
    again: Annotated[bool, typer.Option("--again-dead", help="Try deliveries once more that were given up.")] = False,
    as_of: AsOf = "",
) -> None:
    """Offer what people confirmed, render the complete periods, deliver what waits."""
    from alerts import partners, stage
    from zorya.store import sharing

    moment = moment_of(as_of)
    with opened() as (store, settings):
        if partner:
            partners.load_all(settings).get(partner)
        if dry_run:
            raise typer.Exit(_say_what_would_be_sent(store, settings, partner, moment))
        if again:
            with store.writing() as connection:
                say(f"{sharing.revive_dead(connection, at=moment)} deliveries revived")
        report = stage.run(store, settings, as_of=moment, partner=partner or None)
    for message in report.messages:
        say(message)
    emit(report.as_dict())
    failed = sum(report.counts[name] for name in ("retry", "dead", "refused", "faulty_partners"))
    if failed:
        raise typer.Exit(PARTIAL)
    if not any(report.counts[name] for name in ("offered", "rendered", "sent")):
        raise typer.Exit(NOTHING_TO_DO)


def digest_history(
    partner: Annotated[str, typer.Option("--partner", help="Only this partner.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many deliveries.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List deliveries, newest first: sent, pending, refused or dead."""
    from zorya.store import sharing

    with opened() as (store, _settings), store.reading() as connection:
        rows = sharing.history(connection, partner or None, limit)
    if as_json:
        for row in rows:
            emit(row)
        return
    columns = ("no", "partner", "from", "until", "marking", "alerts", "channel", "state", "tries", "sent", "error")
    cells = [
        (
            *(row[name] for name in ("sequence", "partner")),
            *(f"{row[name]:%Y-%m-%d %H:%M}" for name in ("period_start", "period_end")),
            *(row["marking"], len(row["alert_ids"]), row["channel"], row["state"], row["attempts"]),
            *(f"{row['sent_at']:%Y-%m-%d %H:%M}" if row["sent_at"] else "", row["error"]),
        )
        for row in rows
    ]
    table(columns, cells, title="Deliveries (UTC)")


def partner_list(as_json: AsJson = False) -> None:
    """List the partners; a file that cannot be read is named and does not hide the others."""
    from alerts.partners import load_all
    from zorya.settings import load_settings

    catalog = load_all(load_settings())
    specs = [(partner, partner.spec) for partner in catalog.partners.values()]
    if as_json:
        for partner, spec in specs:
            emit({"id": partner.id, "path": str(partner.path)} | spec.model_dump(mode="json"))
    else:
        columns = ("id", "name", "type", "language", "digest", "ceiling", "channels", "paused")
        rows = [
            (
                *(partner.id, spec.name, spec.org_type, spec.language),
                *(f"{spec.cadence.every} {spec.cadence.hour:02d}:00 {spec.timezone}", spec.tlp_ceiling),
                *(", ".join(channel.kind for channel in spec.channels), "paused" if spec.paused else ""),
            )
            for partner, spec in specs
        ]
        table(columns, rows)
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


def _say_what_would_be_sent(store: "Store", settings: "Settings", only: str, moment: datetime) -> int:
    from alerts import digest, partners, selection
    from zorya.store import sharing

    catalog, found = partners.load_all(settings), 0
    with store.reading() as connection:
        for alert in selection.choose(connection, catalog, as_of=moment).alerts:
            if alert.partner == (only or alert.partner):
                found += 1
                say(f"would offer {alert.id} to {alert.partner}")
        for partner in catalog.partners.values():
            if partner.spec.paused or partner.id != (only or partner.id):
                continue
            issue = digest.due(connection, settings, partner, as_of=moment)
            if issue:
                found += 1
                say(f"would render no. {issue.sequence} for {partner.id}: {len(issue.alerts)} alerts")
        for row in sharing.due_deliveries(connection, at=moment):
            waiting = sharing.digest(connection, row["digest_id"])
            if waiting and waiting.partner == (only or waiting.partner):
                found += 1
                say(f"would send {waiting.id} to {waiting.partner} by {row['channel']}")
    return 0 if found else NOTHING_TO_DO


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
