"""A digest as a person reads it: cards, plain text and HTML, in the partner's language, from the same facts.

Everything that came from an ad passes Jinja's escaping and is no link; nothing in the mail is fetched from anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from mjml import mjml2html

from alerts.redaction import Redaction
from alerts.words import Words
from zorya.domain.sharing import Alert, Marking
from zorya.store.indicator_texts import Titles

TEMPLATES = Path(__file__).parent / "templates"
MAX_BYTES = 90_000
"""Text and HTML together; beyond some 100 KB mail readers cut a mail off."""
_TOKEN_BYTES = 16
"""So much longer, at most, is a link's token than the placeholder that is stored."""
_ROOM = ((25, 200), (15, 200), (10, 150), (6, 120), (3, 100), (0, 100), (0, 50))
"""How many cards are tried in full, and how many more in brief."""
_TLP_COLOURS = {
    Marking.CLEAR: "#FFFFFF",
    Marking.GREEN: "#33FF00",
    Marking.AMBER: "#FFC000",
    Marking.AMBER_STRICT: "#FFC000",
    Marking.RED: "#FF2B2B",
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A digest ready to store or to show."""

    marking: Marking
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Asked:
    """By when a card is to be answered, and at which address (empty: by mail)."""

    due_at: datetime
    link: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a card; `lang` where it is not the reader's, `link` where it is an address of ours."""

    label: str
    value: str
    lang: str | None = None
    link: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """An alert as its partner reads it, in words."""

    number: int
    id: str
    severity: int
    title: str
    brief: str
    facts: str
    rows: tuple[Row, ...]
    marking: str = ""
    """As the card shows it, whoever cuts it out; empty where a card holds nothing of an alert."""

    @property
    def link(self) -> str:
        """Where to answer; empty where that is by mail."""
        return next((row.link for row in self.rows if row.link), "")


def drawn(marking: Marking, head: dict[str, Any], cards: Sequence[Card], words: Words, *, page: str = "") -> Rendered:
    """Text and HTML of a head and its cards, below 90 KB together: many cards stand in brief, the last are counted.

    `page` is the address at which the partner reads them all.
    """
    text = html = ""
    for in_full, in_brief in _ROOM:
        layout = _layout(cards, words, in_full, in_brief, page)
        text = _environment(html=False).get_template("digest.txt.j2").render(**head, **layout).strip() + "\n"
        html = mjml2html(_environment(html=True).get_template("digest.mjml.j2").render(**head, **layout), fonts={})
        if _size(text) + _size(html) < MAX_BYTES:
            break
    return Rendered(marking, head["subject"], text, html)


def _size(part: str) -> int:
    return len(part.encode()) + _TOKEN_BYTES * (part.count("/ANSWER-") + part.count("/PAUSE-"))


def note(words: Words, marking: Marking, subject: str, body: str) -> Rendered:
    """A short message without alerts, in the dress of a digest."""
    head = {"subject": subject, "preheader": "", "heading": subject, "lines": [body], "foot": [], "pause": None}
    return drawn(marking, bar(words, marking) | head, [], words)


def _layout(cards: Sequence[Card], words: Words, in_full: int, in_brief: int, page: str) -> dict[str, Any]:
    full, brief = cards[:in_full], cards[in_full : in_full + in_brief]
    omitted = len(cards) - len(full) - len(brief)
    return {
        "cards": full,
        "brief": brief,
        "brief_title": words.plural("brief", len(cards) - len(full)) if brief else "",
        "omitted": words.plural("omitted" if page else "omitted_ask", omitted) if omitted else "",
        "page": page,
        "answer": words.text("label_answer"),
    }


def bar(words: Words, marking: Marking) -> dict[str, Any]:
    """The marking as the mail shows it."""
    colour = _TLP_COLOURS[marking]
    return {"lang": words.code, "marking": marking.value, "permits": words.marking(marking), "colour": colour}


def card_of(number: int, alert: Alert, words: Words, titles: Titles, asked: Asked, redact: Redaction) -> Card:
    """A card in the partner's words, with no more of its contacts than `redact` allows."""
    facts = redact.narrowed(alert.content)
    band = str(facts["band"] or "none").replace("-", "_")
    first, last = (_moment(facts[name], alert.created_at) for name in ("first_seen", "last_seen"))
    extent = [words.plural("ads", _int(facts["ads"])), ", ".join(_texts(facts["sources"])), words.span(first, last)]
    severity = words.text(f"severity_{alert.severity}")
    reviewed = words.plural("reviewed", _int(facts["reviewers"]))
    ask = words.text("ask_urgent" if alert.severity == 3 else "ask", due=words.day(asked.due_at))
    patterns = words.join([words.text(f"pattern_{name}") for name in _texts(facts["patterns"])])
    where = _where(_texts(facts["places"]), words.countries(_texts(facts["countries"])))
    contacts = [words.contact(masked) for masked in _texts(facts["contacts"])]
    rows = (
        Row(words.text("label_pattern"), patterns),
        _why(facts["why"], words, titles),
        Row(words.text("label_where"), where or words.text("not_named")),
        Row(words.text("label_extent"), " · ".join(part for part in extent if part)),
        Row(words.text("label_languages"), words.join(words.languages(_texts(facts["languages"])))),
        Row(words.text("label_contacts"), " · ".join(contacts) or words.text("not_named")),
        Row(words.text("label_addresses"), "\n".join(_texts(facts["addresses"]))),
        Row(words.text("label_ask"), ask, strong=True),
        Row(words.text("label_answer"), words.text("answer_here") if asked.link else "", link=asked.link),
    )
    estimate = words.text("estimate", band=words.text(f"band_{band}"))
    return Card(
        number=number,
        id=alert.id,
        severity=alert.severity,
        title=severity,
        brief=" · ".join(part for part in (severity, extent[0], where) if part),
        facts=f"{estimate} · {reviewed}",
        rows=tuple(row for row in rows if row.value),
        marking=alert.marking.value,
    )


def _why(signs: object, words: Words, titles: Titles) -> Row:
    """Titles of the indicators; the English ones that reviewers saw where the partner's language has none."""
    named = [sign for sign in signs if isinstance(sign, dict)] if isinstance(signs, list) else []
    told = [titles.get((str(sign["code"]), _int(sign.get("revision"))), "") for sign in named]
    shown = "; ".join(title or str(sign["title"]) for title, sign in zip(told, named, strict=True))
    return Row(words.text("label_why"), shown, lang=None if any(told) else "en")


def _where(places: list[str], countries: list[str]) -> str:
    """`Rotterdam, Chișinău (Netherlands, Moldova)`; places that name more than one thing are parted by semicolons."""
    named, lands = ("; " if any("," in place for place in places) else ", ").join(places), ", ".join(countries)
    return f"{named} ({lands})" if named and lands else named or lands


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _moment(value: object, default: datetime) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else default


@cache
def _environment(*, html: bool) -> Environment:
    loader = FileSystemLoader(TEMPLATES)
    return Environment(loader=loader, autoescape=html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 — the text part is not HTML
