"""Revisits: what a crawl need not ask again, and what it asks for because the lists no longer show it.

Everything here is called with the connection of the crawl's own transaction. What holds, and how:

* **An ad on a list** is asked for when it is new, when its card changed, or when the reading changed (`reading_of`).
  Otherwise it is a sighting: `last_seen` moves with the list page, no request is sent.
* **An edit the card does not show** is found because every ad not gone is read again `recheck_days` after its last
  reading, whether or not a list page shows it, longest unread first. Readings again take at most half of `limits.ads`:
  new ads go before old ones, and what does not fit is due in the next crawl.
* **Further list pages** are needed only as long as pages bring something new: the next page is asked for when this one
  held an ad that is new or changed. So 100 new ads at the top of twenty list pages cost 100 requests for ads and three
  for lists. A crawl that reads *all* list pages is a sweep. It is due when the last one is `recheck_days` old, and
  after a day already when it is cheap: when nothing is new, or list pages are under a tenth of what is. A sweep only
  quickens things: vanished ads and silent edits are found within `recheck_days` without one, by the rule above.
  A crawl that failed at an ad or a list page, left ads out for their number, or did not come to its end owes what is
  behind the first pages: the next one reads all of them, until one ends well. Stopping early takes for granted that new
  ads come first: a board on which a sweep finds new ads behind pages that show none is read as a whole each time,
  until a sweep finds all of them in front.
* **Gone** is never concluded from absence. What a complete sweep missed, and what was neither seen nor checked for
  `recheck_days` (the older ads of a feed), is asked for at its own address, at most `limits.rechecks` a crawl. 404, 410
  and a redirect to a list page mean gone; a page that still shows the ad's title moves `last_seen`; anything else,
  nothing. An ad whose page outlives its listing is then left alone for `recheck_days`. After a crawl in which a list
  page failed or was refused nothing is asked for.
* **Every request is conditional** where the page is remembered under the same reading; a 304 stands for the page as it
  was, with its ads and links. A 200 with the same payload is `ok` and is not parsed again: cheaper than reading.
* Child sitemaps are always asked for (conditionally): a `lastmod` in an index is too often wrong to lose ads by.
* Telegram: a message that is missing between the first and the last one of a preview page was deleted, and is gone.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from sqlalchemy import Connection

from crawlers import rechecks
from crawlers.account import AdFacts
from crawlers.revisit_rules import Step, card_now, reading_of, step, sweep_due
from crawlers.spec import Engine, SourceSpec
from crawlers.visits import Link, Visit
from zorya.domain import ids
from zorya.domain.runs import Outcome
from zorya.store import postings, presence, visited
from zorya.store.visited import Found, Sweep, Visited

CHECK = "ad:read_check"
_SOUND = frozenset({Outcome.OK, Outcome.NOT_MODIFIED, Outcome.SIGHTED, Outcome.SKIPPED, Outcome.CAPPED})
"""What may become of list pages in a crawl from which something follows about ads it did not see."""
_LOST = frozenset({Outcome.FAILED, Outcome.BLOCKED, Outcome.CAPPED, Outcome.EMPTY, "open"})
"""What became of ads that the next crawl must find on the lists again."""
_WHOLE_BOARD = frozenset({Engine.LISTING, Engine.SITEMAP, Engine.JSON_API})
"""Engines whose lists show the whole board; feeds and previews show the newest only."""


class Decision(StrEnum):
    """What to do about a discovered link."""

    VISIT = "visit"
    SIGHTED = "sighted"
    """Not asked for: the ad is known and its card unchanged, or the list page would bring nothing."""


class Revisits:
    """Decides about the links of one run. `seen_at` is the run's moment."""

    def __init__(self, spec: SourceSpec, *, seen_at: datetime, link_of: Callable[[str, str], Link]) -> None:
        self.spec, self.seen_at, self.link_of = spec, seen_at, link_of
        """`link_of(url, name)` makes a link of the engine again; the name is the link's `reader_name`."""
        self.reading, self._run = reading_of(spec), ids.run_id(spec.id, seen_at)
        self.recheck = timedelta(days=spec.limits.recheck_days)
        self._known: dict[str, Visited] = {}
        """Pages that were asked for and not answered yet."""
        self._asked = self._again = 0
        """Ads asked for because they are new or changed, and because they are due."""
        self._fresh = True
        """Whether the page whose links are decided about held something new or changed."""
        self._sweeping: bool | None = None
        self._behind_known = False
        """Whether a page that showed nothing new was passed: only a sweep goes on then."""
        self._new_at: set[bool] = set()
        """Where new ads were found: behind such a page (True), in front of it (False)."""
        self._stopped = self._ending = self._owed = False
        self._steps: dict[str, Step] = {}
        self._unknown: set[str] = set()
        self._behind: dict[str, tuple[str, ...]] = {}
        self._facts: dict[str, AdFacts] = {}

    def begin(self, connection: Connection) -> None:
        """A crawl begins: it sweeps if the one before owes something, and owes in turn until it ends well."""
        self._owed = visited.owe_sweep(connection, self.spec.id)
        self._sweeping = self._owed or None

    def narrowed(self, connection: Connection, links: dict[str, Link]) -> dict[str, Link]:
        """The links of a page without those to further list pages but the first: it will lead to the others.

        In a sweep that is certain from its beginning all are kept. What is known about the links is looked up here,
        for all of a page at once.
        """
        if self._ending:
            return links
        self._look_up(connection, links)
        deeper = [key for key, link in links.items() if link.deeper]
        if len(deeper) < 2 or self._sweep(connection, asked=None):
            return links
        return {key: link for key, link in links.items() if key not in deeper[1:]}

    def decide(self, connection: Connection, link: Link, key: str) -> Decision:
        """What to do about a link, before it is scheduled; the ads of a page come before its next page."""
        if self._ending or not (link.ad or link.deeper):
            return Decision.VISIT
        if link.deeper:
            self._behind_known = self._behind_known or not self._fresh
            needed = self._fresh or self._sweep(connection, asked=self._asked)
            return Decision.VISIT if needed else Decision.SIGHTED
        what = self._steps[key]
        if what is Step.ASK:
            self._asked += 1
            self._fresh = True
            if key in self._unknown:
                self._new_at.add(self._behind_known)
            return Decision.VISIT
        if what is Step.DUE and self._again < self._most_again:
            self._again += 1
            return Decision.VISIT
        return Decision.SIGHTED

    @property
    def _most_again(self) -> int:
        most = self.spec.limits.ads
        return max(most // 2, 1) if self.recheck else most

    def _sweep(self, connection: Connection, *, asked: int | None) -> bool:
        """Whether this crawl is to read all list pages; once it is, it stays so. `asked` None: by time alone."""
        if not self._sweeping:
            self._sweeping = sweep_due(
                visited.last_sweep(connection, self.spec.id),
                now=self.seen_at,
                recheck=self.recheck,
                asked=asked,
                list_pages=visited.list_page_count(connection, self.spec.id, self.reading) if asked else 0,
            )
        return self._sweeping

    def sighted(self, connection: Connection, link: Link, key: str) -> list[AdFacts]:
        """Note the ads behind a link that is not asked for as seen; returns what is stored about them.

        For the list page at which a crawl stops, the ads that it and those after it are remembered to show: the run
        stands for them, yet they were not seen.
        """
        if not link.ad:
            first, self._stopped = not self._stopped, True
            return self._remembered(connection) if first else []
        return [self._facts[identity] for identity in self._behind[key] if identity in self._facts]

    def _look_up(self, connection: Connection, links: dict[str, Link]) -> None:
        """What the ads of a page call for; those that are known as they are have been seen."""
        ads = {key: link for key, link in links.items() if link.ad}
        known = visited.pages(connection, self.spec.id, ads)
        rule = partial(step, reading=self.reading, now=self.seen_at, recheck=self.recheck)
        self._steps = {key: rule(link.card, known.get(key)) for key, link in ads.items()}
        self._unknown = ads.keys() - known.keys()
        self._behind = {key: known[key].posting_ids for key, what in self._steps.items() if what is not Step.ASK}
        seen = self._seen(connection, (identity for ones in self._behind.values() for identity in ones))
        self._facts = {fact.id: fact for fact in seen}

    def headers(self, connection: Connection, link: Link, key: str) -> dict[str, str]:
        """Headers to add to the request for a link, such as `If-None-Match`; asked when the link is claimed."""
        known = visited.pages(connection, self.spec.id, [key]).get(key)
        if known is None:
            return {}
        self._known[key] = known
        if known.reading != self.reading or not known.sha256:
            return {}
        given = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return {name: value for name, value in given.items() if value}

    def same(self, key: str, body: bytes) -> bool:
        """True when a payload is the one that was read before: it need not be parsed again."""
        known = self._known.get(key)
        return known is not None and known.reading == self.reading and known.sha256 == ids.sha256_hex(body)

    def remember(self, connection: Connection, visit: Visit, posting_ids: list[str]) -> None:
        """Note a page that was read (2xx), with the ads it showed. One that could not be read is asked for again."""
        known = self._known.pop(visit.key, None)
        if visit.link.reader_name == CHECK:
            self._note_check(connection, visit, known)
            return
        if not visit.link.ad:
            self._fresh = postings.any_version_of(connection, posting_ids, seen_at=self.seen_at)
            if self._fresh and presence.any_new(connection, posting_ids, self.seen_at):
                self._new_at.add(self._behind_known)
        if visit.outcome not in {Outcome.OK, Outcome.SKIPPED}:
            return
        visited.remember(connection, self.spec.id, self._page(visit, known, tuple(posting_ids)))
        if visit.link.ad:
            presence.checked(connection, posting_ids, self.seen_at)
        if visit.harvest.shown:
            deleted = presence.deleted_messages(connection, self.spec.id, visit.harvest.shown)
            presence.gone(connection, deleted, self.seen_at)

    def unchanged(self, connection: Connection, visit: Visit) -> tuple[list[AdFacts], list[Link]]:
        """A page that is as it was: note its ads as seen; returns what is stored about them and the links it led to."""
        known = self._known.pop(visit.key, None) or visited.pages(connection, self.spec.id, [visit.key]).get(visit.key)
        if known is None:
            return [], []
        given = visit.headers
        again = replace(
            known,
            read_at=self.seen_at,
            etag=given.get("etag", known.etag),
            last_modified=given.get("last-modified", known.last_modified),
            card=_card(visit, known),
        )
        visited.remember(connection, self.spec.id, again)
        if visit.link.ad:
            behind = known.posting_ids or presence.at_address(connection, self.spec.id, visit.link.url)
            presence.checked(connection, behind, self.seen_at)
        else:
            self._fresh = False
        links = [replace(self.link_of(one.url, one.reader), card=one.card, deeper=one.deeper) for one in known.links]
        return self._seen(connection, known.posting_ids), links

    def gone(self, connection: Connection, visit: Visit) -> None:
        """An ad's own address answers 404 or 410, or leads back to a list page: the ad is gone."""
        known = self._known.pop(visit.key, None)
        behind = known.posting_ids if known else ()
        behind = behind or tuple(presence.at_address(connection, self.spec.id, visit.link.url))
        presence.gone(connection, behind, self.seen_at)
        presence.checked(connection, behind, self.seen_at)
        page = Visited(visit.key, visit.link.url, visit.link.reader_name, self.reading, self.seen_at)
        visited.remember(connection, self.spec.id, replace(page, card=_card(visit, known), posting_ids=behind))

    def vanished(self, connection: Connection) -> list[Link]:
        """What is asked for because no list page led there: ads due to be read again, ads that the lists miss."""
        self._ending = True
        lists, ads = visited.outcomes_of(connection, self._run)
        if not lists or lists - _SOUND:
            return []
        swept = self._note_sweep(connection, lists, ads)
        room = max(self.spec.limits.ads - visited.ads_asked(connection, self._run), 0)
        most = min(room, self.spec.limits.rechecks)
        missing = rechecks.missing(connection, self.spec, swept, at=self.seen_at, limit=most)
        room = min(room - len(missing), self._most_again - self._again)
        overdue = rechecks.overdue(connection, self.spec, at=self.seen_at, limit=room + len(missing))
        again = [one for one in overdue if one.url not in missing][: max(room, 0)]
        checks = [self.link_of(url, CHECK) for url in missing]
        return checks + [replace(self.link_of(one.url, one.reader), card=one.card) for one in again]

    def _note_sweep(self, connection: Connection, lists: set[str], ads: set[str]) -> datetime | None:
        """Note whether this crawl was a sweep; returns when the lists were last seen as a whole."""
        last = visited.last_sweep(connection, self.spec.id)
        visited.owe_sweep(connection, self.spec.id, owing=bool(ads & _LOST))
        new_at = set() if self._owed else self._new_at  # what was owed lies behind known ads on any board
        if not ads & _LOST and Outcome.SKIPPED not in lists:
            ordered = True not in new_at and (last is None or last.ordered or False in new_at)
            last = Sweep(self.seen_at, Outcome.CAPPED not in lists, ordered)
            visited.note_sweep(connection, self.spec.id, last)
        return last.at if last and last.complete and self.spec.engine in _WHOLE_BOARD else None

    def _note_check(self, connection: Connection, visit: Visit, known: Visited | None) -> None:
        """The own page of a missing ad was answered: the ad is there when the page shows its title."""
        behind = known.posting_ids if known else ()
        behind = behind or tuple(presence.at_address(connection, self.spec.id, visit.link.url))
        there = rechecks.still_there(connection, behind, visit.harvest.text, at=self.seen_at)
        page = self._page(visit, known, there) if known is None or known.reader == CHECK else known
        visited.remember(connection, self.spec.id, replace(page, card=_card(visit, known)))

    def _page(self, visit: Visit, known: Visited | None, posting_ids: tuple[str, ...]) -> Visited:
        body = visit.exchange.body if visit.exchange else b""
        return Visited(
            key=visit.key,
            url=visit.link.url,
            reader=visit.link.reader_name,
            reading=self.reading,
            read_at=self.seen_at,
            etag=visit.headers.get("etag", ""),
            last_modified=visit.headers.get("last-modified", ""),
            sha256=ids.sha256_hex(body) if visit.exchange else "",
            card=_card(visit, known),
            links=tuple(Found(one.url, one.reader_name, one.card, one.deeper) for one in visit.harvest.links),
            posting_ids=posting_ids,
        )

    def _seen(self, connection: Connection, posting_ids: Iterable[str]) -> list[AdFacts]:
        """Move `last_seen` of ads not gone; returns what is stored about them."""
        there = presence.alive(connection, posting_ids)
        presence.sighted(connection, there, self.seen_at)
        return rechecks.facts(connection, sorted(there))

    def _remembered(self, connection: Connection) -> list[AdFacts]:
        """What is stored about the ads that were seen since the last sweep, and not by this crawl."""
        last = visited.last_sweep(connection, self.spec.id)
        span = (last.at, self.seen_at) if last else (self.seen_at, self.seen_at)
        return rechecks.facts(connection, presence.seen_between(connection, self.spec.id, *span))


def _card(visit: Visit, known: Visited | None) -> str:
    return card_now(visit.link.card, known, listed=visit.link.reader_name != CHECK)
