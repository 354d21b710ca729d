"""Verbs of data scientists: screen, campaigns, model."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from zorya.cli.output import OK, PARTIAL, emit, now, say, table
from zorya.domain.ads import Kind, Posting

Source = Annotated[str, typer.Argument(help="JSON lines file, or - for standard input")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("screen", rich_help_panel="Data scientists")(screen)
    app.command("campaigns", rich_help_panel="Data scientists")(campaigns)
    model = typer.Typer(no_args_is_help=True, help="Train, list and show models.")
    model.command("train")(model_train)
    model.command("list")(model_list)
    model.command("promote")(model_promote)
    app.add_typer(model, name="model", rich_help_panel="Data scientists")


def screen(
    source: Source,
    no_store: Annotated[
        bool, typer.Option("--no-store", help="kept for scripts: screening a file never stores")
    ] = True,
) -> None:
    """Read ads as JSON lines, print one assessment a line (design §6)."""
    from models.reading import read
    from models.score import load_scorer
    from zorya.settings import load_settings

    as_of, bad = now(), _BadLines()
    scorer = load_scorer(load_settings(), as_of=as_of)
    for batch in _batches(_ads(source, bad), 100):
        readings = [read(posting) for posting in batch]
        results = scorer.assess(readings, [posting.native_id for posting in batch], as_of=as_of)
        for posting, reading, result in zip(batch, readings, results, strict=True):
            emit(_assessment_line(posting, reading.contacts, result))
    raise typer.Exit(PARTIAL if bad.count else OK)


def campaigns(source: Source) -> None:
    """Group ads given as JSON lines, print one {"id", "campaign"} a line (design §6)."""
    from models.campaigns.grouping import group
    from models.campaigns.imprint import imprint
    from models.reading import read

    bad = _BadLines()
    ads = list(_ads(source, bad))
    found, _ = group(imprint(read(posting), id=posting.native_id) for posting in ads)
    for posting in ads:
        emit({"id": posting.native_id, "campaign": found[posting.native_id]})
    raise typer.Exit(PARTIAL if bad.count else OK)


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


class _BadLines:
    """Reports bad lines on stderr as {"id"?, "line", "error"}."""

    def __init__(self) -> None:
        self.count = 0

    def report(self, number: int, error: str, name: str | None = None) -> None:
        """One bad line."""
        self.count += 1
        say(json.dumps(({"id": name} if name else {}) | {"line": number, "error": error}, ensure_ascii=False))


def _ads(source: str, bad: _BadLines) -> Iterator[Posting]:
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


def _ad(number: int, line: bytes, bad: _BadLines) -> Posting | None:
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


def model_train(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Train the configured recipe on the corpus; the first model of a name is put in use."""
    from dataclasses import asdict

    from models.train import train
    from zorya.settings import load_settings

    manifest, is_new = train(load_settings(), as_of=now())
    say(f"{manifest.reference} {'trained' if is_new else 'exists: same recipe, corpus and indicators'}")
    if as_json:
        emit(asdict(manifest))
        return
    rows = [(target, *numbers.values()) for target, numbers in manifest.metrics["out_of_fold"].items()]
    table(
        ("target", "average precision", "ROC AUC", "Brier", "positives"), rows, title="held-out languages, seed corpus"
    )


def model_list(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Stored models, oldest first; * marks the one in use."""
    from dataclasses import asdict

    from models import registry
    from zorya.settings import load_settings

    settings = load_settings()
    in_use = registry.champion(settings.models_dir, settings.model_recipe)
    found = registry.versions(settings.models_dir, settings.model_recipe)
    if as_json:
        emit([asdict(manifest) | {"in_use": manifest.version == in_use} for manifest in found])
        return
    rows = [("*" if m.version == in_use else "", m.reference, m.trained_at, m.sha256[:12]) for m in found]
    table(("", "model", "trained", "sha256"), rows)


def model_promote(version: str, reason: Annotated[str, typer.Option(help="why; goes into the audit log")]) -> None:
    """Put a stored version in use."""
    import getpass

    from models import registry
    from zorya.settings import load_settings
    from zorya.store import audit, open_store

    settings = load_settings()
    registry.promote(settings.models_dir, settings.model_recipe, version)
    with open_store(settings).writing() as connection:
        name = f"{settings.model_recipe}@{version}"
        audit.add(connection, at=now(), actor=getpass.getuser(), action="model.promote", object=name, reason=reason)
    say(f"{name} is in use")
