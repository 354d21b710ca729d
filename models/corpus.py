"""Labelled ads to learn from: the seed corpus and exported verdicts, as JSON lines."""

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from zorya.datafiles import DataModel
from zorya.domain.ads import Kind, Posting
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.ids import sha256_hex
from zorya.domain.reviews import VerdictLabel
from zorya.errors import DataFileError


class LabelledAd(DataModel):
    """One line of a corpus. Ads of one `group` (campaign, or the same scenario in a sister language) stay on one
    side of a split.
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

    def posting(self) -> Posting:
        """The ad as the rest of Zorya sees it."""
        return Posting("corpus", self.id, f"corpus:{self.id}", self.kind, self.title, self.body)

    @property
    def is_concern(self) -> bool:
        """The classifier's target."""
        return self.label is VerdictLabel.CONCERN


@dataclass(frozen=True, slots=True)
class Corpus:
    """Labelled ads and the digest of the files they were read from."""

    ads: tuple[LabelledAd, ...]
    digest: str


def load_corpus(folder: Path) -> Corpus:
    """Every `*.jsonl` of a folder, in the order of names; errors name file and line."""
    ads: list[LabelledAd] = []
    digests = []
    for path in sorted(folder.glob("*.jsonl")):
        data = path.read_bytes()
        digests.append(sha256_hex(data))
        for number, line in enumerate(data.decode("utf-8").splitlines(), 1):
            if line.strip():
                ads.append(_parse(path, number, line))
    if not ads:
        raise DataFileError(folder, "no labelled ads (*.jsonl) here; set `corpus_dir`")
    return Corpus(tuple(ads), sha256_hex("".join(digests).encode()))


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
