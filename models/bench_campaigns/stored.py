"""What an ad costs in the store: finding its campaign among a thousand and among ten thousand that are there (SQLite).

Only `models.campaigns.assigning.assign` is timed: recording the posting and reading it are measured elsewhere.
"""

import time
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from models.bench_campaigns.planted import Planted
from models.campaigns import assigning
from models.campaigns.imprint import Imprint
from models.campaigns.recording import Screened
from models.reading import read
from zorya.domain.ads import Kind, Posting
from zorya.settings import Settings
from zorya.store import Store, assessments, campaigns, open_store, postings

LIMIT = 10_000
"""Postings stored at most: reading them takes milliseconds each."""
_TRANSACTION = 50
_WINDOW = 10
"""Transactions before a size is reached whose median is what an ad costs there."""

Rows = list[dict[str, Any]]


def stored(sizes: Sequence[int], *, seed: int, as_of: datetime) -> Rows:
    """A row for each size up to `LIMIT`: CPU µs of an `assign`, and its ratio to that at the first size."""
    wanted = [size for size in sorted(sizes) if size <= LIMIT]
    if not wanted:
        return []
    with TemporaryDirectory(prefix="zorya-bench-") as home:
        store = open_store(Settings(home=Path(home)))
        try:
            costs = _fill(store, Planted(wanted[-1], seed=seed), wanted[-1], as_of)
        finally:
            store.close()
    at = {size: median(costs[: size // _TRANSACTION][-_WINDOW:]) for size in wanted}
    return [
        {"stored": size, "us per ad": round(cost * 1e6), "ratio": round(cost / at[wanted[0]], 2)}
        for size, cost in at.items()
    ]


def _fill(store: Store, planted: Planted, count: int, as_of: datetime) -> list[float]:
    """CPU seconds an ad of each transaction."""
    ads = (ad for batch, _ in planted.batches(0, count) for ad in batch)
    costs = []
    while chunk := list(islice(ads, _TRANSACTION)):
        with store.writing() as connection:
            campaigns.lock(connection)
            costs.append(_assigned(connection, store, chunk, as_of) / len(chunk))
    return costs


def _assigned(connection: Connection, store: Store, ads: Sequence[Imprint], as_of: datetime) -> float:
    """CPU seconds of putting a batch of ads into their campaigns, once they are stored and read."""
    screened = []
    for ad in ads:
        recorded, _ = postings.record(connection, _posting(ad), capture_id=None, seen_at=as_of)
        version = postings.version(connection, recorded)
        if version is None:
            raise AssertionError(f"{recorded} was recorded and is not there")
        reading = read(version.posting)
        tokens = assessments.set_contacts(connection, version.id, reading.contacts, key=store.contact_key)
        screened.append(Screened(version, reading, tokens))
    begun = time.process_time()
    assigning.assign(connection, screened, at=as_of)
    return time.process_time() - begun


def _posting(ad: Imprint) -> Posting:
    """The planted ad as a page would give it: its contacts are handles, its organisation the board's own field."""
    title, *lines = ad.wording.splitlines()
    handles = [f"https://t.me/{key.removeprefix('c:').replace('-', '_')}" for key in ad.contacts]
    body = ".\n".join((*lines, *handles))
    source, address = ad.source.replace(" ", "-"), f"https://board.example/{ad.id}"
    employer = next((f"{_spoken(name)} GmbH" for name in sorted(ad.organisations)), None)
    return Posting(source, ad.id, address, Kind.JOB, title, body, employer=employer)


def _spoken(name: str) -> str:
    """A planted firm's number as a name: numbers alone name nobody."""
    digits = "".join(filter(str.isdigit, name))
    return "".join(f"{'bdfgklmnpr'[int(digit)]}{'aeiouaeiou'[int(digit)]}" for digit in f"9{digits}").capitalize()
