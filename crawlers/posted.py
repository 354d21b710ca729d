"""The day an ad was put up, as an ordinary page shows it: metas, `time` elements, labelled dates in the text."""

import re
from datetime import date
from functools import cache

from selectolax.lexbor import LexborNode

from crawlers.dates import parse_date
from crawlers.fields import Reading
from crawlers.page import Page
from crawlers.probing.words import words
from crawlers.text import node_text

_METAS = ("article:published_time", "datePublished", "datePosted", "date", "dc.date")
_THIS_DAY = ("", "datePublished", "datePosted", "dateCreated", "date")
"""What markup may call the `time` that is meant; there are also `validThrough`, `startDate`, `dateModified`."""
_MOST_TIMES = 60
_NEED_COLON = frozenset({"date", "datum", "data", "dátum", "дата"})
"""Labels that begin many a line without announcing a day."""
_LONGEST_LINE, _LONGEST_VALUE = 160, 60
_PARTS = re.compile(r"\s*[|•·\n]\s*|\s{3,}")


def posted_on(page: Page, reading: Reading) -> date | None:
    """The day by what is surest: a meta, a `time` element near the heading, a date behind a label."""
    stated = page.meta(*_METAS)
    found = parse_date(stated, today=reading.today, languages=reading.languages) if stated else None
    if found or not page.whole:
        return found
    return _by_time(page, reading) or _by_label(page, reading)


def labelled(text: str, reading: Reading) -> date | None:
    """The day in a short text that begins with a label: `Опубликовано: вчера`, `Data publicării: 23 noi.`"""
    if len(text) > _LONGEST_LINE:
        return None
    parts = [part for part in _PARTS.split(text) if part]
    for index, part in enumerate(parts):
        match = _label().match(part)
        if match is None:
            continue
        value = part[match.end() :].strip(" :.–—-") or (parts[index + 1] if index + 1 < len(parts) else "")
        if match["common"] and ":" not in part[match.start() : match.end() + 2] and part[match.end() :].strip():
            continue
        if 0 < len(value) <= _LONGEST_VALUE and (day := _day(value, reading)):
            return day
    return None


def announced(text: str) -> bool:
    """True for a short text with a label in it; cheaper to ask than `labelled`."""
    return any(map(_label().match, _PARTS.split(text.strip())))


@cache
def _label() -> re.Pattern[str]:
    known = sorted(words().labels.posted_on, key=len, reverse=True)
    sure, common = ("|".join(re.escape(w) for w in known if (w in _NEED_COLON) is both) for both in (False, True))
    return re.compile(rf"\W{{0,3}}(?:(?:{sure})|(?P<common>{common}))(?!\w)\s{{0,2}}:?", re.IGNORECASE)


def _day(text: str, reading: Reading) -> date | None:
    return parse_date(text, today=reading.today, languages=reading.languages)


def _by_time(page: Page, reading: Reading) -> date | None:
    """The first `time` in the smallest element that holds the heading and one; none where it holds many days."""
    step: LexborNode | None = page.lexbor.css_first("h1") or page.lexbor.body
    while step is not None and step.tag != "html":
        times = [node for node in step.css("time")[:_MOST_TIMES] if _called(node) in _THIS_DAY]
        if days := [day for node in times if (day := _day(_said(node), reading))]:
            return days[0] if len(set(days)) <= 2 else None
        step = step.parent
    return None


def _called(node: LexborNode) -> str:
    named = node.attrs.sget("itemprop") or node.attrs.sget("property") or ""
    return named.rpartition("/")[2].rpartition(":")[2]


def _said(node: LexborNode) -> str:
    return node.attrs.sget("datetime") or node.text()


def _by_label(page: Page, reading: Reading) -> date | None:
    """The first labelled day after the heading, else the first on the page: lists of other ads stand below."""
    body = page.lexbor.body
    lines = node_text(body).split("\n") if body is not None else []
    if not any(announced(line) for line in lines if len(line) <= _LONGEST_LINE):
        return None
    heading = next((index for index, line in enumerate(lines) if page.title and line.startswith(page.title[:80])), 0)
    for start, stop in ((heading, len(lines)), (0, heading)):
        for index in range(start, stop):
            line, below = lines[index], lines[index + 1] if index + 1 < len(lines) else ""
            if day := labelled(f"{line}\n{below}" if len(below) <= _LONGEST_VALUE else line, reading):
                return day
    return None
