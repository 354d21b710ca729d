"""RSS, Atom, RDF and JSON feeds: bytes in, drafts out. lxml strictly first, feedparser for what is broken."""

import contextlib
import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import orjson
from lxml import etree

from crawlers.dates import parse_date
from crawlers.draft import Draft, split_title
from crawlers.fields import Reading
from crawlers.text import html_text, one_line

_ROOTS = frozenset({"rss", "feed", "RDF", "channel"})
_BODY = ("encoded", "content", "description", "summary", "body")


def looks_like_feed(text: str) -> bool:
    """True for XML whose root is a feed's, or a JSON feed."""
    head = text[:3000].lstrip("\ufeff \t\r\n")
    if head.startswith("{"):
        return "jsonfeed.org/version" in text[:3000]
    if not head.startswith("<") or "<html" in head[:1000].lower():
        return False
    return any(mark in head for mark in ("<rss", "<feed", "<rdf:RDF", "<channel", ":feed ", ":feed>"))


def read_feed(body: bytes, text: str, *, url: str, reading: Reading) -> list[Draft]:
    """Entries of a feed, in its order; [] when it holds none."""
    head = text.lstrip("\ufeff \t\r\n")
    if head.startswith("{"):
        return [draft for draft in _json_entries(text, url, reading) if not draft.empty]
    entries = _strict_entries(head)
    if entries is None:
        entries = _lenient_entries(body, text)
    return [draft for entry in entries if not (draft := _draft(entry, url, reading)).empty]


def _strict_entries(text: str) -> list[dict[str, str]] | None:
    """Entries by a real XML parser; None when the text is not well-formed or not a feed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(_without_declaration(text).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None
    if root.getroottree().docinfo.internalDTD is not None or _name(root) not in _ROOTS:
        return None
    found = [node for node in root.iter() if _name(node) in {"item", "entry"}]
    return [_entry(node) for node in found] if found else None


def _without_declaration(text: str) -> str:
    return text[text.find("?>") + 2 :].lstrip() if text.startswith("<?xml") and "?>" in text[:300] else text


def _name(node: Any) -> str:
    return str(etree.QName(node).localname) if isinstance(node.tag, str) else ""


def _entry(node: Any) -> dict[str, str]:
    values: dict[str, str] = {}
    for child in node:
        name = _name(child)
        if name == "link" and child.get("href"):
            if child.get("rel", "alternate") == "alternate":
                values.setdefault("link", str(child.get("href")))
        elif name in {"guid", "id", "title", "link", "pubDate", "published", "updated", "date", *_BODY}:
            text = _content(child)
            if text.strip() and "search.yahoo.com" not in str(child.tag):
                values.setdefault(name, text)
    return values


def _content(node: Any) -> str:
    if node.get("type") == "xhtml" or len(node):
        return "".join([node.text or "", *(etree.tostring(child, encoding="unicode") for child in node)])
    return node.text or ""


def _lenient_entries(body: bytes, text: str) -> list[dict[str, str]]:
    import feedparser

    headers = {"content-type": "text/xml; charset=utf-8"}
    for content, options in ((text.encode("utf-8", "replace"), {"response_headers": headers}), (body, {})):
        # A broken feed breaks feedparser in many ways; all of them mean: not readable this way.
        with contextlib.suppress(Exception):
            if entries := feedparser.parse(io.BytesIO(content), **options).entries:
                return [_from_feedparser(entry) for entry in entries]
    return []


def _from_feedparser(entry: Any) -> dict[str, str]:
    content = entry.get("content") or [{}]
    values = {
        "encoded": content[0].get("value"),
        "summary": entry.get("summary"),
        "date": entry.get("published") or entry.get("updated"),
    }
    values |= {"guid": entry.get("id"), "title": entry.get("title"), "link": entry.get("link")}
    return {key: value for key, value in values.items() if isinstance(value, str) and value.strip()}


def _draft(entry: dict[str, str], url: str, reading: Reading) -> Draft:
    body = max((html_text(entry[name]) for name in _BODY if name in entry), key=len, default="")
    title = one_line(html_text(entry.get("title", "")))
    if not title:
        title, body = split_title(body)
    when = next((entry[name] for name in ("pubDate", "published", "date", "updated") if name in entry), "")
    link = entry.get("link", "").strip() or (entry.get("guid", "") if entry.get("guid", "").startswith("http") else "")
    return Draft(
        native_id=(entry.get("guid") or entry.get("id") or "").strip(),
        url=_joined(url, link),
        title=title,
        body=body,
        posted_on=parse_date(when, today=reading.today, languages=reading.languages),
    )


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if link else ""
    except ValueError:
        return ""


def _json_entries(text: str, url: str, reading: Reading) -> Iterator[Draft]:
    try:
        items = orjson.loads(text).get("items", [])
    except (json.JSONDecodeError, ValueError, AttributeError):
        return
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        values = {
            name: str(item[key])
            for name, key in (("guid", "id"), ("title", "title"), ("link", "url"), ("date", "date_published"))
            if item.get(key)
        }
        body = item.get("content_html") or item.get("content_text") or item.get("summary")
        yield _draft(values | ({"content": str(body)} if body else {}), url, reading)
