"""Verbs of deconfliction, at the hub: for partners without an account, and for who keeps watch over the lookups.

Contacts come on stdin or from a file, a line each, never as an argument: those stay in a shell's history.
"""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.output import NOTHING_TO_DO, PARTIAL, emit, say, table
from zorya.cli.sharing import AsJson, AsOf, moment_of, opened
from zorya.errors import ZoryaError

if TYPE_CHECKING:
    from zorya.domain.ads import Contact
    from zorya.domain.deconfliction import Reply

ACTOR = "command line"
PartnerId = Annotated[str, typer.Argument(help="Id of the partner that asks (`zorya partner list`).")]
Contacts = Annotated[Path, typer.Argument(help="File of contacts, a line each; - reads stdin.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    about = "Whether two organisations hold the same contact, without showing either the other's case."
    group = typer.Typer(no_args_is_help=True, help=about)
    for name, verb in (("ask", ask), ("register", enter), ("list", listing), ("plant", plant), ("alarms", alarms)):
        group.command(name)(verb)
    app.add_typer(group, name="deconflict", rich_help_panel="Partners")


def ask(partner: PartnerId, file: Contacts = Path("-"), as_json: AsJson = False, as_of: AsOf = "") -> None:
    """Ask for a partner who else holds contacts. Counts against its day; holders learn who asked."""
    _look_up(partner, file, None, as_json=as_json, as_of=as_of)


def enter(
    partner: PartnerId,
    file: Contacts = Path("-"),
    reference: Annotated[str, typer.Option(help="The partner's own word for the case: a file number, no name.")] = "",
    as_json: AsJson = False,
    as_of: AsOf = "",
) -> None:
    """Ask, and be found by whoever asks later. Only a keyed token of each contact is stored."""
    _look_up(partner, file, reference, as_json=as_json, as_of=as_of)


def listing(partner: PartnerId, as_json: AsJson = False, as_of: AsOf = "") -> None:
    """Entries of a partner in force, and which other organisations asked about them."""
    from alerts.deconfliction import Hub
    from zorya.store import deconfliction

    moment = moment_of(as_of)
    with opened() as (store, settings):
        with store.reading() as connection:
            entries = deconfliction.held_by(connection, partner, at=moment, limit=1000)
        found = Hub(store, settings).matches(partner, at=moment)
    others = {each.id: [m.other for m in found if m.holding.id == each.id] for each in entries}
    if as_json:
        for each in entries:
            emit(asdict(each) | {"others": [asdict(other) for other in others[each.id]]})
        return
    rows = [
        (each.id, each.reference, f"{each.expires_at:%Y-%m-%d}", ", ".join(o.organisation for o in others[each.id]))
        for each in entries
    ]
    table(("no.", "reference", "until", "others who hold or asked"), rows)


def plant(file: Contacts, as_of: AsOf = "") -> None:
    """Plant contacts that nobody holds or ever will: a partner that asks about one is reported to the leads."""
    from alerts.deconfliction import Hub

    contacts, faults = _read(file)
    with opened() as (store, settings):
        new = Hub(store, settings).plant(list(contacts.values()), by=ACTOR, at=moment_of(as_of))
    say(f"{new} contacts planted, {len(contacts) - new} were already")
    _end(faults)


def alarms(as_json: AsJson = False) -> None:
    """Reports that no lead has looked into: planted contacts that were asked about, partners that were cut off."""
    from zorya.store import deconfliction

    with opened() as (store, _settings), store.reading() as connection:
        found = deconfliction.open_alarms(connection, limit=1000)
    if as_json:
        for each in found:
            emit(asdict(each))
    else:
        rows = [(each.seq, each.partner, each.kind, each.account, f"{each.at:%Y-%m-%d %H:%M}") for each in found]
        table(("no.", "partner", "what", "account", "when (UTC)"), rows)
    if not found:
        raise typer.Exit(NOTHING_TO_DO)


def _look_up(partner: str, file: Path, reference: str | None, *, as_json: bool, as_of: str) -> None:
    from alerts.deconfliction import Hub

    contacts, faults = _read(file)
    moment = moment_of(as_of)
    with opened() as (store, settings):
        hub = Hub(store, settings)
        for number, contact in contacts.items():
            if reference is None:
                reply = hub.ask(partner, contact, by=ACTOR, at=moment)
            else:
                reply = hub.register(partner, contact, reference=reference, by=ACTOR, at=moment)
            _tell(number, reply, as_json=as_json)
    _end(faults)


def _tell(number: int, reply: "Reply", *, as_json: bool) -> None:
    """One line an answer, by the line of the question: the contact is not repeated."""
    if as_json:
        emit({"line": number, "held_by": [asdict(each) for each in reply.held_by]})
    elif not reply.held_by:
        typer.echo(f"{number}: no other organisation has registered it")
    for each in [] if as_json else reply.held_by:
        typer.echo(f"{number}: {each.organisation}: {each.contact_point or 'its partner file is gone, ask the hub'}")


def _read(file: Path) -> "tuple[dict[int, Contact], list[str]]":
    """Line → contact, and what is wrong with the other lines; nothing of them is repeated."""
    from labeling.web.contact_lookup import certain

    found, faults = dict[int, "Contact"](), list[str]()
    for number, line in _lines(file):
        try:
            found[number] = certain(line)
        except ZoryaError as exc:
            faults.append(f"{file}:{number}: {exc}")
    if not found and not faults:
        raise ZoryaError(f"{file}: no contact in it; write one a line")
    return found, faults


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    if str(file) == "-":
        text = sys.stdin.read()
    else:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as exc:
            raise ZoryaError(f"{file}: cannot be read ({exc})") from exc
    yield from ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip())


def _end(faults: list[str]) -> None:
    for fault in faults:
        say(f"zorya: {fault}")
    if faults:
        raise typer.Exit(PARTIAL)
