"""The one place where what was read is stored: evidence on disk first, then capture and postings in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from zorya.domain import ids
from zorya.domain.ads import Posting
from zorya.evidence import Archive, Exchange
from zorya.store import Store, postings
from zorya.store.postings import Sighting


class PostingSink:
    """Stores the postings of one exchange. Safe to repeat: the same ad twice changes only `last_seen`."""

    def __init__(self, store: Store, archive: Archive, *, run_id: str, seen_at: datetime) -> None:
        self.store, self.archive, self.run_id, self.seen_at = store, archive, run_id, seen_at

    def keep(self, exchange: Exchange, found: Sequence[Posting]) -> list[Sighting]:
        """Store postings read from an exchange; returns what each sighting meant.

        An exchange in which every ad is as it was brings no new evidence and is not archived again.
        """
        if not found:
            return []
        capture = None if self._all_known(found) else self.archive.put(exchange)
        with self.store.writing() as connection:
            if capture:
                postings.add_capture(connection, capture, self.run_id)
            evidence = capture.id if capture else None
            return [postings.record(connection, one, capture_id=evidence, seen_at=self.seen_at)[1] for one in found]

    def _all_known(self, found: Sequence[Posting]) -> bool:
        with self.store.reading() as connection:
            return all(postings.version(connection, _version_id(posting)) for posting in found)


def _version_id(posting: Posting) -> str:
    return ids.version_id(ids.posting_id(posting.source, posting.native_id), ids.posting_content_hash(posting))
