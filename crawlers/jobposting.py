"""schema.org JobPosting as data (JSON-LD, or microdata and RDFa in its shape) → drafts."""

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import orjson

from crawlers.contacts import page_contacts
from crawlers.dates import parse_date
from crawlers.draft import Draft
from crawlers.text import html_text, one_line
from zorya.domain.ads import Place
from zorya.domain.pay import Pay
from zorya.domain.pay_parts import pay_of_parts

BODY_PARTS = ("description", "responsibilities", "qualifications", "skills", "jobBenefits", "incentives")
"""Properties whose texts, one after the other, are an ad's body; they may be HTML."""
_MAX_DEPTH = 60
_MOST_COMMENTS = 100
_COMMENTS = re.compile(r"(\"(?:[^\"\\]|\\.)*+\")|/\*.*?\*/|(?m:^[ \t]*//[^\n]*)", re.DOTALL)
"""A text in quotes, which is kept, or a comment."""


def blocks(scripts: list[str]) -> tuple[list[Any], bool]:
    """Parsed JSON-LD values, and whether one of the blocks could not be read even leniently."""
    values, broken = [], False
    for script in scripts:
        if not script.strip():
            continue
        value = _parse(script)
        broken = broken or value is None
        if value is not None:
            values.append(value)
    return values, broken


def _parse(script: str) -> Any:
    for attempt in _attempts(script):
        try:
            return orjson.loads(attempt)
        except ValueError:
            pass
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _attempts(script: str) -> Iterator[str]:
    yield script
    yield (mended := _mended(script))
    yield unescape(mended)


def _mended(script: str) -> str:
    """The usual faults: comments and CDATA around the block, a trailing comma or semicolon, text after the end."""
    text = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)", "", script)
    text = re.sub(r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*$", "", text).strip().rstrip(";")
    if text.count("/*") <= _MOST_COMMENTS:  # each that is not closed is looked for to the end
        text = _COMMENTS.sub(lambda match: match[1] or "", text)
    return re.sub(r",(\s*[}\]])", r"\1", text)


def job_postings(values: list[Any]) -> list[dict[str, Any]]:
    """Every object of type JobPosting, wherever it is nested."""
    return [node for value in values for node in _nodes(value) if _is_job(node)]


def _nodes(root: Any) -> Iterator[dict[str, Any]]:
    queue: deque[tuple[Any, int]] = deque([(root, 0)])
    while queue:
        node, depth = queue.popleft()
        if isinstance(node, dict):
            yield node
            children: list[Any] = [] if _is_job(node) else list(node.values())
        else:
            children = node if isinstance(node, list) else []
        if depth < _MAX_DEPTH:
            queue.extend((child, depth + 1) for child in children if isinstance(child, dict | list))


def _is_job(node: dict[str, Any]) -> bool:
    return _type_is(node, "JobPosting")


def _type_is(node: dict[str, Any], wanted: str) -> bool:
    kinds = node.get("@type", node.get("type", ""))
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(str(name)[-200:].rstrip("/").rpartition("/")[2].rpartition(":")[2] == wanted for name in names)


def draft_of(job: dict[str, Any], *, today: date, country: str | None, languages: tuple[str, ...]) -> Draft:
    """What a JobPosting states, as a draft."""
    body = "\n\n".join(text for key in BODY_PARTS if (text := _html(job.get(key))))
    place = tuple(_places(job, country))
    contact_point = _first(job.get("applicationContact"))
    contact_values = (
        [_text(contact_point.get(key)) for key in ("telephone", "email", "url")]
        if isinstance(contact_point, dict)
        else []
    )
    identifier = _first(job.get("identifier"))
    return Draft(
        native_id=_text(identifier.get("value") if isinstance(identifier, dict) else identifier),
        url=_text(job.get("url")) or _text(job.get("@id")),
        title=_text(job.get("title")) or _text(job.get("name")),
        body=body,
        employer=_name(job.get("hiringOrganization")) or None,
        places=place,
        pay=_pay(job, _paying_country(place) or country),
        posted_on=parse_date(_text(job.get("datePosted")), today=today, languages=languages),
        contacts=page_contacts((value for value in contact_values if value), country=country),
    )


def _first(value: Any) -> Any:
    return (value[0] if value else None) if isinstance(value, list) else value


def _text(value: Any) -> str:
    value = _first(value)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("@id")
    if isinstance(value, str):
        return one_line(unescape(value))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _html(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(filter(None, (_html(item) for item in value)))
    if not isinstance(value, str):
        return _text(value)
    return html_text(unescape(value) if "<" not in value and "&lt;" in value else value)


def _name(value: Any) -> str:
    value = _first(value)
    return (_text(value.get("name")) or _text(value.get("legalName"))) if isinstance(value, dict) else _text(value)


def _places(job: dict[str, Any], board: str | None) -> Iterator[Place]:
    """Where the work is; for work from home, where those who do it must be. Abroad, seen from the board, it is a
    destination."""
    location = job.get("jobLocation")
    if not location or "TELECOMMUTE" in _text(job.get("jobLocationType")).upper():
        location = [location, job.get("applicantLocationRequirements")]
    for one in _flat(location):
        place = _place(one)
        if place:
            abroad = bool(place.country and board and place.country != board)
            yield replace(place, role="destination") if abroad else place


def _flat(value: Any) -> Iterator[Any]:
    for one in value if isinstance(value, list) else [value]:
        yield from one if isinstance(one, list) else [one]


def _place(location: Any) -> Place | None:
    address = (_first(location.get("address")) or location) if isinstance(location, dict) else location
    if isinstance(address, str):
        return Place(one_line(address)) if address.strip() else None
    if not isinstance(address, dict):
        return None
    locality, region = _text(address.get("addressLocality")), _text(address.get("addressRegion"))
    country = _text(address.get("addressCountry"))
    if _type_is(address, "Country"):
        country = country or _text(address.get("name"))
    named = locality or ("" if country == _text(address.get("name")) else _text(address.get("name")))
    raw = ", ".join(dict.fromkeys(part for part in (named or _text(location.get("name")), region, country) if part))
    code = country.lower() if len(country) == 2 and country.isascii() and country.isalpha() else None
    return Place(raw, locality or None, "gb" if code == "uk" else code) if raw else None


def _pay(job: dict[str, Any], country: str | None) -> Pay | None:
    """Pay in the shapes schema.org allows and boards invent; each part may be a number, a code or words."""
    salary = _first(job.get("baseSalary")) or _first(job.get("estimatedSalary"))
    amount = salary if isinstance(salary, dict) else {"value": salary}
    value = _first(amount.get("value"))
    inner = {**amount, **value} if isinstance(value, dict) else amount
    currency = _text(amount.get("currency") or inner.get("currency") or job.get("salaryCurrency"))
    unit = _text(inner.get("unitText") or inner.get("unitCode") or amount.get("unitText") or amount.get("duration"))
    ends = [_plain(inner.get(name)) for name in ("minValue", "maxValue")]
    single = _plain(inner.get("value"))
    return pay_of_parts(ends, currency, unit, country=country) or pay_of_parts(
        [single], currency, unit, country=country
    )


def _paying_country(places: tuple[Place, ...]) -> str | None:
    """The country of the work, if it is one."""
    where = {place.country for place in places if place.country}
    return where.pop() if len(where) == 1 else None


def _plain(value: Any) -> Any:
    """A number as it is, anything else as a line of text."""
    value = _first(value)
    return value if isinstance(value, int | float) else _text(value)
