"""Renders and delivers digests in forked processes that die by SIGKILL at a named point.

Orders come on stdin, a JSON object a line: home, port, as_of, point (empty: live on). The answer is a line with the
exit status, -9 where the process was killed. The program has one thread, so that forking it is safe.
"""

import json
import os
import signal
import smtplib
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from alerts import deconflict_mail, digest, outbox
from alerts.channels import folder
from alerts.render import note
from alerts.words import Words
from zorya.domain.sharing import Marking
from zorya.settings import DigestSettings, Settings
from zorya.store import open_store, sharing

POINTS: dict[str, tuple[Any, str, str]] = {
    "before rendering": (digest, "render", "before"),
    "rendered, not stored": (digest, "render", "after"),
    "stored, not committed": (sharing, "add_digest", "after"),
    "committed, nothing sent": (outbox, "deliver", "before"),
    "connected, not sent": (smtplib.SMTP, "sendmail", "before"),
    "sent, not marked": (smtplib.SMTP, "sendmail", "after"),
    "between two files": (folder, "_write_whole", "after"),
    "marked, not committed": (sharing, "delivered", "after"),
    "match claimed, not rendered": (deconflict_mail, "render_matches", "before"),
}
"""Point → whose function, and whether death comes before it or after it."""


def main() -> None:
    """Work off the orders; what every child would load anew is loaded before."""
    note(Words.of("en", ZoneInfo("Europe/Chisinau")), Marking.CLEAR, "loaded", "once")
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _live(order)
        _pid, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _live(order: dict[str, Any]) -> None:
    try:
        if order["point"]:
            owner, name, when = POINTS[order["point"]]
            setattr(owner, name, _deadly(getattr(owner, name), when))
        mails = DigestSettings(smtp_port=order["port"], heartbeat_days=0)
        settings, at = Settings(home=Path(order["home"]), digest=mails), datetime.fromisoformat(order["as_of"])
        store = open_store(settings)
        deconflict_mail.run(store, settings, as_of=at)
        digest.run(store, settings, as_of=at)
        outbox.deliver(store, settings, as_of=at)
        os._exit(0)
    finally:
        os._exit(1)


def _deadly(function: Callable[..., Any], when: str) -> Callable[..., Any]:
    def dies(*args: Any, **more: Any) -> None:
        if when == "after":
            function(*args, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    return dies


if __name__ == "__main__":
    main()
