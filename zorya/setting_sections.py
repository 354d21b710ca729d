"""Sections of the settings that need nothing of the others: evidence, promotion of models, deconfliction, retention."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator


class TimestampAuthority(BaseModel):
    """Who signs that a digest was there at a moment (RFC 3161). It is shown the digest and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$")
    """In file names of packages."""
    url: str = Field(pattern=r"^https?://[^\s/?#]+(/\S*)?$")
    ca_file: Path
    """Certificates (PEM) that its signature must lead to, got from the authority by another way."""


class EvidenceSettings(BaseModel):
    """Section `evidence`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timestamp_authorities: tuple[TimestampAuthority, ...] = ()
    """Each is asked for a time-stamp over every package and every day's root; that one fails is said, not fatal."""

    @model_validator(mode="after")
    def _names_differ(self) -> "EvidenceSettings":
        names = [one.name for one in self.timestamp_authorities]
        if len(set(names)) < len(names):
            raise ValueError("two time-stamp authorities have one name; files are called by it")
        return self


class PromotionSettings(BaseModel):
    """What a model must hold before a person may put it in use."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gold: Path | None = None
    """Folder of a frozen snapshot that nobody in production edits; recall is compared on it. None: not compared."""
    gold_sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    """Digest of that snapshot, as its manifest states it; another one is refused."""
    recall_loss: float = Field(default=0.01, ge=0, le=1)
    """Recall on gold that may be lost against the model in use."""


class DeconflictionSettings(BaseModel):
    """How much a partner may ask about contacts that others may hold, and how long what it registers stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    daily: int = Field(default=200, ge=1, le=1000)
    """Lookups of one partner on one day (UTC); then it is cut off and the leads are told."""
    days: int = Field(default=180, ge=1, le=730)
    """Days that a registered contact is found; registering it again begins them anew."""


class RetentionSettings(BaseModel):
    """Days that what is stored about people stays after it was last seen or decided; a legal hold beats them all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pages: int = Field(default=30, ge=1)
    """Raw pages of ads that nobody needed to look at."""
    dismissed: int = Field(default=90, ge=1)
    """Ads that people dismissed, or that were never flagged."""
    under_review: int = Field(default=180, ge=1)
    """Ads that wait for people: they are reported, never erased unseen."""
    disclosed: int = Field(default=1826, ge=1)
    """Ads of an alert, from the day it was made."""
    enforce: bool = False
    """Whether the nightly upkeep erases what is past its time; else it only counts it."""
