"""The ledger of a run: JSON lines written by the child as things happen, read by the parent whatever became of it.

A request that was scheduled and has no outcome when the child is gone is counted as failed: nothing vanishes.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crawlers.account import Account, AdFacts
from zorya.domain.ads import Posting
from zorya.domain.runs import Outcome, RequestOutcome
from zorya.store.postings import Sighting


class Ledger:
    """Writing side, in the child."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._count = 0
        self._open: set[int] = set()

    def scheduled(self, url: str) -> int:
        """Enter a request; returns its number."""
        self._count += 1
        self._open.add(self._count)
        self._write({"scheduled": self._count, "url": url})
        return self._count

    def outcome(self, number: int, outcome: Outcome, reason: str = "", status: int | None = None) -> None:
        """Enter what became of a request; the first entry counts."""
        if number in self._open:
            self._open.discard(number)
            self._write({"outcome": outcome, "of": number, "reason": reason[:500], "status": status})

    def posting(self, posting: Posting, sighting: Sighting) -> None:
        """Enter a stored posting: which fields are filled, never their content."""
        self._write({"ad": AdFacts.of(posting, sighting).row()})

    def message(self, text: str) -> None:
        """Enter a line for the operator."""
        self._write({"message": text[:500]})

    def close(self, reason: str, leftover: Outcome, why: str) -> None:
        """Give every open request an outcome and end the ledger."""
        for number in sorted(self._open):
            self.outcome(number, leftover, why)
        self._write({"end": reason})
        self._file.close()

    def _write(self, event: dict[str, Any]) -> None:
        text = json.dumps(event, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
        self._file.write(text + "\n")


def read_ledger(path: Path, *, unfinished: str) -> Account:
    """Read a ledger; requests without an outcome failed for the reason `unfinished`."""
    account = Account()
    urls: dict[int, str] = {}
    fates: dict[int, RequestOutcome] = {}
    for event in _events(path):
        if "scheduled" in event:
            urls[event["scheduled"]] = event["url"]
        elif "outcome" in event:
            number = event["of"]
            fates[number] = RequestOutcome(urls[number], Outcome(event["outcome"]), event["reason"], event["status"])
        elif "ad" in event:
            account.add([AdFacts.from_row(event["ad"])])
        elif "message" in event:
            account.messages.append(event["message"])
        else:
            account.ended = event["end"]
    lost = RequestOutcome("", Outcome.FAILED, unfinished)
    account.requests = [fates.get(n, RequestOutcome(url, lost.outcome, lost.reason)) for n, url in sorted(urls.items())]
    return account


def _events(path: Path) -> Iterable[dict[str, Any]]:
    if not path.exists():
        return
    for line in path.read_bytes().split(b"\n"):
        try:
            event = json.loads(line)
        except ValueError:
            continue  # only the last line of a killed child can be torn
        yield event
