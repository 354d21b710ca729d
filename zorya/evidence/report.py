"""The report of a package: one self-contained HTML file per language, for a person who reads and prints, not for a
program. Nothing in it is fetched or linked; whatever came from an ad or a server is escaped.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from zorya.evidence.report_words import Words, words

FIELDS = ("title", "body", "employer", "places", "pay", "contacts", "posted_on", "images")
"""What a reader sees of a wording, in this order."""
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_MOST = 20_000
"""Characters of a text whose changes are marked word by word; a longer one is shown before and after, unmarked."""
Marked = list[tuple[bool, str]]
"""Pieces of a text: whether the piece is only on this side, and the piece."""


def report(manifest: Mapping[str, Any], dossier: Mapping[str, Any], abouts: Mapping[str, Any], language: str) -> bytes:
    """The report in a language. `abouts` is what each capture's WARC says of its exchange, by capture."""
    word = Words(language)
    text = (
        _environment()
        .get_template("report.html")
        .render(
            word=word,
            manifest=manifest,
            ads=[_ad(ad, manifest) for ad in dossier["ads"]],
            campaigns=dossier["campaigns"],
            custody=dossier["custody"],
            abouts=abouts,
            roots={one["day"]: one for one in manifest["roots"]},
            timeline=sorted(_timeline(manifest, dossier, word)),
            act=lambda action: _act(action, word),
            tie=lambda edge: word(f"tie_{edge}") if f"tie_{edge}" in words() else edge,
            shown=_shown,
        )
    )
    return text.encode()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("zorya.evidence"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    made.filters["clean"] = clean
    return made


def clean(text: object) -> str:
    """Without what turns the direction of writing or is no letter: an ad must not rewrite the page around it."""
    return "".join(sign for sign in str(text) if sign in "\n\t" or sign.isprintable())


def _ad(ad: Mapping[str, Any], manifest: Mapping[str, Any]) -> dict[str, Any]:
    """An ad with its first wording whole and every later one beside the one before."""
    wordings = ad["versions"]
    changes = [
        {"number": number, "seen_at": new["seen_at"], "version": new["version"], "fields": list(_changes(old, new))}
        for number, (old, new) in enumerate(pairwise(wordings), 2)
    ]
    first = [(name, _shown(wordings[0][name])) for name in FIELDS] if wordings else []
    return {**ad, "first": [(name, text) for name, text in first if text], "changes": changes}


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Marked, Marked]]:
    """(field, before, after) of each field that differs."""
    for name in FIELDS:
        before, after = _shown(old[name]), _shown(new[name])
        if before != after:
            yield (name, *_side_by_side(before, after))


def _side_by_side(before: str, after: str) -> tuple[Marked, Marked]:
    """Both texts in pieces; what only one of them has is marked, word by word."""
    if len(before) + len(after) > _MOST:
        return [(False, before)], [(False, after)]
    one, other = _TOKEN.findall(before), _TOKEN.findall(after)
    left: Marked = []
    right: Marked = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        left.append((kind != "equal", "".join(one[a:b])))
        right.append((kind != "equal", "".join(other[c:d])))
    return [piece for piece in left if piece[1]], [piece for piece in right if piece[1]]


def _shown(value: Any) -> str:
    """A field of a wording as text."""
    if isinstance(value, Mapping):
        return str(value.get("raw") or "")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str(one.get("raw") if isinstance(one, Mapping) else one) for one in value)
    return str(value or "")


def _timeline(manifest: Mapping[str, Any], dossier: Mapping[str, Any], word: Words) -> Iterator[tuple[str, str, str]]:
    """(moment, what, about) of everything that is dated, but for what people did: that is custody."""
    for ad in dossier["ads"]:
        for key in ("first_seen", "last_seen"):
            yield ad[key], word(key), ad["posting"]
        if ad["gone_at"]:
            yield ad["gone_at"], word("gone"), ad["posting"]
        for wording in ad["versions"][1:]:
            yield wording["seen_at"], word("new_wording"), f"{ad['posting']}, {wording['version']}"
    for campaign in dossier["campaigns"]:
        for one in campaign["ads"]:
            yield one["joined_at"], word("joined"), f"{one['posting']}, {campaign['campaign']}"
    for capture in manifest["captures"]:
        yield capture["fetched_at"], word("captured"), capture["capture"]
    for root in manifest["roots"]:
        yield root["made_at"], word("rooted"), root["day"]
    yield manifest["made_at"], word("packed"), ", ".join(manifest["asked_for"])


def _act(action: str, word: Words) -> str:
    key = f"act_{re.sub(r'[^a-z]', '_', action)}"
    return word(key) if key in words() else action
