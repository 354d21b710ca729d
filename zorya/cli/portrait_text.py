"""A campaign's portrait and templates as lines of plain text, for a terminal. Contacts stand in them masked already."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from zorya.domain.portraits import Fixed, Portrait, Slot, Template, TimelineRow

_VALUES = 4
"""Values of a slot that are written; how many there are is said."""
_NAMED = 3
"""Ads named under a sentence."""
_DOTS = 40
"""Columns of a line of the timeline."""


def lines(template: Mapping[str, Any] | None, portrait: Mapping[str, Any] | None) -> Iterator[str]:
    """What the store holds of a campaign (`zorya.store.portraits`), a line each; nothing of what is not computed."""
    if portrait is not None:
        yield from _portrait(Portrait.from_json(portrait))
    if template is not None:
        for number, plain in enumerate(template["templates"], 1):
            yield ""
            yield from _template(Template.from_json(plain), number, len(template["templates"]))
        if template["read"] < template["members"]:
            yield f"(templates: {template['read']} of {template['members']} ads were read)"


def _portrait(portrait: Portrait) -> Iterator[str]:
    for sentence in portrait.sentences:
        yield f"* {_printable(sentence.text)}"
        if sentence.about != "size":
            more = f" and {sentence.ads - _NAMED} more" if sentence.ads > _NAMED else ""
            yield f"    {' '.join(sentence.posting_ids[:_NAMED])}{more}"
    if portrait.looked_at < portrait.ads:
        yield f"(the sentences after the first: of the {portrait.looked_at} newest of {portrait.ads} ads)"
    yield ""
    first, last = portrait.first_seen.timestamp(), portrait.last_seen.timestamp()
    width = max((len(row.source) for row in portrait.timeline), default=0)
    for row in portrait.timeline:
        yield f"{row.source:<{width}}  {_timeline(row, first, last)}  {row.ads}"


def _timeline(row: TimelineRow, first: float, last: float) -> str:
    """A line from the campaign's first sight to its last: `o` where an ad appeared, `-` where one stood."""
    line = ["."] * _DOTS

    def column(moment: float) -> int:
        return min(_DOTS - 1, max(0, int((moment - first) / max(last - first, 1.0) * _DOTS)))

    for dot in row.dots:
        start, end = column(dot.first_seen.timestamp()), column(dot.last_seen.timestamp())
        for at in range(start, end + 1):
            line[at] = "-" if line[at] == "." else line[at]
    for dot in row.dots:
        line[column(dot.first_seen.timestamp())] = "o"
    return "".join(line)


def _template(template: Template, number: int, many: int) -> Iterator[str]:
    of = f" {number} of {many}" if many > 1 else ""
    aligned = f"{template.aligned} of {template.members} ads" if template.aligned < template.members else ""
    told = [template.language or "", aligned or f"{template.members} ads", "cut" if template.cut else ""]
    yield f"Template{of} ({', '.join(word for word in told if word)}):"
    text = "".join(part.lead + _part(part, template.aligned) for part in template.parts)
    yield from (f"    {line}" for line in _printable(text).split("\n"))


def _part(part: Fixed | Slot, aligned: int) -> str:
    if isinstance(part, Fixed):
        optional = part.present < aligned and any(not value.text for value in part.otherwise)
        return f"{{in {part.present} of {aligned}: {part.text}}}" if optional else part.text
    values = [f"{value.text} ×{value.count}" for value in part.values[:_VALUES]]
    values += [f"{part.distinct - len(values)} more"] if part.distinct > len(values) else []
    values += [f"nothing ×{part.absent}"] if part.absent else []
    return f"[{part.kind}: {' | '.join(values)}]"


def _printable(text: str) -> str:
    """Without control characters and marks that turn the direction of writing: an ad must not command a terminal."""
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) not in {"Cc", "Cf"})
