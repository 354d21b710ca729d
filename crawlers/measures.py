"""What one run measured of its source, from its account and from what it stored."""

import re
from collections import Counter
from datetime import datetime
from statistics import median

from sqlalchemy import Connection

from crawlers.account import FILLED, Account
from crawlers.spec import SourceSpec
from zorya.domain.health import Checkup
from zorya.domain.languages import identify
from zorya.domain.runs import Outcome
from zorya.store import health

MOST_TEXTS = 500
"""Ads whose text is looked at; ids are digests, so the first ones are a fair sample."""
_DAMAGED = re.compile("[\ufffd\x80-\x9f]|[ÂÃÐÑÅÄ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œž ]")
"""Replacement and control characters, and UTF-8 that was read as a one-byte encoding."""
_ENOUGH_DAMAGE = 0.01


def take(
    connection: Connection, spec: SourceSpec, account: Account, *, at: datetime, last_sound: datetime | None
) -> Checkup:
    """Numbers and shares of the run begun `at`; no band and no verdict yet."""
    board = health.board(connection, spec.id, at=at, last_sound=last_sound, stands_for=account.postings)
    texts = health.texts(connection, sorted(account.read)[:MOST_TEXTS])
    seen, requests = len(account.postings), sum(one.sent for one in account.requests)
    numbers: dict[str, float] = {
        "seen": seen,
        "read": len(account.read),
        "new": account.sightings["new"],
        "requests": requests,
    }
    if board.newest is not None:
        numbers["quiet_days"] = max(0.0, (at - board.newest).total_seconds() / 86400)
    bodies = [body for _, body in texts if body]
    if bodies:
        numbers["body"] = median(len(body) for body in bodies)
    shares: dict[str, tuple[int, int]] = {
        "kept": (board.again, board.due),
        "not_modified": (account.outcomes.get(Outcome.NOT_MODIFIED, 0), requests),
        "yield": (len(account.read), len(account.read) + _lost_pages(connection, spec, account)),
    }
    shares |= {f"flag.{name}": (min(count, seen), seen) for name, count in account.flags.items()}
    shares |= _fill(account) | _of_texts(texts)
    return Checkup(numbers=numbers, shares={name: pair for name, pair in shares.items() if pair[1]})


def _fill(account: Account) -> dict[str, tuple[int, int]]:
    """Filled fields, over the ads that were read: what is stored about the others proves nothing about today."""
    read = [account.postings[name] for name in account.read]
    return {f"fill.{name}": (sum(name in filled for filled in read), len(read)) for name in FILLED if read}


def _of_texts(texts: list[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Languages, damaged characters, and texts that more than one of these ads has."""
    if not texts:
        return {}
    count = len(texts)
    spoken = Counter(identify(f"{title}\n{body}") or "none" for title, body in texts)
    bodies = Counter(_plain(title, body) for title, body in texts)
    alike = sum(number for body, number in bodies.items() if number > 1 and body)
    garbled = sum(_is_garbled(f"{title}\n{body}") for title, body in texts)
    found = {f"language.{code}": (number, count) for code, number in spoken.items()}
    return found | {"alike": (alike, count), "garbled": (garbled, count)}


def _plain(title: str, body: str) -> str:
    """A body without what differs on a page that is the same for every ad: the ad's own title, numbers, spaces."""
    return re.sub(r"[\W\d_]+", " ", body.replace(title, "") if title else body).strip().casefold()


def _is_garbled(text: str) -> bool:
    return len(_DAMAGED.findall(text)) > max(2, _ENOUGH_DAMAGE * len(text))


def _lost_pages(connection: Connection, spec: SourceSpec, account: Account) -> int:
    """Ad pages that the lists lead to and that are not there; a known ad that went its way is not counted."""
    gone = [one.url for one in account.requests if one.outcome == Outcome.SKIPPED and one.reason.startswith("gone")]
    return len(gone) - len(health.known_urls(connection, spec.id, gone)) if gone else 0
