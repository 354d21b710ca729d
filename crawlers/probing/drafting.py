"""The draft: a source file in YAML, with the reasons for each choice as comments."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import yaml

from crawlers.field_rules import FieldRule
from crawlers.probing.choose import Choice
from crawlers.probing.lists import site_of
from crawlers.probing.visits import OWN_S
from crawlers.spec import Engine
from zorya.settings import REPOSITORY

SCHEMA = REPOSITORY / "docs" / "schemas" / "source.schema.json"
REFUSED = "# NOT TO BE KEPT:"
"""Begins the line that marks a draft which may not become a source."""


@dataclass(frozen=True, slots=True)
class About:
    """What a draft says beside how the site is read."""

    url: str
    title: str
    kind: str
    country: tuple[str, str]
    languages: Mapping[str, float]
    delay: float
    day: date
    refusal: str = ""

    @property
    def spoken(self) -> list[str]:
        """The languages worth naming, the main one first."""
        told = [language for language, share in self.languages.items() if language != "?" and share >= 0.1]
        return told or ["en"]


def draft_id(about: About, taken: Collection[str]) -> str:
    """`<country>_<site>`, with a number when another source is called so."""
    parts = urlsplit(about.url)
    if parts.path.startswith("/s/"):
        name = "tg_" + parts.path.removeprefix("/s/")
    elif re.fullmatch(r"[\d.:\[\]a-f]+", parts.netloc):
        name = about.title  # a bare address says nothing
    else:
        name = site_of(about.url).partition(".")[0]
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or f"board_{parts.port or 80}"
    first = f"{about.country[0]}_{slug}"
    names = (first, *(f"{first}_{number}" for number in range(2, 1000)))
    return next(name for name in names if name not in taken)


def draft_text(choice: Choice, about: About, source_id: str) -> str:
    """The file, ready to be read by the catalog."""
    return "\n".join(
        [*_head(about, source_id), "", *_engine(choice), *_fields(choice), "", *_bounds(choice, about), ""]
    )


def _head(about: About, source_id: str) -> list[str]:
    parts = urlsplit(about.url)
    spoken = ", ".join(f"{language} {share:.0%}" for language, share in about.languages.items())
    minute = sum(source_id.encode()) % 60
    lines = [f"# yaml-language-server: $schema={SCHEMA}"] if SCHEMA.is_file() else []
    lines += [f"{REFUSED} {about.refusal}"] if about.refusal else []
    return [
        *lines,
        f"# Drafted on {about.day} from {about.url}",
        "# While owner, basis or review is missing it stays a draft, and its ads wait: see `zorya source activate`.",
        f"id: {source_id}",
        f"title: {_plain(about.title)}",
        f"homepage: {_plain(f'{parts.scheme}://{parts.netloc}/')}",
        _row(f"kind: {about.kind}", "job | dating | other"),
        _row(f"country: {_plain(about.country[0])}", about.country[1]),
        _row(f"languages: {_plain(about.spoken)}", f"of the ads read: {spoken or 'none read'}"),
        _row('owner: ""', "who looks when the crawl turns red"),
        _row('basis: ""', "why we may and should read this board, in law and in purpose"),
        f'schedule: "{minute} * * * *"',
        "status: draft",
    ]


def _engine(choice: Choice) -> list[str]:
    lines = [f"# {choice.engine}: {reason}" for reason in choice.why]
    lines += [f"engine: {choice.engine}", f"start: {_plain([choice.start])}"]
    lines += [f"follow: {_plain(choice.follow)}"] if choice.follow else []
    if choice.json:
        rule = {"items": choice.json.items}
        rule |= {"next": choice.json.next} if choice.json.next else {}
        rule |= {"page": choice.json.page} if choice.json.page else {}
        lines.append(f"json: {_plain(rule)}")
    return lines


def _fields(choice: Choice) -> list[str]:
    rows: list[str] = []
    if choice.json:
        for name, path in choice.json.fields.items():
            extra: dict[str, Any] = {"as": "date"} if name == "posted_on" else {"as": "money"} if name == "pay" else {}
            share = choice.json.shares[name]
            extra |= {"optional": True} if share < 1 else {}
            rows.append(_row(f"  {name}: {_plain({'json': path} | extra)}", f"in {share:.0%} of the objects"))
        return ["fields:", *rows]
    if choice.native_id:
        rows.append(_row(f"  native_id: {_plain({'url': choice.native_id})}", "the board's own number"))
    for guess in choice.rules:
        rule = f"  {guess.name}: {_plain(_rule(guess.rule))}"
        rows.append(_row(rule, f"{guess.why}; on {guess.share:.0%} of the pages read"))
    return ["fields:", *rows] if rows else []


def _bounds(choice: Choice, about: About) -> list[str]:
    whole = choice.engine in {Engine.LISTING, Engine.SITEMAP, Engine.JSON_API}
    more = choice.follow.get("next") or (choice.json and (choice.json.next or choice.json.page))
    pages = 20 if more or choice.engine in {Engine.SITEMAP, Engine.TELEGRAM} else 1
    delay = about.delay if about.delay < 1 else max(2.0, about.delay)
    limits = {"delay": delay, "pages": pages} | ({"ads": max(300, 2 * choice.expected)} if whole else {})
    why = "this machine's own board: no wait" if delay == OWN_S else "seconds between requests, pages and ads a crawl"
    least = max(1, choice.expected // 2)
    expect = {"min_postings": least, "fill": {"title": 0.95, "body": 0.9}}
    return [
        _row(f"limits: {_plain(limits)}", why),
        _row(f"expect: {_plain(expect)}", f"the probe saw {choice.expected} at once; below this the crawl turns red"),
    ]


def _rule(rule: FieldRule) -> dict[str, Any]:
    return rule.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)


def _row(text: str, comment: str) -> str:
    return f"{text.ljust(34)}  # {' '.join(comment.split())}"


def _plain(value: Any) -> str:
    """One YAML value on one line."""
    dumped: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6, sort_keys=False)
    return dumped.removesuffix("\n").removesuffix("\n...").strip()
