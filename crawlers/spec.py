"""SourceSpec: the contract of `crawlers/sources/**/*.yml`. Reads nothing from the network and imports no Scrapy."""

import re
from enum import StrEnum
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, model_validator

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


def is_xpath(selector: str) -> bool:
    """True when a selector is XPath: it begins with `/`, `./` or `(`."""
    return selector.startswith(("/", "./", "("))


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("expected an address that begins with http:// or https://")
    return value


def _css(value: str) -> str:
    from cssselect import SelectorError
    from parsel.csstranslator import HTMLTranslator

    try:
        HTMLTranslator().css_to_xpath(value)
    except SelectorError as exc:
        raise ValueError(f"not a CSS selector: {exc}") from exc
    return value


def _xpath(value: str) -> str:
    from lxml import etree

    try:
        etree.XPath(value)
    except etree.XPathError as exc:
        raise ValueError(f"not an XPath expression: {exc}") from exc
    return value


def _selector(value: str) -> str:
    return _xpath(value) if is_xpath(value) else _css(value)


def _pattern(value: str) -> str:
    try:
        compiled = re.compile(value)
    except re.error as exc:
        raise ValueError(f"not a regular expression: {exc}") from exc
    if compiled.groups > 1:
        raise ValueError("use at most one group: the part that is wanted")
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
Selector = Annotated[str, AfterValidator(_selector)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class _Aliased(DataModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FieldRule(_Aliased):
    """Where a field is found: exactly one of css, xpath, json, url."""

    css: Annotated[str, AfterValidator(_css)] | None = None
    xpath: Annotated[str, AfterValidator(_xpath)] | None = None
    json_: str | None = Field(default=None, alias="json")
    url: Pattern | None = None
    as_: Literal["text", "date", "money"] = Field(default="text", alias="as")
    optional: bool = False
    exactly: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        given = [name for name, value in self.places.items() if value is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of css, xpath, json, url")
        return self

    @property
    def places(self) -> dict[str, str | None]:
        """The four ways to point at a value."""
        return {"css": self.css, "xpath": self.xpath, "json": self.json_, "url": self.url}


class Fields(DataModel):
    """Rules for the fields of an ad; what has no rule is found by schema.org data or general rules."""

    native_id: FieldRule | None = None
    url: FieldRule | None = None
    title: FieldRule | None = None
    body: FieldRule | None = None
    employer: FieldRule | None = None
    place: FieldRule | None = None
    pay: FieldRule | None = None
    posted_on: FieldRule | None = None
    contact: FieldRule | None = None

    @property
    def given(self) -> dict[str, FieldRule]:
        """The rules that are written down, by field name."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: rule for name, rule in named.items() if rule is not None}


class Follow(DataModel):
    """Which links lead on. `match` is a pattern the address of an ad must contain."""

    ad: Selector | None = None
    next: Selector | None = None
    match: Pattern | None = None


class JsonRule(DataModel):
    """Where the items of a JSON answer lie; `next` is the path to the next address, `page` a counting parameter."""

    items: str = ""
    next: str | None = None
    page: str | None = None


class Limits(DataModel):
    """Politeness and size of one crawl. A robots.txt that asks for more delay is obeyed."""

    delay: float = Field(default=1.0, gt=0.0, le=600)
    pages: int = Field(default=20, ge=1, le=10_000)
    ads: int = Field(default=500, ge=1, le=100_000)


class Expect(DataModel):
    """What a sound crawl brings; a breach marks the run."""

    min_postings: int = Field(default=1, ge=0)
    fill: dict[
        Literal["title", "body", "employer", "places", "pay", "posted_on", "contacts"],
        Annotated[float, Field(ge=0, le=1)],
    ] = Field(default_factory=dict)


class SourceSpec(_Aliased):
    """One public board, described. `id` equals the file's stem."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_]{1,63}$")
    title: str = Field(min_length=1)
    homepage: Address
    kind: Kind
    country: str = Field(pattern=r"^[a-z]{2}$")
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2}$")], ...] = Field(min_length=1)
    owner: str = Field(min_length=1)
    basis: str = Field(min_length=1)
    schedule: Annotated[str, AfterValidator(_cron)] = "17 * * * *"
    status: SourceStatus = SourceStatus.DRAFT
    engine: Engine
    start: tuple[Address, ...] = Field(min_length=1)
    hosts: tuple[str, ...] = ()
    encoding: Annotated[str, AfterValidator(_codec)] | None = None
    follow: Follow = Follow()
    fields: Fields = Fields()
    json_: JsonRule | None = Field(default=None, alias="json")
    limits: Limits = Limits()
    expect: Expect = Expect()

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        problem = _contradiction(self)
        if problem:
            raise ValueError(problem)
        return self


def _contradiction(spec: SourceSpec) -> str | None:
    """The first thing that does not fit the engine, in words an operator can act on."""
    rules = spec.fields.given
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
