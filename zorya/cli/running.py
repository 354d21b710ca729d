"""Verbs that run the whole chain: `run` (one pass, no scheduler) and `demo` (the invented town, all parts)."""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zorya.cli.output import NOTHING_TO_DO, OK, PARTIAL, emit, now, say

if TYPE_CHECKING:
    from demo.opening import Opened
    from zorya.settings import Settings
    from zorya.store import Store

PANEL = "Whole chain"


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("demo", rich_help_panel=PANEL)(demo)
    app.command("run", rich_help_panel=PANEL)(run)


def run(*, as_json: Annotated[bool, typer.Option("--json", help="The figures as one JSON object.")] = False) -> None:
    """One pass of the chain without a scheduler: crawl, screen, enqueue, index, alert. For cron.

    Exit code 3: there is no active source. 4: a part of the work failed and the rest was done.
    """
    from dataclasses import asdict

    from crawlers.catalog import load_catalog
    from crawlers.lifecycle import note_all
    from zorya.settings import load_settings
    from zorya.store import open_store
    from zorya.store.figures import figures

    settings = load_settings()
    catalog = load_catalog(settings.source_folders)
    for error in catalog.errors:
        say(f"zorya: {error}")
    if not catalog.active:
        say("zorya: no active source; add one with `zorya source add URL`")
        raise typer.Exit(PARTIAL if catalog.errors else NOTHING_TO_DO)
    store = open_store(settings)
    note_all(store, catalog.specs, at=now())
    crawled = [_crawl(store, settings, spec.id, now()) for spec in catalog.active]
    staged = [_stage(name, store, settings, now()) for name in ("screen", "enqueue", "index", "alert")]
    with store.reading() as connection:
        counted = figures(connection)
    store.close()
    if as_json:
        emit(asdict(counted))
    else:
        typer.echo(counted.line())
    raise typer.Exit(OK if all((*crawled, *staged)) and not catalog.errors else PARTIAL)


def _crawl(store: "Store", settings: "Settings", source: str, as_of: datetime) -> bool:
    """Crawl one source; a failure is told and the others go on."""
    from crawlers.runner import crawl_source
    from zorya.errors import ZoryaError

    try:
        report = crawl_source(store, settings, source, as_of=as_of)
    except ZoryaError as exc:
        say(f"zorya: {source}: {exc}")
        return False
    except Exception as exc:  # no process, no database: whatever it is, the other sources are crawled
        say(f"zorya: {source}: {type(exc).__name__}: {str(exc).partition(chr(10))[0]}")
        return False
    say(f"{source}: {report.status}, {report.postings} postings ({report.new} new, {report.changed} changed)")
    for message in report.messages:
        say(f"  {message}")
    return str(report.status) == "ok"


def _stage(name: str, store: "Store", settings: "Settings", as_of: datetime) -> bool:
    """Run one stage after the crawls; a failure is told and the next one is tried."""
    from alerts import stage as alerting
    from labeling import index, sampling
    from models import screen
    from zorya.errors import ZoryaError

    stages: dict[str, Any] = {
        "screen": screen.run,
        "enqueue": sampling.run,
        "index": index.run,
        "alert": alerting.run,
    }
    try:
        report = stages[name](store, settings, as_of=as_of)
    except ZoryaError as exc:
        say(f"zorya: {name}: {exc}")
        return False
    done = [f"{count} {what.replace('_', ' ')}" for what, count in report.counts.items() if count]
    say(f"{name}: " + (", ".join(done) or "nothing to do"))
    for message in report.messages:
        say(f"  {message}")
    return True


def demo(
    *,
    home: Annotated[Path | None, typer.Option("--home", help="Where the demo keeps everything.")] = None,
    airflow: Annotated[
        bool, typer.Option("--airflow/--no-airflow", help="Run the chain in Airflow's scheduler.")
    ] = True,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port of the review app; 0 takes a free one.")
    ] = 0,
    once: Annotated[bool, typer.Option("--once", help="Stop everything after the first pass.")] = False,
    story: Annotated[
        bool, typer.Option("--story", help="Print what becomes of one alert among three partners; open nothing.")
    ] = False,
) -> None:
    """Open the demo: invented boards, Airflow and the review app, on this machine only. Ctrl-C stops it all."""
    from demo.opening import open_demo

    if story:
        _story()
        return
    folder = (home or Path(".zorya") / "demo").resolve()
    _move_into(folder)
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell that starts us in the background has SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    opened = open_demo(folder, python=sys.executable, airflow=airflow, port=port, say=say)
    try:
        result = opened.run_once()
        opened.wait_for_review(result.review)
        _tell(result, folder)
        if once:
            opened.settle()
        else:
            say("Ctrl-C stops everything the demo started.")
            opened.watch()
    except KeyboardInterrupt:
        say("stopping …")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave children behind
        opened.close()
        say("stopped.")


def _move_into(folder: Path) -> None:
    """Leave the settings of another installation behind: they have no place in the demo."""
    for name in [name for name in os.environ if name.startswith("ZORYA")]:
        del os.environ[name]
    os.environ["ZORYA_HOME"] = str(folder)


def _story() -> None:
    """In a folder that is gone afterwards."""
    import tempfile

    from demo.story import tell_story

    with tempfile.TemporaryDirectory(prefix="zorya-story-") as folder:
        tell_story(Path(folder), typer.echo)


def _tell(result: "Opened", home: Path) -> None:
    from demo.home import ACCOUNTS
    from demo.scheduler import USER, password

    typer.echo(f"\nReview app  {result.review}   log in: " + " · ".join(f"{a[0]} / {a[3]}" for a in ACCOUNTS))
    if result.airflow:
        typer.echo(f"Airflow     {result.airflow}   log in: {USER} / {password(home)}")
    typer.echo(f"Demo town   {result.town}")
    typer.echo(f"{result.figures.line()} ({result.seconds:.0f} s)")
    say(f"Other verbs on the same data: ZORYA_HOME={home} zorya queue stats")
