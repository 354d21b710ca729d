"""Ads in a JSON answer of which nothing is known: objects with a title. Sources use `json_api` and rules instead."""

import json
from collections import deque
from collections.abc import Iterator
from typing import Any

import orjson

from crawlers import jobposting
from crawlers.dates import parse_date
from crawlers.draft import Draft
from crawlers.fields import Reading
from crawlers.text import html_text, one_line
from zorya.domain.ads import Place
from zorya.domain.pay import Pay, Tax, parse_pay
from zorya.domain.pay_parts import pay_of_parts

_TITLE = ("title", "jobTitle", "job_title", "position", "name", "text", "headline")
_BODY = (
    "description",
    "content",
    "body",
    "descriptionHtml",
    "description_html",
    "descriptionPlain",
    "requirements",
    "summary",
    "text",
)
_EMPLOYER = ("company", "companyName", "company_name", "employer", "organization", "hiringOrganization")
_PLACE = ("location", "city", "place", "area", "locations")
_DATE = (
    "posted_on",
    "published_on",
    "publishedAt",
    "published_at",
    "datePosted",
    "created_at",
    "updated_at",
    "date",
    "first_published",
)
_PAY = ("salary", "pay", "wage", "compensation", "salary_range", "salaryRange")
_URL = ("url", "absolute_url", "alternate_url", "link", "shortlink")


def parse_json(text: str) -> Any:
    """The value of a JSON text, or None."""
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def read_json(value: Any, *, reading: Reading) -> list[Draft]:
    """Drafts of every object that looks like an ad, outermost first."""
    jobs = jobposting.job_postings([value])
    if jobs:
        return [
            jobposting.draft_of(job, today=reading.today, country=reading.country, languages=reading.languages)
            for job in jobs
        ]
    return [draft for item in _items(value) if not (draft := _draft(item, reading)).empty]


def _items(value: Any) -> Iterator[dict[str, Any]]:
    """Members of the outermost list whose objects have a title, rather one whose objects also have a text."""
    if isinstance(value, dict) and _pick(value, _TITLE) and _pick(value, _BODY):
        yield value
        return
    titled: list[list[dict[str, Any]]] = []
    queue: deque[tuple[Any, int]] = deque([(value, 0)])
    while queue:
        node, depth = queue.popleft()
        members = node if isinstance(node, list) else list(node.values())
        if isinstance(node, list) and (
            group := [one for one in members if isinstance(one, dict) and _pick(one, _TITLE)]
        ):
            titled.append(group)
        if depth < 12:
            queue.extend((child, depth + 1) for child in members if isinstance(child, dict | list))
    described = [group for group in titled if any(len(_pick(one, _BODY)) > 80 for one in group)]
    lone = [value] if isinstance(value, dict) and _pick(value, _TITLE) else []
    yield from next(iter(described or titled), lone)


def _pick(item: dict[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = item.get(name)
        while isinstance(value, list | dict) and value:
            value = (
                value[0]
                if isinstance(value, list)
                else value.get("name", value.get("label", value.get("display_name")))
            )
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value)
    return ""


def _draft(item: dict[str, Any], reading: Reading) -> Draft:
    body = max((html_text(_unescaped(_pick(item, (name,)))) for name in _BODY), key=len)
    place = one_line(_pick(item, _PLACE))
    return Draft(
        native_id=_pick(item, ("id", "uuid", "shortcode", "slug", "guid")),
        url=_pick(item, _URL),
        title=one_line(html_text(_pick(item, _TITLE))),
        body=body,
        employer=one_line(_pick(item, _EMPLOYER)) or None,
        places=(Place(place),) if place else (),
        pay=_pay(item, reading.country),
        posted_on=parse_date(_pick(item, _DATE), today=reading.today, languages=reading.languages),
    )


def _pay(item: dict[str, Any], country: str | None) -> Pay | None:
    """Pay as a text, or as an object of amounts and a currency in the names that boards' interfaces use."""
    stated = next((item[name] for name in _PAY if item.get(name)), None)
    if isinstance(stated, str):
        return parse_pay(html_text(stated)[:300], country=country)
    if not isinstance(stated, dict):
        return None
    low, high = (_pick(stated, names) for names in (("from", "min", "minimum", "value"), ("to", "max", "maximum")))
    currency = _pick(stated, ("currency", "currency_code", "currencyCode"))
    period = _pick(stated, ("period", "interval", "unit", "unitText", "mode")).lower()
    gross = stated.get("gross")
    tax: Tax | None = ("gross" if gross else "net") if isinstance(gross, bool) else None
    return pay_of_parts((low, high), currency, period, tax=tax, country=country)


def _unescaped(text: str) -> str:
    """Some answers escape their HTML twice."""
    from html import unescape

    return unescape(text) if "&lt;" in text and "<" not in text else text
