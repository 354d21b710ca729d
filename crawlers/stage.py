"""The crawl stage: every active source, each in its own process."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from crawlers.catalog import load_catalog
from crawlers.lifecycle import must_not_rest, note_all
from crawlers.runner import crawl_spec
from crawlers.spec import SourceSpec
from zorya import logs
from zorya.domain.runs import RunReport, RunStatus, StageReport
from zorya.errors import SourceBusy, ZoryaError
from zorya.settings import Settings
from zorya.store import Store

log = logs.get("crawlers.stage")


def run(store: Store, settings: Settings, *, as_of: datetime, sources: Iterable[str] | None = None) -> StageReport:
    """Crawl the active sources, or the named ones. One source's failure never stops another."""
    catalog = load_catalog(settings.source_folders)
    specs = catalog.active if sources is None else tuple(catalog.get(name) for name in sources)
    note_all(store, catalog.specs, at=as_of)
    messages = [str(error) for error in catalog.errors]
    counts: Counter[str] = Counter(sources=len(specs), broken_files=len(catalog.errors))
    with ThreadPoolExecutor(max_workers=settings.crawl.at_once) as pool:
        for spec, report in zip(specs, pool.map(lambda one: _crawl(store, settings, one, as_of), specs), strict=True):
            if isinstance(report, ZoryaError):
                counts["busy" if isinstance(report, SourceBusy) else "failed"] += 1
                messages.append(f"{spec.id}: {report}")
                continue
            counts[str(report.status)] += 1
            counts.update(postings=report.postings, new=report.new, changed=report.changed, requests=report.requests)
            if report.status is not RunStatus.OK:
                messages.append(f"{spec.id}: {report.status}: {'; '.join(report.messages[:3])}")
    return StageReport("crawl", as_of, dict(counts), tuple(messages))


def _crawl(store: Store, settings: Settings, spec: SourceSpec, as_of: datetime) -> RunReport | ZoryaError:
    try:
        must_not_rest(spec)
        return crawl_spec(store, settings, spec, as_of=as_of)
    except ZoryaError as exc:
        return exc
    except Exception as exc:  # no process, no database: whatever it is, the other sources are crawled
        log.exception("crawl broke off", source=spec.id)
        return ZoryaError(f"{type(exc).__name__}: {str(exc).partition(chr(10))[0]}"[:300])
