"""Trusted time, from a real authority on loopback (`openssl ts`) to a check that asks nobody."""

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from zorya.errors import EvidenceError, SettingsError
from zorya.evidence import timestamps
from zorya.evidence.checking import check
from zorya.evidence.witnesses import Held
from zorya.settings import load_settings

Run = Callable[..., tuple[int, str, str]]
DATA = b"what was there"


@pytest.fixture
def asked(authority: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The authority, set as an operator sets one."""
    setting = [{"name": "invented", "url": authority.url, "ca_file": str(authority.folder / "ca.pem")}]
    monkeypatch.setenv("ZORYA__EVIDENCE__TIMESTAMP_AUTHORITIES", json.dumps(setting))
    return authority


def export(town: Any, run_zorya: Run, tmp_path: Path) -> tuple[int, str, Path]:
    target = tmp_path / "case.wacz"
    code, _, err = run_zorya("export", *town.ads, "--to", str(target), "--by", "N", "--reason", "r")
    return code, err, target


def test_a_time_stamp_tells_when_and_holds_for_its_data_alone(authority: Any) -> None:
    stamp = timestamps.fetch(authority.setting(), DATA)
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(minutes=2)
    assert timestamps.check(stamp.token, DATA, stamp.certificates) == stamp.at
    with pytest.raises(EvidenceError, match="does not hold"):
        timestamps.check(stamp.token, DATA + b"!", stamp.certificates)


def test_a_package_is_stamped_and_checked_without_a_network(
    town: Any, asked: Any, run_zorya: Run, tmp_path: Path
) -> None:
    code, err, target = export(town, run_zorya, tmp_path)
    assert (code, "time-stamped by invented" in err) == (0, True)
    asked.status = 500
    code, out, _ = run_zorya("verify", "--package", str(target), "--ca", str(asked.folder / "ca.pem"))
    assert (code, "says invented (under the certificates you gave)" in out) == (0, True)
    code, out, _ = run_zorya("verify", "--package", str(target))
    assert (code, "by certificates in the package: ask for its own" in out) == (0, True)
    assert asked.asked == 1


def test_without_authority_the_report_says_so(town: Any, run_zorya: Run, tmp_path: Path) -> None:
    _, _, target = export(town, run_zorya, tmp_path)
    with zipfile.ZipFile(target) as packed:
        assert "no independent authority has time-stamped it" in packed.read("evidence/report.en.html").decode()
    (damage,) = check(target, Held(certificates=b"-----BEGIN CERTIFICATE-----")).damages
    assert (damage.kind, damage.file) == ("unproven", "SHA256SUMS")


@pytest.mark.parametrize("fault", ["down", "nonsense", "refused", "endless", "no file"])
def test_an_authority_that_fails_is_told_and_the_package_made_all_the_same(
    town: Any, asked: Any, run_zorya: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    if fault == "down":
        asked.status = 503
    elif fault == "no file":
        setting = [{"name": "invented", "url": asked.url, "ca_file": str(tmp_path / "none.pem")}]
        monkeypatch.setenv("ZORYA__EVIDENCE__TIMESTAMP_AUTHORITIES", json.dumps(setting))
    else:
        refusal = bytes.fromhex("30053003020102")  # PKIStatus rejection
        asked.answer = {"nonsense": b"<html>", "refused": refusal, "endless": b"0" * 100_000}[fault]
    code, err, target = export(town, run_zorya, tmp_path)
    assert (code, "not time-stamped: time-stamp authority invented" in err) == (4, True), err
    assert check(target).damages == ()
    with zipfile.ZipFile(target) as packed:
        assert "A time-stamp was asked for and not to be had" in packed.read("evidence/report.en.html").decode()


def test_an_answer_for_another_question_is_refused(authority: Any) -> None:
    authority.answer = timestamps.fetch(authority.setting(), b"other data").token
    with pytest.raises(EvidenceError, match="does not hold"):
        timestamps.fetch(authority.setting(), DATA)


def test_yesterdays_answer_to_the_same_question_is_refused(authority: Any) -> None:
    authority.answer = timestamps.fetch(authority.setting(), DATA).token
    with pytest.raises(EvidenceError, match="Nonce"):
        timestamps.fetch(authority.setting(), DATA)


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ([{"name": "Über", "url": "https://a.example", "ca_file": "a"}], "name"),
        ([{"name": "a", "url": "ftp://a.example", "ca_file": "a"}], "url"),
        ([{"name": "a", "url": "https://a.example", "ca_file": "a"}] * 2, "one name"),
    ],
)
def test_a_setting_that_will_not_do_is_refused(
    monkeypatch: pytest.MonkeyPatch, setting: list[dict[str, str]], why: str
) -> None:
    monkeypatch.setenv("ZORYA__EVIDENCE__TIMESTAMP_AUTHORITIES", json.dumps(setting))
    with pytest.raises(SettingsError, match=why):
        load_settings()
