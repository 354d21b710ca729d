"""Verbs of the digests: look at them, send them, trace them, and prove that none is missing."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.output import NOTHING_TO_DO, PARTIAL, emit, say, table
from zorya.cli.sharing import AsJson, AsOf, moment_of, opened

if TYPE_CHECKING:
    from zorya.settings import Settings
    from zorya.store import Store


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    digest = typer.Typer(no_args_is_help=True, help="Look at, send, trace and prove the partners' digests.")
    digest.command("preview")(digest_preview)
    digest.command("send")(digest_send)
    digest.command("history")(digest_history)
    digest.command("verify")(digest_verify)
    app.add_typer(digest, name="digest", rich_help_panel="Partners")


def digest_preview(
    partner: Annotated[str, typer.Argument(help="Id of the partner (the name of its file).")],
    html: Annotated[bool, typer.Option("--html", help="Print the HTML part.")] = False,
    text: Annotated[bool, typer.Option("--text", help="Print the plain-text part (the default).")] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open the HTML part in a browser.")] = False,
    as_of: AsOf = "",
) -> None:
    """Show the digest of the running period. Stores and sends nothing."""
    from alerts.digest import preview
    from alerts.partners import load_all
    from alerts.periods import next_due

    if html and text:
        raise typer.BadParameter("choose --html or --text")
    moment = moment_of(as_of)
    with opened() as (store, settings):
        rendered = preview(store, settings, partner, as_of=moment)
        spec = load_all(settings).get(partner).spec
        due = next_due(spec.cadence, spec.zone, moment).astimezone(spec.zone)
        say(f"Next digest: {due:%a %d %b %Y %H:%M} {spec.timezone}")
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
    if not any(report.counts[name] for name in ("offered", "rendered", "urgent", "heartbeats", "sent")):
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
    first = ("no", "partner", "kind", "from", "until", "marking", "alerts", "check value")
    columns = (*first, "channel", "state", "tries", "sent", "error")
    cells = [
        (
            *(row[name] for name in ("sequence", "partner", "kind")),
            *(f"{row[name]:%Y-%m-%d %H:%M}" for name in ("period_start", "period_end")),
            *(row["marking"], len(row["alert_ids"]), row["chain"][:16], row["channel"], row["state"], row["attempts"]),
            *(f"{row['sent_at']:%Y-%m-%d %H:%M}" if row["sent_at"] else "", row["error"]),
        )
        for row in rows
    ]
    table(columns, cells, title="Deliveries (UTC)")


def digest_verify(
    mails: Annotated[list[Path], typer.Argument(help="Saved mails (.eml), or folders of them.")],
    as_json: AsJson = False,
) -> None:
    """Say whether saved mails are all there and unchanged. Needs the mails alone: no database, no keys, no network."""
    from dataclasses import asdict

    from alerts.chain import check

    files = [path for given in mails for path in (sorted(given.rglob("*.eml")) if given.is_dir() else [given])]
    missing = [path for path in files if not path.is_file()]
    if missing or not files:
        raise typer.BadParameter(
            f"{missing[0]} is no file" if missing else "no .eml file there; save the mails as such"
        )
    found = check(files)
    if as_json:
        for fault in found.faults:
            emit(asdict(fault))
    for fault in () if as_json else found.faults:
        say(f"{fault.finding}: {fault.words}")
    for partner, number in found.held_back:
        say(f"no. {number:04d} for {partner} was held back and never left: a later mail says so")
    for partner in sorted({mail.partner for mail in found.mails}):
        numbers = [mail.sequence for mail in found.mails if mail.partner == partner]
        named = f"{len(numbers)} mail{'s' * (len(numbers) != 1)}"
        say(f"{partner}: {named}, no. {min(numbers):04d} to {max(numbers):04d}")
    for mail in found.mails:
        if mail.computed is None:
            say(f"{mail.path.name}: encrypted or but a link, so its place in the chain was checked and not its words")
    if found.faults:
        raise typer.Exit(PARTIAL)
    say("none is missing, none was changed; the newest is proven by the one that follows it")


def _say_what_would_be_sent(store: "Store", settings: "Settings", only: str, moment: datetime) -> int:
    from alerts import digest, partners, selection
    from zorya.store import sharing

    catalog, found = partners.load_all(settings), 0
    with store.reading() as connection:
        pending = selection.pending(connection, catalog)
        for alert in selection.choose(connection, catalog, pending, as_of=moment).alerts:
            if alert.partner == (only or alert.partner):
                found += 1
                say(f"would offer {alert.id} to {alert.partner}")
        for partner in catalog.partners.values():
            if partner.id != (only or partner.id):
                continue
            for number, issue in enumerate(digest.due(connection, settings, partner, as_of=moment)):
                found += 1
                what = f"{issue.kind}, {len(issue.alerts)} alerts"
                say(f"would render no. {issue.sequence + number} for {partner.id}: {what}")
        for row in sharing.due_deliveries(connection, at=moment):
            waiting = sharing.digest(connection, row["digest_id"])
            if waiting and waiting.partner == (only or waiting.partner):
                found += 1
                say(f"would send {waiting.id} to {waiting.partner} by {row['channel']}")
    return 0 if found else NOTHING_TO_DO
