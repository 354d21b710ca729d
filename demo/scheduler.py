"""Airflow for the demo: a home of its own, on loopback, started as `standalone`, spoken to by REST."""

import json
import os
import secrets
import sys
import time
import urllib.parse
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

from zorya.errors import ZoryaError
from zorya.settings import REPOSITORY

USER = "admin"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Loopback never goes through a proxy."""

TRIES = 20
"""Times a question is asked, a second apart."""


class AirflowSilent(ZoryaError):
    """Airflow did not answer, or not usefully."""


def command() -> list[str]:
    """The command that starts all of Airflow."""
    return [str(Path(sys.executable).parent / "airflow"), "standalone"]


def installed() -> bool:
    """Whether Airflow is in this environment."""
    return Path(command()[0]).exists()


def environment(home: Path, *, port: int, log_ports: tuple[int, int]) -> dict[str, str]:
    """Variables for Airflow; writes its password file on first use."""
    folder = home / "airflow"
    address = f"http://127.0.0.1:{port}"
    sections = {
        "CORE": {
            "DAGS_FOLDER": str(REPOSITORY / "dags"),
            "LOAD_EXAMPLES": "False",
            "EXECUTOR": "LocalExecutor",
            "PARALLELISM": "4",
            "DAGS_ARE_PAUSED_AT_CREATION": "False",
            "SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
            "SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_password_file(folder)),
            "EXECUTION_API_SERVER_URL": f"{address}/execution/",
        },
        "API": {"HOST": "127.0.0.1", "PORT": str(port), "BASE_URL": address, "WORKERS": "1"},
        "API_AUTH": {"JWT_SECRET": _secret(folder / "jwt.secret")},
        "DAG_PROCESSOR": {"REFRESH_INTERVAL": "20", "MIN_FILE_PROCESS_INTERVAL": "60", "PARSING_PROCESSES": "1"},
        # What an interrupted demo left running is taken up again soon, not after Airflow's five minutes.
        "SCHEDULER": {"ORPHANED_TASKS_CHECK_INTERVAL": "20", "TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60"},
        "LOGGING": {"WORKER_LOG_SERVER_PORT": str(log_ports[0]), "TRIGGER_LOG_SERVER_PORT": str(log_ports[1])},
        "USAGE_DATA_COLLECTION": {"ENABLED": "False"},
    }
    flat = {f"AIRFLOW__{name}__{key}": value for name, pairs in sections.items() for key, value in pairs.items()}
    path = (
        f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"  # standalone calls `airflow` by name
    )
    return {"AIRFLOW_HOME": str(folder), "PATH": path} | flat


def password(home: Path) -> str:
    """The password of the demo's Airflow account."""
    stored: dict[str, str] = json.loads(_password_file(home / "airflow").read_text("utf-8"))
    return stored[USER]


def _password_file(folder: Path) -> Path:
    path = folder / "passwords.json"
    if not path.exists():
        _private(path, json.dumps({USER: "demo-town-airflow"}))
    return path


def _secret(path: Path) -> str:
    if not path.exists():
        _private(path, secrets.token_urlsafe(48))
    return path.read_text("utf-8")


def _private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")


class Scheduler:
    """A running Airflow, by REST."""

    def __init__(self, home: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._password = password(home)
        self._token = ""

    def dags(self) -> set[str] | None:
        """Ids of the DAGs it knows; None while it is still starting."""
        try:
            listed = self._ask("GET", "/api/v2/dags?limit=500", tries=1)
        except AirflowSilent:
            return None
        return {dag["dag_id"] for dag in listed["dags"]}

    def trigger(self, dag_id: str) -> None:
        """Ask for one run now."""
        self._ask("POST", f"/api/v2/dags/{dag_id}/dagRuns", {"logical_date": None})

    def busy(self, *, since: datetime | None = None) -> set[str]:
        """DAGs with a run queued or running; with `since`, without those that an earlier demo left half done."""
        listed = self._ask("GET", "/api/v2/dags/~/dagRuns?limit=100&state=queued&state=running")["dag_runs"]
        fresh = [
            run
            for run in listed
            if since is None or not run["start_date"] or datetime.fromisoformat(run["start_date"]) >= since
        ]
        return {run["dag_id"] for run in fresh}

    def failed(self, *, since: datetime) -> set[str]:
        """DAGs with a run that began at `since` or later and failed."""
        query = urllib.parse.urlencode({"limit": 100, "state": "failed", "start_date_gte": since.isoformat()})
        return {run["dag_id"] for run in self._ask("GET", f"/api/v2/dags/~/dagRuns?{query}")["dag_runs"]}

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, tries: int = TRIES) -> Any:
        """One question; asked again when a busy machine makes Airflow stumble (its SQLite may be locked a moment)."""
        for left in reversed(range(tries)):
            try:
                if not self._token:
                    account = {"username": USER, "password": self._password}
                    self._token = self._send("POST", "/auth/token", account, {})["access_token"]
                return self._send(method, path, body, {"Authorization": f"Bearer {self._token}"})
            except OSError as exc:  # URLError, HTTPError, time-outs and lost connections alike
                if not left:
                    raise AirflowSilent(f"Airflow does not answer {method} {self.address}{path}: {exc}") from exc
                time.sleep(1.0)
        raise AssertionError("tries is at least 1")

    def _send(self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 — our own loopback address
            self.address + path, data, {"Content-Type": "application/json", **headers}, method=method
        )
        with OPENER.open(request, timeout=20) as reply:
            return json.load(reply)
