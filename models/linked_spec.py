"""The contract of `indicators/linked/*.yml`: indicators counted over the ads of a campaign, not read in one ad."""

from collections.abc import Set
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from models.indicator_spec import Dimension, Told
from zorya.datafiles import DataModel, load
from zorya.domain.findings import Strength

FILE = Path(__file__).parent / "indicators" / "linked" / "h_links_and_time.yml"


class Counts(DataModel):
    """What is counted among the ads of a campaign; as a threshold every number given must be reached."""

    ads: int = Field(default=0, ge=0)
    """Ads the finding rests on."""
    sectors: int = Field(default=0, ge=0)
    """Unrelated kinds of work (`sectors` of the file) that share one contact."""
    countries: int = Field(default=0, ge=0)
    """Different countries: of the work (H2), or of board, work and number (H5)."""
    slots: int = Field(default=0, ge=0)
    """Parts of a template that differ from ad to ad: place, contact, employer, pay."""
    signs: int = Field(default=0, ge=0)
    """Signs of paid intimacy (`sale_signs`) in the ads of the other kind."""
    reposts: int = Field(default=0, ge=0)
    """Ads put up again in the same words, or taken down within `within_days`."""
    alerts: int = Field(default=0, ge=0)
    """Alerts sent about the campaign before its newest ads appeared."""

    def reach(self, threshold: "Counts") -> bool:
        """True when every number of the threshold is reached."""
        return all(getattr(self, name) >= getattr(threshold, name) for name in type(self).model_fields)


class Stronger(DataModel):
    """When an indicator weighs more: a higher count, or another indicator of this file beside it."""

    strength: Strength
    when: Counts = Counts()
    beside: tuple[str, ...] = ()
    """Any of these codes on the same campaign."""


class LinkedSpec(Told):
    """One indicator of group H."""

    code: str = Field(pattern=r"^H\d{1,2}$")
    name: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    status: Literal["draft", "active", "retired"]
    strength: Strength
    dimension: Dimension
    references: tuple[str, ...]
    false_positives: tuple[str, ...]
    needs: str = ""
    """What is missing for a draft to be counted."""
    when: Counts = Counts()
    stronger: Stronger | None = None
    within_days: int | None = Field(default=None, ge=1, le=365)

    @model_validator(mode="after")
    def _complete(self) -> "LinkedSpec":
        if self.status == "active" and self.when == Counts():
            raise ValueError(f"active indicator {self.code} needs `when:` with at least one number")
        if self.status == "draft" and not self.needs:
            raise ValueError(f"draft {self.code} needs `needs:`: what is missing before it can be counted")
        return self


class LinkedFile(DataModel):
    """Group H: its indicators and the word lists they count by."""

    group: Literal["H"]
    title: str
    sectors: dict[str, tuple[str, ...]]
    """Kind of work → the text indicators that name it."""
    sale_signs: tuple[str, ...]
    """Text indicators that speak of paid intimacy."""
    fiction_numbers: tuple[str, ...]
    """Beginnings of numbers that belong to nobody in any country."""
    indicators: tuple[LinkedSpec, ...]

    def sectors_of(self, codes: Set[str]) -> frozenset[str]:
        """Kinds of work that these text indicators name."""
        return frozenset(name for name, naming in self.sectors.items() if codes & set(naming))

    @model_validator(mode="after")
    def _codes_are_known(self) -> "LinkedFile":
        codes = [spec.code for spec in self.indicators]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"{twice[0]} stands twice; codes are unique")
        for spec in self.indicators:
            strange = [code for code in (spec.stronger.beside if spec.stronger else ()) if code not in codes]
            if strange:
                raise ValueError(f"{spec.code} grows stronger beside {strange[0]}, which is no indicator of this file")
        return self


@cache
def linked_file() -> LinkedFile:
    """The shipped file."""
    return load(FILE, LinkedFile)
