"""Draft: what a reader found on a page, before it is merged, cleaned and named as a Posting."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawlers.text import BODY_LIMIT, clean, one_line
from zorya.domain.ads import Contact, Kind, Place, Posting
from zorya.domain.pay import Pay

_TRACKING = (
    "utm_",
    "fbclid",
    "gclid",
    "yclid",
    "mc_cid",
    "mc_eid",
    "_openstat",
    "from_search",
    "sessionid",
    "phpsessid",
    "jsessionid",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """Fields of one ad as one way of reading gives them; empty means not found."""

    native_id: str = ""
    url: str = ""
    title: str = ""
    body: str = ""
    employer: str | None = None
    places: tuple[Place, ...] = ()
    pay: Pay | None = None
    posted_on: date | None = None
    contacts: tuple[Contact, ...] = ()
    images: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    def over(self, weaker: "Draft") -> "Draft":
        """This draft with its gaps filled from a weaker one; flags of both."""
        values: dict[str, Any] = {
            item.name: getattr(self, item.name) or getattr(weaker, item.name)
            for item in fields(self)
            if item.name != "flags"
        }
        return Draft(**values, flags=tuple(dict.fromkeys(self.flags + weaker.flags)))

    def flagged(self, *flags: str) -> "Draft":
        """With facts about the reading added."""
        return replace(self, flags=tuple(dict.fromkeys(self.flags + flags)))

    @property
    def empty(self) -> bool:
        """True when there is nothing to read."""
        return not (self.title.strip() or self.body.strip())


def canonical_url(url: str) -> str:
    """The address without fragment and tracking parameters, parameters sorted, host in lower case."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not k.lower().startswith(_TRACKING)]
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", urlencode(sorted(kept)), ""))


def posting_of(draft: Draft, *, source: str, url: str, kind: Kind) -> Posting:
    """The posting a draft makes; without a native id its canonical address is its identity."""
    body, flags = clean(draft.body), draft.flags
    if len(body) > BODY_LIMIT:
        body, flags = body[:BODY_LIMIT], (*flags, "body_shortened")
    title = one_line(draft.title)[:500]
    address = draft.url if draft.url.startswith(("http://", "https://")) else url
    return Posting(
        source=source,
        native_id=(one_line(draft.native_id) or canonical_url(address))[:500],
        url=clean(address),
        kind=kind,
        title=title,
        body=body,
        employer=one_line(draft.employer)[:300] if draft.employer else None,
        places=draft.places,
        pay=draft.pay,
        contacts=draft.contacts,
        posted_on=draft.posted_on,
        flags=tuple(dict.fromkeys(flags)),
        images=draft.images,
    )


def split_title(text: str, *, limit: int = 120) -> tuple[str, str]:
    """(title, rest) of a text that has no title of its own: its first line, cut at a word; nothing is said twice."""
    text = clean(text)
    first, _, rest = text.partition("\n")
    if len(first) <= limit:
        return first, rest.strip()
    cut = first.rfind(" ", 40, limit)
    cut = cut if cut > 0 else limit
    return first[:cut].rstrip(), (first[cut:].lstrip() + ("\n" + rest if rest else "")).strip()
