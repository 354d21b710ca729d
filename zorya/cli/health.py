"""`zorya source health`: every crawl's fate, what is usual, and why a source is red."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zorya.cli.crawling import Json
from zorya.cli.output import NOTHING_TO_DO, OK, PARTIAL, emit, now, say
from zorya.cli.sources import source_app
from zorya.errors import ZoryaError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from zorya.settings import Settings
    from zorya.store import Store
    from zorya.store.health import RunView, SourceView

WIDTH = 100
MARKS = {"ok": "✓", "partial": "!", "failed": "✗", "none": "·"}
_COLUMNS = ("seen", "new", "read", "kept", "body", "fill.pay", "fill.places", "fill.contacts")
_HEADS = ("seen", "new", "read", "kept", "text", "pay", "place", "contact")


def register(app: typer.Typer) -> None:
    """Add the verb to `zorya source`."""
    source_app.command("health")(health)


def health(
    source: Annotated[str | None, typer.Argument(help="One source, day by day; without it every source.")] = None,
    *,
    days: Annotated[int, typer.Option(help="How many days back, today included.", min=1, max=366)] = 14,
    accept: Annotated[
        str,
        typer.Option(metavar="NAME", help="You, saying that SOURCE's last run is the new normal: learn from it on."),
    ] = "",
    as_json: Json = False,
) -> None:
    """How every source fares, measured against what it expects and what is usual, and why. Exit code 4: one is red."""
    from zorya.settings import load_settings
    from zorya.store import open_store

    if accept and source is None:
        raise ZoryaError("`--accept` needs the SOURCE whose last run is the new normal")
    settings = load_settings()
    store = open_store(settings)
    try:
        if accept and source:
            _accept(store, source, by=accept, at=now())
        views, broken = _views(store, settings, source, days, now())
    finally:
        store.close()
    if not views:
        say("zorya: no source yet; draft one with `zorya source add URL --store`")
    for view in views:
        if as_json:
            emit(_as_json(view))
        else:
            _print_source(view, days, now().date(), alone=source is not None)
    raise typer.Exit(PARTIAL if broken or any(view.red for view in views) else OK if views else NOTHING_TO_DO)


def _views(
    store: "Store", settings: "Settings", source: str | None, days: int, at: "datetime"
) -> "tuple[list[SourceView], bool]":
    """Sources as their files stand now, with their runs; and whether a file is broken."""
    from crawlers.catalog import load_catalog
    from zorya.store import health as shown

    catalog = load_catalog(settings.source_folders)
    known = [
        shown.Described(spec.id, spec.title, spec.owner, str(spec.standing), spec.model_dump(mode="json"))
        for spec in catalog.specs
    ]
    with store.reading() as connection:
        views = shown.overview(connection, at=at, days=days, only=source, known=known)
    if source is not None and not views:
        catalog.get(source)  # raises with the names that come near
    broken = [error for error in catalog.errors if source in {None, error.path.stem}]
    for error in broken:
        say(f"zorya: {error}")
    return views, bool(broken)


def _accept(store: "Store", source: str, *, by: str, at: "datetime") -> None:
    """Forget what was usual before the last run."""
    from zorya.store import audit, runs
    from zorya.store import health as shown

    with store.writing() as connection:
        last = next(iter(runs.latest(connection, source, limit=1)), None)
        if last is None or "grade" not in last["measures"]:
            raise ZoryaError(f"no judged run of `{source}` to accept: crawl it first")
        shown.accept(connection, last["id"], by=by)
        audit.add(connection, at=at, actor=by, action="source.accept", object=source, reason=last["id"])
    say(
        f"{source}: what was usual before {last['started_at']:%-d %b %H:%M} is forgotten; five sound runs teach it anew"
    )


def _print_source(view: "SourceView", days: int, today: date, *, alone: bool) -> None:
    print(_line(view))
    for reason in view.why[: 9 if alone else 2]:
        print(_cut(f"    {reason}"))
    if alone:
        _print_days(view, days, today)


def _line(view: "SourceView") -> str:
    """One source on one line of at most `WIDTH` columns."""
    last = view.last
    standing = view.standing or "no file"
    head = f"{MARKS[view.verdict]} {view.verdict:<8}{view.id[:26]:<27}{standing:<9}"
    if last is None:
        return head.rstrip()
    busy = "  running" if view.running else ""
    numbers = f"{_against(last, 'seen', 'ads')}  new {last.new}{_quiet(last)}{busy}"
    return _cut(f"{head}{last.started_at:%d %b %H:%M}  {numbers}")


def _against(run: "RunView", name: str, short: str) -> str:
    """`ads 3 (usually 41–58)`."""
    from zorya.domain.health import usual

    checkup = run.checkup
    value = checkup.value(name) if checkup else run.postings
    band = checkup.bands.get(name) if checkup else None
    return f"{short} {value or 0:.0f}" + (f" (usually {usual(name, band)})" if band else "")


def _quiet(run: "RunView") -> str:
    quiet = run.checkup.value("quiet_days") if run.checkup else None
    return f"  quiet {quiet:.0f} d" if quiet and quiet >= 1 else ""


def _print_days(view: "SourceView", days: int, today: date) -> None:
    """Days × measures: each day's verdict, how many of its runs were red, the newest one's measures; below, the usual.

    Of a day that held a red run the newest such says why.
    """
    from zorya.domain.health import shown, usual

    print(f"\n{'day':<8}{'':<9}{'runs':>5}" + _row(_HEADS))
    for back in range(days - 1, -1, -1):
        day = today - timedelta(days=back)
        runs = view.on(day)
        checkup = runs[0].checkup if runs else None
        values = [checkup.value(name) if checkup else None for name in _COLUMNS]
        cells = ["" if value is None else shown(name, value) for name, value in zip(_COLUMNS, values, strict=True)]
        verdict, red = view.verdict_on(day), [run for run in runs if run.why]
        count = f"{len(red)}/{len(runs)}" if red else f"{len(runs)}"
        print(f"{day:%d %b}  {MARKS[verdict]} {verdict:<7}{count:>5}" + _row(cells))
        for reason in red[0].why[:1] if red else ():
            print(_cut(f"{'':<8}red at {red[0].started_at:%H:%M}: {reason}"))
    bands = view.last.checkup.bands if view.last and view.last.checkup else {}
    cells = [usual(name, bands[name]).replace(",", "") if name in bands else "" for name in _COLUMNS]
    print(f"{'usual':<22}" + _row(cells))


def _row(cells: "Sequence[str]") -> str:
    """Cells in columns of ten, the first one of eight."""
    return "".join(f"{cell:>10}" for cell in cells)[2:]


def _as_json(view: "SourceView") -> dict[str, Any]:
    last, checkup = view.last, view.last.checkup if view.last else None
    measures: dict[str, Any] = {}
    for name in checkup.names if checkup else ():
        band = checkup.bands.get(name) if checkup else None
        limits = {"low": band.low, "usual": band.usual, "high": band.high} if band else {}
        measures[name] = {"value": checkup.value(name) if checkup else None} | limits
    return {
        "source": view.id,
        "title": view.title,
        "owner": view.owner,
        "standing": view.standing,
        "verdict": view.verdict,
        "red": view.red,
        "why": list(view.why),
        "last_run": last.started_at.isoformat() if last else None,
        "measures": measures,
        "days": [
            {"at": run.started_at.isoformat(), "status": str(run.status), "ads": run.postings, "new": run.new}
            for run in view.runs
        ],
    }


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"
