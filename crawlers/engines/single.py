"""One address and nothing else: its page goes into a file for the caller to read, or into the evidence."""

import json
from pathlib import Path
from typing import Any

from crawlers.engines.base import BoardSpider, Harvest
from crawlers.every_page import EveryPage
from crawlers.extract import Document
from crawlers.pipelines import Assignment, Recorder


class SingleSpider(BoardSpider):
    """Fetch the start page, store no posting, follow no link."""

    def __init__(self, save_to: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._save_to = Path(save_to)

    def read_start(self, document: Document) -> Harvest:
        """Save the page: a line of JSON about it, then its bytes."""
        about = json.dumps({"url": document.url, "content_type": document.content_type}).encode()
        self._save_to.write_bytes(about + b"\n" + document.body)
        return Harvest()


class CaptureSpider(BoardSpider):
    """Fetch the start page and keep the exchange as evidence, whether or not it was kept before."""

    def __init__(self, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(assignment, **kwargs)
        self.revisits = EveryPage(self.spec, seen_at=assignment.as_of, link_of=self.link_of)
        self.recorder = Recorder(assignment, self.revisits)

    def read_start(self, document: Document) -> Harvest:
        """Nothing is read: a page is kept."""
        return Harvest(keep=True)
