"""A model's card as Markdown and as one HTML page without anything from elsewhere."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.registry.card import TITLES, Card

TEMPLATES = Path(__file__).parent.parent / "cards"


def markdown(card: Card) -> str:
    """The card as Markdown; what is missing says so in its place."""
    return "\n".join(_lines(card)).rstrip() + "\n"


def html(card: Card) -> str:
    """The card as a page; every text in it is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("model_card.html").render(card=card, titles=TITLES, missing=card.missing)


def _lines(card: Card) -> Iterator[str]:
    yield f"# {card.manifest.reference}\n"
    missing = card.missing
    for name, title in TITLES.items():
        yield f"## {title}\n"
        if name in missing:
            yield f"**Missing.** `{missing[name]}` fills this section; the model cannot be promoted before.\n"
            continue
        section = card.sections[name]
        listed = "- " if len(section.says) > 1 else ""
        yield from (f"{listed}{_escaped(each)}" for each in section.says)
        yield ""
        if section.rows:
            yield from _table(section.columns, section.rows)
            yield ""
        if section.made_by:
            yield f"*{_escaped(section.made_by)}, {_escaped(section.made_at)}*\n"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(map(_escaped, columns)) + " |"
    yield "|" + " --- |" * len(columns)
    yield from ("| " + " | ".join(map(_escaped, row)) + " |" for row in rows)


def _escaped(text: str) -> str:
    """One line that cannot end a cell or begin a tag."""
    line = " ".join(text.split())
    return line.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
