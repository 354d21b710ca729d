"""A crawl of an archive: same engines, same reading, same store and frontier; WARC files answer, nothing is sent.

An ad was seen when its page was fetched. A replay is filed under a name of its own, `SOURCE@` and a digest of the
files, so it neither holds up a crawl of the source nor takes over its open addresses, and does not count when the
source's health is judged. The same files again are the same run.
"""

import hashlib
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from crawlers.account import Account
from crawlers.archived import Contents, record
from crawlers.offline import MISSING
from crawlers.runner import begin, run_child
from crawlers.spec import Limits, SourceSpec
from zorya.domain.runs import FAILURES, Outcome, RunReport, RunStatus
from zorya.errors import EvidenceError
from zorya.settings import Settings
from zorya.store import Store

_LONGEST_S = 24 * 3600.0
_SHOWN = 20
"""Damages that a report names one by one."""


def replay(store: Store, settings: Settings, spec: SourceSpec, files: Sequence[Path]) -> RunReport:
    """Read a source's pages from WARC files; the run's moment is the newest WARC-Date in them.

    A damaged file is read past its damage and makes the run partial. Raises EvidenceError when no answer is readable.
    """
    name = f"{spec.id}@{_digest(files)}"
    with tempfile.TemporaryDirectory(prefix="zorya-replay-") as folder:
        recording = Path(folder) / "recording.sqlite"
        contents = record(files, recording)
        turn = begin(store, settings, spec, as_of=contents.newest, name=name)
        if isinstance(turn, RunReport):
            return turn
        try:
            most = Limits(delay=spec.limits.delay, pages=10_000, ads=100_000)  # limits spare a board, and none is asked
            whole = spec.model_copy(update={"limits": most})
            told = {"spec": whole.model_dump(mode="json", by_alias=True), "recording": str(recording)}
            ending = run_child(turn.order() | told, limit=_LONGEST_S) if turn.todo else ""
            account = turn.account(ending)
            status, messages = judge(account, ending, contents)
            report = RunReport(
                run_id=turn.run_id,
                source=name,
                started_at=contents.newest,
                finished_at=contents.newest + timedelta(seconds=time.monotonic() - turn.began),
                status=status,
                scheduled=len(account.requests),
                outcomes=account.outcomes,
                postings=len(account.postings),
                new=account.sightings["new"],
                changed=account.sightings["changed"],
                messages=messages,
            )
            turn.finish(report)
        finally:
            turn.release()
    return report


def judge(account: Account, ending: str, contents: Contents) -> tuple[RunStatus, tuple[str, ...]]:
    """Green, partial or failed, and why; every damage of the archive is said first."""
    faults = list(contents.faults[:_SHOWN])
    if len(contents.faults) > _SHOWN:
        faults.append(f"{len(contents.faults) - _SHOWN} more damages")
    messages = [*faults, *([ending] if ending else [])]
    reasons = Counter((str(one.outcome), one.reason) for one in account.requests if one.outcome is not Outcome.OK)
    messages += [f"{count} {outcome}: {reason}" for (outcome, reason), count in sorted(reasons.items())]
    if not account.postings:
        hint = f"no ad could be read; the archive holds {contents.answers} answers"
        if all(one.reason == MISSING for one in account.requests):
            hint += ", but no start page, and none whose address the source's `follow.match` knows"
        messages.append(hint)
    if ending or not account.postings:
        return RunStatus.FAILED, tuple(messages)
    failed = any(one.outcome in FAILURES for one in account.requests)
    return (RunStatus.PARTIAL if failed or contents.faults else RunStatus.OK), tuple(messages)


def _digest(files: Sequence[Path]) -> str:
    """Short digest of the files, whatever their order and names."""
    found = []
    for path in files:
        try:
            with path.open("rb") as file:
                found.append(hashlib.file_digest(file, "sha256").hexdigest())
        except OSError as exc:
            raise EvidenceError(f"{path}: cannot be read ({exc.strerror})") from exc
    return hashlib.sha256("".join(sorted(found)).encode()).hexdigest()[:12]
