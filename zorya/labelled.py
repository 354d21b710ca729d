"""Labelled ads, the record that people's labels and trained models share: one JSON line an ad."""

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from pydantic import Field, ValidationError

from zorya.datafiles import DataModel
from zorya.domain.ads import Kind, Posting
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.ids import sha256_hex
from zorya.domain.reviews import VerdictLabel
from zorya.errors import DataFileError


class Origin(StrEnum):
    """Where a label comes from."""

    SEED = "seed"
    """The invented ads of `labeling/corpus`."""
    VERDICT = "verdict"
    """What people decided in the review app."""
    IMPORT = "import"
    """A foreign labelled set (`zorya labels import`)."""


class LabelledAd(DataModel):
    """One line of a corpus or of a snapshot. Ads of one `group` (campaign, or the same scenario in a sister language)
    stay on one side of a split.
    """

    id: str
    language: str | None
    kind: Kind
    title: str
    body: str
    label: VerdictLabel
    patterns: tuple[str, ...]
    group: str
    category: str = ""
    register_: str = ""
    campaign: str = ""
    indicators: tuple[str, ...] = ()
    origin: Origin = Origin.SEED
    source: str = ""
    """Board or set the ad was on; empty in the seed corpus."""
    posted_on: date | None = None
    destination: str | None = None
    """Country the offer leads to, ISO alpha-2, where known."""
    contacts: tuple[str, ...] = ()
    """Tokens of its contacts, never the contacts themselves; ads that share one stay together in a contact split."""
    analyst: str = ""
    """Who decided, as a token; empty where nobody in particular did."""
    weight: float = Field(default=1.0, gt=0, le=1)
    """How much the label counts in training (influence caps, weak labels)."""

    def posting(self) -> Posting:
        """The ad as the rest of Zorya sees it."""
        return Posting("corpus", self.id, f"corpus:{self.id}", self.kind, self.title, self.body)

    @property
    def is_concern(self) -> bool:
        """The classifier's target."""
        return self.label is VerdictLabel.CONCERN

    def line(self) -> str:
        """The ad as a line of a file, without the fields that say nothing."""
        values = self.model_dump(mode="json", exclude_defaults=True)
        if "register_" in values:
            values["register"] = values.pop("register_")
        return json.dumps(values, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Labelled ads and the digest of the files they were read from."""

    ads: tuple[LabelledAd, ...]
    digest: str


def load_corpus(folder: Path) -> Corpus:
    """Every `*.jsonl` of a folder, in the order of names, or one such file; errors name file and line."""
    ads: list[LabelledAd] = []
    digests = []
    for path in [folder] if folder.is_file() else sorted(folder.glob("*.jsonl")):
        data = path.read_bytes()
        digests.append(sha256_hex(data))
        ads += parse_lines(path, data.decode("utf-8"))
    if not ads:
        raise DataFileError(folder, "no labelled ads (*.jsonl) here; set `corpus_dir`")
    return Corpus(tuple(ads), sha256_hex("".join(digests).encode()))


def parse_lines(path: Path, text: str) -> list[LabelledAd]:
    """The ads of a file's text, one a line; errors name the file and the line."""
    lines = enumerate(text.split("\n"), 1)
    return [_parse(path, number, line) for number, line in lines if line.strip()]


def _parse(path: Path, number: int, line: str) -> LabelledAd:
    try:
        values = json.loads(line)
        values["register_"] = values.pop("register", "")
        ad = LabelledAd.model_validate(values)
    except (json.JSONDecodeError, AttributeError, TypeError) as exc:
        raise DataFileError(path, f"not a JSON object ({exc})", line=number) from exc
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DataFileError(path, f"`{where}`: {first['msg']}", line=number) from exc
    unknown = set(ad.patterns) - {*PATTERNS, *MODIFIERS}
    if unknown:
        raise DataFileError(path, f"unknown pattern {', '.join(sorted(unknown))}", line=number)
    return ad
