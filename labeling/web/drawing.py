"""Templates, formats and static files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from zorya.domain.findings import Band
from zorya.domain.ids import sha256_hex
from zorya.domain.language_names import name_of
from zorya.domain.reviews import TaskReason, VerdictLabel
from zorya.store.change_log import Change

HERE = Path(__file__).parent
STATIC = {"zorya.css": "text/css", "zorya.js": "text/javascript", "icon.svg": "image/svg+xml"}

LABEL_WORDS = {
    VerdictLabel.CONCERN: "Concern",
    VerdictLabel.OTHER_HARM: "Other harm",
    VerdictLabel.NO_CONCERN: "No concern",
    VerdictLabel.NOT_AN_AD: "Not an ad",
    VerdictLabel.UNSURE: "Unsure",
}
LABEL_HINTS = {
    VerdictLabel.CONCERN: "reads like recruitment into exploitation",
    VerdictLabel.OTHER_HARM: "scam, money mule, sale of papers",
    VerdictLabel.NO_CONCERN: "an ordinary offer",
    VerdictLabel.NOT_AN_AD: "news, warning, spam, empty",
    VerdictLabel.UNSURE: "a second person will look",
}
PATTERN_WORDS = {
    "sexual_exploitation": "Sexual exploitation",
    "labour_exploitation": "Labour exploitation",
    "loverboy": "Loverboy method",
    "marriage_brokering": "Marriage brokering",
    "sponsor_arrangement": "Sponsor arrangement",
    "debt_bondage": "Debt bondage",
    "document_control": "Document control",
}
CHANGE_WORDS = {
    "merge": "Merged",
    "split": "Split",
    "undo": "Taken back",
    "different": "Said to be different advertisers",
}
REASON_WORDS = {
    TaskReason.RISK: "Flagged",
    TaskReason.DOUBT: "Machine in doubt",
    TaskReason.SENTINEL: "Sample of unflagged ads",
    TaskReason.SECOND_REVIEW: "Second look, blind",
    TaskReason.LABEL_ISSUE: "Another look, blind",
}


class Pages:
    """Draws templates. Everything is escaped; a missing name is an error, not a blank."""

    def __init__(self) -> None:
        self.files = {name: (HERE / "static" / name).read_bytes() for name in STATIC}
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "day": lambda moment: f"{moment.astimezone(UTC):%-d %b %Y}",
            "moment": lambda moment: f"{moment.astimezone(UTC):%-d %b %Y, %H:%M} UTC",
            "clock": lambda moment: f"{moment.astimezone(UTC):%H:%M} UTC",
            "band_words": band_words,
            "label_words": lambda label: LABEL_WORDS[VerdictLabel(label)],
            "pattern_words": lambda name: PATTERN_WORDS.get(name, name),
            "reason_words": lambda reason: REASON_WORDS[TaskReason(reason)],
            "change_words": _change_words,
            "language_words": name_of,
            "percent": lambda share: f"{share * 100:.0f} %",
            "count": count,
        }
        versions = {name: sha256_hex(data)[:10] for name, data in self.files.items()}
        self._environment.globals["static"] = lambda name: f"/static/{name}?v={versions[name]}"

    def draw(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """One page."""
        return HTMLResponse(self._environment.get_template(template).render(**context), status_code=status)


def _change_words(change: Change) -> str:
    """`Merged, 3 ads moved`, `Taken back: no. 12`."""
    words = CHANGE_WORDS[change.kind] + (f": no. {change.undoes}" if change.undoes else "")
    return f"{words}, {count(change.moved, 'ad')} moved" if change.moved else words


def band_words(band: Band | str) -> str:
    """A band as words: `very-likely` → `Very likely`."""
    return str(band).replace("-", " ").capitalize()


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 ad`, `2 ads`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def age_words(since: datetime, now: datetime) -> str:
    """`3 d`, `5 h`, `12 min`."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes >= 48 * 60:
        return f"{minutes // 1440} d"
    return f"{minutes // 60} h" if minutes >= 60 else f"{minutes} min"
