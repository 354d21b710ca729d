"""Public Telegram previews: one posting per message, back through the channel page by page. No account.

Older pages are read as long as pages bring messages that are new or edited, and all of them, up to `limits.pages`, in
a sweep (crawlers/revisits.py). A known message that a page skips over was deleted.
"""

from urllib.parse import parse_qs, urlsplit

from crawlers.engines.base import BoardSpider, Harvest, Link, absolute
from crawlers.extract import Document, postings
from crawlers.fields import Reading
from crawlers.page import Page
from crawlers.previews import looks_like_preview, message_ids, read_preview
from zorya.domain.runs import Outcome


class TelegramSpider(BoardSpider):
    """`/s/CHANNEL` → messages → older messages."""

    def read_start(self, document: Document) -> Harvest:
        """Messages of a preview page and the link to older ones."""
        text = document.text(self.spec.encoding)
        if not looks_like_preview(text):
            return Harvest(outcome=Outcome.EMPTY, reason="no messages: the channel is private, gone or has no preview")
        page = Page(text, document.url)
        found = postings(read_preview(page, reading=Reading.of(self.spec, self.today)), document.url, self.spec)
        older = page.selector.xpath(
            "(//link[@rel='prev']/@href | //a[contains(@class,'tme_messages_more')][@data-before]/@href)[1]"
        ).get()
        links = [Link(absolute(document.url, str(older)), self.read_start, deeper=True)] if older else []
        whole = "q" not in parse_qs(urlsplit(document.url).query)  # a search leaves out messages that are still there
        return Harvest(found, links, shown=message_ids(page) if whole else ())
