"""The crawl's own process: `python -m crawlers.child`, its order as JSON on stdin. Scrapy's reactor ends with it.

The order comes by stdin, not by argument: it holds the database address.
"""

import json
import os
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any

from crawlers.engines import spider_for
from crawlers.engines.single import CaptureSpider, SingleSpider
from crawlers.exchanges import settings_hash
from crawlers.offline import offline, replaying
from crawlers.pipelines import Assignment
from crawlers.settings import scrapy_settings
from crawlers.spec import SourceSpec
from zorya import logs
from zorya.evidence import Archive
from zorya.settings import Settings
from zorya.store import Store, leases, open_store

_LOOK_S = 0.5
"""How often the child looks whether its parent is there."""
ORPHANED, FENCED_OUT = 71, 72
"""Exit codes of a child that must not go on."""


def main(order: dict[str, Any]) -> None:
    """Carry out one order: crawl one source to its end."""
    from scrapy.crawler import AsyncCrawlerProcess

    logs.redact_crashes()
    settings, spec = Settings(**order["settings"]), SourceSpec.model_validate(order["spec"])
    store = open_store(settings)
    assignment = Assignment(
        store=store,
        archive=Archive(settings.evidence_dir, run_id=order["run_id"]),
        spec=spec,
        run_id=order["run_id"],
        fence=order["fence"],
        as_of=datetime.fromisoformat(order["as_of"]),
        clock=_now,
        settings_hash=settings_hash(spec, settings.crawl),
        name=order["name"],
        archived="recording" in order,
    )
    watch = (store, assignment.name, assignment.fence, settings.crawl.lease_s, order["parent"])
    threading.Thread(target=_stay_entitled, args=watch, daemon=True).start()
    values, spider_class = scrapy_settings(settings.crawl, spec), spider_for(spec.engine)
    more = {name: order[name] for name in ("save_to", "recording") if name in order}
    if "save_to" in order:
        spider_class = SingleSpider
    elif "capture" in order:
        spider_class = CaptureSpider
    elif "recording" in order:
        values, spider_class = offline(values, order["recording"]), replaying(spider_class)
    process = AsyncCrawlerProcess(settings=values)
    process.crawl(spider_class, assignment=assignment, **more)
    (crawler,) = process.crawlers
    process.start()
    store.close()
    spider: Any = crawler.spider
    if spider is None or spider.recorder.broken:
        sys.exit(spider.recorder.broken if spider else "the crawl could not begin")


def _stay_entitled(store: Store, source: str, fence: int, lease_s: float, parent: int) -> None:
    """Renew the lease, also while a page takes long; end the process when the parent or the lease is gone.

    Ending at once is safe: whatever is not stored yet is an open entry of the frontier.
    """
    renewed = time.monotonic()
    while True:
        time.sleep(_LOOK_S)
        if os.getppid() != parent:
            os._exit(ORPHANED)
        if time.monotonic() - renewed < lease_s / 4:
            continue
        renewed = time.monotonic()
        try:
            with store.writing() as connection:
                leases.renew(connection, source, fence, _now(), lease_s)
        except leases.FencedOut as exc:
            print(exc, file=sys.stderr, flush=True)
            os._exit(FENCED_OUT)
        except Exception:  # a busy or absent database: the next write of the crawl, or the next renewal, will tell
            logs.print_crash()


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main(json.load(sys.stdin))
