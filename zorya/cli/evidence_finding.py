"""`evidence find`: was this number, name or wording ever in an ad, gone or not. Who asks, and why, is logged."""

from contextlib import closing
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zorya.cli.crawling import Json
from zorya.cli.output import NOTHING_TO_DO, OK, emit, now, say
from zorya.errors import ZoryaError

if TYPE_CHECKING:
    from zorya.store.lookback import Remembered


def find(
    *,
    phone: Annotated[str, typer.Option("--phone", help="A number, best with its country: +40 …")] = "",
    handle: Annotated[str, typer.Option("--handle", help="A @name, or a link as t.me/name.")] = "",
    email: Annotated[str, typer.Option("--email", help="An e-mail address.")] = "",
    place: Annotated[str, typer.Option("--place", help="A place, as ads write it.")] = "",
    text: Annotated[str, typer.Option("--text", help="Words, “a phrase”, -without; of the newest wording.")] = "",
    since: Annotated[str, typer.Option("--from", help="Seen on this day or later (UTC), YYYY-MM-DD.")] = "",
    until: Annotated[str, typer.Option("--to", help="Seen on this day or before.")] = "",
    by: Annotated[str, typer.Option(help="Who asks; in the audit log.")],
    reason: Annotated[str, typer.Option(help="Why, in a few words; in the audit log.")],
    as_json: Json = False,
) -> None:
    """Find stored ads, also those gone from the web: what is kept of each, its campaign, and who has seen it.

    A contact is compared by its keyed token and printed nowhere. Exit code 3: nothing that is stored fits.
    """
    from labeling.lookback import Wanted, look
    from zorya.settings import load_settings
    from zorya.store import open_store

    given = {"phone": phone, "handle": handle, "email": email, "place": place, "text": text}
    asked = {name: " ".join(value.split()) for name, value in given.items() if value.strip()}
    if len(asked) != 1:
        raise ZoryaError("name one thing to look for: --phone, --handle, --email, --place or --text")
    ((kind, value),) = asked.items()
    first, last = _day("--from", since), _day("--to", until)
    wanted = Wanted(_typed(kind, value), first, last, as_words=kind in {"place", "text"})
    with closing(open_store(load_settings())) as store:
        found = look(store, wanted, by=by, reason=" ".join(reason.split()), at=now(), limited=False)
    if as_json:
        emit([_told(one) for one in found.found])
    for one in [] if as_json else found.found:
        _print(one)
    if found.more:
        say("there are more: narrow the days with --from and --to")
    if not found.found:
        say("nothing that is stored fits; that says nothing about what was never read")
    raise typer.Exit(OK if found.found else NOTHING_TO_DO)


def _typed(kind: str, value: str) -> str:
    """What is looked for, as a person would type it; ZoryaError, which repeats nothing of it, for another kind."""
    from labeling.web.contact_lookup import read
    from zorya.domain.ads import ContactKind

    if kind == "text":
        return value
    if kind == "place":
        return f'"{value.replace(chr(34), " ")}"'
    typed = f"@{value}" if kind == "handle" and not value.startswith("@") and "/" not in value else value
    kinds = {contact.kind for contact in read(typed)}
    numbers, mails = {ContactKind.PHONE}, {ContactKind.EMAIL}
    fits = {"phone": kinds <= numbers, "email": kinds <= mails, "handle": not kinds & (numbers | mails)}
    if not kinds or not fits[kind]:
        shapes = {"phone": "a number as +40 7…", "handle": "a @name or t.me/name", "email": "an address as a@b.example"}
        raise ZoryaError(f"--{kind}: that is none; give {shapes[kind]}")
    return typed


def _day(option: str, value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as exc:
        raise ZoryaError(f"{option} {value}: not a day; write it as YYYY-MM-DD") from exc


def _print(one: "Remembered") -> None:
    gone = f", gone since {one.gone_at:%Y-%m-%d}" if one.gone_at else ""
    typer.echo(f"{one.posting_id}  {one.source}  {one.first_seen:%Y-%m-%d} to {one.last_seen:%Y-%m-%d}{gone}")
    kept = f"{one.captures} pages kept" + (f", {one.purged} purged" if one.purged else "")
    typer.echo(f"  {len(one.wordings)} wordings, {kept}, campaign {one.campaign or 'none'}")
    for who, act, at in one.seen_by:
        typer.echo(f"  {at:%Y-%m-%d %H:%M} {act} {who}")


def _told(one: "Remembered") -> dict[str, Any]:
    """Without the words of the ad: ids lead to them."""
    plain = {key: value for key, value in asdict(one).items() if key not in {"wordings", "seen_by"}}
    wordings = [
        {
            "version": each.id,
            "seen_at": each.seen_at,
            "changed": each.changed,
            "capture": each.capture["id"] if each.capture else None,
        }
        for each in one.wordings
    ]
    return plain | {
        "wordings": wordings,
        "seen_by": [{"who": who, "act": act, "at": at} for who, act, at in one.seen_by],
    }
