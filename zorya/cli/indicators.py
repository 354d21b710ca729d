"""`zorya indicators`: the catalogue as its files have it, and what it does on the ads in the store."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zorya.cli.catalogue_card import card
from zorya.cli.output import NOTHING_TO_DO, OK, emit, now, say, table
from zorya.errors import ZoryaError

if TYPE_CHECKING:
    from models.catalogue import Catalogue
    from models.indicator_spec import IndicatorSpec
    from models.linked_spec import LinkedSpec
    from models.preview import Preview, Statistics, Tally
    from zorya.domain.ads import PostingVersion

Json = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]
Days = Annotated[int, typer.Option(help="Ads seen in so many days.", min=1, max=3650)]
_SHOWN_SHARES, _SHOWN_PAIRS = 20, 15
_TITLE_LANGUAGES = ("en", "ro", "uk", "nl", "ru")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    verbs = typer.Typer(no_args_is_help=True, help="The indicator catalogue, and what it does on stored ads.")
    verbs.command("list")(list_)
    verbs.command("show")(show)
    verbs.command("preview")(preview)
    verbs.command("stats")(stats)
    verbs.command("card")(card)
    verbs.command("lock")(lock)
    app.add_typer(verbs, name="indicators", rich_help_panel="Data scientists")


def list_(
    *,
    language: Annotated[str, typer.Option(help="Titles in this language: en, ro, uk, nl, ru.")] = "en",
    as_json: Json = False,
) -> None:
    """Every indicator: code, title, strength, status. Group H is counted over campaigns, the others read in texts."""
    from models.catalogue import catalogue
    from models.linked_spec import linked_file

    specs: list[IndicatorSpec | LinkedSpec] = [*catalogue().specs, *linked_file().indicators]
    if language not in _TITLE_LANGUAGES:
        raise ZoryaError(f"no titles in `{language}`; there are {', '.join(_TITLE_LANGUAGES)}")
    titles = {s.code: s.title_in(language) for s in specs}
    if as_json:
        fields = {"code", "name", "strength", "status"}
        emit([s.model_dump(mode="json", include=fields) | {"title": titles[s.code]} for s in specs])
        return
    table(("code", "title", "strength", "status"), [(s.code, titles[s.code], s.strength, s.status) for s in specs])


def show(code: str) -> None:
    """One indicator as its file has it (JSON)."""
    from models.catalogue import catalogue

    found = _linked_spec(code) or _spec_of(catalogue(), code)
    emit(found.model_dump(mode="json", by_alias=True))


def lock() -> None:
    """Raise the revision of every indicator whose match changed, and note revisions and matches in the lock file."""
    from models import indicator_lock
    from models.catalogue import FOLDER
    from models.catalogue_files import load_specs

    say(str(indicator_lock.lock(load_specs(), FOLDER)))


def preview(
    code: Annotated[str, typer.Argument(help="Code of the indicator, such as D2.")],
    *,
    days: Days = 30,
    phrase: Annotated[str, typer.Option(help="See what this phrase alone would hit, as a draft of CODE.")] = "",
    as_json: Json = False,
) -> None:
    """What an indicator hits among the stored ads, as its file stands now. Exit code 3: there are no ads."""
    from models import preview as previews
    from models.catalogue import Catalogue, catalogue
    from models.phrases import PhraseError

    if linked := _linked_spec(code):
        raise typer.Exit(_preview_linked(linked, as_json=as_json))
    shipped = catalogue()
    spec = _spec_of(shipped, code)
    try:
        draft = previews.with_phrase(spec, phrase) if phrase else spec.model_copy(update={"status": "active"})
    except PhraseError as exc:
        raise ZoryaError(str(exc)) from exc
    reader: Catalogue = shipped if draft == spec else Catalogue([draft], shipped.frame)
    shown = previews.preview(_ads(days)[0], reader, draft)
    if as_json:
        emit(_preview_json(shown, days))
    elif shown.total.ads:
        _print_preview(shown, days)
    raise typer.Exit(_outcome(shown.total.ads, days))


def stats(*, days: Days = 30, as_json: Json = False) -> None:
    """Coverage, overlaps, conflicts and base rates of all indicators on the stored ads. Exit code 3: no ads."""
    from models import preview as previews
    from models.catalogue import catalogue

    ads, campaign_of = _ads(days)
    found = previews.statistics(ads, catalogue(), campaign_of)
    if as_json:
        emit(_stats_json(found, days))
    elif found.ads:
        _print_stats(found, days)
    raise typer.Exit(_outcome(found.ads, days))


def _spec_of(catalogue: "Catalogue", code: str) -> "IndicatorSpec":
    spec = catalogue.by_code.get(code.upper())
    if spec is None:
        raise ZoryaError(f"no indicator {code}; `zorya indicators list` names them all")
    return spec


def _linked_spec(code: str) -> "LinkedSpec | None":
    from models.linked_spec import linked_file

    return next((spec for spec in linked_file().indicators if spec.code == code.upper()), None)


def _preview_linked(spec: "LinkedSpec", *, as_json: bool) -> int:
    """Campaigns in which the last screening found an indicator of group H."""
    from dataclasses import asdict

    from zorya.settings import load_settings
    from zorya.store import linking, open_store

    store = open_store(load_settings())
    try:
        with store.reading() as connection:
            found = linking.campaigns_with(connection, spec.code)
    finally:
        store.close()
    if as_json:
        emit([{"campaign": campaign} | asdict(hit) for campaign, hit in found])
    elif found:
        print(f"{spec.code} {spec.title} ({spec.status}): {len(found)} campaigns")
        for campaign, hit in found:
            print(f"{campaign} [{hit.strength}, {hit.state}] {hit.why}")
    else:
        say(f"{spec.code} was found in no campaign" + (f"; a draft: {spec.needs}" if spec.status == "draft" else ""))
    return OK if found else NOTHING_TO_DO


def _ads(days: int) -> "tuple[list[PostingVersion], dict[str, str]]":
    """Stored ads seen lately, and the campaign of each."""
    from zorya.settings import load_settings
    from zorya.store import campaigns, open_store, postings

    store = open_store(load_settings())
    try:
        with store.reading() as connection:
            ads = list(postings.seen_since(connection, now() - timedelta(days=days)))
            return ads, campaigns.of_postings(connection)
    finally:
        store.close()


def _outcome(ads: int, days: int) -> int:
    if ads:
        return OK
    say(f"no ad was seen in the last {_days(days)}: crawl first, or ask for more `--days`")
    return NOTHING_TO_DO


def _days(days: int) -> str:
    return "day" if days == 1 else f"{days} days"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _print_preview(shown: "Preview", days: int) -> None:
    spec, total = shown.spec, shown.total
    print(f"{spec.code} {spec.title} ({spec.strength}, {spec.status}): {total.ads} ads of the last {_days(days)}")
    print(f"present in {total.present} ({_percent(total.share)}), contradicted in {total.contradicted}")
    for title, tallies in (("source", shown.sources), ("language", shown.languages)):
        rows = [(name, t.ads, t.present, _percent(t.share), t.contradicted) for name, t in sorted(tallies.items())]
        table((title, "ads", "present", "base rate", "contradicted"), rows)
    for phrase, source, ads, share in shown.shares()[:_SHOWN_SHARES]:
        said = f"“{phrase}”" if phrase else "a computed sign"
        print(f"{said} is in {_percent(share)} of the ads of {source} ({ads} of {shown.sources[source].ads})")
    if shown.examples:
        print()
    for each in shown.examples:
        print(f"{each.source} [{each.language or '?'}] … {each.before} »{each.matched}« {each.after} …")


def _print_stats(found: "Statistics", days: int) -> None:
    print(f"{found.ads} ads of the last {_days(days)}, {found.campaigns} campaigns")
    print(" · ".join(f"{n} or more indicators: {_percent(found.at_least(n))}" for n in (1, 3, 5)))
    rows = []
    for code, tally in found.tallies.items():
        coverage = (tally.present + tally.contradicted) / found.ads
        overlap = found.with_others[code] / tally.present if tally.present else 0.0
        most = _most(found.sources, code), _most(found.languages, code)
        figures = (tally.present, _percent(tally.share), _percent(coverage), _percent(overlap), found.conflicts[code])
        rows.append((code, *figures, *most))
    heads = ("present", "base rate", "coverage", "with others", "conflicts", "most in source", "most in language")
    table(("code", *heads), rows)
    pairs = sorted(found.pairs, key=lambda pair: (-found.pairs[pair], pair))[:_SHOWN_PAIRS]
    lines = [(f"{one} + {other}", found.pairs[one, other], f"{found.lift(one, other):.1f}") for one, other in pairs]
    table(("together", "ads", "lift"), lines)


def _most(groups: "dict[str, dict[str, Tally]]", code: str) -> str:
    """Where an indicator is most common: `board 31.0 %`."""
    name = max(groups, key=lambda each: (groups[each][code].share, each))
    share = groups[name][code].share
    return f"{name} {_percent(share)}" if share else ""


def _tally_json(tallies: "dict[str, Tally]") -> dict[str, Any]:
    return {
        name: {"ads": t.ads, "present": t.present, "contradicted": t.contradicted, "base_rate": round(t.share, 4)}
        for name, t in sorted(tallies.items())
    }


def _preview_json(shown: "Preview", days: int) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "code": shown.spec.code,
        "days": days,
        **_tally_json({"total": shown.total}),
        "sources": _tally_json(shown.sources),
        "languages": _tally_json(shown.languages),
        "phrases": [
            {"phrase": phrase, "source": source, "ads": ads, "share": round(share, 4)}
            for phrase, source, ads, share in shown.shares()
        ],
        "examples": [asdict(each) for each in shown.examples],
    }


def _stats_json(found: "Statistics", days: int) -> dict[str, Any]:
    return {
        "days": days,
        "ads": found.ads,
        "campaigns": found.campaigns,
        "at_least": {n: round(found.at_least(n), 4) for n in (1, 3, 5)},
        "indicators": _tally_json(found.tallies),
        "sources": {name: _tally_json(tallies) for name, tallies in sorted(found.sources.items())},
        "languages": {name: _tally_json(tallies) for name, tallies in sorted(found.languages.items())},
        "with_others": dict(sorted(found.with_others.items())),
        "conflicts": dict(sorted(found.conflicts.items())),
        "pairs": [
            {"codes": list(pair), "ads": ads, "lift": round(found.lift(*pair), 2)}
            for pair, ads in found.pairs.most_common()
        ],
    }
