"""A person's labelled ads are erased wherever they were frozen, and frozen no more."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from labeling import erasing, snapshots
from labeling.imports.stored import ImportManifest, imported_sets, keep
from zorya.cli import app
from zorya.domain.ads import Kind
from zorya.domain.ids import contact_token
from zorya.domain.reviews import VerdictLabel
from zorya.errors import NothingToDo, PolicyRefusal
from zorya.labelled import LabelledAd, Origin
from zorya.settings import Settings
from zorya.snapshots import newest, read_snapshot
from zorya.store import Store, audit

NOW = datetime(2026, 11, 26, tzinfo=UTC)
PHONE = "+447700900123"


@pytest.fixture
def frozen(sqlite_store: Store, sqlite_settings: Settings) -> str:
    """An imported set of four ads, two of which give one number, frozen; the snapshot's version."""
    token = contact_token(sqlite_store.contact_key, "phone", PHONE)
    ads = [
        LabelledAd(
            id=f"chats:{number}",
            language="pl",
            kind=Kind.JOB,
            title="Hostessa",
            body=f"Wyjazd jutro, pokój {number}",
            label=(VerdictLabel.CONCERN, VerdictLabel.NO_CONCERN)[number % 2],
            patterns=(),
            group=f"chats:{number}",
            origin=Origin.IMPORT,
            contacts=(token,) if number < 2 else (),
        )
        for number in range(4)
    ]
    keep(sqlite_settings.imports_dir, ads, ImportManifest("chats", "Chats", "x", 4, "", "m", "x", {}, NOW.isoformat()))
    return _export(sqlite_store, sqlite_settings).manifest.version


def _export(store: Store, settings: Settings) -> snapshots.Export:
    return snapshots.export(store, settings, as_of=NOW, actor="anna", without=("seed",))


def _erase(store: Store, settings: Settings, *ids: str, reason: str = "asked", pretend: bool = False) -> erasing.Erased:
    return erasing.erase(store, settings, ids=ids, tokens=(), reason=reason, actor="anna", at=NOW, pretend=pretend)


def _bodies(folder: Path) -> str:
    return "".join(path.read_text("utf-8") for path in folder.rglob("*") if path.is_file())


def test_a_contact_finds_the_ads_that_give_it(frozen: str, sqlite_settings: Settings) -> None:
    done = CliRunner().invoke(app, ["labels", "erase", "--contact", PHONE, "--reason", "asked on 25 November"])
    assert (done.exit_code, "2 ads are erased" in done.stderr) == (0, True), done.output
    assert "pokój 0" not in _bodies(sqlite_settings.home / "snapshots") + _bodies(sqlite_settings.imports_dir)
    told = CliRunner().invoke(app, ["labels", "show", frozen])
    assert "2 ads erased on" in told.stderr
    assert "asked on 25 November" in told.stderr
    assert json.loads(CliRunner().invoke(app, ["labels", "show", frozen, "--json"]).stdout)["erased"][0]["ads"] == 2


def test_what_was_erased_is_frozen_no_more(frozen: str, sqlite_store: Store, sqlite_settings: Settings) -> None:
    (held,) = imported_sets(sqlite_settings.imports_dir)
    _erase(sqlite_store, sqlite_settings, "chats:3")
    keep(sqlite_settings.imports_dir, held.ads, held.manifest)  # restored from a backup of before
    done = _export(sqlite_store, sqlite_settings)
    assert done.left_out == {"erased": 1}
    home = newest(sqlite_settings.snapshots_dir)
    assert home is not None
    assert {ad.id for ad in read_snapshot(home).ads} == {"chats:0", "chats:1", "chats:2"}


def test_it_is_logged_and_names_no_contact(frozen: str, sqlite_store: Store, sqlite_settings: Settings) -> None:
    _erase(sqlite_store, sqlite_settings, "chats:3", reason="asked on 25 November")
    with sqlite_store.reading() as connection:
        (entry,) = audit.page(connection, limit=1)
    assert (entry["action"], entry["object"], entry["reason"]) == ("labels.erase", "chats:3", "asked on 25 November")


def test_a_rehearsal_changes_nothing(frozen: str, sqlite_store: Store, sqlite_settings: Settings) -> None:
    before = _bodies(sqlite_settings.snapshots_dir)
    done = _erase(sqlite_store, sqlite_settings, "chats:1", pretend=True)
    assert (done.ads, done.snapshots, done.imports) == (1, {frozen: 1}, {"chats": 1})
    assert _bodies(sqlite_settings.snapshots_dir) == before


def test_it_needs_a_reason_and_an_ad(frozen: str, sqlite_store: Store, sqlite_settings: Settings) -> None:
    with pytest.raises(PolicyRefusal, match="--reason"):
        _erase(sqlite_store, sqlite_settings, "chats:1", reason=" ")
    with pytest.raises(NothingToDo):
        _erase(sqlite_store, sqlite_settings, "chats:9")
    for nothing in ([], ["--contact", "nobody"]):
        assert CliRunner().invoke(app, ["labels", "erase", *nothing, "--reason", "x"]).exit_code == 2
