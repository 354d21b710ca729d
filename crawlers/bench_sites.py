"""Invented sites for the benchmark: ten layouts as boards have them, filled with invented ads. Nothing is copied.

A page is some 40 kB: navigation, related cards with teasers, scripts, a cookie note, a footer. Layouts differ in what
a selector could hold on to: classes, item properties, test ids, build hashes, table cells without any name.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from crawlers.bench_ads import Ad, ad, languages

Layout = Callable[[Ad, "Surroundings"], str]


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page with the truth about it; `head` is the part of `source` that JSON-LD may be added to."""

    url: str
    source: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around an ad on its page, and the dice for what varies from page to page."""

    site: str
    related: tuple[Ad, ...]
    dice: random.Random


def _around(inner: str, title: str, around: Surroundings, *, body_class: str = "") -> str:
    links = "".join(f'<li class="nav-item"><a href="/c/{n}">Category {n} of the board</a></li>' for n in range(120))
    script = "".join(f"window.q{n}=function(a){{return a+{n}}};" for n in range(around.dice.randint(180, 240)))
    scripts = f"<script>{script}</script>" * 2
    style = "".join(f".w{n}{{margin:{n}px;color:#{n:06x}}}" for n in range(150))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} | {around.site}</title>'
        f'<meta name="description" content="Ads of {around.site}"><style>{style}</style>{scripts}</head>'
        f'<body class="{body_class}"><header class="top"><a href="/">{around.site}</a><ul class="nav">{links}</ul>'
        f'</header><div class="cookie-note" style="display:none"><p>We keep what this page needs and nothing '
        f"else. Choose what you allow, you may change it at any time.</p><button>Fine</button></div>{inner}"
        f'<footer class="foot"><p>Terms of use of {around.site}. Whoever places an ad answers for it. '
        "Reports are read within a day.</p>"
        '<a href="/imprint">Imprint</a> <a href="/help">Help</a></footer></body></html>'
    )


def _paragraphs(one: Ad) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in one.parts)


def _cards(around: Surroundings, name: str) -> str:
    shown = around.related[: around.dice.randint(4, len(around.related))]
    return "".join(
        f'<div class="{name}"><a href="/ad/{one.number}">{escape(one.title)}</a><p>{escape(one.parts[0][:120])}…</p>'
        f"<span>{escape(one.place)}</span></div>"
        for one in shown
    )


def _facts(one: Ad, row: str) -> str:
    known = (("Place", one.place, "place"), ("Pay", one.pay, "pay"), ("Company", one.employer, "employer"))
    return "".join(row.format(label=label, value=escape(value), name=name) for label, value, name in known if value)


def _article(one: Ad, around: Surroundings) -> str:
    facts = _facts(one, '<li>{label}: <span class="{name}">{value}</span></li>')
    banner = '<div class="advert-box"><a href="/x">Learn a language in ten weeks, from home</a></div>'
    inner = (
        f'<main><article class="vacancy"><h1>{escape(one.title)}</h1><time datetime="{one.posted_on}">{one.posted_on}'
        f'</time><ul class="facts">{facts}</ul><div class="description">{_paragraphs(one)}</div>'
        f"{banner if around.dice.random() < 0.5 else ''}</article>"
        f'<aside class="related">{_cards(around, "card")}</aside></main>'
    )
    return _around(inner, one.title, around)


def _blog(one: Ad, around: Surroundings) -> str:
    share = '<div class="sharedaddy"><a href="#">Share this</a> <a href="#">Print this page</a></div>'
    inner = (
        f'<div id="content" class="site-content"><div id="post-{one.number}" class="post-{one.number} post hentry">'
        f'<h1 class="entry-title">{escape(one.title)}</h1><div class="entry-meta">Posted on <span class="date">'
        f'{one.posted_on:%d.%m.%Y}</span></div><div class="entry-content">{_paragraphs(one)}'
        f"{share if around.dice.random() < 0.6 else ''}</div></div>"
        f'<div class="widget-area">{_cards(around, "recent")}</div></div>'
    )
    return _around(inner, one.title, around, body_class=f"single postid-{one.number}")


def _hashed(one: Ad, around: Surroundings) -> str:
    inner = (
        f'<div class="css-1x2k9 sc-bZQynM"><div class="css-9f8e7d"><div data-testid="ad-title" class="css-77aa"><h2>'
        f'{escape(one.title)}</h2></div><div class="css-1m8mzwg" data-testid="ad-description">'
        f'{"<br>".join(map(escape, one.parts))}</div><p data-testid="ad-place">{escape(one.place)}</p></div>'
        f'<div class="css-a1b2">{_cards(around, "css-0q1w2")}</div></div>'
    )
    return _around(inner, one.title, around)


def _hashed_unmarked(one: Ad, around: Surroundings) -> str:
    inner = (
        f'<div class="css-1x2k9"><div class="css-9f8e7d"><h1 class="css-1soizd2">{escape(one.title)}</h1>'
        f'<div class="css-1m8mzwg">{_paragraphs(one)}</div></div>'
        f'<div class="css-a1b2">{_cards(around, "css-0q")}</div></div>'
    )
    return _around(inner, one.title, around)


def _columns(one: Ad, around: Surroundings) -> str:
    facts = _facts(one, "<tr><th>{label}</th><td>{value}</td></tr>")
    inner = (
        f'<div class="container"><div class="row"><div class="col-md-8"><div class="panel"><div class="panel-heading">'
        f'<h1>{escape(one.title)}</h1></div><div class="panel-body"><table class="table">{facts}</table>'
        f'{_paragraphs(one)}</div></div></div><div class="col-md-4"><div class="panel"><h3>Similar</h3>'
        f"{_cards(around, 'media')}</div></div></div></div>"
    )
    return _around(inner, one.title, around)


_SECTIONS = ("About the work", "What we ask", "What we offer", "How to apply", "More", "Hours", "Team")


def _sections(one: Ad, around: Surroundings) -> str:
    blocks = "".join(
        f'<section class="job-section"><h3>{name}</h3><p>{escape(part)}</p></section>'
        for name, part in zip(_SECTIONS, one.parts, strict=False)
    )
    inner = (
        f'<div class="job" itemscope><h1 itemprop="title">{escape(one.title)}</h1><p class="company">'
        f'{escape(one.employer)}</p><div class="job-text">{blocks}</div>'
        f'<form class="apply"><input name="q"><button>Send your application now</button></form></div>'
        f'<div class="similar-jobs">{_cards(around, "similar")}</div>'
    )
    return _around(inner, one.title, around)


def _old_table(one: Ad, around: Surroundings) -> str:
    body = "<br><br>".join(escape(part) for part in one.parts)
    inner = (
        f'<center><table width="900"><tr><td width="200"><font size="2">{_cards(around, "")}</font></td>'
        f'<td><font size="4"><b>{escape(one.title)}</b></font><hr><table><tr><td><font size="2">{body}</font></td></tr>'
        f"</table></td></tr></table></center>"
    )
    return _around(inner, one.title, around)


def _interrupted(one: Ad, around: Surroundings) -> str:
    banner = '<div class="promo-inline"><a href="/p">Insurance for drivers, compare now</a></div>'
    parts = [f"<p>{escape(part)}</p>" for part in one.parts]
    parts.insert(min(1, len(parts)), banner)
    phone = f'<p class="call"><a href="tel:{one.phone.replace(" ", "")}">{one.phone}</a></p>' if one.phone else ""
    inner = (
        f'<div class="page"><div class="left"><h1 class="headline">{escape(one.title)}</h1><div class="ad-body">'
        f'{"".join(parts)}</div>{phone}</div><div class="right">{_cards(around, "teaser")}</div></div>'
    )
    return _around(inner, one.title, around)


def _listed(one: Ad, around: Surroundings) -> str:
    items = "".join(f"<li>{escape(part)}</li>" for part in one.parts)
    inner = (
        f'<div class="wrap"><div class="offer"><div class="offer-title"><h1>{escape(one.title)}</h1></div>'
        f'<div class="offer-text"><ul>{items}</ul></div><div class="offer-date">{one.posted_on:%d.%m.%Y}</div></div>'
        f'<div class="more-offers">{_cards(around, "offer-card")}</div></div>'
    )
    return _around(inner, one.title, around)


def _two_kinds(one: Ad, around: Surroundings) -> str:
    return (_article if one.number % 3 else _premium)(one, around)


def _premium(one: Ad, around: Surroundings) -> str:
    inner = (
        f'<div class="hero"><div class="hero-title"><h1>{escape(one.title)}</h1></div></div><div class="story">'
        f'<div class="story-text">{_paragraphs(one)}</div><div class="gallery"></div></div>'
        f'<div class="strip">{_cards(around, "strip-item")}</div>'
    )
    return _around(inner, one.title, around)


LAYOUTS: dict[str, Layout] = {
    "article": _article,
    "blog": _blog,
    "test-ids": _hashed,
    "hashes-only": _hashed_unmarked,
    "columns": _columns,
    "sections": _sections,
    "old-table": _old_table,
    "interrupted": _interrupted,
    "list": _listed,
    "two-kinds": _two_kinds,
}


def page(layout: str, number: int, *, seed: int = 0) -> SitePage:
    """One page of the site that has this layout; the same arguments give the same page."""
    name = f"{layout}-{seed}"
    dice = random.Random(f"{name}:{number}:page")  # noqa: S311 — invented data
    language = languages()[(sorted(LAYOUTS).index(layout) + seed) % len(languages())]
    one = ad(name, number, language)
    related = tuple(ad(name, dice.randint(10_000, 99_999), language) for _ in range(20))
    source = LAYOUTS[layout](one, Surroundings(f"{name}.example", related, dice))
    headed = zip(_SECTIONS, one.parts, strict=False)
    parts = [text for pair in headed for text in pair] if layout == "sections" else one.parts
    return SitePage(f"https://{name}.example/ad/{number}", source, one.title, "\n".join(parts))


def with_job_posting(one: SitePage) -> SitePage:
    """The same page with its ad as schema.org JobPosting in JSON-LD."""
    job = {"@context": "https://schema.org", "@type": "JobPosting", "title": one.title, "datePosted": "2026-11-20"}
    job |= {"description": "".join(f"<p>{escape(part)}</p>" for part in one.body.split("\n"))}
    script = f'<script type="application/ld+json">{json.dumps(job, ensure_ascii=False)}</script></head>'
    return SitePage(one.url, one.source.replace("</head>", script, 1), one.title, one.body)
