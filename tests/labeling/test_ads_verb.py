"""`zorya ads search`: what the search page finds, for a terminal and for programs."""

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from labeling import index
from zorya.cli import app
from zorya.domain.ads import Contact, ContactKind
from zorya.errors import ZoryaError
from zorya.store import audit

PHONE = Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123")


@pytest.fixture
def search(town):
    """Runs the verb on the town and one ad more, filed."""
    body = "Sună la +44 7700 900123. Plecare vineri."
    at = town.at - timedelta(days=1)
    town.ad(0.9, title="Șoferi +44 7700 900123", body=body, language="ro", contacts=(PHONE,), seen_at=at)
    index.run(town.store, town.settings, as_of=town.at)

    def call(*words, given=None):
        return CliRunner().invoke(app, ["ads", "search", *words], input=given, catch_exceptions=False)

    return call


def _titles(answer):
    return [json.loads(line)["title"] for line in answer.stdout.splitlines()]


def test_words_find_ads_whatever_their_accents_and_contacts_stay_masked(search):
    answer = search("soferi", "--json")
    (row,) = [json.loads(line) for line in answer.stdout.splitlines()]
    assert row["title"].startswith("Șoferi")
    assert "900123" not in answer.output.replace(" ", "")
    assert (row["language"], row["band"], row["first_seen"]) == ("ro", "very-likely", "2026-11-23")


def test_filters_narrow_as_on_the_page(search):
    romanian = _titles(search("--language", "ro", "--json"))
    assert len(romanian) > 1
    assert _titles(search("--language", "ro", "--since", "2026-11-23", "--json")) == _titles(search("soferi", "--json"))


def test_a_contact_is_looked_up_and_stands_in_no_log(search, town):
    assert len(_titles(search("-", "--json", given="+44 7700 900123\n"))) >= 1
    with town.store.reading() as connection:
        entry = audit.page(connection, action="search.contact")[0]
    assert "900123" not in str(entry)


def test_a_page_says_where_the_next_begins(search):
    first = search("--limit", "2", "--json")
    key = first.stderr.rpartition("--before ")[2].strip()
    second = search("--limit", "2", "--before", key, "--json")
    assert len({*_titles(first), *_titles(second)}) == 4


def test_nothing_found_is_exit_code_3_and_nonsense_is_refused(search):
    assert search("nowhere-to-be-found").exit_code == 3
    assert search("--band", "maybe").exit_code == 2
    with pytest.raises(ZoryaError, match="--since 'yesterday' is not understood"):
        search("--since", "yesterday")
