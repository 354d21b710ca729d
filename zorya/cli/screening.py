"""`zorya screen` and the reading of ads given as JSON lines (design §6).

Programs call it ad by ad, so its first answer must be quick: nothing here imports typer, and `zorya.cli.main` comes
here at once when the call is plain.
"""

import gc
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zorya.cli.output import OK, PARTIAL, emit, now, say
from zorya.domain.ads import Kind, Posting

if TYPE_CHECKING:
    from models.score import Scorer


def screen(source: str) -> int:
    """Print one assessment a line of the ads in a file, or `-`; returns the exit code."""
    from models.reading import read
    from models.score import stored_scorer
    from zorya.started import started

    as_of, bad, start = now(), BadLines(), started()
    scorer = stored_scorer(start.models_dir, start.model_recipe) or _first_scorer(as_of)
    for batch in _batches(ads(source, bad), 100):
        readings = [read(posting) for posting in batch]
        results = scorer.assess(readings, [posting.native_id for posting in batch], as_of=as_of)
        for posting, reading, result in zip(batch, readings, results, strict=True):
            emit(_assessment_line(posting, reading.contacts, result))
        sys.stdout.flush()  # who waits for the first answer has it now
        if not gc.isenabled():  # `main` held it off: what is loaded by now stays, and is not to be searched ever again
            gc.freeze()
            gc.enable()
    return PARTIAL if bad.count else OK


def _first_scorer(as_of: datetime) -> "Scorer":
    from models.score import load_scorer
    from zorya.settings import load_settings

    return load_scorer(load_settings(), as_of=as_of)


def _assessment_line(posting: Posting, contacts: Any, result: Any) -> dict[str, Any]:
    return {
        "id": posting.native_id,
        "language": result.language,
        "score": result.score,
        "band": result.band,
        "abstain": result.abstain,
        "patterns": result.patterns,
        "indicators": [
            {
                "code": hit.code,
                "state": hit.state,
                "strength": hit.strength,
                "spans": [list(span) for span in hit.spans],
            }
            for hit in result.hits
        ],
        "contacts": [{"kind": c.kind, "value": c.value, "raw": c.raw} for c in contacts],
        "reasons": [reason.text for reason in result.reasons],
    }


class BadLines:
    """Reports bad lines on stderr as {"id"?, "line", "error"}."""

    def __init__(self) -> None:
        self.count = 0

    def report(self, number: int, error: str, name: str | None = None) -> None:
        """One bad line."""
        self.count += 1
        say(json.dumps(({"id": name} if name else {}) | {"line": number, "error": error}, ensure_ascii=False))


def ads(source: str, bad: BadLines) -> Iterator[Posting]:
    """The ads of a JSON lines file, or of standard input for `-`; lines that are no ad are reported."""
    stream = sys.stdin.buffer if source == "-" else _open(source)
    seen: set[str] = set()
    with stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                posting = _ad(number, line, bad)
                if posting and posting.native_id in seen:
                    bad.report(number, "this id was on an earlier line; ids must be unique", posting.native_id)
                elif posting:
                    seen.add(posting.native_id)
                    yield posting


def _open(source: str) -> Any:
    from zorya.errors import DataFileError

    try:
        return Path(source).open("rb")
    except OSError as exc:
        raise DataFileError(source, f"cannot be read ({exc.strerror})") from exc


def _ad(number: int, line: bytes, bad: BadLines) -> Posting | None:
    from models.reading import READ_LIMIT

    try:
        ad = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as exc:
        bad.report(number, f"not UTF-8 at byte {exc.start}")
        return None
    except (json.JSONDecodeError, RecursionError) as exc:
        bad.report(number, f"not JSON: {exc}")
        return None
    if not isinstance(ad, dict) or not isinstance(ad.get("id"), str | int):
        bad.report(number, 'expected an object with "id"')
        return None
    name = str(ad["id"])
    title, body = ad.get("title") or "", ad.get("body") or ""
    if not isinstance(title, str) or not isinstance(body, str):
        bad.report(number, '"title" and "body" must be text', name)
        return None
    if not (title + body).strip():
        bad.report(number, "no text: give title or body", name)
        return None
    kind = ad.get("kind") or "other"
    if kind not in list(Kind):
        bad.report(number, f'"kind" must be one of {", ".join(Kind)}', name)
        return None
    if len(body) > READ_LIMIT:
        bad.report(number, f"body of {len(body)} characters: only the first {READ_LIMIT} are read", name)
    return Posting("file", name, str(ad.get("url") or ""), Kind(kind), title, body)


def _batches(ads: Iterator[Posting], size: int) -> Iterator[list[Posting]]:
    """The first ad alone (an answer at once), then batches."""
    batch: list[Posting] = []
    wanted = 1
    for posting in ads:
        batch.append(posting)
        if len(batch) >= wanted:
            yield batch
            batch, wanted = [], size
    if batch:
        yield batch
