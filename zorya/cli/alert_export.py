"""`zorya alert export`: alerts as data, for partners who read them with a machine."""

from pathlib import Path
from typing import Annotated

import typer

from zorya.cli.output import say
from zorya.cli.sharing import AsOf, moment_of, opened


def export(
    alerts: Annotated[list[str] | None, typer.Argument(metavar="[ALERT…]", help="Ids (`zorya alert list`).")] = None,
    *,
    to: Annotated[Path, typer.Option("--to", help="A folder, or a file; the marking is put before its name.")],
    by: Annotated[str, typer.Option("--by", help="Your account: a lead. It is written into the audit log.")],
    format_: Annotated[str, typer.Option("--format", help="stix, misp, csv or htcds.")] = "stix",
    partner: Annotated[str, typer.Option("--partner", help="Everything this partner was told.")] = "",
    digest: Annotated[str, typer.Option("--digest", help="Only what this digest of the partner told.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password of that account from stdin.")
    ] = False,
    as_of: AsOf = "",
) -> None:
    """Write approved alerts as STIX 2.1, a MISP event, CSV or HTCDS. Prints the file.

    Exit code 5: something asked for is not approved, recalled before it left, or above the partner's ceiling.
    """
    from alerts.exports.to_file import Asked, Format
    from alerts.exports.to_file import export as leave
    from zorya.cli.alerting import prove

    if format_ not in set(Format):
        raise typer.BadParameter(f"{format_!r} is no format; there are {', '.join(Format)}")
    asked = Asked(tuple(alerts or ()), partner, digest)
    with opened() as (store, settings):
        prove(store, by, on_stdin=password_stdin)
        left = leave(store, settings, asked, Format(format_), to=to, by=by, as_of=moment_of(as_of))
    print(left.path)
    say(f"alerts: {left.alerts}; hand the file on only as its marking allows")
    if left.held:
        say(f"held back: {left.held} that were told and may not leave as they read now")
