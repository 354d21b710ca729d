"""Digests of before the chain: they keep their numbers and deliveries, and the chain begins after them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from zorya.store import digest_chain, sharing
from zorya.store.engine import make_engine, upgrade

AT = datetime(2026, 11, 24, 6, tzinfo=UTC)


@pytest.fixture
def before(both_engines: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of revision 0020 with two digests and their deliveries, on both engines."""
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    if both_engines == "postgresql":
        url = str(request.getfixturevalue("empty_postgres_database"))
    engine = make_engine(url)
    upgrade(engine, "0020")
    columns = (
        "id, partner, period_start, period_end, sequence, marking, alert_ids, subject, text, html, created_at, kind"
    )
    with engine.begin() as connection:
        for number in (1, 2):
            values = {"id": f"g-{number}", "start": f"2026-11-{20 + number} 22:00:00", "number": number}
            connection.execute(
                text(
                    f"INSERT INTO digests ({columns}) VALUES (:id, 'la-strada', :start, '2026-11-23 22:00:00', "
                    ":number, 'TLP:AMBER', '[]', 's', 't', 'h', '2026-11-24 06:00:00', 'digest')"
                ),
                values,
            )
            connection.execute(
                text(
                    "INSERT INTO outbox (message_id, digest_id, channel, state, attempts, next_at, error) "
                    "VALUES (:message, :id, 'folder', 'sent', 1, '2026-11-24 06:00:00', '')"
                ),
                {"message": f"<{number}@zorya.example>", "id": f"g-{number}"},
            )
    yield engine
    engine.dispose()


def test_old_digests_keep_numbers_and_deliveries_and_the_chain_begins_after_them(before: Engine) -> None:
    upgrade(before)
    with before.connect() as connection:
        rows = sharing.history(connection)
        link = digest_chain.next_link(connection, "la-strada")
    assert [(row["sequence"], row["state"], row["attempts"], row["chain"]) for row in rows] == [
        (2, "sent", 1, ""),
        (1, "sent", 1, ""),
    ]
    assert (link.sequence, link.previous, link.held_back) == (3, "", ())


def test_a_delivery_still_needs_its_digest(before: Engine) -> None:
    """The rebuilt table is what deliveries refer to."""
    upgrade(before)
    with before.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text("DELETE FROM digests"))
