"""The filters of a TAXII 2.1 request (§3.4, §3.5): what is asked, which objects fit, where the next page begins."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from starlette.exceptions import HTTPException

from alerts.exports.stream import Dated, stamp

MOST = 1_000
"""Objects of one page, however many are asked for."""
_EVERY = {"last", "first", "all"}
_SPEC_VERSION = "2.1"


@dataclass(frozen=True, slots=True)
class Query:
    """A page of the collection: what came after a moment and a place in the stream, as far as it fits."""

    after: datetime | None = None
    position: tuple[datetime, str] | None = None
    limit: int = MOST
    ids: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset()
    spec_versions: frozenset[str] = frozenset()

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "Query":
        """What a request asks; HTTPException 400 says what is wrong with it."""
        return cls(
            after=_moment(parameters["added_after"], "added_after") if parameters.get("added_after") else None,
            position=_position(parameters["next"]) if parameters.get("next") else None,
            limit=_limit(parameters.get("limit", "")),
            ids=_words(parameters, "match[id]"),
            types=_words(parameters, "match[type]"),
            versions=_words(parameters, "match[version]"),
            spec_versions=_words(parameters, "match[spec_version]"),
        )

    @property
    def since(self) -> datetime | None:
        """Nothing before this moment is asked for."""
        moments = [self.after, self.position[0] if self.position else None]
        return max((moment for moment in moments if moment), default=None)

    def page(self, stream: Iterable[Dated]) -> tuple[list[Dated], str]:
        """(the objects of this page, where the next begins); the latter is empty on the last page."""
        fitting = list(islice((dated for dated in stream if self._fits(dated)), self.limit + 1))
        page = fitting[: self.limit]
        return page, _place(page[-1]) if len(fitting) > len(page) else ""

    def _fits(self, dated: Dated) -> bool:
        """The collection keeps one version of an object, which is its first and its last."""
        versions = self.versions - _EVERY
        return (
            (self.after is None or dated.added_at > self.after)
            and (self.position is None or dated.position > self.position)
            and (not self.ids or dated.id in self.ids)
            and (not self.types or dated.thing["type"] in self.types)
            and (not versions or bool(self.versions & _EVERY) or _same_moment(dated.version, versions))
            and (not self.spec_versions or _SPEC_VERSION in self.spec_versions)
        )


def _words(parameters: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(word.strip() for word in parameters.get(name, "").split(",") if word.strip())


def _limit(text: str) -> int:
    if text in {"", "0"}:
        return MOST
    if not (text.isascii() and text.isdigit()):
        raise HTTPException(400, "`limit` is a number above 0")
    return min(int(text[:9]), MOST)


def _moment(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise HTTPException(400, f"`{name}` is a timestamp like 2026-11-24T09:00:00Z") from exc
    if moment.tzinfo is None:
        raise HTTPException(400, f"`{name}` needs its zone, as in 2026-11-24T09:00:00Z")
    return moment


def _same_moment(version: str, asked: Iterable[str]) -> bool:
    return datetime.fromisoformat(version) in {_moment(text, "match[version]") for text in asked}


def _place(dated: Dated) -> str:
    return base64.urlsafe_b64encode(f"{stamp(dated.added_at)} {dated.id}".encode()).decode().rstrip("=")


def _position(text: str) -> tuple[datetime, str]:
    try:
        moment, _, name = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
        return datetime.fromisoformat(moment), name
    except (binascii.Error, ValueError) as exc:
        raise HTTPException(400, "`next` is not one of ours; begin without it") from exc
