"""Verbs that look after stored models: card, suspicions, drift, shadow."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.model_registry import AsJson, Name, where, who
from zorya.cli.output import NOTHING_TO_DO, PARTIAL, emit, now, say, table

if TYPE_CHECKING:
    from models.registry.manifest import Manifest

Version = Annotated[
    str, typer.Argument(help="A version, name@version, or @champion, @challenger, @previous; the one in use.")
]


def register(group: typer.Typer) -> None:
    """Add the verbs to `zorya model`."""
    group.command("card")(model_card)
    group.command("suspicions")(model_suspicions)
    group.command("drift")(model_drift)
    group.command("shadow")(model_shadow)


def model_card(
    version: Version = "@champion",
    name: Name = None,
    html: Annotated[Path | None, typer.Option(help="Write the card as one page to this file.")] = None,
    section: Annotated[
        str | None, typer.Option(help="Fill a measured section with your own words (--says) instead of a verb's.")
    ] = None,
    says: Annotated[
        list[str] | None, typer.Option(help="A sentence for --section; may be given several times.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A model's card; exit code 4 where a section is missing (such a model cannot be promoted)."""
    from models.registry.card import card_of
    from models.registry.card_page import html as page
    from models.registry.card_page import markdown
    from models.registry.exhibits import Exhibit, put

    manifest, folder = _meant(version, name)
    if section is not None:
        put(
            folder,
            manifest.name,
            manifest.version,
            section,
            Exhibit(tuple(says or ()), made_by=who(), made_at=now().isoformat()),
        )
    card = card_of(folder, manifest.name, manifest.version)
    if html is not None:
        html.write_text(page(card), encoding="utf-8")
        say(f"wrote {html}")
    elif as_json:
        emit({"model": manifest.reference, "missing": card.missing} | {k: asdict(v) for k, v in card.sections.items()})
    else:
        typer.echo(markdown(card), nl=False)
    for each, verb in card.missing.items():
        say(f"zorya: {manifest.reference}: section {each} is missing; run `{verb}`")
    if card.missing:
        raise typer.Exit(PARTIAL)


def model_suspicions(
    version: Version = "@champion",
    name: Name = None,
    settle: Annotated[
        str | None, typer.Option(help="This account's or source's labels were looked at; --reason says what was found.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why it is settled; kept in the audit log.")] = "",
    as_json: AsJson = False,
) -> None:
    """Accounts and sources whose labels a model contradicts more than others': look at them before it is promoted."""
    from models.registry.gates import open_suspicions, settle_suspicion
    from zorya.settings import load_settings
    from zorya.store import open_store

    manifest, _ = _meant(version, name)
    settings = load_settings()
    store = open_store(settings)
    if settle is not None:
        settle_suspicion(store, settings, manifest, settle, actor=who(), reason=reason, at=now())
        say(f"{settle}: settled for {manifest.reference}")
    found = open_suspicions(store, settings, manifest)
    if as_json:
        emit([asdict(each) for each in found])
    elif found:
        columns = ("kind", "who", "labels", "contradicted", "expected", "p", "look at first")
        rows = [
            (e.kind, e.who, e.labels, e.contradicted, f"{e.expected:.1f}", f"{e.p_value:.1g}", " ".join(e.ads[:3]))
            for e in found
        ]
        table(columns, rows, title=f"labels to look at again, {manifest.reference}")
    if not found and settle is None:
        say("zorya: nobody's labels are contradicted more than chance allows")
        raise typer.Exit(NOTHING_TO_DO)


def model_drift(as_json: AsJson = False) -> None:
    """Whether the ads of the last four weeks are still those of the eight before: what has changed, and new words.

    Exit code 4: a change has lasted. 3: too few ads to judge.
    """
    from models.watch.drift import watch
    from zorya.settings import load_settings
    from zorya.store import open_store

    found = watch(open_store(load_settings()), as_of=now())
    if as_json:
        emit(asdict(found) | {"alarms": found.alarms})
    elif found.is_judged:
        shown = [each for each in found.drifts if any(each.off) or not each.what.startswith("indicator")]
        rows = [
            (
                e.what,
                *("–" if i is None else f"{i:.3f}{'!' if o else ''}" for i, o in zip(e.indices, e.off, strict=True)),
                e.says,
            )
            for e in shown
        ]
        columns = ("what", *(f"PSI {n} w. ago" for n in range(len(found.ads) - 1, 0, -1)), "moved most")
        table(columns, rows, title=f"{sum(found.ads[1:]):,} ads of late against {found.ads[0]:,} before")
        words = [(w.word, w.ads, w.before, w.windows, w.example) for w in found.words]
        if words:
            table(("new word", "ads", "before", "weeks", "example"), words)
    for alarm in found.alarms:
        say(f"zorya: it lasts: {alarm}")
    if found.alarms:
        raise typer.Exit(PARTIAL)
    if not found.is_judged:
        say(f"zorya: too few ads to judge: {found.ads[0]} before, {sum(found.ads[1:])} of late")
        raise typer.Exit(NOTHING_TO_DO)


def model_shadow(
    days: Annotated[int, typer.Option(min=1, help="Ads scored in the last days.")] = 7,
    as_json: AsJson = False,
) -> None:
    """What the challenger said of the ads that came: flags gained and lost, and where the two differ most."""
    from models.watch.shadow import compare
    from zorya.settings import load_settings
    from zorya.store import open_store

    settings = load_settings()
    found = compare(open_store(settings), settings, days=days, as_of=now())
    if as_json:
        emit(asdict(found))
    elif found.ads:
        say(
            f"{found.challenger} beside {found.champion} on {found.ads:,} ads: {found.flagged} flagged, "
            f"{found.gained} gained, {found.lost} lost, rank correlation {found.correlation}"
        )
        rows = [(each.version[:12], f"{each.was:.3f}", f"{each.would_be:.3f}", each.text) for each in found.differences]
        table(("version", "in use", "challenger", "ad"), rows)
    if not found.ads:
        say(f"zorya: {found.challenger} has scored no ad in these days; it does as ads are screened")
        raise typer.Exit(NOTHING_TO_DO)


def _meant(version: str, name: str | None) -> "tuple[Manifest, Path]":
    from models.registry.aliases import resolve
    from models.registry.manifest import manifest_of

    folder, which = where(name or (version.split("@")[0] if version.find("@") > 0 else None))
    return manifest_of(folder, which, resolve(folder, which, version)), folder
