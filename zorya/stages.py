"""Calling a stage from a scheduler: settings, store, a small report that fits XCom."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from zorya.domain.runs import RunReport, RunStatus, StageReport
from zorya.errors import ZoryaError
from zorya.settings import Settings, load_settings
from zorya.store import Store, open_store

Stage = Callable[..., StageReport | RunReport]
"""`run(store, settings, *, as_of)`, and for a crawl the source's id as third argument."""


class CrawlFailed(ZoryaError):
    """The board gave nothing usable; the run is recorded and nothing stored is lost."""


def perform(stage: Stage, *arguments: str, as_of: datetime) -> dict[str, Any]:
    """Run a stage on the store in force; raises CrawlFailed so that the scheduler shows the run in red."""
    settings = load_settings()
    store = open_store(settings)
    try:
        report = _called(stage, store, settings, arguments, as_of)
    finally:
        store.close()
    if isinstance(report, StageReport):
        return report.as_dict()
    if report.status is RunStatus.FAILED:
        raise CrawlFailed(f"{report.source}: {'; '.join(report.messages) or 'nothing usable came back'}")
    return crawl_figures(report)


def _called(
    stage: Stage, store: Store, settings: Settings, arguments: tuple[str, ...], as_of: datetime
) -> StageReport | RunReport:
    return stage(store, settings, *arguments, as_of=as_of)


def crawl_figures(report: RunReport) -> dict[str, Any]:
    """The numbers of a crawl, JSON-ready."""
    kept = ("run_id", "source", "status", "scheduled", "outcomes", "postings", "new", "changed")
    values = asdict(report)
    return {name: values[name] for name in kept} | {"messages": list(report.messages)}
