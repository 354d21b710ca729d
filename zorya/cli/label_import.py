"""The verb `zorya labels import`."""

import json
import re
from collections import Counter
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.output import PARTIAL, emit, now, say, table

if TYPE_CHECKING:
    from labeling.imports.importing import Import

SHOWN = 20
"""Faults told one by one; the rest by kind, so that a wrong mapping does not fill the screen."""


def import_labels(
    files: Annotated[list[Path], typer.Argument(help="CSV, TSV, JSONL, JSON (each also .gz) or Parquet.")],
    mapping: Annotated[str, typer.Option("--mapping", help="A shipped mapping by name, or the path of one's own.")],
    name: Annotated[str, typer.Option("--name", help="What to call the set; the mapping's name by default.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="In place of another set of that name.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Keep a foreign labelled set for snapshots. Rows that cannot be used are told, the others kept (exit code 4)."""
    from labeling.imports.importing import import_files
    from labeling.imports.mapping import load_mapping
    from zorya.cli.label_reading import enriched
    from zorya.settings import load_settings
    from zorya.store import open_store

    chosen, settings = load_mapping(mapping), load_settings()
    called = name or chosen.name
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", called) or called in {"seed", "verdicts"}:
        raise typer.BadParameter("small letters, digits and hyphens, and not `seed` or `verdicts`", param_hint="--name")
    with closing(open_store(settings)) as store:
        done = import_files(
            store,
            settings,
            files,
            chosen,
            name=called,
            enrich=partial(enriched, key=store.contact_key),
            as_of=now(),
            actor="command line",
            again=replace,
        )
    _tell(done)
    if as_json:
        emit(asdict(done.manifest) | {"left_out": done.left_out, "faults": len(done.faults)})
    else:
        about = done.manifest
        rows = [("ads", about.ads), ("left out on purpose", done.left_out), ("not usable", len(done.faults))]
        table(("", "number"), [*rows, ("licence", about.licence)], title=f"{about.name}: {about.title}")
    if done.faults:
        raise typer.Exit(PARTIAL)


def _tell(done: "Import") -> None:
    for path, fault in done.faults[:SHOWN]:
        say(json.dumps({"file": str(path), "line": fault.line, "error": fault.error}, ensure_ascii=False))
    rest = Counter(fault.error for _, fault in done.faults[SHOWN:])
    for error, number in rest.most_common(SHOWN):
        say(f"and {number} more: {error}")
