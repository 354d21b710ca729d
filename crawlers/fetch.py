"""One address, read once and politely: robots, guard and limits as in a crawl, because it is one."""

import json
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from crawlers.extract import Document
from crawlers.probing.refusing import with_remedy
from crawlers.runner import begin, run_child
from crawlers.spec import Engine, SourceSpec
from zorya.domain.ads import Kind
from zorya.domain.runs import Outcome, RequestOutcome, RunReport
from zorya.errors import DataFileError, ExtractionError, NotReached, PolicyRefusal
from zorya.settings import Settings
from zorya.store import Store, open_store

_POLICY = frozenset({Outcome.ROBOTS, Outcome.BLOCKED, Outcome.SKIPPED})


def fetch(url: str, settings: Settings, *, as_of: datetime) -> Document:
    """The document at an address; PolicyRefusal when robots.txt, guard or site say no, NotReached without a page."""
    spec = single(url)
    with tempfile.TemporaryDirectory(prefix="zorya-fetch-") as folder:
        page = Path(folder) / "page"
        aside = settings.model_copy(update={"home": Path(folder), "database_url": ""})
        store = open_store(aside)
        try:
            requests, ending = _ask(store, aside, spec, as_of, page)
        finally:
            store.close()
        if page.exists():
            about, _, body = page.read_bytes().partition(b"\n")
            return Document(body, **json.loads(about))
    raise no_page(url, requests, ending)


def no_page(url: str, requests: Sequence[RequestOutcome], ending: str) -> PolicyRefusal | NotReached:
    """What to raise for an address that gave no page: refused, or not reached, and why."""
    fate = requests[0] if requests else None
    reason = f"{url}: {(fate.reason if fate else '') or ending}"
    return PolicyRefusal(with_remedy(reason)) if fate and fate.outcome in _POLICY else NotReached(reason)


def _ask(
    store: Store, settings: Settings, spec: SourceSpec, as_of: datetime, page: Path
) -> tuple[list[RequestOutcome], str]:
    """Run a crawl of one request on a throw-away store; what became of it, and how the process ended."""
    turn = begin(store, settings, spec, as_of=as_of)
    if isinstance(turn, RunReport):  # a new store knows no run
        return [], ""
    ending = run_child(turn.order(save_to=str(page)), limit=settings.crawl.run_limit_s)
    return turn.account(ending).requests, ending


def single(url: str) -> SourceSpec:
    """The description of one address, for a crawl of nothing else."""
    try:
        return SourceSpec(
            id="single",
            title="one address",
            homepage=url,
            kind=Kind.JOB,
            country="zz",
            languages=("en",),
            owner="the person at the keyboard",
            basis="asked for by hand",
            engine=Engine.FEED,
            start=(url,),
        )
    except (ValueError, DataFileError) as exc:
        raise ExtractionError(f"{url}: not an address that can be read") from exc
