"""The door of partners' machines: one token a partner, by header only, ended at will, without a word about why."""

import base64
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from typer.testing import CliRunner

from alerts.web.partner_access import FAILURES_PER_HOUR, READS_PER_HOUR, Door
from zorya.cli import app
from zorya.store import audit, partner_tokens
from zorya.store.sharing_schema import partner_tokens as table

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TOKEN = "zorya-an-invented-token"


@pytest.fixture
def issue(store, add_partner):
    """A partner with a token."""

    def made(partner="la-strada", token=TOKEN, *, at=NOW, days=365):
        add_partner(partner)
        with store.writing() as connection:
            partner_tokens.issue(connection, partner, token, at=at, expires_at=at + timedelta(days=days))

    return made


@pytest.fixture
def machine(store, settings, run_async):
    """A client of an application behind the door; `ask(…)` gives the status and who it was taken for."""
    clock = [NOW]
    door = Door(store, settings, lambda: clock[0])
    who = door.behind(lambda visit: PlainTextResponse(visit.partner.id))
    inner = httpx.ASGITransport(Starlette(routes=[Route("/", who)]))

    async def get(headers, query):
        async with httpx.AsyncClient(transport=inner, base_url="http://zorya.example") as client:
            return await client.get("/" + query, headers=headers)

    def ask(query="", at=NOW, **headers):
        clock[0] = at
        answer = run_async(get(headers, query))
        return answer.status_code, answer.text if answer.status_code == 200 else ""

    return ask


def basic(name, token=TOKEN):
    """The header of HTTP Basic."""
    return "Basic " + base64.b64encode(f"{name}:{token}".encode()).decode()


def test_a_bearer_token_opens_its_partners_door(issue, machine):
    issue()
    assert machine(authorization=f"Bearer {TOKEN}") == (200, "la-strada")


def test_basic_takes_the_id_and_the_token(issue, machine):
    issue()
    assert machine(authorization=basic("la-strada")) == (200, "la-strada")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer ", "Bearer wrong", basic("dorcas"), basic(""), basic("la-strada", "wrong"), "Basic %%", "Digest x"],
)
def test_everything_else_is_refused(issue, machine, header):
    issue()
    assert machine(authorization=header) == (401, "")


def test_a_token_in_the_address_opens_nothing(issue, machine):
    issue()
    assert machine(query=f"?token={TOKEN}&access_token={TOKEN}") == (401, "")


def test_a_token_runs_out(issue, machine):
    issue(days=1)
    assert machine(at=NOW + timedelta(days=1), authorization=f"Bearer {TOKEN}") == (401, "")


def test_a_new_token_ends_the_one_before_it(issue, machine):
    issue()
    issue(token="zorya-another", at=NOW + timedelta(minutes=1))
    assert machine(authorization=f"Bearer {TOKEN}") == (401, "")
    assert machine(authorization="Bearer zorya-another") == (200, "la-strada")


def test_a_revoked_token_opens_nothing(issue, machine, store):
    issue()
    with store.writing() as connection:
        assert partner_tokens.revoke(connection, "la-strada", at=NOW)
    assert machine(authorization=f"Bearer {TOKEN}") == (401, "")


def test_a_token_that_ran_out_can_be_replaced(issue, machine):
    issue(days=1)
    issue(token="zorya-another", at=NOW + timedelta(days=30))
    assert machine(at=NOW + timedelta(days=31), authorization="Bearer zorya-another") == (200, "la-strada")


def test_a_partner_whose_file_is_gone_is_let_in_no_more(issue, machine, settings):
    issue()
    (settings.home / "partners" / "la-strada.yml").unlink()
    assert machine(authorization=f"Bearer {TOKEN}") == (401, "")


def test_a_partner_whose_file_is_broken_is_told_to_come_back(issue, machine, settings):
    issue()
    (settings.home / "partners" / "la-strada.yml").write_text("name: [", encoding="utf-8")
    assert machine(authorization=f"Bearer {TOKEN}") == (503, "")


def test_the_database_holds_no_token(issue, store):
    issue()
    with store.reading() as connection:
        (row,) = connection.execute(select(table)).mappings()
    assert TOKEN not in "".join(str(value) for value in row.values())


def test_guessing_is_slowed_down_and_a_right_token_passes_all_the_same(issue, machine):
    issue()
    answers = {machine(authorization="Bearer wrong")[0] for _ in range(FAILURES_PER_HOUR + 1)}
    assert answers == {401, 429}
    assert machine(authorization=f"Bearer {TOKEN}") == (200, "la-strada")


def test_a_reader_that_asks_without_end_is_slowed_down(issue, store, settings):
    issue()
    door = Door(store, settings, lambda: NOW)
    assert all(door.reads.allows("la-strada", NOW) for _ in range(READS_PER_HOUR))
    assert not door.reads.allows("la-strada", NOW)
    assert door.reads.allows("la-strada", NOW + timedelta(hours=1))


@pytest.fixture
def zorya(sqlite_store):
    """Run a command line on the store of the test."""
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_the_verb_prints_a_token_that_works(zorya, sqlite_store, add_partner):
    add_partner()
    made = zorya("partner", "token", "la-strada")
    assert made.exit_code == 0
    with sqlite_store.reading() as connection:
        assert partner_tokens.partner_of(connection, made.stdout.strip(), at=datetime.now(UTC)) == "la-strada"
        entry = audit.page(connection, action="partner.token")[0]
    assert (entry["object"], made.stdout.strip() in str(entry)) == ("la-strada", False)


def test_the_verb_revokes(zorya, sqlite_store, add_partner):
    add_partner()
    token = zorya("partner", "token", "la-strada").stdout.strip()
    assert zorya("partner", "token", "la-strada", "--revoke").exit_code == 0
    with sqlite_store.reading() as connection:
        assert partner_tokens.partner_of(connection, token, at=datetime.now(UTC)) is None
    assert zorya("partner", "token", "la-strada", "--revoke").exit_code == 3


def test_the_verb_knows_who_is_no_partner(zorya):
    result = zorya("partner", "token", "nobody")
    assert "no partner 'nobody'" in str(result.exception)
