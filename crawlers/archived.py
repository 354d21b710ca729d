"""What an archive holds, to be asked by address: WARC files of any origin → one SQLite file on the side.

The newest answer of an address counts. A revisit record stands for the answer it refers to, with the revisit's date; a
bare 304 says nothing and is passed over. What Zorya knew about an exchange besides its bytes comes back from its own
metadata records, and the redirects named there are answered as they were.
"""

import base64
import binascii
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from crawlers.draft import canonical_url
from crawlers.warc_answers import Answer, answer_in
from crawlers.warcs import FIELD, Record, WarcReader
from zorya.errors import EvidenceError
from zorya.evidence import Exchange

_TABLES = """
CREATE TABLE answers (
    seq INTEGER PRIMARY KEY, key TEXT, url TEXT, at TEXT, record TEXT, beside TEXT, ip TEXT, status INTEGER,
    protocol TEXT, headers TEXT, body BLOB, digest TEXT, refers TEXT, refers_at TEXT, inferred INTEGER
);
CREATE INDEX by_key ON answers (key, at);
CREATE INDEX by_digest ON answers (digest);
CREATE TABLE notes (record TEXT, about TEXT, kind TEXT, data TEXT);
CREATE INDEX by_about ON notes (about);
CREATE INDEX by_record ON notes (record);
"""
_MEDIA = ("image/", "video/", "audio/", "font/")


@dataclass(frozen=True, slots=True)
class Contents:
    """What was found in the files: the date of the newest answer, how many answers, and every damage."""

    newest: datetime
    answers: int
    faults: tuple[str, ...]


def record(files: Sequence[Path], target: Path) -> Contents:
    """Read WARC files into a new recording; raises EvidenceError for a file that holds nothing readable."""
    faults: list[str] = []
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")  # it is thrown away after the run
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        for file in files:
            _record_file(connection, file, faults)
        _infer_redirects(connection)
        connection.execute("COMMIT")
        count, newest = connection.execute("SELECT count(*), max(at) FROM answers WHERE NOT inferred").fetchone()
    if not count:
        raise EvidenceError(f"{', '.join(map(str, files))}: no HTTP answer in the archive {'; '.join(faults[:3])}")
    return Contents(datetime.fromisoformat(newest), count, tuple(faults))


class Recording:
    """The reading side."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self._connection.row_factory = sqlite3.Row

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def find(self, url: str) -> Exchange | None:
        """The newest archived answer of an address, its body packed as its headers say; None when there is none."""
        query = "SELECT * FROM answers WHERE key = ? ORDER BY at DESC, inferred, seq DESC"
        for row in self._connection.execute(query, (canonical_url(url),)):
            if (found := self._exchange(row)) is not None:
                return found
        return None

    def pages(self) -> Iterator[tuple[str, bool]]:
        """Every archived address that answered 2xx, oldest first, and whether Zorya kept it because it held ads."""
        query = (
            "SELECT url, max(seq), EXISTS (SELECT 1 FROM notes WHERE kind = 'metadata' AND about = answers.record) "
            "FROM answers WHERE status BETWEEN 200 AND 299 GROUP BY key ORDER BY 2"
        )
        for url, _, kept in self._connection.execute(query).fetchall():
            yield url, bool(kept)

    def _exchange(self, row: sqlite3.Row) -> Exchange | None:
        source: sqlite3.Row | None = row
        if row["refers"] is not None:
            source = self._original(row)
        if source is None or (source["status"] == 304):
            return None
        own = row if row["status"] not in {None, 304} else source
        about = self._metadata(row)
        coding = [pair for pair in json.loads(source["headers"]) if pair[0].lower() == "content-encoding"]
        headers = [pair for pair in json.loads(own["headers"]) if pair[0].lower() != "content-encoding"]
        exchange = Exchange(
            url=row["url"],
            status=own["status"],
            request_headers=(),
            response_headers=tuple((name, value) for name, value in (*headers, *coding)),
            body=source["body"],
            fetched_at=datetime.fromisoformat(row["at"]),
            ip=row["ip"],
            certificate=_certificate(about),
            redirects=tuple((one["status"], one["url"]) for one in about.get("redirects") or ()),
            settings_hash=about.get("settings_sha256") or "",
            protocol=own["protocol"],
        )
        return self._asked(row, exchange)

    def _original(self, row: sqlite3.Row) -> sqlite3.Row | None:
        """The answer that a revisit stands for."""
        query = "SELECT * FROM answers WHERE refers IS NULL AND status <> 304 AND "
        ways = (
            ("key = ? AND at = ? ORDER BY seq DESC", (canonical_url(row["refers"]), row["refers_at"])),
            ("digest = ? AND digest <> '' ORDER BY at DESC", (row["digest"],)),
            ("key = ? AND at <= ? AND NOT inferred ORDER BY at DESC", (row["key"], row["at"])),
        )
        for way, values in ways if row["status"] == 304 or not row["digest"] else ways[:2]:
            found: sqlite3.Row | None = self._connection.execute(f"{query}{way}", values).fetchone()
            if found is not None:
                return found
        return None

    def _asked(self, row: sqlite3.Row, exchange: Exchange) -> Exchange:
        """With the request that stands beside the answer, whichever of the two points at the other."""
        query = "SELECT data FROM notes WHERE kind = 'request' AND (about = ? OR record = ?)"
        found = self._connection.execute(query, (row["record"], row["beside"])).fetchone()
        if found is None:
            return exchange
        method, headers = json.loads(found[0])
        return replace(exchange, method=method, request_headers=tuple((name, value) for name, value in headers))

    def _metadata(self, row: sqlite3.Row) -> dict[str, Any]:
        query = "SELECT data FROM notes WHERE kind = 'metadata' AND about = ?"
        found = self._connection.execute(query, (row["record"],)).fetchone()
        return dict(json.loads(found[0])) if found else {}


def _record_file(connection: sqlite3.Connection, path: Path, faults: list[str]) -> None:
    try:
        file = path.open("rb")
    except OSError as exc:
        raise EvidenceError(f"{path}: cannot be read ({exc.strerror})") from exc
    with file:
        for one in WarcReader(file, str(path), faults):
            if one.kind in {"request", "metadata"}:
                _note(connection, one)
            elif one.url.startswith(("http://", "https://")) and (problem := _enter(connection, one)):
                faults.append(f"{path}: offset {one.offset}: {problem}")


def _enter(connection: sqlite3.Connection, one: Record) -> str:
    """Enter an answer; returns what is wrong with it."""
    at, fields = _date(one.fields.get("warc-date", "")), one.fields
    if at is None:
        return "the record has no readable date"
    answer = answer_in(one.block)
    if one.kind == "resource":
        answer = Answer(200, "HTTP/1.1", (("Content-Type", fields.get("content-type", "")),), one.block)
    if answer is None and one.kind == "response":
        return "no HTTP answer in the record"
    if answer is not None and answer.header("content-type").startswith(_MEDIA):
        return ""
    refers = (fields.get("warc-refers-to-target-uri", "").strip("<>") or one.url) if one.kind == "revisit" else None
    values = (canonical_url(one.url), one.url, at, fields.get("warc-record-id"), fields.get("warc-concurrent-to"))
    said = (answer.status, answer.protocol, json.dumps(answer.headers), answer.body) if answer else (None,) * 4
    pointers = (fields.get("warc-payload-digest", ""), refers, _date(fields.get("warc-refers-to-date", "")), False)
    connection.execute(
        "INSERT INTO answers VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*values, fields.get("warc-ip-address", ""), *said, *pointers),
    )
    return ""


def _note(connection: sqlite3.Connection, one: Record) -> None:
    """Keep a request, and a metadata record if it is one of ours."""
    about = one.fields.get("warc-refers-to") or one.fields.get("warc-concurrent-to")
    if one.kind == "request":
        lines = one.block.partition(b"\r\n\r\n")[0].splitlines() or [b""]
        pairs = [match for line in lines[1:] if (match := FIELD.match(line))]
        headers = [(match[1].decode("latin-1"), match[2].strip().decode("latin-1")) for match in pairs]
        data = json.dumps([lines[0].partition(b" ")[0].decode("latin-1"), headers])
    else:
        try:
            found = json.loads(one.block)
        except ValueError:
            return
        if not isinstance(found, dict) or not {"capture", "payload_sha256"} <= found.keys():
            return
        data = json.dumps(found)
    values = (one.fields.get("warc-record-id"), about, one.kind, data)
    connection.execute("INSERT INTO notes VALUES (?, ?, ?, ?)", values)


def _infer_redirects(connection: sqlite3.Connection) -> None:
    """Our captures name the redirects that led to them; each becomes an answer again, so that a replay takes that way.

    A recorded answer of the same moment comes first.
    """
    query = (
        "SELECT answers.url, answers.at, notes.data FROM notes JOIN answers ON answers.record = notes.about "
        "WHERE notes.kind = 'metadata'"
    )
    for url, at, data in connection.execute(query).fetchall():
        way = [(one["status"], one["url"]) for one in json.loads(data).get("redirects") or ()]
        for (status, start), (_, target) in pairwise([*way, (200, url)]):
            if 300 <= status < 400:
                headers = json.dumps([("Location", target)])
                connection.execute(
                    "INSERT INTO answers (key, url, at, ip, status, protocol, headers, body, digest, inferred) "
                    "VALUES (?, ?, ?, '', ?, 'HTTP/1.1', ?, x'', '', TRUE)",
                    (canonical_url(start), start, at, status, headers),
                )


def _date(value: str) -> str | None:
    """A WARC-Date in one spelling that sorts."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _certificate(about: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode((about.get("certificate") or {}).get("der_base64") or "", validate=True)
    except binascii.Error:
        return b""
