"""Paged JSON endpoints; the items are the ads."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from crawlers.draft import Draft
from crawlers.engines.base import BoardSpider, Harvest, Link, absolute
from crawlers.extract import Document, postings
from crawlers.field_rules import JsonRule
from crawlers.fields import Reading, at_path, draft_by_rules, in_item
from crawlers.jsonads import parse_json
from zorya.domain.runs import Outcome


class JsonApiSpider(BoardSpider):
    """items by a dotted path, fields by dotted paths within an item."""

    @property
    def _rule(self) -> JsonRule:
        return self.spec.json_ or JsonRule()

    def read_start(self, document: Document) -> Harvest:
        """The items of one answer and the next page."""
        rule = self._rule
        value = parse_json(document.text(self.spec.encoding))
        items = at_path(value, rule.items) if value is not None else None
        if not isinstance(items, list):
            return Harvest(outcome=Outcome.UNREADABLE, reason=f"no list at `{rule.items}` in the answer")
        drafts = [draft for item in items if not (draft := self._draft(item, document.url)).empty]
        found = postings(drafts, document.url, self.spec)
        if items and not found:
            return Harvest(outcome=Outcome.UNREADABLE, reason=f"{len(items)} items, but `fields` finds nothing in them")
        links = [Link(url, self.read_start, deeper=True) for url in self._next(value, items, document.url)]
        return Harvest(found, links)

    def _draft(self, item: Any, url: str) -> Draft:
        rules = self.spec.fields.given
        reading = Reading.of(self.spec, self.today)
        draft = draft_by_rules(rules, in_item(item, url), reading)
        address = absolute(url, draft.url) if draft.url else url
        if "native_id" in rules and rules["native_id"].url is not None:
            by_url = draft_by_rules({"native_id": rules["native_id"]}, in_item(item, address), reading)
            draft = Draft(native_id=by_url.native_id).over(draft)
        number = draft.native_id or str(at_path(item, "id") or "") or f"{address}#{draft.title}" * (address == url)
        return Draft(native_id=number, url=address if draft.url else "").over(draft)

    def _next(self, value: Any, items: list[Any], url: str) -> list[str]:
        rule = self._rule
        if rule.next and isinstance(link := at_path(value, rule.next), str) and link:
            return [absolute(url, link)]
        if rule.page and items:
            parts = urlsplit(url)
            query = parse_qs(parts.query, keep_blank_values=True)
            current = query.get(rule.page, ["1"])[0]
            query[rule.page] = [str(int(current) + 1 if current.isdigit() else 2)]
            return [urlunsplit(parts._replace(query=urlencode(query, doseq=True)))]
        return []
