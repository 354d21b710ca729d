"""SourceSpec: the contract of `crawlers/sources/**/*.yml`. Reads nothing from the network and imports no Scrapy."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from crawlers.field_rules import Aliased, Fields, Follow, JsonRule
from zorya.datafiles import DataModel
from zorya.domain.ads import Kind


class Engine(StrEnum):
    """One per site layout."""

    LISTING = "listing"
    SITEMAP = "sitemap"
    FEED = "feed"
    TELEGRAM = "telegram"
    JSON_API = "json_api"


class SourceStatus(StrEnum):
    """draft → active → paused → retired; only active sources are crawled by the stage."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    RETIRED = "retired"


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("expected an address that begins with http:// or https://")
    return value


def _cron(value: str) -> str:
    if not re.fullmatch(r"(?:@(?:hourly|daily|weekly|monthly)|(?:[\d*,/-]+\s+){4}[\w*,/-]+)", value):
        raise ValueError("expected five cron fields such as `17 * * * *`, or @hourly, @daily, @weekly")
    return value


def _codec(value: str) -> str:
    import codecs

    try:
        codecs.lookup(value)
    except LookupError as exc:
        raise ValueError("unknown encoding; try `windows-1251` or `utf-8`") from exc
    return value


Address = Annotated[str, AfterValidator(_address)]


class Limits(DataModel):
    """Politeness and size of one crawl. A robots.txt that asks for more delay is obeyed."""

    delay: float = Field(default=1.0, gt=0.0, le=600)
    pages: int = Field(default=20, ge=1, le=10_000)
    ads: int = Field(default=500, ge=1, le=100_000)
    recheck_days: float = Field(default=7.0, ge=0, le=365)
    """A known ad whose card on the list is unchanged is read again after so many days; 0 reads it at every crawl."""
    rechecks: int = Field(default=50, ge=0, le=10_000)
    """Ads that vanished from the lists and are asked for themselves, per crawl."""


class Expect(DataModel):
    """What a sound crawl brings; a breach marks the run."""

    min_postings: int = Field(default=1, ge=0)
    max_postings: int | None = Field(default=None, ge=1)
    silence_days: float | None = Field(default=None, gt=0)
    """Alarm when no new ad came for so long."""
    languages: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Least share of ads whose language is one of the source's `languages`."""
    fill: dict[
        Literal["title", "body", "employer", "places", "pay", "posted_on", "contacts"],
        Annotated[float, Field(ge=0, le=1)],
    ] = Field(default_factory=dict)


class Review(DataModel):
    """That a person has read the board's terms and robots.txt, and when; without it a source stays a draft."""

    terms: date
    robots: date
    by: str = Field(min_length=1)


class SourceSpec(Aliased):
    """One public board, described. `id` equals the file's stem."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_]{1,63}$")
    title: str = Field(min_length=1)
    homepage: Address
    kind: Kind
    country: str = Field(pattern=r"^[a-z]{2}$")
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2}$")], ...] = Field(min_length=1)
    owner: str = ""
    """Who looks when the crawl turns red."""
    basis: str = ""
    """Why we may and should read this board, in law and in purpose."""
    review: Review | None = None
    schedule: Annotated[str, AfterValidator(_cron)] = "17 * * * *"
    status: SourceStatus = SourceStatus.DRAFT
    engine: Engine
    javascript: bool = False
    """Pages are drawn by a browser (extra `[browser]`), under the same guards."""
    start: tuple[Address, ...] = Field(min_length=1)
    hosts: tuple[str, ...] = ()
    encoding: Annotated[str, AfterValidator(_codec)] | None = None
    follow: Follow = Follow()
    fields: Fields = Fields()
    maps: dict[str, dict[str, str]] = Field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    """Labels on the page that are known and wanted by nobody."""
    json_: JsonRule | None = Field(default=None, alias="json")
    limits: Limits = Limits()
    expect: Expect = Expect()

    @property
    def missing_for_active(self) -> tuple[str, ...]:
        """What a person still has to write down before this source may be more than a draft."""
        return tuple(name for name in ("owner", "basis", "review") if not getattr(self, name))

    @property
    def standing(self) -> SourceStatus:
        """The status in force: a source nobody answers for is a draft whatever the file says, unless it was ended."""
        ended = self.status is SourceStatus.RETIRED
        return self.status if ended or not self.missing_for_active else SourceStatus.DRAFT

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        problem = _contradiction(self)
        if problem:
            raise ValueError(problem)
        return self


def _contradiction(spec: SourceSpec) -> str | None:
    """The first thing that does not fit the engine, in words an operator can act on."""
    rules = spec.fields.given
    lost = [rule.map for rule in rules.values() if rule.map and rule.map not in spec.maps]
    if lost:
        return f"`map: {lost[0]}` names no table in `maps`"
    if spec.engine is Engine.LISTING and spec.follow.ad is None:
        return "engine `listing` needs `follow.ad`: the selector of the links to the ads"
    if spec.engine is Engine.JSON_API:
        if spec.json_ is None:
            return "engine `json_api` needs `json.items`: where the list of ads lies (empty text for the whole answer)"
        if "title" not in rules and "body" not in rules:
            return "engine `json_api` needs `fields.title` or `fields.body` with a `json:` path"
        wrong = [name for name, rule in rules.items() if rule.json_ is None and rule.url is None]
        if wrong:
            return f"engine `json_api` reads fields by `json:` paths; `fields.{wrong[0]}` has another kind of rule"
    elif spec.json_ is not None:
        return f"`json` belongs to engine `json_api`, not `{spec.engine}`"
    elif any(rule.json_ is not None for rule in rules.values()):
        return f"`json:` paths belong to engine `json_api`, not `{spec.engine}`"
    if spec.follow.ad is not None and spec.engine is not Engine.LISTING:
        return f"`follow.ad` belongs to engine `listing`; for `{spec.engine}` use `follow.match` or nothing"
    if spec.engine is Engine.TELEGRAM:
        strange = [url for url in spec.start if "/s/" not in url]
        if strange:
            return f"engine `telegram` reads public previews such as https://t.me/s/CHANNEL, not {strange[0]}"
    return None
