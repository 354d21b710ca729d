"""The crawl's own process: `python -m crawlers.child`, its order as JSON on stdin. Scrapy's reactor ends with it.

The order comes by stdin, not by argument: it holds the database address.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from crawlers.engines import spider_for
from crawlers.engines.single import SingleSpider
from crawlers.ledger import Ledger
from crawlers.pipelines import PostingSink
from crawlers.settings import scrapy_settings
from crawlers.spec import SourceSpec
from zorya.evidence import Archive
from zorya.settings import Settings
from zorya.store import open_store


def main(order: dict[str, Any]) -> None:
    """Carry out one order: crawl one source to its end."""
    from scrapy.crawler import AsyncCrawlerProcess

    settings = Settings(**order["settings"])
    spec = SourceSpec.model_validate(order["spec"])
    as_of = datetime.fromisoformat(order["as_of"])
    store = open_store(settings)
    sink = PostingSink(store, Archive(settings.evidence_dir), run_id=order["run_id"], seen_at=as_of)
    process = AsyncCrawlerProcess(settings=scrapy_settings(settings.crawl, spec))
    parts: dict[str, Any] = {"spec": spec, "sink": sink, "ledger": Ledger(Path(order["ledger"])), "today": as_of.date()}
    if "save_to" in order:
        process.crawl(SingleSpider, save_to=order["save_to"], **parts)
    else:
        process.crawl(spider_for(spec.engine), **parts)
    process.start()
    store.close()


if __name__ == "__main__":
    main(json.load(sys.stdin))
