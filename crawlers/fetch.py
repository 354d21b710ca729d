"""One address, read once and politely: robots, guard and limits as in a crawl, because it is one."""

import json
import tempfile
from datetime import datetime
from pathlib import Path

from crawlers.extract import Document
from crawlers.ledger import read_ledger
from crawlers.runner import run_child
from crawlers.spec import Engine, SourceSpec
from zorya.domain.ads import Kind
from zorya.domain.runs import Outcome
from zorya.errors import DataFileError, ExtractionError, PolicyRefusal
from zorya.settings import Settings

_POLICY = frozenset({Outcome.ROBOTS, Outcome.BLOCKED, Outcome.SKIPPED})


def fetch(url: str, settings: Settings, *, as_of: datetime) -> Document:
    """The document at an address; PolicyRefusal when robots.txt or the address guard says no."""
    spec = _spec(url)
    with tempfile.TemporaryDirectory(prefix="zorya-fetch-") as folder:
        ledger, page = Path(folder) / "ledger.jsonl", Path(folder) / "page"
        aside = settings.model_copy(update={"home": Path(folder), "database_url": ""})
        order = {
            "settings": aside.model_dump(mode="json"),
            "spec": spec.model_dump(mode="json", by_alias=True),
            "run_id": "r-single",
            "as_of": as_of.isoformat(),
            "ledger": str(ledger),
            "save_to": str(page),
        }
        ending = run_child(order, limit=settings.crawl.run_limit_s)
        requests = read_ledger(ledger, unfinished=ending or "no answer was recorded").requests
        if page.exists():
            about, _, body = page.read_bytes().partition(b"\n")
            return Document(body, **json.loads(about))
    fate = requests[0] if requests else None
    reason = f"{url}: {fate.reason if fate else ending}"
    raise PolicyRefusal(reason) if fate and fate.outcome in _POLICY else ExtractionError(reason)


def _spec(url: str) -> SourceSpec:
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
