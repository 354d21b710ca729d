"""One engine per site layout; `spider_for` picks it."""

from crawlers.engines.base import BoardSpider
from crawlers.engines.feed import FeedSpider
from crawlers.engines.json_api import JsonApiSpider
from crawlers.engines.listing import ListingSpider
from crawlers.engines.sitemap import SitemapSpider
from crawlers.engines.telegram import TelegramSpider
from crawlers.spec import Engine

_SPIDERS: dict[Engine, type[BoardSpider]] = {
    Engine.LISTING: ListingSpider,
    Engine.SITEMAP: SitemapSpider,
    Engine.FEED: FeedSpider,
    Engine.TELEGRAM: TelegramSpider,
    Engine.JSON_API: JsonApiSpider,
}


def spider_for(engine: Engine) -> type[BoardSpider]:
    """The spider class of an engine."""
    return _SPIDERS[engine]
