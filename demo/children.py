"""Processes the demo starts: each with a log and a process group of its own; all are stopped, and nothing else."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from zorya.errors import ZoryaError

PATIENCE_S = 12.0
"""How long a child may take to end before it is killed."""


class ChildDied(ZoryaError):
    """A part of the demo ended by itself; the message holds the end of its log."""


@dataclass(slots=True)
class Child:
    """One process the demo started."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_lines(self, count: int = 15) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text("utf-8", errors="replace").splitlines()[-count:])


class Children:
    """Starts and stops; use as a context manager."""

    def __init__(self, logs: Path, environment: Mapping[str, str], folder: Path) -> None:
        self._logs, self._environment, self._folder = logs, dict(environment), folder
        self._children: list[Child] = []

    def __enter__(self) -> "Children":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str], extra: Mapping[str, str] | None = None) -> Child:
        """Start a process; its output goes to `logs/NAME.log`."""
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{name}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(  # noqa: S603 — our own programs, no shell
                list(command),
                cwd=self._folder,
                env=self._environment | dict(extra or {}),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the demo alone; it then stops the others in order
            )
        child = Child(name, process, log)
        self._children.append(child)
        return child

    def check(self) -> None:
        """Raise ChildDied when one has ended by itself."""
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                raise ChildDied(f"{child.name} ended with code {code}; the end of {child.log}:\n{child.last_lines()}")

    def finish(self, child: Child, *, timeout: float) -> int:
        """Wait for a process that is meant to end; returns its exit code."""
        code = child.process.wait(timeout)
        self._children.remove(child)
        return code

    def stop(self) -> None:
        """End every process started here and all that those started, newest first."""
        family = [member for child in self._children for member in _family(child)]
        for child in reversed(self._children):
            with contextlib.suppress(ProcessLookupError):
                child.process.send_signal(signal.SIGINT)
        until = time.monotonic() + PATIENCE_S
        for child in self._children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, until - time.monotonic()))
        for kind, patience in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0)):
            family = [member for member in family if member.is_running()]
            for member in family:  # psutil compares the start time: a number given to another process is not touched
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.send_signal(kind)
            _, family = psutil.wait_procs(family, timeout=patience)
        for child in self._children:
            child.process.wait()
        self._children.clear()


def _family(child: Child) -> list[psutil.Process]:
    """The process and its descendants, and whoever else is in its group (a grandchild whose parent has gone)."""
    found: dict[int, psutil.Process] = {}
    with contextlib.suppress(psutil.NoSuchProcess):
        leader = psutil.Process(child.process.pid)
        found = {member.pid: member for member in (leader, *leader.children(recursive=True))}
    for member in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, PermissionError, psutil.NoSuchProcess):
            if os.getpgid(member.pid) == child.process.pid:
                found[member.pid] = member
    return list(found.values())
