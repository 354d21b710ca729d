"""Applying a source's field rules to a page or a JSON item."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from parsel import Selector

from crawlers.contacts import page_contacts
from crawlers.dates import parse_date
from crawlers.draft import Draft
from crawlers.field_rules import FieldRule, is_xpath
from crawlers.spec import SourceSpec
from crawlers.text import element_text, html_text
from zorya.domain.ads import Place
from zorya.domain.ids import sha256_hex
from zorya.domain.pay import parse_pay

Finder = Callable[[FieldRule], list[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading needs to know beside the page."""

    today: date
    country: str | None = None
    languages: tuple[str, ...] = ()
    maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    """The source's tables of values: what the page writes → what is kept."""

    @classmethod
    def of(cls, spec: SourceSpec, today: date) -> "Reading":
        """With the source's country and languages."""
        return cls(today, spec.country, spec.languages, spec.maps)


def select(selector: Selector, rule: str) -> Any:
    """Matches of a CSS selector or an XPath expression."""
    return selector.xpath(rule) if is_xpath(rule) else selector.css(rule)


def on_page(selector: Selector, url: str) -> Finder:
    """A finder of texts on an HTML page."""

    def find(rule: FieldRule) -> list[str]:
        if rule.url is not None:
            return _from_url(rule.url, url)
        matches = select(selector, rule.css or rule.xpath or "")
        return [text for match in matches if (text := _readable(match))]

    return find


def in_item(item: Any, url: str) -> Finder:
    """A finder of texts in a JSON item."""

    def find(rule: FieldRule) -> list[str]:
        if rule.url is not None:
            return _from_url(rule.url, url)
        value = at_path(item, rule.json_ or "")
        values = value if isinstance(value, list) else [value]
        return [text for one in values if (text := _plain(one))]

    return find


def at_path(value: Any, path: str) -> Any:
    """The value at a dotted path (`data.items.0.name`); an empty path is the value itself. None when there is none.

    A name applied to a list means that name of each of its members.
    """
    for step in path.split(".") if path else ():
        if isinstance(value, list):
            if step.isdigit():
                value = value[int(step)] if int(step) < len(value) else None
            else:
                value = [inner for member in value if (inner := at_path(member, step)) is not None]
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def draft_by_rules(rules: Mapping[str, FieldRule], find: Finder, reading: Reading) -> Draft:
    """The draft that the rules give; a required field that is not there, or not as often as stated, is flagged."""
    draft, flags = Draft(), []
    for name, rule in rules.items():
        found = find(rule)
        if rule.exactly is not None and len(found) != rule.exactly and not (rule.optional and not found):
            flags.append(f"count_{name}")
            continue
        if not found:
            if not rule.optional:
                flags.append(f"missing_{name}")
            continue
        if rule.map:
            found, known = _mapped(found, reading.maps.get(rule.map, {}))
            flags += [] if known else [f"unmapped_{name}"]
        draft = replace(draft, **_value(name, rule, found, reading))
    return draft.flagged(*flags)


def _mapped(found: list[str], table: Mapping[str, str]) -> tuple[list[str], bool]:
    """Values by the table, and whether it knew them all; case does not matter, an unknown value is kept as it is."""
    folded = {key.casefold().strip(): value for key, value in table.items()}
    keys = [" ".join(text.split()).casefold() for text in found]
    values = [folded.get(key, text) for key, text in zip(keys, found, strict=True)]
    return values, all(key in folded for key in keys)


def _value(name: str, rule: FieldRule, found: list[str], reading: Reading) -> dict[str, Any]:
    if name == "place":
        return {"places": tuple(Place(" ".join(text.split())) for text in dict.fromkeys(found))}
    if name == "contact":
        return {"contacts": page_contacts(found, country=reading.country)}
    if name == "image":
        return {"images": picture_digests(found)}
    if name == "posted_on" or rule.as_ == "date":
        return {name: parse_date(found[0], today=reading.today, languages=reading.languages)}
    if name == "pay" or rule.as_ == "money":
        return {name: parse_pay(" ".join(found), country=reading.country)}
    return {name: "\n".join(found) if name == "body" else found[0]}


def picture_digests(names: Iterable[str]) -> tuple[str, ...]:
    """Digests (32 hex digits) of what names pictures, sorted; an address counts without its query."""
    plain = {name.partition("?")[0].partition("#")[0].strip() for name in names}
    return tuple(sorted(sha256_hex(name.encode())[:32] for name in plain if name))


def _from_url(pattern: str, url: str) -> list[str]:
    match = re.search(pattern, url)
    return [match[1] if match.re.groups else match[0]] if match and (match[1] if match.re.groups else match[0]) else []


def _readable(match: Selector) -> str:
    root = match.root
    return element_text(root) if hasattr(root, "iter") else str(root).strip()


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return html_text(value) if "<" in value or "&" in value else value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Mapping):
        return next((text for key in ("name", "label", "title", "value") if (text := _plain(value.get(key)))), "")
    return ""
