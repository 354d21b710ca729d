"""What a probe of an address found, and the desk that an operator's page or command asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from zorya.domain.ads import Posting


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a probe looked for: `found`, `absent`, or `refused` (robots.txt, guard, challenge)."""

    name: str
    state: Literal["found", "absent", "refused"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a polite look at an address gave. Nothing of it is stored.

    `refusal` says why no source may be made of it (empty when it may); `coverage` is field → (ads with it, ads read);
    `languages` is language → share of the ads; `known_as` are sources that read this very address, `duplicates` is
    (source id, how many of these ads it already has); contacts in `ads` are masked; `draft` is the text of the source
    file, to be kept or edited.
    """

    url: str
    reached: bool
    refusal: str = ""
    engine: str = ""
    findings: tuple[Finding, ...] = ()
    ads: tuple[Posting, ...] = ()
    coverage: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    languages: Mapping[str, float] = field(default_factory=dict)
    duplicates: tuple[tuple[str, int], ...] = ()
    known_as: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    draft_id: str = ""
    draft: str = ""


class SourceDesk(Protocol):
    """Where a person brings an address."""

    def probe(self, url: str) -> Probe:
        """Look at an address, politely; what was refused is in the Probe, only wrong addresses raise."""
        ...

    def keep(self, draft: str, *, by: str) -> Path:
        """Write a draft to the home folder's sources; PolicyRefusal or DataFileError say why not."""
        ...
