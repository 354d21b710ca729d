"""Records of a crawl: a link to visit, what its answer brought, and what became of the visit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from crawlers.extract import Document
from zorya.domain.ads import Posting
from zorya.domain.runs import Outcome
from zorya.evidence import Exchange


@dataclass(frozen=True, slots=True)
class Link:
    """An address to visit next, and who reads the answer: a method of the engine."""

    url: str
    reader: "Reader"
    ad: bool = False
    card: str = ""
    """Hash of what the list page shows about the ad; empty where there is no list."""
    deeper: bool = False
    """True for the list page after the one that names it: needed only as long as pages bring something new."""

    @property
    def reader_name(self) -> str:
        """How the frontier spells who reads the answer: `ad:read_ad`, `page:read_start`."""
        return f"{'ad' if self.ad else 'page'}:{self.reader.__name__}"


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one answer brought."""

    postings: list[Posting] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    outcome: Outcome = Outcome.OK
    reason: str = ""
    shown: tuple[str, ...] = ()
    """Native ids of all messages on a preview page, those without text too: what lies between them is gone."""
    keep: bool = False
    """True for an answer that is evidence whatever is read from it: somebody asked for this very page."""
    text: str = ""
    """All that a page says, where a missing ad is looked for on it."""


Reader = Callable[[Document], Harvest]


@dataclass(frozen=True, slots=True)
class Visit:
    """What became of one entry of the frontier: all of it is stored in one transaction."""

    seq: int
    """Number of the entry."""
    key: str
    """`ids.url_key` of the link's canonical address."""
    link: Link
    outcome: Outcome
    reason: str = ""
    status: int | None = None
    exchange: Exchange | None = None
    """What the server sent; None when no answer came or it is not worth keeping."""
    harvest: Harvest = field(default_factory=Harvest)
    unchanged: bool = False
    """True when the page is as it was (a 304, or the same payload again): what it showed then holds."""

    @property
    def gone(self) -> bool:
        """True when an ad's own address answered that there is no ad any more."""
        return self.link.ad and self.outcome is Outcome.SKIPPED and self.status is not None and self.exchange is None

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the answer, names in lower case; empty when none came."""
        return {name.lower(): value for name, value in self.exchange.response_headers} if self.exchange else {}
