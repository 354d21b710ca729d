"""Field rules guessed from a few ad pages: dates, labelled values, telling class names, titles that the list names.

A rule is kept only when it reads a sound value. What schema.org data already states gets no rule.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from crawlers.dates import parse_date
from crawlers.field_rules import FieldRule
from crawlers.fields import on_page
from crawlers.page import Page
from crawlers.probing.selectors import handles, lasting_classes
from crawlers.probing.words import words
from crawlers.text import element_text, one_line
from zorya.domain.pay import parse_pay

_LABELLED = (
    ("//dt[normalize-space()={label}]", "/following-sibling::dd[1]"),
    ("//tr[normalize-space(th)={label}]", "/td[1]"),
    ("//tr[normalize-space(td[1])={label}]", "/td[2]"),
    ("//*[self::b or self::strong][normalize-space()={label}]", "/following-sibling::node()[normalize-space()][1]"),
    ("//*[self::span or self::div or self::p or self::label][normalize-space()={label}]", "/following-sibling::*[1]"),
)
"""Where a label stands, and where its value does from there."""
_LONGEST_LABEL, _LONGEST_VALUE = 40, 200
_LEAST_SHARE = 0.2
"""A label or class that says what it is may be rare: the rule becomes optional."""


@dataclass(frozen=True, slots=True)
class RuleGuess:
    """A rule, the pages it reads, and why."""

    name: str
    rule: FieldRule
    share: float
    why: str


def guess_fields(
    pages: Sequence[Page], wanted: set[str], *, today: date, languages: tuple[str, ...], country: str
) -> list[RuleGuess]:
    """Rules for those `wanted` fields (employer, place, pay, posted_on, contact) that the pages show."""

    def sound(name: str, value: str) -> bool:
        if not 0 < len(value) <= _LONGEST_VALUE:
            return False
        if name == "posted_on":
            return parse_date(value, today=today, languages=languages) is not None
        return name != "pay" or parse_pay(value, country=country) is not None

    found: dict[str, list[RuleGuess]] = defaultdict(list)
    for name, places, why in (*_dates(pages), *_by_label(pages), *_by_class(pages)):
        if name not in wanted:
            continue
        share = _share(pages, name, FieldRule.model_validate(places), sound)
        if share >= _LEAST_SHARE:
            extra = {"as": "date"} if name == "posted_on" else {"as": "money"} if name == "pay" else {}
            rule = FieldRule.model_validate(places | extra | ({"optional": True} if share < 1 else {}))
            found[name].append(RuleGuess(name, rule, share, why))
    return [max(guesses, key=lambda guess: guess.share) for _, guesses in sorted(found.items())]


def guess_title(pages: Sequence[Page], texts: Sequence[str]) -> RuleGuess | None:
    """A rule for the title: the element that says what the list's link said. For pages that share one heading."""
    shared: Counter[str] = Counter()
    for page, text in zip(pages, texts, strict=True):
        wanted = one_line(text).casefold()
        own = {
            css
            for node in page.selector.xpath("//body//*[not(self::a) and not(self::script)]")
            if wanted and one_line(element_text(node.root)).casefold() == wanted
            for css in (*handles(node.root), node.root.tag)
            if len(page.selector.css(css)) == 1
        }
        shared.update(own)
    css, count = max(shared.items(), key=lambda entry: (entry[1], "." in entry[0], -len(entry[0])), default=("", 0))
    if count < max(2, 0.6 * len(pages)):
        return _first_line_of_its_own(pages)
    rule = FieldRule.model_validate({"css": css} | ({"exactly": 1} if count == len(pages) else {"optional": True}))
    return RuleGuess("title", rule, count / len(pages), "says what the list's links say")


def _first_line_of_its_own(pages: Sequence[Page]) -> RuleGuess | None:
    """The first short text in an element of its own that differs from page to page."""
    texts: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        for node in page.selector.xpath("//body//*[not(self::a) and not(self::script) and not(self::time)]"):
            text = one_line(element_text(node.root))
            for css in handles(node.root):
                if 5 <= len(text) <= 150 and len(page.selector.css(css)) == 1:
                    texts[css].append(text)
    everywhere = (css for css, found in texts.items() if len(found) == len(pages) > 1 and len(set(found)) == len(pages))
    first = next(everywhere, "")  # in the order of the first page
    if not first:
        return None
    rule = FieldRule.model_validate({"css": first, "exactly": 1})
    return RuleGuess("title", rule, 1.0, "the first line that differs from page to page")


def guess_body(pages: Sequence[Page]) -> RuleGuess | None:
    """A rule for the body: the lasting element that best holds the text that only this page has, headings aside."""
    lines = [{line for line in page.text.split("\n") if len(line) > 20} - _headings(page) for page in pages]
    seen = Counter(line for each in lines for line in each)
    scores: dict[str, list[float]] = defaultdict(list)
    for page, each in zip(pages, lines, strict=True):
        own = {line for line in each if seen[line] == 1}
        unique = sum(len(line) for line in own)
        for css, text in _blocks(page):
            inside = sum(len(line) for line in text.split("\n") if line in own)
            recall, precision = inside / max(1, unique), inside / max(1, len(text))
            scores[css].append(2 * recall * precision / max(1e-9, recall + precision))
    sure = {css: sum(each) / len(pages) for css, each in scores.items() if len(each) == len(pages) and min(each) > 0.5}
    if len(pages) < 2 or not sure:
        return None
    css = max(sure, key=lambda key: (round(sure[key], 2), "." in key or "#" in key, -len(key)))
    rule = FieldRule.model_validate({"css": css, "exactly": 1})
    return RuleGuess("body", rule, 1.0, "holds the text that differs from page to page")


def _headings(page: Page) -> set[str]:
    texts = (element_text(node.root) for node in page.selector.xpath("//title|//h1|//h2|//h3|//th|//caption"))
    return {line for text in texts for line in text.split("\n")}


def _blocks(page: Page) -> Iterator[tuple[str, str]]:
    """(selector, text) of the elements that one lasting selector finds once."""
    for node in page.selector.xpath("//body//*[self::div or self::article or self::section or self::td or self::main "
                                    "or self::p or self::span]"):  # fmt: skip
        for css in (*handles(node.root), *([node.root.tag] if node.root.tag in {"article", "main"} else [])):
            if len(page.selector.css(css)) == 1:
                yield css, element_text(node.root)


def _dates(pages: Sequence[Page]) -> Iterator[tuple[str, dict[str, str], str]]:
    if any(page.selector.css("time[datetime]") for page in pages):
        yield "posted_on", {"css": "time::attr(datetime)"}, "a `time` element"
    if any(page.selector.css("[itemprop=datePosted]") for page in pages):
        yield "posted_on", {"css": "[itemprop=datePosted]"}, "marked as datePosted"


def _by_label(pages: Sequence[Page]) -> Iterator[tuple[str, dict[str, str], str]]:
    known = words().labels
    for page in pages:
        for node in page.selector.xpath("//dt|//th|//td|//b|//strong|//span|//label|//div[not(*)]|//p[not(*)]"):
            label = " ".join("".join(node.xpath(".//text()").getall()).split())
            name = known.field_of(label) if 1 < len(label) <= _LONGEST_LABEL else None
            if name is None or "'" in label:
                continue
            for where, value in _LABELLED:
                path = where.format(label=f"'{label}'") + value
                if page.selector.xpath(path):
                    yield name, {"xpath": path}, f"beside the label {label!r}"
                    break


def _by_class(pages: Sequence[Page]) -> Iterator[tuple[str, dict[str, str], str]]:
    known = words().labels
    for page in pages:
        for node in page.selector.xpath("//body//*[@class or @itemprop]"):
            names = [*lasting_classes(node.root), *(node.root.get("itemprop") or "").split()]
            for part in dict.fromkeys(piece for name in names for piece in (name, *re.split(r"[-_]+", name))):
                field = known.field_of(part)
                css = next(iter(handles(node.root)), "") if field else ""
                if field and css and len(page.selector.css(css)) <= 2:
                    yield field, {"css": css}, f"called {part!r}"


def _share(pages: Sequence[Page], name: str, rule: FieldRule, sound: Callable[[str, str], bool]) -> float:
    """Share of the pages on which a rule reads one sound value."""
    good = 0
    for page in pages:
        values: list[Any] = on_page(page.selector, page.url)(rule)
        good += bool(values) and sound(name, one_line(values[0]))
    return good / len(pages) if pages else 0.0
