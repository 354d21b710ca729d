"""Field rules: where a value is found. The vocabulary of `fields`, `follow` and `json` in a source file."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from zorya.datafiles import DataModel


def is_xpath(selector: str) -> bool:
    """True when a selector is XPath: it begins with `/`, `./` or `(`."""
    return selector.startswith(("/", "./", "("))


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


Selector = Annotated[str, AfterValidator(_selector)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class Aliased(DataModel):
    """A data model whose `json` and `as` keys are not Python's."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FieldRule(Aliased):
    """Where a field is found: exactly one of css, xpath, json, url."""

    css: Annotated[str, AfterValidator(_css)] | None = None
    xpath: Annotated[str, AfterValidator(_xpath)] | None = None
    json_: str | None = Field(default=None, alias="json")
    url: Pattern | None = None
    as_: Literal["text", "date", "money"] = Field(default="text", alias="as")
    map: str | None = None
    """Name of a table in `maps`: the text found is a key, its value is taken; an unknown text is flagged."""
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
    image: FieldRule | None = None
    """What names each picture of an ad: the board's own hash of it, else its address. Kept as a digest only; the
    picture is not fetched. Ads that share one are tied (`models/campaigns`)."""

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
