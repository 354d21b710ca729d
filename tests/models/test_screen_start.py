"""How `zorya screen` starts: what it must not load before its first answer, and that the quick way is the same way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_HEAVY = {
    "structlog",
    "pydantic",
    "yaml",
    "typer",
    "rich",
    "sqlalchemy",
    "numpy",
    "sklearn",
    "scipy",
    "scrapy",
    "twisted",
    "airflow",
    "starlette",
}
_ADS = [
    {"id": "a", "title": "Kitchen help wanted", "body": "Hotel by the lake, contract before you travel, room free."},
    {"id": "b", "title": "Lucru", "body": "Fete 18-25 ani, 2000 euro pe lună, WhatsApp +44 7700 900123"},
]


@pytest.fixture
def ads(tmp_path: Path) -> Path:
    file = tmp_path / "ads.jsonl"
    file.write_text("".join(json.dumps(ad) + "\n" for ad in _ADS), encoding="utf-8")
    return file


def _python(home: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    variables = os.environ | {"ZORYA_HOME": str(home)}
    return subprocess.run([sys.executable, *arguments], input=stdin, capture_output=True, env=variables, timeout=120)


def test_a_first_answer_loads_nothing_it_does_not_need(trained_home: Path, ads: Path) -> None:
    code = f"""
import sys
from zorya.cli import main

sys.argv = ["zorya", "screen", {str(ads)!r}]
try:
    main()
finally:
    print(sorted({_HEAVY} & set(sys.modules)))
"""
    _python(trained_home, "-c", code)  # what is compiled is kept now
    done = _python(trained_home, "-c", code)
    assert done.returncode == 0, done.stderr
    *answers, loaded = done.stdout.decode().splitlines()
    assert [json.loads(answer)["id"] for answer in answers] == ["a", "b"]
    assert loaded == "[]"


@pytest.mark.parametrize("source", ["-", "missing.jsonl", "FILE"])
def test_the_plain_call_and_the_one_with_options_end_alike(trained_home: Path, ads: Path, source: str) -> None:
    given = str(ads) if source == "FILE" else source
    stdin = ads.read_bytes() + b"not json\n"
    plain, other = (
        _python(trained_home, "-m", "zorya", "screen", *options, given, stdin=stdin)
        for options in ((), ("--no-store",))
    )
    assert (plain.returncode, plain.stdout, plain.stderr) == (other.returncode, other.stdout, other.stderr)
    assert plain.returncode == {"-": 4, "missing.jsonl": 2, "FILE": 0}[source]


def test_a_reader_that_goes_away_ends_it_quietly(trained_home: Path, ads: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "zorya", "screen", "-"],
        env=os.environ | {"ZORYA_HOME": str(trained_home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    with process:
        process.stdin.write(ads.read_bytes())
        process.stdin.close()
        assert process.wait(timeout=120) == 1
        assert process.stderr.read() == b""
