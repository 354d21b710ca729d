# ruff: noqa: E501 — markup reads best unbroken
"""How each board answers a request: one small renderer per layout. Pure functions of the board's data."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from email.utils import format_datetime
from html import escape

from demo.boards import Ad, Board

PAGE_SIZE = 10
"""Ads on one listing page: crawlers have to follow `next`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server sends."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200


NOT_FOUND = Answer(b"<!doctype html><title>404</title><h1>404</h1>", status=404)
Render = Callable[[Board, str, dict[str, str], str], Answer]


def answer(board: Board, path: str, query: dict[str, str], base: str) -> Answer:
    """The answer of a board to a path; `base` is the board's own address without a final slash."""
    if path == "/robots.txt":
        lines = ["User-agent: *", "Disallow: /account/", "Allow: /"]
        lines += [f"Sitemap: {base}/sitemap.xml"] if board.layout == "jsonld" else []
        return Answer("\n".join(lines).encode(), "text/plain; charset=utf-8")
    return _RENDERERS[board.layout](board, path, query, base)


def _find(board: Board, path: str, prefix: str) -> Ad | Answer | None:
    """The ad a path means, or the answer of a page that misbehaves."""
    if not path.startswith(prefix):
        return None
    wanted = path.removeprefix(prefix)
    fault = next((guest.fault for guest in board.guests if guest.id == wanted), None)
    if fault == "error":
        return Answer(b"<h1>Internal Server Error</h1>", status=500)
    if fault == "empty":
        return Answer(b"", "text/html")
    if fault == "malformed":
        cut = (
            '{"@context": "https://schema.org", "@type": "JobPosting", "title": "Pomoc kuchenna", "description": "<p>Um'
        )
        return Answer(f'<!doctype html><title>…</title><script type="application/ld+json">{cut}</script>'.encode())
    return next((ad for ad in board.ads if ad.id == wanted), NOT_FOUND)


def _ids_of_page(board: Board, query: dict[str, str]) -> tuple[list[tuple[str, str]], int | None]:
    """(id, link text) pairs of a listing page, and the number of the next page."""
    number = int(query["page"]) if query.get("page", "").isdigit() else 1
    links = [(ad.id, ad.title) for ad in board.ads] + [(guest.id, "…") for guest in board.guests]
    start = (number - 1) * PAGE_SIZE
    return links[start : start + PAGE_SIZE], number + 1 if start + PAGE_SIZE < len(links) else None


def _cards(board: Board, path: str, query: dict[str, str], base: str) -> Answer:
    found = _find(board, path, "/anunt/")
    if isinstance(found, Answer):
        return found
    if found is not None:
        extra = f'<p class="firma">{escape(found.employer)}</p>' if found.employer else ""
        place = f'<span class="loc">{escape(found.place)}</span>' if found.place else ""
        day = board.posted_on(found)
        body = escape(found.body).replace("\n", "<br>")
        inner = (
            f'<article class="anunt"><h1>{escape(found.title)}</h1>{extra}<p class="meta">{place} '
            f'<time datetime="{day}">{day:%d.%m.%Y}</time></p><div class="text">{body}</div></article>'
            '<aside><a href="/">Înapoi</a> · Raportați un anunț</aside>'
        )
        return _html(board, f"{found.title} – {board.title}", inner)
    if path != "/":
        return NOT_FOUND
    links, following = _ids_of_page(board, query)
    cards = "".join(
        f'<div class="card"><a class="titlu" href="/anunt/{key}">{escape(text)}</a></div>' for key, text in links
    )
    more = f'<a rel="next" class="urm" href="/?page={following}">mai departe</a>' if following else ""
    return _html(board, board.title, f"<h1>{escape(board.title)}</h1>{cards}{more}")


def _html(board: Board, title: str, inner: str) -> Answer:
    style = "<style>body{font:16px system-ui;max-width:46rem;margin:2rem auto;line-height:1.5}</style>"
    page = (
        f'<!doctype html><html lang="{board.language}"><head><meta charset="{board.encoding}"><title>{escape(title)}</title>'
        f"{style}</head><body><nav>Zorya demo – invented</nav><main>{inner}</main></body></html>"
    )
    declared = "; charset=utf-8" if board.encoding == "utf-8" else ""
    return Answer(page.encode(board.encoding, "xmlcharrefreplace"), f"text/html{declared}")


def _table(board: Board, path: str, query: dict[str, str], base: str) -> Answer:
    found = _find(board, path, "/job/")
    if isinstance(found, Answer):
        return found
    if found is not None:
        rows = [("Город", found.place), ("Компания", found.employer), ("Дата", f"{board.posted_on(found):%d.%m.%Y}")]
        cells = "".join(f"<tr><th>{name}</th><td>{escape(value)}</td></tr>" for name, value in rows if value)
        inner = f'<h2 class="zag">{escape(found.title)}</h2><table class="info">{cells}</table><p class="opis">{escape(found.body)}</p>'
        return _html(board, found.title, inner)
    if path != "/":
        return NOT_FOUND
    links, following = _ids_of_page(board, query)
    rows_html = "".join(f'<tr><td><a class="job" href="/job/{key}">{escape(text)}</a></td></tr>' for key, text in links)
    more = f'<a class="dalee" href="/?page={following}">дальше</a>' if following else ""
    return _html(board, board.title, f"<table>{rows_html}</table>{more}")


def _broken(board: Board, path: str, query: dict[str, str], base: str) -> Answer:
    """Tags in capitals, never closed, closed twice; bare ampersands; attributes without quotes."""
    found = _find(board, path, "/obiava/")
    if isinstance(found, Answer):
        return found
    if found is not None:
        rest = f"<tr><td class=firma>{found.employer} & Ко" if found.employer else ""
        page = (
            (
                f"<TITLE>{board.title}<BODY bgcolor=#ffffee><table width=100%><tr><td class=zagl>{found.title}"
                f"<tr><td class=tekst>{found.body}</font></div>{rest}<tr><td class=mqsto>{found.place or ''}"
                f"<tr><td class=data>{board.posted_on(found):%d.%m.%Y}</TABLE></td><a href=/>назад</p></b>"
            )
            .replace("<TITLE>", "<HTML><HEAD><TITLE>", 1)
            .replace("<BODY", "</TITLE><BODY", 1)
        )
        return Answer(page.encode())
    if path != "/":
        return NOT_FOUND
    links, following = _ids_of_page(board, query)
    items = "".join(f"<li><a class=obiava href=/obiava/{key}>{text}<br>" for key, text in links)
    more = f"<p><a class=next href=/?page={following}>още »" if following else ""
    return Answer(f"<HTML><TITLE>{board.title}</TITLE><BODY><ul>{items}</ul></div>{more}</BODY>".encode())


def _jsonld(board: Board, path: str, query: dict[str, str], base: str) -> Answer:
    if path == "/sitemap.xml":
        ids = [ad.id for ad in board.ads] + [guest.id for guest in board.guests]
        urls = "".join(f"<url><loc>{base}/vacancy/{key}</loc></url>" for key in ids)
        head = '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        return Answer(f"{head}<url><loc>{base}/about</loc></url>{urls}</urlset>".encode(), "application/xml")
    found = _find(board, path, "/vacancy/")
    if isinstance(found, Answer):
        return found
    if found is not None:
        data = json.dumps(_job_posting(board, found, base), ensure_ascii=False).replace("</", "<\\/")
        inner = f'<script type="application/ld+json">{data}</script><h1>{escape(found.title)}</h1><p>{escape(found.body)}</p>'
        return _html(board, found.title, inner)
    if path not in {"/", "/about"}:
        return NOT_FOUND
    links = "".join(f'<li><a href="/vacancy/{ad.id}">{escape(ad.title)}</a></li>' for ad in board.ads)
    return _html(board, board.title, f"<h1>{escape(board.title)}</h1><ul>{links}</ul>")


def _job_posting(board: Board, ad: Ad, base: str) -> dict[str, object]:
    posting: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "identifier": {"@type": "PropertyValue", "name": board.title, "value": ad.id},
        "url": f"{base}/vacancy/{ad.id}",
        "title": ad.title,
        "description": f"<p>{escape(ad.body)}</p>",
        "datePosted": board.posted_on(ad).isoformat(),
        "jobLocation": {
            "@type": "Place",
            "address": {"@type": "PostalAddress", "addressLocality": ad.place, "addressCountry": ad.country},
        },
    }
    if ad.employer:
        posting["hiringOrganization"] = {"@type": "Organization", "name": ad.employer}
    return posting


def _telegram(board: Board, path: str, query: dict[str, str], base: str) -> Answer:
    """The preview of a public channel: newest message last, older ones by `?before=`."""
    channel = board.channel or "channel"
    if path == "/":
        return _html(board, board.title, f'<h1>{escape(board.title)}</h1><a href="/s/{channel}">@{channel}</a>')
    if path != f"/s/{channel}":
        return NOT_FOUND
    before = int(query["before"]) if query.get("before", "").isdigit() else 10**9
    older = sorted((ad for ad in board.ads if int(ad.id) < before), key=lambda ad: int(ad.id))
    shown = older[-PAGE_SIZE:]
    messages = "".join(_message(board, ad, channel, base) for ad in shown)
    more = ""
    if len(older) > len(shown):
        link = f"/s/{channel}?before={shown[0].id}"
        more = f'<div class="tgme_widget_message_centered"><a href="{link}" class="tme_messages_more" data-before="{shown[0].id}"></a></div>'
    inner = f'<div class="tgme_channel_info_header_title"><span>{escape(board.title)}</span></div><section class="tgme_channel_history">{more}{messages}</section>'
    return _html(board, f"{board.title} – Telegram", inner)


def _message(board: Board, ad: Ad, channel: str, base: str) -> str:
    when = datetime.combine(board.posted_on(ad), time(9, int(ad.id) % 60), UTC).isoformat()
    text = f"<b>{escape(ad.title)}</b><br/><br/>{escape(ad.body)}"
    if ad.employer:
        text += f"<br/>{escape(ad.employer)}"
    return (
        f'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap js-widget_message" '
        f'data-post="{channel}/{ad.id}"><div class="tgme_widget_message_bubble"><div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'
        f'<div class="tgme_widget_message_footer"><span class="tgme_widget_message_meta"><a class="tgme_widget_message_date" '
        f'href="{base}/{channel}/{ad.id}"><time datetime="{when}" class="time">{when[11:16]}</time></a></span></div></div></div></div>'
    )


def _json(board: Board, path: str, query: dict[str, str], base: str) -> Answer:
    if path == "/":
        return _html(board, board.title, f'<h1>{escape(board.title)}</h1><a href="/api/jobs">/api/jobs</a>')
    if path != "/api/jobs":
        return NOT_FOUND
    number = int(query["page"]) if query.get("page", "").isdigit() else 1
    start = (number - 1) * PAGE_SIZE
    items = [
        {
            "id": int(ad.id),
            "url": f"{base}/jobs/{ad.id}",
            "title": ad.title,
            "text": ad.body,
            "company": {"name": ad.employer},
            "location": ", ".join(filter(None, (ad.place, ad.country))),
            "date": board.posted_on(ad).isoformat(),
        }
        for ad in board.ads[start : start + PAGE_SIZE]
    ]
    following = f"{base}/api/jobs?page={number + 1}" if start + PAGE_SIZE < len(board.ads) else None
    page = {"jobs": items, "links": {"next": following}, "total": len(board.ads)}
    return Answer(json.dumps(page, ensure_ascii=False).encode(), "application/json")


def _feed(board: Board, path: str, query: dict[str, str], base: str) -> Answer:
    if path == "/":
        return _html(board, board.title, f'<h1>{escape(board.title)}</h1><a href="/rss.xml">RSS</a>')
    if path != "/rss.xml":
        return NOT_FOUND
    items = "".join(
        f'<item><title>{escape(ad.title)}</title><link>{base}/inzerat/{ad.id}</link><guid isPermaLink="false">{ad.id}</guid>'
        f"<description><![CDATA[<p>{escape(ad.body)}</p><p>{escape(ad.place or '')}</p>]]></description>"
        f"<pubDate>{format_datetime(datetime.combine(board.posted_on(ad), time(8), UTC))}</pubDate></item>"
        for ad in board.ads
    )
    head = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{escape(board.title)}</title>'
    return Answer(
        f"{head}<link>{base}/</link><description>demo</description>{items}</channel></rss>".encode(),
        "application/rss+xml",
    )


_RENDERERS: dict[str, Render] = {
    "cards": _cards,
    "table": _table,
    "broken": _broken,
    "jsonld": _jsonld,
    "telegram": _telegram,
    "json": _json,
    "feed": _feed,
}
