"""Choosing how a site is read: structured data first, then the cheapest way that gives whole ads. Fetches nothing."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from crawlers.countries import country_of_address
from crawlers.extract import Document, ad_on_page, extract
from crawlers.fields import on_page
from crawlers.jsonads import parse_json
from crawlers.masking import redacted
from crawlers.page import Page
from crawlers.probing.jsonshape import JsonGuess, guess_json
from crawlers.probing.labels import RuleGuess, guess_body, guess_fields, guess_title
from crawlers.probing.lists import pattern_of, shape_of
from crawlers.probing.look import Sight, reader, usual_shape
from crawlers.spec import Engine
from zorya.domain.ads import Posting
from zorya.domain.languages import identify

_WHOLE_TEXT = 0.5
"""A feed whose texts are this much of the pages' own texts carries whole ads."""
_CUT_SHORT = re.compile(r"(?:…|\.\.\.|>>|»|→)\W*$")
"""How a text ends that goes on elsewhere."""
_SITEMAP_LIMIT = 2000


@dataclass(slots=True)
class Choice:
    """A way to read the site: what goes into the source file, and why."""

    engine: Engine
    start: str
    why: list[str] = field(default_factory=list)
    follow: dict[str, str] = field(default_factory=dict)
    rules: list[RuleGuess] = field(default_factory=list)
    native_id: str = ""
    json: JsonGuess | None = None
    documents: list[Document] = field(default_factory=list)
    """What its ads are read from."""
    expected: int = 1


def choose(sight: Sight, *, today: date, country: str, languages: tuple[str, ...]) -> Choice | None:
    """The way to read what was seen; None when there are no ads in sight."""
    if sight.front is None:
        return None
    url = sight.front.url
    if sight.sort == "telegram":
        count = len(extract(sight.front, today=today))
        return Choice(Engine.TELEGRAM, url, ["a public channel preview"], documents=[sight.front], expected=count)
    if sight.sort == "feed":
        ads = extract(sight.front, today=today)
        if _cut_short(ads):
            sight.warnings.append("most texts of this feed are cut short: the page that lists the ads may give more")
        return Choice(Engine.FEED, url, ["the address is a feed"], documents=[sight.front], expected=len(ads))
    if sight.sort == "json":
        return _json(sight.front)
    return _site(sight, today, country, languages)


def _json(front: Document) -> Choice | None:
    guess = guess_json(parse_json(front.text()), front.url)
    if guess is None:
        return None
    why = [f"the address answers JSON with a list of {guess.count} objects"]
    return Choice(Engine.JSON_API, front.url, why, json=guess, documents=[front], expected=guess.count)


def _site(sight: Sight, today: date, country: str, languages: tuple[str, ...]) -> Choice | None:
    stated = [one for one in sight.samples if ad_on_page(one, today=today, spec=reader(one.url), general=False)]
    structured = bool(sight.samples) and len(stated) >= 0.6 * len(sight.samples)
    feed = _best_feed(sight, today)
    if structured:
        says = f"{len(stated)} of {len(sight.samples)} ad pages state schema.org JobPosting"
        sight.note("structured data", "found", says)
        mapped = 0 < len(sight.mapped) <= _SITEMAP_LIMIT or not sight.listed
        choice = _by_sitemap(sight) if sight.mapped and mapped and _same_pages(sight) else _by_list(sight)
        choice.why.insert(0, f"{says}: no field rules are needed")
        return choice
    if sight.samples:
        sight.note("structured data", "absent", "the ad pages state no JobPosting")
    if feed and _carries_whole_ads(feed, sight, today):
        count = len(extract(feed, today=today))
        why = [f"the feed carries whole texts of {count} ads: one request brings them all"]
        return Choice(Engine.FEED, feed.url, why, documents=[feed], expected=count)
    if sight.listed or sight.mapped:
        choice = _by_list(sight) if sight.listed else _by_sitemap(sight)
        _add_rules(choice, sight, today, country, languages)
        return choice
    if feed:
        count = len(extract(feed, today=today))
        sight.warnings.append("the feed carries teasers only, and no list page was found: ads will be cut short")
        return Choice(Engine.FEED, feed.url, ["only a feed of teasers was found"], documents=[feed], expected=count)
    return None


def _by_list(sight: Sight) -> Choice:
    """A listing source; `sight.listed` is there."""
    listed, front = sight.listed, sight.front
    if listed is None or front is None:
        return _by_sitemap(sight)
    follow = {"ad": listed.ad} | ({"next": sight.next} if sight.next else {})
    follow |= {"match": listed.match} if listed.match else {}
    why = [f"the list page links to {len(listed.urls)} ads"]
    native = _native_id(listed.shape, listed.urls)
    found = list(sight.samples)
    return Choice(Engine.LISTING, front.url, why, follow, native_id=native, documents=found, expected=len(listed.urls))


def _by_sitemap(sight: Sight) -> Choice:
    shape = usual_shape(sight.mapped)
    match = pattern_of(shape) if shape else None
    urls = [url for url in sight.mapped if not match or re.search(match, url)]
    why = [f"the sitemap lists {len(urls)} ad pages: the whole board, and what vanished is noticed"]
    follow = {"match": match} if match else {}
    native = _native_id(shape, urls)
    found = list(sight.samples)
    return Choice(Engine.SITEMAP, sight.sitemap, why, follow, native_id=native, documents=found, expected=len(urls))


def _same_pages(sight: Sight) -> bool:
    """True when the sitemap knows the kind of page that the list leads to."""
    return sight.listed is None or any(shape_of(url) == sight.listed.shape for url in sight.mapped)


def _native_id(shape: str, urls: Sequence[str]) -> str:
    """A pattern for the board's own number in an address; empty when the addresses hold none that tells ads apart."""
    match = pattern_of(shape)
    if match is None or shape.count("{n}") + shape.count("{id}") == 0:
        return ""
    key = r"\\d+" if "{n}" in shape else r"[^/?&#]*\\d[^/?&#]*"
    plain = key.replace("\\\\", "\\")
    head, found, _ = match.rpartition(plain)
    pattern = re.sub(r"\\\?.*", "", head) + f"({plain})" if found and "\\?" not in head else f"{head}({plain})"
    numbers = {hit[1] for url in urls if (hit := re.search(pattern, url))}
    return pattern if found and len(numbers) == len(set(urls)) else ""


def _best_feed(sight: Sight, today: date) -> Document | None:
    return max(sight.feeds, key=lambda feed: len(extract(feed, today=today)), default=None)


def _carries_whole_ads(feed: Document, sight: Sight, today: date) -> bool:
    """True when a feed's texts are about as long as the pages' own."""
    inside = extract(feed, today=today)
    if len(inside) < 3 and sight.samples:
        return False
    read = [*sight.samples, *sight.behind]
    pages = [len(ad.body) for one in read for ad in ad_on_page(one, today=today, spec=reader(one.url))]
    if pages:
        return median(len(ad.body) for ad in inside) >= _WHOLE_TEXT * median(pages)
    return not _cut_short(inside)


def _cut_short(ads: Sequence[Posting]) -> bool:
    """True when most texts end as one does that goes on elsewhere."""
    return sum(bool(_CUT_SHORT.search(ad.body)) for ad in ads) * 2 > len(ads)


def _add_rules(choice: Choice, sight: Sight, today: date, country: str, languages: tuple[str, ...]) -> None:
    """Rules for what general reading does not find on pages without structured data."""
    pages = [Page(one.text(), one.url) for one in sight.samples]
    read = [ad for one in sight.samples for ad in ad_on_page(one, today=today, spec=reader(one.url))[:1]]
    if not read:
        return
    texts = [sight.texts.get(page.url, "") for page in pages]
    heads = Counter(ad.title for ad in read)
    if (len(read) > 1 and heads.most_common(1)[0][1] > 1) or not all(ad.title for ad in read):
        title = guess_title(pages, texts)
        choice.rules += [title] if title else []
    body = guess_body(pages)
    if body and (_murky(read) or _purer(body, pages, read)):
        choice.rules.append(body)
    wanted = {"employer", "place", "pay", "posted_on", "contact"}
    choice.rules += guess_fields(pages, wanted, today=today, languages=languages, country=country)
    if choice.engine is Engine.SITEMAP and not choice.rules:
        choice.rules += [one for one in [guess_title(pages, texts)] if one]


def _purer(body: RuleGuess, pages: Sequence[Page], ads: Sequence[Posting]) -> bool:
    """True when a rule leaves out furniture that general reading keeps, and no way to reach anybody."""
    ruled = ["\n".join(on_page(page.selector, page.url)(body.rule)) for page in pages]
    if len(ruled) != len(ads) or not all(ruled):
        return False
    reaches = [_ways(ad.body) <= _ways(text) for ad, text in zip(ads, ruled, strict=True)]
    extra = median(1 - len(text) / max(1, len(ad.body)) for ad, text in zip(ads, ruled, strict=True))
    return all(reaches) and 0.03 < extra < 0.6


def _ways(text: str) -> int:
    return redacted(text).count("[contact]")


def _murky(ads: Sequence[Posting]) -> bool:
    """True when general reading finds too little, or the same lines on page after page."""
    lines = Counter(line for ad in ads for line in {line for line in ad.body.split("\n") if len(line) > 20})
    repeated = sum(len(line) * count for line, count in lines.items() if count > 1)
    everything = sum(len(ad.body) for ad in ads)
    return median(len(ad.body) for ad in ads) < 80 or repeated > 0.2 * everything


def mix(ads: Sequence[Posting]) -> dict[str, float]:
    """Language → share of the ads; the commonest first, `?` for those that could not be told."""
    counted = Counter(identify(ad.text) or "?" for ad in ads)
    return {language: count / len(ads) for language, count in counted.most_common()}


def guess_country(url: str, languages: Sequence[str], declared: str) -> tuple[str, str]:
    """(ISO country, why) of a board: its domain, what the page declares, else the main language's country."""
    if ending := country_of_address(url):
        return ending, f"the address ends in .{'uk' if ending == 'gb' else ending}"
    if match := re.fullmatch(r"[a-z]{2}[-_]([A-Za-z]{2})", declared):
        return match[1].lower(), f"the page declares {declared}"
    main = next((language for language in languages if language != "?"), "en")
    home = {"cs": "cz", "uk": "ua", "en": "gb", "sv": "se", "da": "dk", "et": "ee", "sl": "si", "sr": "rs"}
    return home.get(main, main), f"the ads' main language is {main}; correct it if the board is of another country"


def in_items(choice: Choice) -> list[Any]:
    """The objects of a JSON answer that a choice reads."""
    from crawlers.fields import at_path

    guess = choice.json
    value = parse_json(choice.documents[0].text()) if guess else None
    items = at_path(value, guess.items) if guess else []
    return list(items) if isinstance(items, list) else []
