"""Revisits: what a crawl need not ask again, and what it asks for because the lists no longer show it.

Everything here is called with the connection of the crawl's own transaction. This version always visits.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from crawlers.account import AdFacts
from crawlers.spec import SourceSpec
from crawlers.visits import Link, Visit


class Decision(StrEnum):
    """What to do about a discovered link."""

    VISIT = "visit"
    SIGHTED = "sighted"
    """The ad is known and its card unchanged: it is noted as seen and not asked for."""


class Revisits:
    """Decides about the links of one run. `seen_at` is the run's moment."""

    def __init__(self, spec: SourceSpec, *, seen_at: datetime, link_of: Callable[[str, str], Link]) -> None:
        self.spec, self.seen_at, self.link_of = spec, seen_at, link_of
        """`link_of(url, name)` makes a link of the engine again; the name is the link's `reader_name`."""

    def decide(self, connection: Connection, link: Link, key: str) -> Decision:
        """What to do about a link, before it is scheduled."""
        return Decision.VISIT

    def sighted(self, connection: Connection, link: Link, key: str) -> list[AdFacts]:
        """Note the ads behind a link that is not asked for as seen; returns what is stored about them."""
        return []

    def headers(self, connection: Connection, link: Link, key: str) -> dict[str, str]:
        """Headers to add to the request for a link, such as `If-None-Match`; asked when the link is claimed."""
        return {}

    def remember(self, connection: Connection, visit: Visit, posting_ids: list[str]) -> None:
        """Note a page that was read (2xx), with the ads it showed."""

    def unchanged(self, connection: Connection, visit: Visit) -> tuple[list[AdFacts], list[Link]]:
        """An answer 304: note its ads as seen; returns what is stored about them and the links it led to."""
        return [], []

    def vanished(self, connection: Connection) -> list[Link]:
        """Ads that a complete crawl no longer found, to be asked for themselves; called once per run at its end."""
        return []
