"""The invented boards that `zorya bench crawl` reads: a raw asyncio server on loopback, one board per address.

Started as a process of its own, so that its work is not counted as the crawl's. Prints the port, then serves until its
stdin ends. Every board has list pages of fifty ads, newest first, and ads of about 40 KB that state a JobPosting.
"""

import asyncio
import hashlib
import json
import socket
import sys
from functools import cache

PER_PAGE = 50
_NAV = "".join(f'<li><a href="/about/{n}">Section {n} of the board</a></li>' for n in range(120))
_RELATED = "".join(
    f'<div class="card"><h4>Related offer {n}</h4><p>{"A short text about another offer on this board. " * 6}</p></div>'
    for n in range(30)
)
_SCRIPT = "<script>" + "var settings = {colour: 'blue', items: [1, 2, 3]};\n" * 120 + "</script>"
_SENTENCES = (
    "The bakery looks for a person who likes early mornings.",
    "You get a contract from the first day and a paid trial week.",
    "We pay travel between our two shops and give two meals a shift.",
    "Call Mrs Anghel on +44 7700 900123 between nine and noon.",
    "Your questions are welcome before you decide.",
)
_STREETS = ("apple", "birch", "cedar", "dill", "elm", "fern", "gorse", "hazel", "iris", "jasmine")


def ad_text(number: int) -> str:
    """The ad's own text; no two ads say the same, or the crawl would rightly end red."""
    chosen = [_SENTENCES[(number * 7 + step * 3) % len(_SENTENCES)] for step in range(18)]
    street = "-".join(_STREETS[int(digit)] for digit in str(number))
    return f"Offer number {number}, in the shop by the {street} gate. " + " ".join(chosen)


@cache
def ad_page(number: int) -> bytes:
    """One ad, 40 KB."""
    job = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "identifier": str(number),
        "title": f"Baker, shop {number}",
        "description": f"<p>{ad_text(number)}</p>",
        "datePosted": "2026-11-20",
        "hiringOrganization": {"@type": "Organization", "name": f"Bakery {number % 40}"},
        "jobLocation": {"@type": "Place", "address": {"addressLocality": "Chisinau", "addressCountry": "MD"}},
    }
    return (
        f"<html lang='en'><head><title>Baker, shop {number} | Board</title>"
        f'<script type="application/ld+json">{json.dumps(job)}</script>{_SCRIPT}</head>'
        f"<body><ul class='nav'>{_NAV}</ul><h1>Baker, shop {number}</h1><div class='text'>{ad_text(number)}</div>"
        f"<aside>{_RELATED}</aside></body></html>"
    ).encode()


def list_page(number: int, total: int) -> bytes:
    """List page `number` (from 1) of a board with `total` ads, newest first."""
    newest = total - (number - 1) * PER_PAGE
    shown = range(newest, max(newest - PER_PAGE, 0), -1)
    cards = "".join(
        f"<li class='offer'><a class='ad' href='/ad/{n}'>Baker, shop {n}</a><p>Full time</p></li>" for n in shown
    )
    more = f"<a class='next' href='/list/{number + 1}'>more</a>" if newest > PER_PAGE else ""
    return f"<html><body><ul>{cards}</ul>{more}</body></html>".encode()


class Boards:
    """All boards of one server; `total` is how many ads each shows."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.requests = 0

    def answer(self, target: str) -> tuple[str, bytes]:
        """Status line and body of a path."""
        if target == "/robots.txt":
            return "200 OK", b"User-agent: *\nAllow: /\n"
        kind, _, rest = target.strip("/").partition("/")
        if kind == "total" and rest.isdigit():
            self.total = int(rest)
            return "200 OK", b"changed"
        if kind == "requests":
            return "200 OK", str(self.requests).encode()
        if kind == "list" and rest.isdigit():
            return "200 OK", list_page(int(rest), self.total)
        if kind == "ad" and rest.isdigit() and int(rest) <= self.total:
            return "200 OK", ad_page(int(rest))
        return "404 Not Found", b"nothing here"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept open."""
        while head := await _head(reader):
            target = head.split(b" ", 2)[1].decode("ascii", "replace")
            status, body = self.answer(target)
            self.requests += target.startswith(("/list/", "/ad/"))
            tag = f'"{hashlib.blake2s(body, digest_size=8).hexdigest()}"'
            if tag.encode() in head:
                status, body = "304 Not Modified", b""
            kind = "text/plain" if target == "/robots.txt" else "text/html; charset=utf-8"
            head_lines = f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"ETag: {tag}", f"Content-Length: {len(body)}"
            writer.write("\r\n".join(head_lines).encode() + b"\r\n\r\n" + body)
            await writer.drain()
        writer.close()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


async def main(hosts: int, total: int) -> None:
    """Serve `hosts` boards at 127.0.0.1, 127.0.0.2, … on one port until stdin ends."""
    boards = Boards(total)
    first = socket.create_server(("127.0.0.1", 0))
    port = first.getsockname()[1]
    sockets = [first, *(socket.create_server((f"127.0.0.{n}", port)) for n in range(2, hosts + 1))]
    servers = [await asyncio.start_server(boards.serve, sock=one) for one in sockets]
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for server in servers:
        server.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
