"""`zorya screen` and `zorya campaigns` keep the contract of design §6, with good and bad lines."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from zorya.domain.findings import MODIFIERS, PATTERNS, Band

LURE = (
    "Angajăm fete 18-25 ani în Olanda, fără experiență, cazare gratis, îți facem actele, pleci mâine! "
    "WhatsApp +44 7700 900123"
)


def _zorya(home: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZORYA")}
    command = [sys.executable, "-m", "zorya", *arguments]
    return subprocess.run(
        command, input=stdin, capture_output=True, env=environment | {"ZORYA_HOME": str(home)}, timeout=300
    )


def _lines(*ads: object) -> bytes:
    return b"".join(
        (json.dumps(ad) if not isinstance(ad, bytes) else ad.decode("latin-1")).encode() + b"\n" for ad in ads
    )


def test_screen_prints_one_assessment_a_line(trained_home: Path) -> None:
    done = _zorya(trained_home, "screen", "-", stdin=_lines({"id": "a", "title": "Lucru", "body": LURE}))
    assert done.returncode == 0, done.stderr
    (answer,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert set(answer) == {
        "id", "language", "score", "band", "abstain", "patterns", "indicators", "contacts", "reasons"
    }  # fmt: skip
    assert answer["band"] in list(Band)
    assert answer["language"] == "ro"
    assert set(answer["patterns"]) == {*PATTERNS, *MODIFIERS}
    assert {"kind": "whatsapp", "value": "+447700900123", "raw": "+44 7700 900123"} in answer["contacts"]
    text = f"Lucru\n{LURE}"
    spans = {text[a:b] for hit in answer["indicators"] if hit["code"] == "D2" for a, b in hit["spans"]}
    assert spans == {"îți facem actele"}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"not json", "not JSON"),
        (b"[1]", "expected an object"),
        (b'{"title": "x"}', "expected an object"),
        (b'{"id": "x"}', "no text"),
        (b'{"id": "x", "title": 7}', "must be text"),
        (b'{"id": "x", "title": "t", "kind": "spaceship"}', "must be one of"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_bad_line_is_reported_and_the_others_answered(trained_home: Path, line: bytes, says: str) -> None:
    good = json.dumps({"id": "good", "title": "Lucru", "body": LURE}).encode()
    done = _zorya(trained_home, "screen", "-", stdin=line + b"\n" + good + b"\n")
    assert done.returncode == 4
    assert [json.loads(row)["id"] for row in done.stdout.splitlines()] == ["good"]
    problem = json.loads(done.stderr.splitlines()[-1])
    assert problem["line"] == 1
    assert says in problem["error"]


@pytest.mark.parametrize("verb", ["screen", "campaigns"])
def test_no_contact_of_an_ad_reaches_what_is_logged(trained_home: Path, verb: str) -> None:
    """Canary: good and bad lines alike may be read on a screen, sent to a log or to a colleague."""
    reach = "+44 7700 900321, canary@ads.example, @canary_example"
    lines = _lines(
        {"id": "good", "title": "Lucru", "body": f"{LURE} {reach}"},
        {"id": "good", "title": "Again", "body": reach},
        {"id": "bad", "title": 7, "body": reach},
        {"id": "odd", "title": "x", "body": "y", "kind": reach},
        b"{'not JSON': '+44 7700 900321 canary@ads.example @canary_example'}",
    )
    done = _zorya(trained_home, verb, "-", stdin=lines)
    assert done.returncode == 4
    said = done.stderr.decode()
    assert not [part for part in ("900321", "canary@ads", "canary_example") if part in said], said
    if verb == "screen":
        (answer,) = [json.loads(line) for line in done.stdout.splitlines()]
        found = {contact["value"] for contact in answer.pop("contacts")}
        assert {"+447700900321", "canary@ads.example", "canary_example"} <= found
        assert not [part for part in ("900321", "canary@ads", "canary_example") if part in json.dumps(answer)]


def test_hostile_ads_are_answered(trained_home: Path) -> None:
    ads = [
        {"id": "nul", "title": "a\x00b", "body": "text\x00with NUL"},
        {"id": "huge", "title": "big", "body": "работа " * 750_000},
        {"id": "unknown", "title": "ᚠᚢᚦ", "body": "ᚠᚢᚦᚨᚱᚲ " * 20},
        {"id": "surrogate", "title": "\ud800", "body": "lone surrogate \udfff"},
    ]
    done = _zorya(trained_home, "screen", "-", stdin=_lines(*ads))
    assert done.returncode == 4  # the huge one is cut, and says so
    answers = {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert set(answers) == {"nul", "huge", "unknown", "surrogate"}
    assert answers["unknown"]["language"] is None
    assert answers["unknown"]["abstain"]


def test_missing_file_is_one_clear_line(trained_home: Path) -> None:
    done = _zorya(trained_home, "screen", "/nowhere/ads.jsonl")
    assert done.returncode == 2
    assert b"/nowhere/ads.jsonl" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_campaigns_prints_id_and_campaign(trained_home: Path) -> None:
    ads = [{"id": n, "title": "Lucru", "body": f"Anunț {n}, tel +44 7700 900123"} for n in ("a", "b")]
    done = _zorya(
        trained_home, "campaigns", "-", stdin=_lines(*ads, {"id": "c", "title": "Altceva", "body": "Vând o bicicletă"})
    )
    assert done.returncode == 0, done.stderr
    found = {row["id"]: row["campaign"] for row in map(json.loads, done.stdout.splitlines())}
    assert found["a"] == found["b"] != found["c"]
