"""Visits: several addresses of one site read by one crawl process, each with its outcome."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

from pydantic import ValidationError

from crawlers.extract import Document
from crawlers.spec import Engine, Limits, SourceSpec
from zorya.domain.ads import Kind
from zorya.domain.runs import Outcome
from zorya.errors import ExtractionError
from zorya.settings import REPOSITORY, CrawlSettings, Settings

POLITE_S, OWN_S = 1.0, 0.05
"""Seconds between requests: to a site, and to a host of the operator's own (excepted from the guard by name)."""
_GRACE_S = 10.0
_REFUSALS = frozenset({Outcome.ROBOTS, Outcome.BLOCKED, Outcome.SKIPPED})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one address: a document, or why there is none."""

    asked: str
    document: Document | None
    outcome: Outcome
    reason: str = ""

    @property
    def refused(self) -> bool:
        """True when we may not read it (robots.txt, guard, a door that is shut)."""
        return self.outcome in _REFUSALS


class Visits:
    """An open line to the process; `ask` returns answers in the order of the addresses."""

    def __init__(self, ask: IO[str], answers: IO[str], folder: Path) -> None:
        self._ask, self._answers, self._folder, self.count = ask, answers, folder, 0

    def ask(self, urls: Sequence[str]) -> list[Answer]:
        """Visit addresses; a process that died answers with failures."""
        numbers = range(self.count + 1, self.count + len(urls) + 1)
        self.count += len(urls)
        asked = dict(zip(numbers, urls, strict=True))
        told: dict[int, Answer] = {}
        with contextlib.suppress(BrokenPipeError):
            for number, url in asked.items():
                self._ask.write(json.dumps({"number": number, "url": url}) + "\n")
            self._ask.flush()
            told = self._told(asked)
        lost = "the probe's process ended early"
        return [told.get(number, Answer(url, None, Outcome.FAILED, lost)) for number, url in asked.items()]

    def _told(self, asked: dict[int, str]) -> dict[int, Answer]:
        told: dict[int, Answer] = {}
        while len(told) < len(asked) and (line := self._answers.readline()):
            about = json.loads(line)
            number, outcome = int(about["number"]), Outcome(about["outcome"])
            document = None
            if outcome is Outcome.OK:
                body = (self._folder / str(number)).read_bytes()
                document = Document(body, about["url"], about["content_type"])
            told[number] = Answer(asked[number], document, outcome, about["reason"])
        return told


def delay_for(url: str, crawl: CrawlSettings) -> float:
    """Seconds between requests to the host of an address."""
    parts = urlsplit(url)
    own = {parts.hostname or "", parts.netloc.lower()}
    return POLITE_S if own.isdisjoint(crawl.allow_hosts) else OWN_S


@contextlib.contextmanager
def open_visits(url: str, settings: Settings) -> Iterator[Visits]:
    """A process for the site of `url`; ExtractionError when it is no address at all."""
    spec = _spec(url, settings)
    path = os.pathsep.join(filter(None, (str(REPOSITORY), os.environ.get("PYTHONPATH"))))
    with tempfile.TemporaryDirectory(prefix="zorya-probe-") as folder:
        child = subprocess.Popen(
            [sys.executable, "-m", "crawlers.probing.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path},
            start_new_session=True,
            text=True,
        )
        aside = settings.model_copy(update={"home": Path(folder), "database_url": ""})
        order: dict[str, Any] = {
            "settings": aside.model_dump(mode="json"),
            "spec": spec.model_dump(mode="json", by_alias=True),
        }
        order |= {"host": urlsplit(url).hostname or "", "folder": folder}
        watchdog = threading.Timer(settings.crawl.run_limit_s, _kill, [child])
        watchdog.start()
        try:
            ask, answers = cast(IO[str], child.stdin), cast(IO[str], child.stdout)
            ask.write(json.dumps(order) + "\n")
            yield Visits(ask, answers, Path(folder))
        finally:
            watchdog.cancel()
            _end(child)


def _end(child: subprocess.Popen[str]) -> None:
    try:
        child.communicate(timeout=_GRACE_S)
    except (subprocess.TimeoutExpired, BrokenPipeError, ValueError):
        _kill(child)
        child.wait()


def _kill(child: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _spec(url: str, settings: Settings) -> SourceSpec:
    try:
        return SourceSpec(
            id="probe",
            title="probe",
            homepage=url,
            kind=Kind.JOB,
            country="zz",
            languages=("en",),
            engine=Engine.FEED,
            start=(url,),
            limits=Limits(delay=delay_for(url, settings.crawl)),
        )
    except (ValidationError, ValueError) as exc:
        raise ExtractionError(f"{url}: not an address that can be read; begin with https://") from exc
