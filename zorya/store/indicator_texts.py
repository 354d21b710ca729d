"""What an indicator is called in the languages of pages and mails, by code and revision.

The catalogue lies in a room that pages and digests do not import; each screening notes its words here. A hit keeps
the English title that people saw; whoever draws it asks here for another language and falls back to that title.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from zorya.store.schema import indicator_texts

Titles = dict[tuple[str, int], str]
"""(code, revision) → title in one language."""


@dataclass(frozen=True, slots=True)
class IndicatorText:
    """Title of one revision of an indicator, and why it matters, in one language (ISO 639-1)."""

    code: str
    revision: int
    language: str
    title: str
    why: str


def note(connection: Connection, texts: Iterable[IndicatorText]) -> int:
    """Keep these words in place of earlier ones of the same code, revision and language; returns how many were new.

    Words of other revisions stay: hits of earlier screenings are shown by them.
    """
    known = {_key(each): each for each in _all(connection)}
    new = [text for text in texts if known.get(_key(text)) != text]
    columns = indicator_texts.c
    for text in new:
        if _key(text) in known:
            same = (columns.code == text.code, columns.revision == text.revision, columns.language == text.language)
            connection.execute(delete(indicator_texts).where(*same))
    if new:
        values = [
            {"code": t.code, "revision": t.revision, "language": t.language, "title": t.title, "why": t.why}
            for t in new
        ]
        connection.execute(insert(indicator_texts), values)
    return len(new)


def titles(connection: Connection, language: str) -> Titles:
    """Every title known in a language."""
    query = select(indicator_texts).where(indicator_texts.c.language == language)
    return {(row.code, row.revision): row.title for row in connection.execute(query)}


def names(connection: Connection, language: str) -> dict[str, str]:
    """Code → title of its newest revision, in English where the language has none."""
    columns = indicator_texts.c
    query = select(indicator_texts).where(columns.language.in_(["en", language]))
    found: dict[str, str] = {}
    for row in connection.execute(query.order_by(columns.language == language, columns.revision)):
        found[row.code] = row.title
    return found


def _all(connection: Connection) -> Iterable[IndicatorText]:
    return [IndicatorText(**row) for row in connection.execute(select(indicator_texts)).mappings()]


def _key(text: IndicatorText) -> tuple[str, int, str]:
    return text.code, text.revision, text.language
