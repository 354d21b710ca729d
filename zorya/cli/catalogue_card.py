"""`zorya indicators card`: the honest numbers of the catalogue, written to a page."""

import shutil
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from zorya.cli.output import now, say

_ROOT = Path(__file__).parents[2]


def card(
    ads: Annotated[
        Path, typer.Option(help="Folder of ordinary ads, *.jsonl or *.jsonl.gz, one {id, title, body} a line.")
    ],
    *,
    out: Annotated[Path | None, typer.Option(help="Write the page here instead of stdout.")] = None,
    limit: Annotated[int | None, typer.Option(help="Read only so many ads of each set.", min=1)] = None,
) -> None:
    """Count what the catalogue hits: its examples, the seed corpus, ordinary ads; with the commonest false alarms."""
    from models import catalogue_card as counts
    from models.catalogue import catalogue
    from models.catalogue_card_text import render
    from models.ordinary import name_of, read_set, sets_of
    from zorya.labelled import load_corpus
    from zorya.settings import load_settings

    paths = sets_of(ads)
    ordinary = counts.Ordinary()
    for path in paths:
        say(f"reading {path.name} …")
        counts.count_ordinary(ordinary, name_of(path), read_set(path, limit=limit))
    reader = catalogue()
    page = render(
        reader,
        counts.examples(reader.specs, reader),
        counts.labelled(load_corpus(load_settings().corpus_dir)),
        ordinary,
        as_of=now(),
        commit=_commit(),
        limit=limit,
    )
    if out is None:
        print(page, end="")
        return
    out.write_text(page, encoding="utf-8")
    say(f"{ordinary.total.ads} ordinary ads of {len(paths)} sets counted: {out}")


def _commit() -> str:
    """The commit this code stands at, with a word where files were changed since; `unknown` outside a checkout."""
    git = shutil.which("git")
    if git is None or not (_ROOT / ".git").exists():
        return "unknown"
    asked = (["rev-parse", "--short", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
    head, changed = (
        subprocess.run([git, "-C", str(_ROOT), *words], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
        for words in asked
    )
    return f"{head or 'unknown'}{' with changes' if changed else ''}"
