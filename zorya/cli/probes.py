"""How a probe is opened and told: shared by `source add` and the web page's desk."""

import re
from collections.abc import Iterator, Mapping, Sequence

from zorya.cli.output import now
from zorya.domain.ads import Posting
from zorya.domain.sources import Probe, SourceDesk
from zorya.errors import NothingToDo, NotReached, PolicyRefusal, ZoryaError
from zorya.settings import Settings
from zorya.store import Store

_MARKS = {"found": "+", "absent": "-", "refused": "!"}


def open_desk(store: Store, settings: Settings) -> SourceDesk:
    """The desk of the crawlers' room; what the text itself says is read by the models' room."""
    from crawlers.desk import Desk
    from models.reading import complete

    return Desk(store, settings, now, lambda posting, country: complete(posting, country=country))


def fit_id(source_id: str, settings: Settings) -> None:
    """Raise ZoryaError unless a new source may be called so; asked before anybody is visited."""
    from crawlers.catalog import load_catalog

    if not re.fullmatch(r"[a-z0-9][a-z0-9_]{1,63}", source_id):
        raise ZoryaError(f"`{source_id}` is no id: small letters, digits and `_`, at least two")
    if source_id in {spec.id for spec in load_catalog(settings.source_folders).specs}:
        raise ZoryaError(f"source `{source_id}` exists already; choose another `--id`")


def named(draft: str, source_id: str) -> str:
    """The draft under another id."""
    return re.sub(r"^id: .*$", f"id: {source_id}", draft, count=1, flags=re.MULTILINE)


def told(probe: Probe) -> Iterator[str]:
    """A probe in lines for people."""
    yield probe.url
    yield from (f"  {_MARKS[one.state]} {one.name}: {one.detail}" for one in probe.findings)
    yield from (f"  ! {warning}" for warning in probe.warnings)
    yield from (f"  ! source `{source}` already has {count} of these ads" for source, count in probe.duplicates)
    if probe.ads:
        yield f"\n{len(probe.ads)} ads read by the draft: {coverage_line(probe.coverage)}"
        yield "languages: " + ", ".join(f"{name} {share:.0%}" for name, share in probe.languages.items())
        yield from excerpts(probe.ads)
    yield ""


def must_give_draft(probe: Probe, *, to_keep: bool) -> None:
    """Raise what stands between a probe and a draft, or one that is new."""
    if probe.refusal:
        raise PolicyRefusal(probe.refusal)
    if not probe.reached:
        raise NotReached(f"{probe.url}: {probe.findings[-1].detail}")
    if not probe.draft:
        raise NothingToDo(f"{probe.url}: nothing to draft a source from")
    if to_keep and probe.known_as:
        raise NothingToDo(f"nothing kept: `{probe.known_as[0]}` reads this very address already")


def coverage_line(coverage: Mapping[str, tuple[int, int]], optional: Sequence[str] = ()) -> str:
    """`title 3/3  body 3/3  pay 0/3 (optional)`."""
    parts = (f"{name} {n}/{of}" + (" (optional)" if name in optional else "") for name, (n, of) in coverage.items())
    return "  ".join(parts)


def excerpts(ads: Sequence[Posting]) -> Iterator[str]:
    """The first lines of ads whose contacts are masked."""
    for ad in ads:
        text = " ".join(ad.body.split())
        yield f"\n  {ad.title}\n    {text[:220]}{'…' if len(text) > 220 else ''}"
        facts = [
            ad.employer or "",
            ", ".join(place.raw for place in ad.places[:3]),
            ad.pay.raw if ad.pay else "",
            str(ad.posted_on or ""),
            ", ".join(f"{contact.kind} {contact.value}" for contact in ad.contacts[:4]),
        ]
        yield "    " + " · ".join(fact for fact in facts if fact)
