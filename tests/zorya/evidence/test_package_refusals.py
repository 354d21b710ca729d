"""What is refused when evidence is handed on or looked over, and how it is said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zorya.errors import EvidenceError
from zorya.evidence import Archive, Exchange, wacz
from zorya.evidence.checking import check
from zorya.evidence.packaging import Contents, Occasion, pack

Run = Callable[..., tuple[int, str, str]]
WHO = ("--by", "Nadia", "--reason", "police, case 12")


@pytest.fixture
def case(town: Any, run_zorya: Run, tmp_path: Path) -> Path:
    """The three ads in a package."""
    target = tmp_path / "case.wacz"
    code, _, err = run_zorya("export", *town.ads, "--to", str(target), *WHO)
    assert code == 0, err
    return target


def test_damaged_evidence_is_not_handed_on(town: Any, run_zorya: Run, tmp_path: Path) -> None:
    path = next(town.settings.evidence_dir.glob("*/*.gz"))
    path.write_bytes(path.read_bytes()[:-9])
    target = tmp_path / "case.wacz"
    code, _, err = run_zorya("export", *town.ads, "--to", str(target), *WHO)
    assert (code, path.name in err, target.exists()) == (2, True, False)
    assert list(tmp_path.glob(".case*")) == []


@pytest.mark.parametrize(
    ("name", "code", "why"),
    [("x-1", 2, "is no id of a campaign"), ("p-0123", 2, "nothing here is called"), ("k-1", 2, "nothing here")],
)
def test_an_id_nobody_has_is_refused(town: Any, run_zorya: Run, tmp_path: Path, name: str, code: int, why: str) -> None:
    got, _, err = run_zorya("export", name, "--to", str(tmp_path / "case.wacz"), *WHO)
    assert (got, why in err) == (code, True)


@pytest.mark.parametrize(("name", "why"), [("case.wacz", "never written over"), ("case", "end its name in .wacz")])
def test_a_target_that_will_not_do_is_refused(case: Path, town: Any, run_zorya: Run, name: str, why: str) -> None:
    code, _, err = run_zorya("export", *town.ads, "--to", str(case.with_name(name)), *WHO)
    assert (code, why in err) == (2, True)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 broken", b"<html>"])
def test_what_is_no_package_is_called_so(run_zorya: Run, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "case.wacz"
    if content is not None:
        path.write_bytes(content)
    code, _, err = run_zorya("verify", "--package", str(path))
    assert (code, str(path) in err) == (2, True)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--digest", "abc"), "not a SHA-256"),
        (("--root", "0"), "not a SHA-256"),
        (("--ca", "none.pem"), "none.pem"),
        (("--ca", __file__), "no certificate in it"),
        (("--sample", "3"), "a package is checked whole"),
    ],
)
def test_what_it_cannot_be_held_against_is_refused(
    case: Path, run_zorya: Run, words: tuple[str, ...], why: str
) -> None:
    code, _, err = run_zorya("verify", "--package", str(case), *words)
    assert (code, why in err) == (2, True)


def test_what_is_held_needs_a_package(run_zorya: Run) -> None:
    code, _, err = run_zorya("verify", "--digest", "0" * 64)
    assert (code, "name it with `--package`" in err) == (2, True)


def test_a_bomb_in_a_strangers_package_is_a_fault_and_no_flood(
    town: Any, as_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wacz, "_LARGEST", 1024 * 1024)
    bomb = Exchange("https://board.example/", 200, (), (), b"\0" * (2 * 1024 * 1024), as_of)
    archive = Archive(town.settings.evidence_dir)
    with pytest.raises(EvidenceError, match="bytes once unpacked"):
        pack(
            archive, Contents([(archive.put(bomb), ())]), Occasion(as_of, "N", "r", ("k-1",), "z"), tmp_path / "c.wacz"
        )


def test_a_package_of_nothing_but_a_page_is_sound(town: Any, as_of: Any, tmp_path: Path) -> None:
    page = Exchange("https://board.example/page", 404, (), (), b"gone", as_of)
    archive, target = Archive(town.settings.evidence_dir), tmp_path / "page.wacz"
    pack(archive, Contents([(archive.put(page), ())]), Occasion(as_of, "N", "r", ("k-1",), "z"), target)
    assert check(target).damages == ()


def test_an_empty_home_has_nothing_to_verify(sqlite_settings: Any, run_zorya: Run) -> None:
    code, _, err = run_zorya("verify")
    assert (code, "no evidence in" in err) == (3, True)


def test_to_verify_makes_no_home(home: Path, run_zorya: Run) -> None:
    code, _, err = run_zorya("verify")
    assert (code, "no evidence yet" in err, home.exists()) == (3, True, False)
