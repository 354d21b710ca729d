"""The verb `zorya labels erase`."""

from contextlib import closing
from dataclasses import asdict
from typing import Annotated

import typer

from zorya.cli.output import emit, now, say, table


def erase(
    ads: Annotated[
        list[str] | None, typer.Argument(help="Ids of ads, as snapshots and doubts about labels name them.")
    ] = None,
    contact: Annotated[
        list[str] | None,
        typer.Option(
            "--contact", help="A number, address or handle: every ad that gives it. May be given several times."
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; kept in the snapshots and the audit log. Names nobody.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be erased, and erase nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Erase a person's ads from snapshots and imported sets for good; a snapshot keeps its version and says so."""
    from labeling import erasing
    from zorya.settings import load_settings
    from zorya.store import open_store

    if not ads and not contact:
        raise typer.BadParameter("name ads by their ids, or --contact")
    settings = load_settings()
    with closing(open_store(settings)) as store:
        done = erasing.erase(
            store,
            settings,
            ids=frozenset(ads or ()),
            tokens=_tokens(contact or [], store.contact_key),
            reason=reason,
            actor="command line",
            at=now(),
            pretend=dry_run,
        )
    if as_json:
        emit(asdict(done) | {"erased": not dry_run})
        return
    held = {"snapshot": done.snapshots, "imported": done.imports}
    table(("", "version or name", "ads"), [(kind, *each) for kind, sets in held.items() for each in sets.items()])
    say(f"{done.ads} ads {'would be' if dry_run else 'are'} erased")


def _tokens(contacts: list[str], key: bytes) -> frozenset[str]:
    """Contacts as typed, as the tokens that labelled ads bear."""
    from labeling.masking import tokens
    from models.contacts import find_contacts

    found: set[str] = set()
    for text in contacts:
        held = tokens(find_contacts(text), key)
        if not held:
            why = f"{text!r} is no contact that can be recognised; write a number with its country"
            raise typer.BadParameter(why, param_hint="--contact")
        found.update(held)
    return frozenset(found)
