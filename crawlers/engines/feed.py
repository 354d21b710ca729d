"""RSS, Atom and JSON feeds; the entries are the ads."""

from crawlers.engines.base import BoardSpider, Harvest
from crawlers.extract import Document, postings
from crawlers.feeds import looks_like_feed, read_feed
from crawlers.fields import Reading
from zorya.domain.runs import Outcome


class FeedSpider(BoardSpider):
    """One request per feed."""

    def read_start(self, document: Document) -> Harvest:
        """Entries of the feed."""
        text = document.text(self.spec.encoding)
        drafts = read_feed(document.body, text, url=document.url, reading=Reading.of(self.spec, self.today))
        found = postings(drafts, document.url, self.spec)
        if not found and not looks_like_feed(text):
            return Harvest(outcome=Outcome.UNREADABLE, reason="the answer is not a feed")
        return Harvest(
            found, outcome=Outcome.OK if found else Outcome.EMPTY, reason="" if found else "the feed has no entries"
        )
