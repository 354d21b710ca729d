"""What is refused when evidence is handed on or looked over, and how it is said."""

import json
import random
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from zorya import packages, sealing
from zorya.errors import EvidenceError
from zorya.evidence import Archive, Exchange, wacz
from zorya.evidence.checking import check
from zorya.evidence.opening import opened
from zorya.evidence.packaging import Contents, Occasion, pack
from zorya.evidence.witnesses import Held

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


ODD: tuple[Any, ...] = (None, 5, -1.5, "", "x", "\0", [], {}, [[]], {"a": {}}, True, "9" * 400, "../..", 10**30)


def _changed(value: Any, dice: random.Random) -> Any:
    """The same JSON with one part of it replaced, left out or doubled."""
    if isinstance(value, dict) and value and dice.random() < 0.9:
        key = dice.choice(sorted(value))
        if dice.random() < 0.15:
            return {name: one for name, one in value.items() if name != key}
        return value | {key: _changed(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.9:
        at = dice.randrange(len(value))
        return [*value[:at], _changed(value[at], dice), *value[at + dice.randint(0, 1) :]]
    return dice.choice(ODD)


@pytest.mark.parametrize("name", ["manifest.json", "custody.json", "root-2026-11-24.json"])
def test_whatever_a_strangers_lists_say_it_is_a_fault_and_no_crash(
    town: Any, tmp_path: Path, as_of: Any, name: str
) -> None:
    sealing.seal(town.store, town.settings, as_of.date(), as_of=as_of + timedelta(days=1))
    target, folder = tmp_path / "case.wacz", tmp_path / "case"
    packages.make(
        town.store, town.settings, tuple(town.ads), target=target, by="N", reason="r", as_of=as_of + timedelta(days=2)
    )
    with zipfile.ZipFile(target) as packed:
        packed.extractall(folder)
    path = folder / "evidence" / name
    whole = path.read_text("utf-8")
    lines = [json.loads(whole)] if name.endswith("json") else [json.loads(line) for line in whole.splitlines()]
    for seed in range(50):
        dice = random.Random(seed)
        at = dice.randrange(len(lines))
        changed = [_changed(one, dice) if number == at else one for number, one in enumerate(lines)]
        path.write_text("".join(f"{json.dumps(one)}\n" for one in changed), "utf-8")
        try:
            assert check(folder, Held(roots=frozenset({"0" * 64}))).damages
        except EvidenceError as exc:
            assert str(folder) in str(exc)  # noqa: PT017


def test_an_empty_home_has_nothing_to_verify(sqlite_settings: Any, run_zorya: Run) -> None:
    code, _, err = run_zorya("verify")
    assert (code, "no evidence in" in err) == (3, True)


def test_to_verify_makes_no_home(home: Path, run_zorya: Run) -> None:
    code, _, err = run_zorya("verify")
    assert (code, "no evidence yet" in err, home.exists()) == (3, True, False)


def test_a_strangers_manifest_leads_out_of_no_folder(case: Path, tmp_path: Path) -> None:
    folder, secret = tmp_path / "case", tmp_path / "secret"
    with zipfile.ZipFile(case) as packed:
        packed.extractall(folder)
    secret.write_text("what the checker's machine holds")
    path = folder / "evidence" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["captures"][0]["file"] = "../secret"
    path.write_text(json.dumps(manifest), "utf-8")
    with opened(folder) as package, pytest.raises(EvidenceError, match="no such file in the package"):
        package.read("../secret")
    assert ("missing", "../secret") in {(damage.kind, damage.file) for damage in check(folder).damages}
