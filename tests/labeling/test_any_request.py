"""Whatever is sent to a route, it answers: no request of a signed-in person makes a 5xx.

Routes and methods come from `ROUTES`, names of fields from the templates, so a new page is in it at once. The app has
no OpenAPI document: its answers are pages.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import labeling.web
from labeling.web.app import ROUTES
from labeling.web.policy import POLICY, may
from zorya.domain.reviews import Role
from zorya.store import people, reviews

TEMPLATES = Path(labeling.web.__file__).parent / "templates"
FIELDS = sorted(
    {name for path in TEMPLATES.glob("*.html") for name in re.findall(r'name="([a-z_]+)"', path.read_text("utf-8"))}
    | {"after", "before", "said", "change", "ad", "run", "check", "next"}
)
ODD = [
    "",
    "0",
    "-1",
    "9" * 12,
    "9" * 40,
    "1e9",
    "\x00",
    "%00",
    "../..",
    "'; --",
    "ă" * 300,
    "2026-13-45",
    "٣",
    "\ud7ff",
]


def _values(known: list[str]) -> st.SearchStrategy[str]:
    plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    return st.sampled_from(known) | st.sampled_from(ODD) | plain


def _known(town: Any) -> list[str]:
    with town.store.reading() as connection:
        tasks = [task.id for task in reviews.open_tasks(connection, at=town.at, limit=3)]
    labels = ["concern", "no_concern", "unsure", "same", "different", "2", "sexual_exploitation", "on", "off", "uk"]
    return [*tasks, *town.campaigns[:3], "invented-board", "anna", "boris", *labels]


def _person(town: Any, role: Role) -> tuple[str, str]:
    """Session cookie and form token of somebody in a role; made anew each time, since some routes end sessions."""
    with town.store.writing() as connection:
        people.set_disabled(connection, f"fuzz-{role.value}", at=None)
        token = people.open_session(
            connection, f"fuzz-{role.value}", at=town.at, expires_at=town.at + timedelta(hours=8)
        )
        session = people.session(connection, token, at=town.at)
    assert session
    return token, session["csrf"]


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path, _ in ROUTES])
def test_no_request_makes_a_server_error(town: Any, serve: Any, method: str, path: str) -> None:
    rule = POLICY[(method, path)]
    role = Role.LEAD if not rule or may(Role.LEAD, method, path) else min(rule)
    town.person(f"fuzz-{role.value}", role)
    known = _known(town)
    client = httpx.Client(base_url=serve(town), timeout=60)

    @settings(max_examples=12, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(
        parts=st.lists(_values(known), min_size=3, max_size=3),
        fields=st.dictionaries(st.sampled_from(FIELDS), _values(known), max_size=6),
    )
    def send(parts: list[str], fields: dict[str, str]) -> None:
        token, csrf = _person(town, role)
        waiting = iter(parts)
        address = re.sub(r"\{\w+\}", lambda _: quote(next(waiting) or "x", safe=""), path)
        headers = {"cookie": f"zorya_session={token}"}
        if method == "GET":
            answer = client.get(address, params=fields, headers=headers)
        else:
            answer = client.post(address, data=fields | {"csrf": csrf}, headers=headers)
        assert answer.status_code < 500, (method, address, fields)

    send()
    client.close()
