"""The demo's home folder: settings, accounts, ports. Everything the demo keeps lies below it."""

import contextlib
import json
import os
import socket
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from demo.town import HOST
from zorya.domain.reviews import Role
from zorya.settings import REPOSITORY
from zorya.store import Store, people

PARTNERS = Path(__file__).resolve().parent / "partners"
ACCOUNTS = (
    ("ana", "Ana", Role.ANALYST, "demo-town-ana"),
    ("ben", "Ben", Role.ANALYST, "demo-town-ben"),
    ("lea", "Lea", Role.LEAD, "demo-town-lea"),
)
"""Name, name shown, role, password. Only for the demo: the review app listens on this machine alone."""

_NO_SECOND_FACTOR = ("[review]", "second_factor_roles = []", "")
"""The demo's passwords are public and it listens on this machine alone: a second factor would guard nothing."""


def write_settings(home: Path, ports: Mapping[str, int]) -> None:
    """`zorya.toml` of the demo: its sources, its partners, and the one exception that lets it crawl this machine."""
    lists = {
        "source_dirs": [str(home / "demo" / "sources")],
        "partner_dirs": [str(PARTNERS)],
    }
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in lists.items()]
    hosts = json.dumps([f"{HOST}:{port}" for port in ports.values()])
    text = "\n".join(
        [
            "# Written by `zorya demo` at each start.",
            *lines,
            "",
            "[crawl]",
            f"allow_hosts = {hosts}",
            "",
            *_NO_SECOND_FACTOR,
        ]
    )
    draft = home / ".zorya.toml.draft"
    draft.write_text(text, "utf-8")
    draft.replace(home / "zorya.toml")


def child_environment(home: Path) -> dict[str, str]:
    """The environment of every process of the demo: the demo's home, and no setting of another one."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ZORYA", "AIRFLOW")) and name != "PYTHONDONTWRITEBYTECODE"
    }
    path = os.pathsep.join(filter(None, (str(REPOSITORY), kept.get("PYTHONPATH", ""))))
    quiet = {"PYTHONUNBUFFERED": "1", "NO_PROXY": HOST, "no_proxy": HOST}
    return kept | quiet | {"ZORYA_HOME": str(home), "PYTHONPATH": path}


def add_accounts(store: Store, *, at: datetime) -> None:
    """The three people of the demo; those that exist are left alone."""
    from labeling.web.passwords import hash_password

    for name, shown, role, password in ACCOUNTS:
        with store.reading() as connection:
            if people.user(connection, name):
                continue
        hashed = hash_password(password)
        with store.writing() as connection:
            people.add_user(
                connection, name=name, display_name=shown, role=role, password_hash=hashed, language="en", at=at
            )


def choose_ports(home: Path, wanted: Mapping[str, int]) -> dict[str, int]:
    """A free port for each name: the one asked for or the one of the last run if nobody has it, else another."""
    file = home / "demo" / "services.json"
    with contextlib.suppress(OSError, ValueError):
        wanted = {name: port or 0 for name, port in json.loads(file.read_text("utf-8")).items() if name in wanted} | {
            name: port for name, port in wanted.items() if port
        }
    chosen: dict[str, int] = {}
    for name in dict.fromkeys(("review", "airflow", "worker_logs", "trigger_logs")):
        chosen[name] = _free_port(wanted.get(name, 0), set(chosen.values()))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(chosen), "utf-8")
    return chosen


def _free_port(wanted: int, taken: set[int]) -> int:
    for port in (wanted, 0, 0, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            found: int = probe.getsockname()[1]
            if found not in taken:
                return found
    raise OSError("no free port on this machine")
