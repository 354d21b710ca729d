"""Verbs of labels: export, import, list, show, erase."""

import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli import label_quality
from zorya.cli.label_erasing import erase
from zorya.cli.label_import import import_labels
from zorya.cli.output import NOTHING_TO_DO, emit, now, say, table

if TYPE_CHECKING:
    from zorya import snapshots

ACTOR = "command line"
AsJson = Annotated[bool, typer.Option("--json")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = typer.Typer(no_args_is_help=True, help="What people decided: freeze, import, compare and doubt it.")
    group.command("export")(export)
    group.command("import")(import_labels)
    group.command("list")(listing)
    group.command("show")(show)
    group.command("erase")(erase)
    label_quality.register(group)
    app.add_typer(group, name="labels", rich_help_panel="Review")


def export(
    jsonl: Annotated[
        Path | None,
        typer.Option("--jsonl", help="Write the verdicts alone, a line each, to FILE instead; `-` is stdout."),
    ] = None,
    with_contacts: Annotated[
        bool, typer.Option("--with-contacts", help="With --jsonl: keep contacts in clear.")
    ] = False,
    without: Annotated[
        list[str] | None, typer.Option("--without", help="Leave out `verdicts`, `seed` or an imported set, by name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Freeze verdicts in force, the seed corpus and imported sets as a snapshot for training. The export is logged."""
    if jsonl is not None:
        _export_lines(jsonl, with_contacts=with_contacts)
        return
    if with_contacts:
        raise typer.BadParameter("a snapshot never holds contacts; `--with-contacts` goes with `--jsonl`")
    from labeling import snapshots
    from zorya.settings import load_settings
    from zorya.store import open_store

    settings = load_settings()
    with closing(open_store(settings)) as store:
        done = snapshots.export(store, settings, as_of=now(), actor=ACTOR, without=without or ())
    if as_json:
        emit(asdict(done.manifest) | {"left_out": done.left_out})
        return
    for why, number in sorted(item for item in done.left_out.items() if item[1]):
        say(f"{number} left out: {_WHY[why]}")
    say(f"snapshot {done.manifest.version} in {settings.snapshots_dir}")
    table(("set", "ads", "licence"), [(part.name, part.ads, part.licence) for part in done.manifest.parts])


_WHY = {
    "unsure": "campaigns about which everybody who saw them is unsure",
    "split": "campaigns about which people disagree; another review decides",
    "waits_for_second": "campaigns with a concern that too few have confirmed (setting review.concern_analysts)",
    "repeated": "ads whose very words another set has",
    "erased": "ads that a person had erased",
    "on_hold": "ads on legal hold: kept as evidence, not for training",
    "ad_in_question": "ads set apart from their campaign about which people do not agree",
}


def _export_lines(file: Path, *, with_contacts: bool) -> None:
    from labeling.export import labelled_ads
    from zorya.erasure_list import ErasureList
    from zorya.settings import load_settings
    from zorya.store import audit, open_store

    settings = load_settings()
    with closing(open_store(settings)) as store, store.writing() as connection:
        rows = labelled_ads(connection, ErasureList(settings), with_contacts=with_contacts)
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        why = "with contacts" if with_contacts else "contacts masked"
        audit.add(connection, at=now(), actor=ACTOR, action="labels.export", object=str(file)[:200], reason=why)
    text = "".join(f"{line}\n" for line in lines)
    if str(file) == "-":
        sys.stdout.write(text)
    else:
        file.write_text(text, encoding="utf-8")
    say(f"{len(lines)} labelled ads exported")
    if not lines:
        raise typer.Exit(NOTHING_TO_DO)


def listing(as_json: AsJson = False) -> None:
    """Snapshots, oldest first, and imported sets."""
    from labeling.imports.stored import imported_manifests
    from zorya import snapshots
    from zorya.settings import load_settings

    settings = load_settings()
    known, sets = snapshots.all_snapshots(settings.snapshots_dir), imported_manifests(settings.imports_dir)
    if as_json:
        emit({"snapshots": [asdict(each) for each in known], "imports": [asdict(each) for each in sets]})
    elif known or sets:
        rows = [("snapshot", s.version, sum(p.ads for p in s.parts), _parts(s.parts), s.made_at) for s in known]
        rows += [("imported", s.name, s.ads, f"{s.title}; {s.licence}", s.imported_at) for s in sets]
        table(("", "version or name", "ads", "made of", "at"), rows)
    if not known and not sets:
        say("zorya: nothing is frozen or imported; `zorya labels export` makes a snapshot")
        raise typer.Exit(NOTHING_TO_DO)


def show(
    snapshot: Annotated[str, typer.Argument(help="A version, the beginning of one, or `newest`.")] = "newest",
    as_json: AsJson = False,
) -> None:
    """What a snapshot is made of, by label, language, origin and source; what was erased since. Checks its digest."""
    from collections import Counter

    from zorya import snapshots
    from zorya.settings import load_settings

    folder = load_settings().snapshots_dir
    found = snapshots.read_snapshot(snapshots.find(folder, snapshot))
    counts = {
        "label": Counter(ad.label.value for ad in found.ads),
        "language": Counter(ad.language or "unknown" for ad in found.ads),
        "origin": Counter(ad.origin.value for ad in found.ads),
        "source": Counter(ad.source for ad in found.ads if ad.source),
        "pattern": Counter(pattern for ad in found.ads for pattern in ad.patterns),
    }
    groups = len({ad.group for ad in found.ads})
    if as_json:
        emit(asdict(found.manifest) | {"ads": len(found.ads), "groups": groups} | counts)
        return
    say(f"snapshot {found.manifest.version}: {len(found.ads)} ads in {groups} groups; {_parts(found.manifest.parts)}")
    if found.manifest.on_hold:
        say(f"{found.manifest.on_hold} left out: {_WHY['on_hold']}")
    for each in found.manifest.erased:
        say(f"{each.ads} ads erased on {each.at[:10]}: {each.reason}; what is left has the digest {each.left[:12]}")
    rows = [(name, value, number) for name, each in counts.items() for value, number in each.most_common()]
    table(("by", "", "ads"), rows)


def _parts(parts: "tuple[snapshots.Part, ...]") -> str:
    return ", ".join(f"{part.name} {part.ads}" for part in parts)
