"""A trial: a source crawled once, a page and a few ads, into a home that is thrown away."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crawlers.desk import FIELDS, Completer
from crawlers.extract import Document
from crawlers.masking import masked
from crawlers.probing.choose import mix
from crawlers.runner import crawl_spec
from crawlers.spec import Engine, SourceSpec
from crawlers.unclaimed import unclaimed_in
from zorya.domain.ads import Posting
from zorya.domain.runs import RunReport
from zorya.evidence.reading import read_payload
from zorya.settings import Settings
from zorya.store import open_store, postings


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial brought. Contacts in `ads` are masked; `coverage` is field → (ads with it, ads read)."""

    spec: SourceSpec
    report: RunReport
    ads: tuple[Posting, ...]
    coverage: dict[str, tuple[int, int]]
    optional: tuple[str, ...]
    languages: dict[str, float]
    flags: dict[str, int]
    unclaimed: tuple[str, ...] = ()
    """Labels and keys on the ads' pages that no rule reads and `ignore` does not list."""

    @property
    def remarks(self) -> list[str]:
        """What an operator should look at before the source is activated."""
        found = [f"{count} of {len(self.ads)} ads flagged `{flag}`" for flag, count in self.flags.items()]
        strange = {name: share for name, share in self.languages.items() if name not in (*self.spec.languages, "?")}
        for name, share in strange.items():
            found.append(f"{share:.0%} of the ads are in `{name}`, which `languages` does not name")
        for name, share in self.spec.expect.fill.items():
            seen, of = self.coverage[name]
            if of and seen / of < share:
                found.append(f"`expect.fill.{name}` is {share:.0%}, but {seen} of {of} ads have it")
        if self.unclaimed:
            found.append(f"nobody claims: {', '.join(self.unclaimed)}; give them a rule or list them in `ignore`")
        return found


def trial(spec: SourceSpec, settings: Settings, *, ads: int, as_of: datetime, complete: Completer) -> Trial:
    """Crawl one list page and at most `ads` ads. Nothing is kept."""
    limits = spec.limits.model_copy(update={"ads": ads, "pages": 1})
    least = spec.expect.model_copy(update={"min_postings": 1, "max_postings": None, "fill": {}, "languages": 0.0})
    few = spec.model_copy(update={"limits": limits, "expect": least})
    with tempfile.TemporaryDirectory(prefix="zorya-try-") as folder:
        aside = settings.model_copy(update={"home": Path(folder), "database_url": ""})
        store = open_store(aside)
        try:
            report = crawl_spec(store, aside, few, as_of=as_of)
            with store.reading() as connection:
                versions = list(postings.all_current(connection))
                captures = [postings.capture_of(connection, version.id) for version in versions]
            nobodys = _unclaimed(filter(None, captures), spec, aside.evidence_dir)
        finally:
            store.close()
    done = summary(spec, report, [complete(version.posting, spec.country) for version in versions])
    return replace(done, unclaimed=nobodys)


def _unclaimed(captures: Iterable[dict[str, Any]], spec: SourceSpec, evidence: Path) -> tuple[str, ...]:
    """Labels of the captured pages, each once; none for a feed or a channel, which have no rules."""
    if spec.engine in {Engine.FEED, Engine.TELEGRAM}:
        return ()
    pages = {row["url"]: row for row in captures}
    found: dict[str, None] = {}
    for url, row in pages.items():
        body = read_payload((evidence / row["warc_file"]).read_bytes())
        found |= dict.fromkeys(unclaimed_in(Document(body, url, row["media_type"]), spec))
    return tuple(found)


def summary(spec: SourceSpec, report: RunReport, ads: Sequence[Posting]) -> Trial:
    """The trial of ads that were read."""
    ruled = {"place": "places", "contact": "contacts"}
    optional = tuple(ruled.get(name, name) for name, rule in spec.fields.given.items() if rule.optional)
    return Trial(
        spec=spec,
        report=report,
        ads=tuple(masked(ad) for ad in ads),
        coverage={name: (sum(bool(getattr(ad, name)) for ad in ads), len(ads)) for name in FIELDS},
        optional=optional,
        languages=mix(ads) if ads else {},
        flags=dict(Counter(flag for ad in ads for flag in ad.flags).most_common()),
    )
