"""The rule of visits that are no crawl of a source (replays, captures by hand): ask for all, remember nothing."""

from sqlalchemy import Connection

from crawlers.account import AdFacts
from crawlers.revisits import Decision, Revisits
from crawlers.visits import Link, Visit


class EveryPage(Revisits):
    """Visits all there is and remembers nothing."""

    def begin(self, connection: Connection) -> None:
        """Nothing: it owes the source's crawls nothing."""

    def narrowed(self, connection: Connection, links: dict[str, Link]) -> dict[str, Link]:
        """All of them."""
        return links

    def decide(self, connection: Connection, link: Link, key: str) -> Decision:
        """Visit."""
        return Decision.VISIT

    def headers(self, connection: Connection, link: Link, key: str) -> dict[str, str]:
        """None."""
        return {}

    def same(self, key: str, body: bytes) -> bool:
        """Never: an old page is no sign that a newer one need not be read."""
        return False

    def remember(self, connection: Connection, visit: Visit, posting_ids: list[str]) -> None:
        """Nothing."""

    def unchanged(self, connection: Connection, visit: Visit) -> tuple[list[AdFacts], list[Link]]:
        """Nothing follows."""
        return [], []

    def gone(self, connection: Connection, visit: Visit) -> None:
        """Nothing: the ad may be back since."""

    def vanished(self, connection: Connection) -> list[Link]:
        """None."""
        return []
