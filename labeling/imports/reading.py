"""Foreign rows as labelled ads, by a mapping."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from labeling.imports.label_studio import ANALYST, flattened
from labeling.imports.mapping import Mapping, Names
from labeling.imports.rows import Fault, Row
from zorya.domain.ids import contact_token, sha256_hex
from zorya.domain.reviews import VerdictLabel
from zorya.labelled import LabelledAd, Origin


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that the mapping or its annotators leave out on purpose."""

    line: int


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows of one set. `name` is the set's, `key` makes tokens of annotators."""

    mapping: Mapping
    name: str
    key: bytes

    def ad(self, row: Row) -> LabelledAd | Fault | LeftOut:
        """The ad of a row; a Fault says what is wrong with it and how to mend it."""
        if self.mapping.layout == "label-studio":
            flat = flattened(row, self.mapping.label.columns)
            if not isinstance(flat, Row):
                return flat or LeftOut(row.line)
            row = flat
        columns = self.mapping.columns
        body = "\n\n".join(text for name in columns.body if (text := _text(row, (name,))))
        title = _text(row, columns.title)
        if not body and not title:
            return Fault(row.line, f"no text in {_names(columns.body)}; correct the row, or `columns.body`")
        label = self._label(row)
        if not isinstance(label, VerdictLabel):
            return label
        patterns = self._patterns(row)
        if isinstance(patterns, Fault):
            return patterns
        identity = _text(row, columns.id) or sha256_hex(f"{title}\n{body}".encode())[:16]
        analyst = _text(row, (ANALYST,)) if self.mapping.layout == "label-studio" else ""
        return LabelledAd(
            id=f"{self.name}:{identity}",
            language=self._language(row),
            kind=self.mapping.kind,
            title=title,
            body=body,
            label=label,
            patterns=patterns,
            group=f"{self.name}:{identity}",
            origin=Origin.IMPORT,
            source=_text(row, columns.source) or self.name,
            posted_on=_day(_text(row, columns.posted_on)),
            destination=_country(_text(row, columns.destination)),
            analyst=contact_token(self.key, "analyst", analyst) if analyst else "",
        )

    def _label(self, row: Row) -> VerdictLabel | Fault | LeftOut:
        column = self.mapping.label
        value = _text(row, column.columns)
        if value.lower() in column.values:
            return column.values[value.lower()]
        if value in column.ignore:
            return LeftOut(row.line)
        if not value:
            return Fault(row.line, f"no label in {_names(column.columns)}; add it, or correct `label.columns`")
        return Fault(
            row.line, f"label {value[:40]!r} is not in `label.values` of the mapping; add it there, or to `ignore`"
        )

    def _patterns(self, row: Row) -> tuple[str, ...] | Fault:
        column = self.mapping.patterns
        found = _values(row, column.columns) if column else []
        unknown = [value for value in found if column and value.lower() not in column.values]
        if unknown:
            return Fault(
                row.line, f"pattern {unknown[0][:40]!r} is not in `patterns.values` of the mapping; add it there"
            )
        return tuple(dict.fromkeys(column.values[value.lower()] for value in found)) if column else ()

    def _language(self, row: Row) -> str | None:
        stated = _text(row, self.mapping.columns.language).lower()
        return stated if len(stated) == 2 and stated.isalpha() else self.mapping.language


def _values(row: Row, names: Names) -> list[str]:
    """Values of the first of these columns that has any."""
    for name in names:
        value: Any = row.values.get(name)
        found = [str(each).strip() for each in (value if isinstance(value, list) else [value]) if each is not None]
        if any(found):
            return [each for each in found if each]
    return []


def _text(row: Row, names: Names) -> str:
    return (_values(row, names) or [""])[0]


def _names(names: Names) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _country(text: str) -> str | None:
    first = text.partition(",")[0].strip()
    return first.upper() if len(first) == 2 and first.isalpha() and first.isascii() else None
