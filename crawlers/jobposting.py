"""schema.org JobPosting on a page: JSON-LD first, microdata and RDFa only when there is none."""

import json
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any

import orjson

from crawlers.contacts import page_contacts
from crawlers.dates import parse_date
from crawlers.draft import Draft
from crawlers.text import html_text, one_line
from zorya.domain.ads import Place
from zorya.domain.pay import Pay, make_pay, parse_number, parse_pay

_PERIODS = {
    "hour": "hour",
    "day": "day",
    "week": "week",
    "month": "month",
    "mon": "month",
    "year": "year",
    "ann": "year",
}
_MAX_DEPTH = 60


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
    for attempt in (script, _mended(script), unescape(_mended(script))):
        try:
            return orjson.loads(attempt)
        except ValueError:
            pass
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _mended(script: str) -> str:
    """The usual faults: comments and CDATA around the block, a trailing comma or semicolon, text after the end."""
    text = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)", "", script)
    text = re.sub(r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*$", "", text).strip().rstrip(";")
    return re.sub(r",(\s*[}\]])", r"\1", text)


def job_postings(values: list[Any]) -> list[dict[str, Any]]:
    """Every object of type JobPosting, wherever it is nested."""
    return [node for value in values for node in _nodes(value) if _is_job(node)]


def _nodes(root: Any) -> Iterator[dict[str, Any]]:
    queue: list[tuple[Any, int]] = [(root, 0)]
    while queue:
        node, depth = queue.pop(0)
        if isinstance(node, dict):
            yield node
            children: list[Any] = [] if _is_job(node) else list(node.values())
        else:
            children = node if isinstance(node, list) else []
        if depth < _MAX_DEPTH:
            queue.extend((child, depth + 1) for child in children if isinstance(child, dict | list))


def _is_job(node: dict[str, Any]) -> bool:
    kinds = node.get("@type", node.get("type", ""))
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(str(name).rstrip("/").rpartition("/")[2].rpartition(":")[2] == "JobPosting" for name in names)


def draft_of(job: dict[str, Any], *, today: date, country: str | None, languages: tuple[str, ...]) -> Draft:
    """What a JobPosting states, as a draft."""
    body = "\n\n".join(
        text
        for key in ("description", "responsibilities", "qualifications", "skills", "jobBenefits", "incentives")
        if (text := _html(job.get(key)))
    )
    place = tuple(_places(job.get("jobLocation")))
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
        pay=_pay(job, country),
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


def _places(value: Any) -> Iterator[Place]:
    for location in value if isinstance(value, list) else [value]:
        if isinstance(location, str) and location.strip():
            yield Place(one_line(location))
        if not isinstance(location, dict):
            continue
        address = _first(location.get("address")) or location
        if isinstance(address, str):
            yield Place(one_line(address))
            continue
        if not isinstance(address, dict):
            continue
        locality, region, country = (
            _text(address.get(key)) for key in ("addressLocality", "addressRegion", "addressCountry")
        )
        raw = ", ".join(
            dict.fromkeys(part for part in (locality or _text(location.get("name")), region, country) if part)
        )
        if raw:
            code = country.lower() if len(country) == 2 and country.isascii() and country.isalpha() else None
            yield Place(raw, locality or None, code)


def _pay(job: dict[str, Any], country: str | None) -> Pay | None:
    salary = _first(job.get("baseSalary")) or _first(job.get("estimatedSalary"))
    if isinstance(salary, str) and not re.fullmatch(r"[\d\s.,]+", salary):
        return parse_pay(salary, country=country)
    amount = salary if isinstance(salary, dict) else {"value": salary}
    value = _first(amount.get("value"))
    inner = value if isinstance(value, dict) else {"value": value}
    currency = _text(amount.get("currency") or inner.get("currency") or job.get("salaryCurrency")).upper()
    inner = (
        {**amount, **inner}
        if isinstance(value, dict)
        else inner | {key: amount.get(key) for key in ("minValue", "maxValue")}
    )
    low, high = _number(inner.get("minValue")), _number(inner.get("maxValue"))
    single = _number(inner.get("value"))
    low = low if low is not None else (single if single is not None else high)
    high = high if high is not None else (single if single is not None else low)
    if not low or not high or len(currency) != 3:
        return None
    unit = _text(inner.get("unitText") or amount.get("unitText") or amount.get("duration")).lower()
    period = next((name for key, name in _PERIODS.items() if key in unit), None)
    raw = f"{low:g}" + (f"-{high:g}" if high != low else "") + f" {currency}" + (f" / {period}" if period else "")
    return make_pay(low, high, currency, period, raw)


def _number(value: Any) -> float | None:
    value = _first(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if 0 < value < 1e9 else None
    text = re.sub(r"[^\d.,]", "", value) if isinstance(value, str) else ""
    try:
        return parse_number(text) if re.search(r"\d", text) and len(text) < 16 else None
    except ValueError:
        return None


def embedded(source: str, url: str) -> list[dict[str, Any]]:
    """JobPostings in microdata or RDFa, in the shape of JSON-LD. extruct is slow: ask only when there is no JSON-LD."""
    import extruct

    try:
        found = extruct.extract(source, base_url=url, syntaxes=["microdata", "rdfa"], uniform=True, errors="ignore")
    except Exception:  # extruct raises whatever its four parsers raise on broken pages
        return []
    values = [value for syntax in ("microdata", "rdfa") for value in found.get(syntax, [])]
    return job_postings(values)
