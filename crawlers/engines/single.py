"""One address and nothing else: the page is put into a file for the caller to read."""

import json
from pathlib import Path
from typing import Any

from crawlers.engines.base import BoardSpider, Harvest
from crawlers.extract import Document


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
