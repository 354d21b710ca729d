"""Identifiers: deterministic, distinct, and made of every part."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zorya.domain import ids
from zorya.domain.ads import Kind, Posting
from zorya.errors import ZoryaError


def _posting(**changes: object) -> Posting:
    fields: dict[str, object] = {
        "source": "s",
        "native_id": "1",
        "url": "u",
        "kind": Kind.JOB,
        "title": "t",
        "body": "b",
    }
    return Posting(**(fields | changes))  # type: ignore[arg-type]


def test_ids_are_stable_across_releases() -> None:
    assert ids.posting_id("opendoor", "17") == "p-ccdc0d191d2dafed06d4"


def test_parts_do_not_run_together() -> None:
    assert ids.posting_id("a", "bc") != ids.posting_id("ab", "c")


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_makes_an_id_of_fixed_length(source: str, native_id: str) -> None:
    made = ids.posting_id(source, native_id)
    assert len(made) == 22
    assert made == ids.posting_id(source, native_id)


def test_a_lone_surrogate_makes_an_id() -> None:
    assert ids.posting_id("s", "\ud800").startswith("p-")


@pytest.mark.parametrize("field", ["title", "body", "employer"])
def test_what_a_reader_sees_makes_a_new_version(field: str) -> None:
    assert ids.posting_content_hash(_posting(**{field: "new"})) != ids.posting_content_hash(_posting())


@pytest.mark.parametrize(("field", "value"), [("url", "other"), ("language", "ro"), ("flags", ("x",))])
def test_what_a_reader_does_not_see_makes_no_new_version(field: str, value: object) -> None:
    assert ids.posting_content_hash(_posting(**{field: value})) == ids.posting_content_hash(_posting())


def test_the_order_of_verdicts_does_not_matter() -> None:
    assert ids.alert_id("p", "c", ("d-1", "d-2")) == ids.alert_id("p", "c", ("d-2", "d-1"))


def test_message_ids_are_the_same_on_every_attempt() -> None:
    first = ids.message_id("g-1", "smtp", "zorya.example")
    assert first == ids.message_id("g-1", "smtp", "zorya.example")
    assert first != ids.message_id("g-1", "folder", "zorya.example")
    assert first.startswith("<")
    assert first.endswith("@zorya.example>")


def test_contact_tokens_depend_on_the_key() -> None:
    value = "+447700900123"
    assert ids.contact_token(b"1" * 32, "phone", value) != ids.contact_token(b"2" * 32, "phone", value)
    assert ids.contact_token(b"1" * 32, "phone", value) != ids.contact_token(b"1" * 32, "whatsapp", value)


def test_secrets_do_not_repeat() -> None:
    assert len({ids.new_secret() for _ in range(50)}) == 50


def test_a_moment_has_one_capture_id_whatever_the_fetcher_calls_its_zone() -> None:
    utc = datetime(2026, 11, 24, 9, tzinfo=UTC)
    there = utc.astimezone(timezone(timedelta(hours=2)))
    assert ids.capture_id("0" * 64, "u", utc) == ids.capture_id("0" * 64, "u", there)


def test_expected_failures_have_one_root() -> None:
    import zorya.errors as tree

    kinds = [value for value in vars(tree).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert all(issubclass(kind, ZoryaError) for kind in kinds)
