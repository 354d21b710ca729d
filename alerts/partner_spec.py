"""The schema of a partner file: who receives what, in which language, when and by which way.

One file, one partner; the file's stem is the partner's id. `alerts/partners.example.yml` shows every key.
"""

from functools import cache
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, field_validator, model_validator

from alerts.channel_spec import Channel
from alerts.redaction import Redaction
from zorya.datafiles import DataModel
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.sharing import Marking

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OrgType = Literal[
    "ngo", "hotline", "faith_based", "law_enforcement", "labour_inspectorate", "government", "international", "other"
]


@cache
def _zones() -> set[str]:
    """Names of time zones: finding them reads hundreds of files, and every partner file asks."""
    return available_timezones()


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _marking(value: Any) -> Any:
    """`amber`, `TLP:AMBER` and `tlp:amber` are the same."""
    text = value.strip().upper() if isinstance(value, str) else value
    return text if not isinstance(text, str) or text.startswith("TLP:") else f"TLP:{text}"


def _weekday(value: Any) -> Any:
    name = _lower(value)
    return next((day for day in WEEKDAYS if day[:3] == name), name)


Code = Annotated[str, BeforeValidator(_lower), Field(pattern=r"^[a-z]{2}$")]
Corridor = Annotated[str, BeforeValidator(_lower), Field(pattern=r"^([a-z]{2}>[a-z]{2}|[a-z]{2}>\*|\*>[a-z]{2})$")]
"""From where to where, as in `md>nl`; a star stands for any country."""


class Scope(DataModel):
    """What a partner asked for. An empty list asks for everything.

    A fact that is not known (an ad that names no country) does not exclude: rather one alert too many than a case
    that falls between two organisations.
    """

    countries: tuple[Code, ...] = ()
    """Named anywhere in the ads, whatever for."""
    corridors: tuple[Corridor, ...] = ()
    destinations: tuple[Code, ...] = ()
    """Where the work is, as the words of the ads say."""
    patterns: tuple[str, ...] = ()
    languages: tuple[Code, ...] = ()
    min_severity: int = Field(default=1, ge=1, le=3)

    @field_validator("patterns")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            if pattern not in (*PATTERNS, *MODIFIERS):
                raise ValueError(f"{pattern!r} is no pattern; known are {', '.join((*PATTERNS, *MODIFIERS))}")
        return value


class Cadence(DataModel):
    """When a digest is due: every day, or on one weekday, at a full hour of the partner's clock. What is urgent
    (severity 3) does not wait for it, unless the partner wants that.
    """

    every: Literal["daily", "weekly"] = "weekly"
    weekday: Annotated[Literal[WEEKDAYS], BeforeValidator(_weekday)] | None = None  # type: ignore[valid-type]
    hour: int = Field(default=8, ge=0, le=23)
    urgent: Literal["immediate", "with_digest"] = "immediate"

    @model_validator(mode="after")
    def _weekday_fits(self) -> Self:
        if self.every == "daily" and self.weekday is not None:
            raise ValueError("`weekday` belongs to `every: weekly`; remove it or change `every`")
        return self

    @property
    def weekday_number(self) -> int | None:
        """0 (Monday) … 6, or None for a daily digest."""
        if self.every == "daily":
            return None
        return WEEKDAYS.index(self.weekday or "monday")


class PartnerSpec(DataModel):
    """One partner organisation."""

    name: str = Field(min_length=1, max_length=120)
    org_type: Annotated[OrgType, BeforeValidator(_lower)]
    language: Literal["en", "ro", "uk", "nl", "ru"] = "en"
    timezone: str = "UTC"
    tlp_ceiling: Annotated[Marking, BeforeValidator(_marking)]
    scope: Scope = Scope()
    cadence: Cadence = Cadence()
    channels: tuple[Channel, ...] = Field(min_length=1)
    redact: Redaction = Redaction()
    pgp: str = Field(default="", pattern=r"^([A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$|^$")
    """The partner's public key, a file beside this one: mails, files and webhooks are encrypted to it."""
    paused: bool = False
    contact_point: str = Field(default="", max_length=200)
    """Whom another organisation calls when both hold the same contact; without it a partner takes no part in that."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _zones():
            raise ValueError(f"{value!r} is no IANA time zone; write it like Europe/Chisinau")
        return value

    @field_validator("channels")
    @classmethod
    def _once_each(cls, value: tuple[Channel, ...]) -> tuple[Channel, ...]:
        if len({channel.name for channel in value}) != len(value):
            raise ValueError("the same channel is listed twice; keep one")
        return value

    @model_validator(mode="after")
    def _cleared_for_contacts(self) -> Self:
        if self.redact.reveals and not Marking.AMBER_STRICT.within(self.tlp_ceiling):
            raise ValueError(
                "`redact` shows contacts whole: such cards are TLP:AMBER+STRICT, so raise `tlp_ceiling` to that, "
                "or write `masked`"
            )
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The partner's time zone."""
        return ZoneInfo(self.timezone)
