"""Recorded pages: what a source's board looked like, redacted, and what we read from it then.

`record` writes pages once, and beside each the result of reading it, marked unread. A person reads the result against
the page and puts their name in; from then on `problems` says, field by field, when a change of rules or code reads
otherwise.
"""

import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from crawlers.extract import Document
from crawlers.page import Page
from crawlers.probing.reading import ads_in, links_in
from crawlers.probing.visits import open_visits
from crawlers.redaction import Finder, Pseudonyms
from crawlers.spec import SourceSpec
from zorya.domain.ads import Posting
from zorya.errors import DataFileError, ExtractionError, PolicyRefusal
from zorya.settings import REPOSITORY, Settings

IN_REPOSITORY = REPOSITORY / "tests" / "crawlers" / "pages"
UNREAD = "read it, then put your name in `read_by`"
_INDEX = "index.json"


def folder_for(settings: Settings, source_id: str, path: Path) -> Path:
    """Where a source's pages are kept: with the tests for a source of the repository, else in the home folder."""
    if path.resolve().is_relative_to(REPOSITORY / "crawlers" / "sources"):
        return IN_REPOSITORY / source_id
    return settings.home / "sources" / "pages" / source_id


def record(
    spec: SourceSpec, settings: Settings, folder: Path, *, pages: int, today: date, find: Finder | None = None
) -> list[Path]:
    """Visit the first start page and `pages` ads; returns the files written."""
    with open_visits(spec.start[0], settings) as visits:
        front = visits.ask([spec.start[0]])[0]
        if front.document is None:
            raise (PolicyRefusal if front.refused else ExtractionError)(f"{spec.start[0]}: {front.reason}")
        wanted = links_in(spec, front.document)[:pages]
        found = [answer.document for answer in visits.ask(wanted) if answer.document is not None]
    return write(spec, folder, front.document, found, today=today, find=find)


def write(
    spec: SourceSpec, folder: Path, front: Document, ads: Sequence[Document], *, today: date, find: Finder | None = None
) -> list[Path]:
    """Redact and keep documents with what is read from them; never over a recording that is there."""
    if folder.exists():
        raise DataFileError(folder, "was recorded before; remove the folder to record anew", line=None)
    stand_ins = Pseudonyms(find)
    index: dict[str, Any] = {"source": spec.id, "recorded_on": today.isoformat(), "pages": {}}
    texts: dict[str, str] = {}
    for name, document in _named(front, ads):
        text = stand_ins.apply(document.text(spec.encoding), _visible(document, spec))
        redacted = Document(text.encode(), document.url, _type(document))
        if left := stand_ins.left(_visible(redacted, spec)):
            raise PolicyRefusal(f"{document.url}: a {left[0].kind} could not be replaced; this page cannot be recorded")
        texts[name] = text
        index["pages"][name] = {"url": document.url, "content_type": _type(document)}
    folder.mkdir(parents=True)
    written = [folder / name for name in texts]
    for path in written:
        path.write_text(texts[path.name], encoding="utf-8")
    (folder / _INDEX).write_text(_json(index), encoding="utf-8")
    written += [_expect(spec, folder, name) for name in texts]
    return [*written, folder / _INDEX]


def problems(folder: Path, spec: SourceSpec) -> list[str]:
    """What is wrong with a recording: unread results, and pages that now read otherwise. Empty when all is well."""
    found: list[str] = []
    for name in _index(folder)["pages"]:
        path = _result(folder, name)
        if not path.exists():
            found.append(f"{path.name} is missing: record the source anew")
            continue
        expected = json.loads(path.read_text(encoding="utf-8"))
        if not expected["read_by"]:
            found.append(f"{path.name} was written by the program and read by nobody: {UNREAD}")
        found += [f"{name}: {line}" for line in differences(expected, _reading(spec, folder, name))]
    return found


def differences(expected: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """Field by field, for people: what was expected and what is read."""
    if expected["links"] != now["links"]:
        yield from _unlike("links", "\n".join(expected["links"]), "\n".join(now["links"]))
    if len(expected["ads"]) != len(now["ads"]):
        yield f"expected {len(expected['ads'])} ads, read {len(now['ads'])}"
    for number, (before, after) in enumerate(zip(expected["ads"], now["ads"], strict=False), 1):
        for name in before:
            if before[name] != after[name]:
                where = f"ad {number}, {name}" if len(expected["ads"]) > 1 else name
                yield from _unlike(where, _shown(before[name]), _shown(after[name]))


def recordings(*roots: Path) -> list[Path]:
    """Folders with recorded pages below some folders."""
    return sorted(path.parent for root in roots for path in root.glob(f"*/{_INDEX}"))


def _unlike(where: str, before: str, after: str) -> Iterator[str]:
    if "\n" not in before + after:
        yield f"{where}: expected {before!r}, read {after!r}"
        return
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), "expected", "read", n=0, lineterm="")
    yield f"{where}:\n    " + "\n    ".join(lines)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _expect(spec: SourceSpec, folder: Path, name: str) -> Path:
    path = _result(folder, name)
    path.write_text(_json({"read_by": None} | _reading(spec, folder, name)), encoding="utf-8")
    return path


def _reading(spec: SourceSpec, folder: Path, name: str) -> dict[str, Any]:
    """What the source reads from one recorded page today, as JSON values."""
    index = _index(folder)
    about, today = index["pages"][name], date.fromisoformat(index["recorded_on"])
    document = Document((folder / name).read_bytes(), about["url"], about["content_type"])
    links = links_in(spec, document) if name.startswith("list") else []
    ads = [] if links else ads_in(spec, document, today=today)
    return {"links": links, "ads": [_plain(ad) for ad in ads]}


def _plain(ad: Posting) -> dict[str, Any]:
    values = asdict(ad)
    values["pay"] = ad.pay.raw if ad.pay else None
    values["places"] = [place.raw for place in ad.places]
    values["contacts"] = [f"{contact.kind} {contact.value}" for contact in ad.contacts]
    values["posted_on"] = ad.posted_on.isoformat() if ad.posted_on else None
    wanted = ("native_id", "url", "title", "body", "employer", "places", "pay", "posted_on", "contacts", "flags")
    return {name: list(value) if isinstance(value := values[name], tuple) else value for name in wanted}


def _named(front: Document, ads: Sequence[Document]) -> Iterator[tuple[str, Document]]:
    for stem, document in [("list-1", front), *((f"ad-{number}", one) for number, one in enumerate(ads, 1))]:
        head = document.text().lstrip("\ufeff \t\r\n")
        ending = "json" if head[:1] in {"{", "["} else "html" if "<html" in head[:3000].lower() else "xml"
        yield f"{stem}.{ending}", document


def _visible(document: Document, spec: SourceSpec) -> str:
    """The text in which a person would find contacts; a feed's or JSON's own text holds them as it is."""
    text = document.text(spec.encoding)
    if text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        return text
    return Page(text, document.url).text + "\n" + "\n".join(ad.text for ad in ads_in(spec, document, today=date.min))


def _type(document: Document) -> str:
    """The content type, with the encoding the recording is written in."""
    media = (document.content_type or "text/html").partition(";")[0].strip()
    return f"{media}; charset=utf-8"


def _result(folder: Path, name: str) -> Path:
    return folder / f"{name.partition('.')[0]}.expected.json"


def _index(folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
    return values


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
