"""Content-addressed evidence in a folder: put, get, check."""

import os
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from zorya.domain import ids
from zorya.domain.ads import Capture
from zorya.errors import EvidenceError
from zorya.evidence.exchange import Exchange
from zorya.evidence.reading import Package, read_package
from zorya.evidence.writing import write_package

_WRITERS = 4
"""Files of one batch under way at once: the disk commits several fsyncs together."""


class Archive:
    """The archive of one installation. `run_id` names the crawl that writes; readers need none."""

    def __init__(self, folder: Path, *, run_id: str = "") -> None:
        self.folder, self.run_id = folder, run_id

    def put(self, exchange: Exchange) -> Capture:
        """Write an exchange to disk, fsynced; the same exchange twice is written once."""
        payload = ids.sha256_hex(exchange.body)
        capture = ids.capture_id(payload, exchange.url, exchange.fetched_at)
        name = f"{payload[:2]}/{payload}-{capture}.warc.gz"
        path = self.folder / name
        if path.exists():
            self.get(name, payload)
            data = path.read_bytes()
        else:
            data = write_package(exchange, capture_id=capture, payload_sha256=payload, run_id=self.run_id)
            _write_whole(path, data)
        return Capture(
            id=capture,
            url=exchange.url,
            status=exchange.status,
            media_type=exchange.media_type,
            headers=exchange.response_headers,
            fetched_at=exchange.fetched_at,
            sha256=payload,
            warc_file=name,
            warc_offset=0,
            file_sha256=ids.sha256_hex(data),
        )

    def put_many(self, exchanges: Sequence[Exchange]) -> list[Capture]:
        """`put` for a batch, side by side; all are on disk when it returns. Raises when one could not be written."""
        if len(exchanges) < 2:
            return [self.put(exchange) for exchange in exchanges]
        return list(self._writers.map(self.put, exchanges))

    @cached_property
    def _writers(self) -> ThreadPoolExecutor:
        """Kept for the life of the archive: starting threads costs more than what they write."""
        return ThreadPoolExecutor(max_workers=_WRITERS, thread_name_prefix="evidence")

    def get(self, warc_file: str, sha256: str, file_sha256: str = "") -> bytes:
        """The payload of a capture; raises EvidenceError when missing or altered.

        With `file_sha256` not even a byte of the packing may have changed.
        """
        return self._package(warc_file, sha256, file_sha256).payload

    def verify(self, capture: Capture) -> dict[str, Any]:
        """Raise EvidenceError unless the capture is on disk as it was written and says what the record says.

        Returns its metadata, empty for captures that are older than those.
        """
        about = self._package(capture.warc_file, capture.sha256, capture.file_sha256).about
        if not about:
            return about
        told = (about.get("capture"), about.get("url"), about.get("status"), moment(about.get("fetched_at")))
        if told != (capture.id, capture.url, capture.status, capture.fetched_at):
            raise EvidenceError(f"{self.folder / capture.warc_file}: the database tells another story: {told}")
        return about

    def _package(self, warc_file: str, sha256: str, file_sha256: str) -> Package:
        path = self.folder / warc_file
        try:
            data = path.read_bytes()
        except FileNotFoundError as exc:
            raise EvidenceError(f"{path}: evidence is missing; restore it from backup") from exc
        except OSError as exc:
            raise EvidenceError(f"{path}: evidence cannot be read ({exc.strerror})") from exc
        if file_sha256 and ids.sha256_hex(data) != file_sha256:
            raise EvidenceError(f"{path}: the file does not match its SHA-256 {file_sha256}; restore it from backup")
        try:
            package = read_package(data)
        except EvidenceError as exc:
            raise EvidenceError(f"{path}: {exc}") from exc
        if ids.sha256_hex(package.payload) != sha256:
            raise EvidenceError(f"{path}: payload does not match its SHA-256 {sha256}")
        return package


def moment(value: object) -> datetime | None:
    """A time as metadata spell it; None for anything else."""
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except ValueError:
        return None


def _write_whole(path: Path, data: bytes) -> None:
    """Write to a temporary file, fsync, rename, fsync the folder: whole or not at all."""
    if not path.parent.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        sync_folder(path.parent.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)  # a full disk is not filled further
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make names in a folder durable."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
