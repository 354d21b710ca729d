"""Settings that make evidence hold beyond this house: who signs that it was there, and when."""

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
