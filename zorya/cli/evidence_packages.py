"""`evidence export|verify --package|root|roots`: evidence handed on, checked by who has nothing else, and the roots of
days that it can be held against. Only time-stamp authorities, where some are set, are asked anything.
"""

import re
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from zorya.cli.crawling import Json
from zorya.cli.output import NOTHING_TO_DO, OK, PARTIAL, emit, now, say
from zorya.errors import EvidenceError, ZoryaError

if TYPE_CHECKING:
    from zorya.domain.day_roots import DayRoot
    from zorya.evidence.checking import Checked
    from zorya.evidence.witnesses import Held

_HEX = re.compile(r"[0-9a-f]{64}")


def export(
    names: Annotated[
        list[str],
        typer.Argument(metavar="ID…", help="Campaigns (c-…), postings (p-…), versions (v-…), captures (k-…)."),
    ],
    *,
    to: Annotated[Path, typer.Option("--to", help="A new file that ends in .wacz (or .zip).")],
    by: Annotated[str, typer.Option(help="Who hands it on; in the package and in the audit log.")],
    reason: Annotated[str, typer.Option(help="For whom and what for; in the package and in the audit log.")],
    as_json: Json = False,
) -> None:
    """Put captures into a package for a lawyer or the police: a WACZ with report, custody, digests and a README.

    Prints the package's digest: tell it to the receiver by another way than the package. The pages name people. Exit
    code 4: it was made, and a time-stamp authority that is set did not answer.
    """
    from zorya import packages
    from zorya.settings import load_settings
    from zorya.store import open_store

    settings = load_settings()
    with closing(open_store(settings)) as store:
        made = packages.make(store, settings, tuple(names), target=to, by=by, reason=reason, as_of=now())
    packed = made.packed
    stamps = [{"authority": one.authority, "at": one.at.isoformat()} for one in packed.stamps]
    if as_json:
        told = {"package": str(to), "captures": made.captures, "sums_sha256": packed.digest, "stamps": stamps}
        emit(told | {"not_stamped": list(packed.not_stamped)})
    else:
        print(f"{packed.digest}  SHA256SUMS")
        say(f"{to}: {made.captures} captures; check it with: zorya evidence verify --package {to}")
        for stamp in stamps:
            say(f"time-stamped by {stamp['authority']}: {stamp['at']}")
    for why in packed.not_stamped:
        say(f"not time-stamped: {why}")
    raise typer.Exit(PARTIAL if packed.not_stamped else OK)


def root(
    *,
    day: Annotated[str, typer.Option("--day", help="A day that is over (UTC), YYYY-MM-DD; yesterday without it.")] = "",
    as_json: Json = False,
) -> None:
    """Make the root of a day, or show it: one digest for all captures and the audit log up to then. Hand it out.

    Exit code 3: nothing is recorded yet. 4: a time-stamp authority that is set did not answer.
    """
    from zorya import sealing
    from zorya.settings import load_settings
    from zorya.store import open_store
    from zorya.store import roots as day_roots

    at = now()
    try:
        wanted = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).date() if day else None
    except ValueError as exc:
        raise ZoryaError(f"--day {day}: not a day; write it as YYYY-MM-DD") from exc
    settings = load_settings()
    with closing(open_store(settings)) as store:
        made, problems = sealing.seal(store, settings, wanted or at.date() - timedelta(days=1), as_of=at)
        with store.reading() as connection:
            held = sorted(day_roots.stamps(connection, made.day))
    if as_json:
        emit(_told(made) | {"stamps": held})
    else:
        print(f"{made.root}  {made.day}")
        say(f"{made.leaves - 2} captures, the audit log to entry {made.audit_seq}, {_stamped_by(held)}")
    for why in problems:
        say(f"not time-stamped: {why}")
    raise typer.Exit(PARTIAL if problems else OK)


def roots(
    *,
    last: Annotated[int, typer.Option("--last", min=1, help="So many of the newest.")] = 31,
    as_json: Json = False,
) -> None:
    """List the roots of days, the newest first, as they are handed out: `HEX  DAY`."""
    from zorya.settings import load_settings
    from zorya.store import open_store
    from zorya.store import roots as day_roots

    with closing(open_store(load_settings())) as store, store.reading() as connection:
        found = day_roots.latest(connection, limit=last)
    if as_json:
        emit([_told(one) for one in found])
    for one in [] if as_json else found:
        print(f"{one.root}  {one.day}")
    if not found:
        say("no root of a day yet: `zorya evidence root` makes yesterday's")
    raise typer.Exit(OK if found else NOTHING_TO_DO)


def held_from(digest: str, roots: list[str], ca: Path | None) -> "Held":
    """What a package is held against, from the command line; ZoryaError for what is none."""
    from zorya.evidence.witnesses import Held

    for name, value in (("--digest", digest), *(("--root", one) for one in roots)):
        if value and not _HEX.fullmatch(value.lower()):
            raise ZoryaError(f"{name} {value}: not a SHA-256; give all 64 of its letters and digits")
    try:
        certificates = ca.read_bytes() if ca else b""
    except OSError as exc:
        raise ZoryaError(f"--ca {ca}: {exc.strerror}") from exc
    if ca and b"BEGIN CERTIFICATE" not in certificates:
        raise ZoryaError(f"--ca {ca}: no certificate in it; it must be PEM (-----BEGIN CERTIFICATE-----)")
    return Held(digest.lower(), frozenset(one.lower() for one in roots), certificates)


def verify_package(path: Path, held: "Held", *, as_json: bool) -> NoReturn:
    """Check a package and say what was found and by what it is borne out."""
    from zorya.evidence.checking import check

    try:
        found = check(path, held)
    except RecursionError as exc:  # a stranger's JSON
        raise EvidenceError(f"{path}: no evidence package: nested beyond all bounds") from exc
    if as_json:
        emit({**asdict(found), "sound": not found.damages})
    else:
        _tell(found, held)
    raise typer.Exit(PARTIAL if found.damages else OK)


def _tell(found: "Checked", held: "Held") -> None:
    for damage in found.damages:
        typer.echo(f"{damage.kind:<8} {damage.file}: {damage.detail}")
    typer.echo(f"{found.captures} captures, {found.files} files, {len(found.damages)} faults")
    typer.echo(f"{found.digest}  SHA256SUMS")
    for stamp in found.stamped:
        by = "under the certificates you gave" if stamp.trusted else "by certificates in the package: ask for its own"
        typer.echo(f"{stamp.file}: there at {stamp.at:%Y-%m-%d %H:%M:%S} UTC, says {stamp.authority} ({by})")
    for day, value in found.roots.items():
        whose = "you hold it" if value in held.roots else "compare it with the one handed out then"
        typer.echo(f"{value}  {day}: root of the day ({whose})")
    if found.roots:
        typer.echo(f"{found.under_root} of {found.captures} captures lie under a root")
    if not (held.digest or held.roots or held.certificates):
        say("nothing was given to hold it against: give --digest (told by its maker), --root or --ca")


def _told(one: "DayRoot") -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("day", "root", "leaves", "made_at", "audit_seq", "audit_hash")}


def _stamped_by(held: list[str]) -> str:
    return f"time-stamped by {', '.join(held)}" if held else "not time-stamped"
