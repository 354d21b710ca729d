"""The closed set of operators with which an indicator says *when* it is present.

A condition is a leaf or one operator over conditions::

    any: [A, B]            one of them                    all: [A, B]        every one
    not: A                 what is not found (nor stated)
    near: [A, B]           signs of each list with at most `words: N` between them, or in one `in: sentence`
    regex: …               a raw expression on the normalised text; needs a `comment`, and time is limited

A leaf is `phrases` (the entry's own), the name of one of its `lists`, another indicator's code (that it is present),
or a comparison on a fact: `age.high <= 35`, `housing == shared`. Nothing in a file is ever run as code.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from models.comparisons import CODE as CODE
from models.comparisons import NAME, Comparison, Plain, parse_comparison
from models.comparisons import OWN as OWN
from zorya.datafiles import DataModel

_MOST_WORDS = 40


def _check_leaf(leaf: str) -> str:
    if parse_comparison(leaf) or CODE.fullmatch(leaf) or NAME.fullmatch(leaf):
        return leaf
    raise ValueError(
        f"{leaf!r} is no condition: write `phrases`, the name of a list, an indicator's code such as D1, or a "
        "comparison such as `age.high <= 35`"
    )


def _check_list(leaf: str) -> str:
    if NAME.fullmatch(leaf):
        return leaf
    raise ValueError(f"{leaf!r}: `near` holds `phrases` and names of `lists` only")


Leaf = Annotated[str, AfterValidator(_check_leaf)]


class AnyOf(DataModel):
    """One of the conditions or more."""

    any: tuple["Condition", ...] = Field(min_length=2)


class AllOf(DataModel):
    """Every condition."""

    all: tuple["Condition", ...] = Field(min_length=2)


class Not(DataModel):
    """What is not found; true as well when the ad is silent about it."""

    not_: "Condition" = Field(alias="not")


class Near(DataModel):
    """A sign of the first list that has signs of all others about it."""

    near: tuple[Annotated[str, AfterValidator(_check_list)], ...] = Field(min_length=2, max_length=4)
    words: int | None = Field(default=None, ge=0, le=_MOST_WORDS)
    """Most words between two signs."""
    in_: Literal["sentence"] | None = Field(default=None, alias="in")

    @model_validator(mode="after")
    def _says_how_near(self) -> "Near":
        if (self.words is None) == (self.in_ is None):
            raise ValueError("say how near: `words: 8` or `in: sentence`")
        return self


class Raw(DataModel):
    """A raw regular expression over the normalised text (small letters, no diacritics), for what no phrase can say."""

    regex: str
    comment: str = Field(min_length=20)
    """Why no phrase will do, in a sentence."""

    @model_validator(mode="after")
    def _compiles(self) -> "Raw":
        import regex  # of use to the few entries that hold one, and slow to load

        try:
            pattern = regex.compile(self.regex)
        except regex.error as exc:
            raise ValueError(f"not a regular expression: {exc}") from exc
        if pattern.search(""):
            raise ValueError("the expression matches nothing at all; make it ask for a word")
        return self


_KEYS = {"any": AnyOf, "all": AllOf, "not": Not, "near": Near, "regex": Raw}


def _kind(value: Any) -> str | None:
    if isinstance(value, str):
        return "leaf"
    if isinstance(value, dict):
        return next((key for key in _KEYS if key in value), None)
    return next((key for key, model in _KEYS.items() if isinstance(value, model)), None)


Condition = Annotated[
    Annotated[Leaf, Tag("leaf")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[Not, Tag("not")]
    | Annotated[Near, Tag("near")]
    | Annotated[Raw, Tag("regex")],
    Discriminator(
        _kind,
        custom_error_type="condition",
        custom_error_message="a condition is a leaf or one of any, all, not, near, regex (models/indicators/README.md)",
    ),
]
for _model in (AnyOf, AllOf, Not):
    _model.model_rebuild()


def plain(condition: Condition) -> Plain:
    """The condition in plain values, as its file writes it: what `models.condition_evaluation` reads."""
    return (
        condition
        if isinstance(condition, str)
        else condition.model_dump(mode="json", by_alias=True, exclude_unset=True)
    )


def leaves(condition: Condition) -> Iterator[str]:
    """Every leaf below a condition, those of `near` included."""
    match condition:
        case str():
            yield condition
        case AnyOf(any=parts) | AllOf(all=parts):
            for part in parts:
                yield from leaves(part)
        case Not(not_=part):
            yield from leaves(part)
        case Near(near=names):
            yield from names
        case Raw():
            pass


def lists_of(condition: Condition) -> set[str]:
    """Names of the entry's lists that a condition uses."""
    return {leaf for leaf in leaves(condition) if NAME.fullmatch(leaf)} - {OWN}


def codes_of(condition: Condition) -> set[str]:
    """Codes of the indicators that a condition asks for."""
    return {leaf for leaf in leaves(condition) if CODE.fullmatch(leaf)}


def comparisons_of(condition: Condition) -> list[Comparison]:
    """The comparisons of a condition."""
    return [found for leaf in leaves(condition) if (found := parse_comparison(leaf))]
