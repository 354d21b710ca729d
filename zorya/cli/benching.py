"""The `bench` verb: what the parts cost on this machine, as ratios within one run."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from zorya.cli.output import emit, now, say, table

BENCHES = {
    "read": "models.bench_read",
    "campaigns": "models.bench_campaigns",
    "model": "models.bench_model",
    "patterns": "models.bench_patterns",
    "extract": "crawlers.bench_extract",
    "crawl": "crawlers.bench_crawl",
    "start": "zorya.cli.bench_start",
    "web": "zorya.cli.bench_web",
}
"""Module of each benchmark: `measure(settings, *, as_of)` gives its rows, or several tables of them by name. Imported
when asked for.
"""

Rows = list[dict[str, Any]]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("bench", rich_help_panel="Data scientists")(bench)


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"any of {', '.join(BENCHES)}; read when none is given")
    ] = None,
    pages: Annotated[Path | None, typer.Option(help="extract: a folder of saved pages to measure as well")] = None,
    held_out: Annotated[
        bool, typer.Option("--held-out", help="campaigns: the seed and the texts kept for the final run")
    ] = False,
    sizes: Annotated[
        str, typer.Option("--n", help="campaigns, web: numbers of planted ads to measure cost at, as 1000,1000000")
    ] = "1000,10000",
    out: Annotated[
        Path | None, typer.Option(help="campaigns, model, web: a folder for tables (CSV) and curves (PNG)")
    ] = None,
    base: Annotated[
        str | None, typer.Option(help="model: the encoder to fine-tune; else one made from nothing")
    ] = None,
    server: Annotated[
        str, typer.Option("--server", help="web: a PostgreSQL in which databases may be made, instead of SQLite")
    ] = "",
    rounds: Annotated[int, typer.Option(min=1, help="web: visits of each page at each size")] = 60,
    users: Annotated[int, typer.Option(min=0, help="web: people at work while a crawl writes; 0: none")] = 20,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Measure: an ad (read), campaigns, recipes (model), phrases (patterns), pages (extract; web), crawls, starts."""
    wanted = names or ["read"]
    if unknown := [name for name in wanted if name not in BENCHES]:
        raise typer.BadParameter(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    if pages is not None and not pages.is_dir():
        raise typer.BadParameter(f"{pages} is not a folder")
    options: dict[str, dict[str, Any]] = {
        "extract": {"pages": pages},
        "campaigns": {"held_out": held_out, "sizes": _numbers(sizes), "out": out},
        "model": {"base": base, "out": out},
        "web": {"sizes": _numbers(sizes), "out": out, "server": server, "rounds": rounds, "users": users},
    }
    results = {name: _measured(name, options.get(name, {}), shown=not as_json) for name in wanted}
    if as_json:
        emit(results if len(results) > 1 else results[wanted[0]])


def _measured(name: str, options: dict[str, Any], *, shown: bool) -> Rows | dict[str, Rows]:
    from zorya.settings import load_settings

    say(f"measuring {name} …")
    result: Rows | dict[str, Rows] = import_module(BENCHES[name]).measure(load_settings(), as_of=now(), **options)
    if shown:
        _show(name, result)
    return result


def _numbers(text: str) -> tuple[int, ...]:
    try:
        numbers = tuple(int(part.replace("_", "")) for part in text.split(","))
    except ValueError:
        numbers = ()
    if not numbers or min(numbers) < 100:
        raise typer.BadParameter(f"--n {text}: give whole numbers from 100 up, with commas between them")
    return numbers


def _show(title: str, result: Rows | dict[str, Rows]) -> None:
    tables = result if isinstance(result, dict) else {"": result}
    for name, rows in tables.items():
        table(tuple(rows[0]), [tuple(row.values()) for row in rows], title=f"{title} {name}".strip())
