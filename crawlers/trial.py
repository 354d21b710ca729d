"""A trial: a source crawled once, a page and a few ads, into a home that is thrown away."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawlers.desk import FIELDS, Completer
from crawlers.masking import masked
from crawlers.probing.choose import mix
from crawlers.runner import crawl_spec
from crawlers.spec import SourceSpec
from zorya.domain.ads import Posting
from zorya.domain.runs import RunReport
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
                found = [version.posting for version in postings.all_current(connection)]
        finally:
            store.close()
    return summary(spec, report, [complete(posting, spec.country) for posting in found])


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
